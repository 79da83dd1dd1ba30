from odoo import fields, models


class CollectionReasonQuestion(models.Model):
    _name = "collection.reason.question"
    _description = "Question after a Reason"
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
