from odoo import fields, models

from ...engine import contact_gate as engine

CHANNELS = [
    (engine.PHONE, "Telephone"),
    (engine.SMS, "Text message"),
    (engine.EMAIL, "E-mail"),
    (engine.LETTER, "Letter"),
    (engine.PORTAL, "Portal"),
    (engine.TODO, "To-do to call"),
]
DOCUMENTS = [
    (engine.CALL, "Call"),
    (engine.REMINDER, "Reminder"),
    (engine.CONFIRMATION, "Confirmation"),
    (engine.OFFER, "Offer"),
    (engine.PAYMENT_LINK, "Payment links"),
    (engine.NOTICE, "Notice"),
    (engine.ACCELERATION, "Acceleration"),
    (engine.REINSTATEMENT, "Reinstatement"),
]


class CollectionContactLog(models.Model):
    """What went out to a debtor in writing: one line each time the gate was passed.

    Calls are in ``collection.call`` already. Quiet days are counted over both.
    """

    _name = "collection.contact.log"
    _description = "Written Contact with a Debtor"
    _order = "date desc, id desc"
    _rec_name = "document"

    partner_id = fields.Many2one(
        "res.partner", string="Debtor", required=True, ondelete="cascade"
    )
    contact_id = fields.Many2one(
        "res.partner", string="Written To", ondelete="set null"
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    channel = fields.Selection(CHANNELS, required=True)
    document = fields.Selection(DOCUMENTS, required=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now)

    _debtor_idx = models.Index("(partner_id, company_id, date DESC)")
