from odoo import fields, models

from ...engine.retention import PURPOSES


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_retention_said = fields.Integer(
        string="Keep What Was Said",
        help="Months after a case was closed for which it is kept what debtors said,"
        " answered and object to, with the notes and files of calls and cases. 0: for"
        " good.",
    )
    collection_retention_reasons = fields.Integer(
        string="Keep Reasons and Notes",
        help="Months after a case was closed for which it is kept why calls were"
        " cancelled, cases held and disputes rejected, with the notes, files and"
        " to-dos of promises, plans and disputes. 0: for good.",
    )
    collection_retention_numbers = fields.Integer(
        string="Keep Numbers and Addresses",
        help="Months after a case was closed for which it is kept which number was"
        " dialled, and what contact data was confirmed or corrected in a call. Contacts"
        " keep theirs. 0: for good.",
    )
    collection_retention_letters = fields.Integer(
        string="Keep Letters and E-Mails",
        help="Months after a case was closed for which letters, confirmations and"
        " e-mails are kept. In most countries the law has you keep them for years. 0:"
        " for good.",
    )
    collection_retention_events = fields.Integer(
        string="Keep Reasons of Plan Events",
        help="Months after a case was closed for which it is kept why something"
        " happened to a plan, and what counted. That it happened stays. 0: for good.",
    )

    _collection_retention_ages = models.Constraint(
        """CHECK(
            collection_retention_said >= 0
            AND collection_retention_reasons >= 0
            AND collection_retention_numbers >= 0
            AND collection_retention_letters >= 0
            AND collection_retention_events >= 0
        )""",
        "Nothing can be kept for less than no time. Enter 0 to keep it for good.",
    )

    def _get_retention_ages(self):
        """:return: {purpose: months that it is kept; 0: for good}"""
        self.ensure_one()
        return {
            purpose: self[f"collection_retention_{purpose}"] for purpose in PURPOSES
        }
