from odoo import api, fields, models


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
    is_said_paid = fields.Boolean(
        string="Says It Is Paid",
        help="Day, amount and reference of the payment are asked for, and an accountant"
        " gets a to-do to match it.",
    )
    question_ids = fields.One2many(
        "collection.reason.question", "reason_id", string="Next Questions", copy=True
    )

    @api.model
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        """What debtors say most often comes first, as long as nobody types a word."""
        if name or not limit:
            return super().name_search(name, domain, operator, limit)
        found = self.search(domain or [])
        counts = self._count_used()
        ranked = found.sorted(lambda reason: -counts.get(reason.id, 0))  # is stable
        return [(reason.id, reason.display_name) for reason in ranked[:limit]]

    @api.model
    def _count_used(self):
        """How often each reason was given within twelve months.

        :return: {reason's id: number of calls}
        """
        # sudo: how often it is said tells nothing of who said it.
        calls_sudo = self.env["collection.call"].sudo()
        since = fields.Datetime.subtract(fields.Datetime.now(), months=12)
        return {
            reason.id: count
            for reason, count in calls_sudo._read_group(
                [
                    ("reason_id", "!=", False),
                    ("company_id", "in", self.env.companies.ids),
                    ("date_start", ">=", since),
                ],
                ["reason_id"],
                ["__count"],
            )
        }


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
    for_whom = fields.Selection(
        [
            ("anyone", "Anyone"),
            ("business", "Companies"),
            ("consumer", "Private persons"),
        ],
        string="Asked",
        required=True,
        default="anyone",
        help="Nobody asks a company on which day it is paid.",
    )
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

    def _filter_fitting(self, debtor):
        """The questions that are put to such a debtor."""
        if not self or not debtor:
            return self
        kind = "consumer" if debtor._is_collection_consumer() else "business"
        return self.filtered(lambda question: question.for_whom in ("anyone", kind))
