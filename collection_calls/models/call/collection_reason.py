from odoo import fields, models


class CollectionReason(models.Model):
    _name = "collection.reason"
    _description = "Reason of Non-Payment"
    _inherit = "collection.entry"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    answer = fields.Text(
        translate=True, help="What the collector answers to this reason or excuse."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        domain=[("share", "=", False)],
        help="Who can keep this reason from coming up again. Notes on how to do that"
        " become activities for this person.",
    )
    is_dispute = fields.Boolean(
        string="Objection",
        help="The debtor objects to the invoice: offered when a dispute is opened.",
    )
    question_ids = fields.One2many(
        "collection.reason.question", "reason_id", string="Next Questions", copy=True
    )


class CollectionReasonQuestion(models.Model):
    _name = "collection.reason.question"
    _description = "Question after a Reason"
    _inherit = "collection.entry"
    _order = "sequence, id"

    reason_id = fields.Many2one(
        "collection.reason", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char(string="Question", required=True, translate=True)
    sequence = fields.Integer(default=10)
    answer_kind = fields.Selection(
        [
            ("text", "Free text"),
            ("yes_no", "Yes or no"),
            ("weekday", "A day of the week"),
        ],
        required=True,
        default="text",
        help="A day of the week is the debtor's payday: payment is proposed for the day"
        " after.",
    )
