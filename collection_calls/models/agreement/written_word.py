from odoo import fields, models

ANSWER_STATES = [
    ("awaited", "Awaited"),
    ("accepted", "Accepted"),
    ("answered", "Answered"),
    ("objected", "Objected"),
]
CHANNELS = [("portal", "Online"), ("email", "E-mail"), ("letter", "Letter")]


class CollectionAgreement(models.AbstractModel):
    """What the debtor answered in writing to what was agreed, and how.

    Nobody but the addon writes that: see :mod:`..guard.collection_guard`.
    """

    _inherit = "collection.agreement"

    answer_state = fields.Selection(
        ANSWER_STATES,
        string="Debtor's Written Word",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="What the debtor answered to what was sent in writing. Empty: nothing was"
        " sent yet.",
    )
    answer_channel = fields.Selection(
        CHANNELS, string="Answered By", readonly=True, copy=False
    )
    answer_date = fields.Datetime(string="Answered On", readonly=True, copy=False)

    def _set_answer(self, state, channel=False, when=None):
        """Note what the debtor's last written word is.

        :param str state: one of :data:`ANSWER_STATES`
        :param str channel: one of :data:`CHANNELS`; none while it is awaited
        :param datetime when: UTC; by default now
        """
        is_said = state != "awaited"
        # sudo: debtors and collectors say it, and write none of it.
        self.sudo().write(
            {
                "answer_state": state,
                "answer_channel": channel if is_said else False,
                "answer_date": is_said and (when or fields.Datetime.now()),
            }
        )
