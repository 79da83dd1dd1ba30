from odoo import api, fields, models
from odoo.exceptions import UserError

from ..contact.collection_contact_right import KINDS


class CollectionCallOutcome(models.Model):
    _name = "collection.call.outcome"
    _description = "Call Outcome"
    _inherit = "collection.entry"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    description = fields.Char(
        translate=True, help="When to choose this outcome, in the collector's words."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()
    reached = fields.Selection(
        [
            ("nobody", "Nobody"),
            ("third_party", "Somebody else"),
            ("anyone", "Anyone"),
            ("right_party", "The right party"),
        ],
        string="Who Was Reached",
        required=True,
        default="nobody",
        help="The right party is a person proven to be allowed to hear about the debt.",
    )
    is_right_party = fields.Boolean(
        string="Right-Party Contact",
        compute="_compute_is_right_party",
        store=True,
        help="Whether a call with this outcome was a conversation with somebody proven"
        " to be allowed to hear about the debt.",
    )
    solution = fields.Selection(
        [
            ("pay_now", "Pay now"),
            ("promise", "Promise"),
            ("plan", "Installments"),
            ("dispute", "Dispute"),
            ("refusal", "Refusal"),
        ],
        help="What the fourth step of a call unfolds when this outcome is chosen.",
    )
    recap = fields.Char(
        translate=True,
        help="What the recap says to the debtor about this outcome.",
    )
    is_attempt = fields.Boolean(
        string="Counts as Attempt",
        default=True,
        help="Whether an outgoing call with this outcome counts towards the number of"
        " attempts that are allowed.",
    )
    next_step = fields.Selection(
        [
            ("retry", "Call again after some working days"),
            ("later", "Call again later that day"),
            ("call_back", "Call back on the day that was agreed"),
            ("none", "No further call"),
        ],
        required=True,
        default="retry",
    )
    retry_days = fields.Integer(
        string="Working Days until Retry",
        default=1,
        help="On the company's working schedule, public holidays left out. The call is"
        " proposed on the first day after them on which the company calls.",
    )
    is_wrong_number = fields.Boolean(
        string="Number Is Wrong",
        help="Whether a call with this outcome shows that the debtor can't be reached"
        " on that number. Nobody is asked to call it until it is corrected.",
    )

    right_kind = fields.Selection(
        KINDS,
        string="The Debtor Asks For",
        help="What is noted as the debtor's wish when a call ends like that. Every"
        " later call and letter obeys it.",
    )

    _retry_days_positive = models.Constraint(
        "CHECK(retry_days > 0 OR next_step != 'retry')",
        "Calling again takes at least one working day.",
    )

    @api.depends("reached")
    def _compute_is_right_party(self):
        for outcome in self:
            outcome.is_right_party = outcome.reached == "right_party"

    @api.constrains("reached")
    def _check_scripts(self):
        """A text for a right party may be too frank for a machine."""
        self.env["collection.script"].search(
            [("outcome_id", "in", self.ids)]
        )._check_body()

    @api.ondelete(at_uninstall=True)  # the context can't skip it
    def _unlink_except_shipped(self):
        xmlids = self.get_external_id().values()
        if any(xmlid.startswith("collection_calls.") for xmlid in xmlids):
            raise UserError(
                self.env._(
                    "Outcomes that came with the app are behind its buttons. Archive"
                    " them instead."
                )
            )

    def _check_reached(self, vals):
        """Check that closed calls go on saying whom they reached.

        :raise UserError: if they wouldn't
        """
        if "reached" not in vals:
            return
        changed = self.filtered(lambda outcome: outcome.reached != vals["reached"])
        # sudo: calls of companies that the user doesn't see are evidence, too.
        calls_sudo = self.env["collection.call"].sudo()
        if calls_sudo.search_count(
            [("outcome_id", "in", changed.ids), ("state", "!=", "ongoing")], limit=1
        ):
            raise UserError(
                self.env._(
                    "Closed calls say by this outcome who was reached. Archive it, and"
                    " make another one."
                )
            )

    def _get_next_call_date(self, company, today):
        """Day of the next call that this outcome, or no outcome, proposes.

        :param date today: on the company's calendar
        :return: a calling day, or None where people choose the day or nobody calls
        """
        if self.next_step == "later":
            return company._get_collection_calling_day(today)
        if self.next_step != "retry":
            return None
        return company._get_collection_calling_day(today, self.retry_days)

    # --------------------------------------------------------------------- effect
    # What the outcome of a call does to the debtor's case.

    def write(self, vals):
        self._check_reached(vals)
        result = super().write(vals)
        if "is_attempt" in vals:
            self.env["collection.case"]._refresh_soon()
        return result
