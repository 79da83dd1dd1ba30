from odoo import api, models
from odoo.fields import Domain

from ...engine.acceleration import ACTIVE, NOTICE
from ...engine.promise import STANDING


class CollectionCaseClosing(models.AbstractModel):
    """What becomes of the calls that are planned with debtors who have paid.

    They are settled by night: a payment that is matched and undone on the same day
    leaves what was agreed as it is. If something falls overdue later, the strategy
    proposes a call as with anybody else.
    """

    _name = "collection.case.closing"
    _description = "Closing of Cases"

    @api.model
    def _settle_needless_calls(self, debtor_ids):
        """Mark calls as done that were planned before their case was closed.

        What people planned themselves stays, and so does everything with debtors who
        promised something else, or have a plan that runs.
        """
        closed = self.search(
            self.env["collection.case.facts"]._get_mine(self.env.companies, debtor_ids)
            & Domain("situation", "=", "closed")
            & Domain("date_closed", "<", self.env.company._get_collection_midnight())
        )
        planned = self.env["mail.activity"].search(
            self._get_call_activity_domain()
            & Domain("automated", "=", True)
            & Domain("res_id", "in", closed.ids)
        )
        if planned:
            dates = {case.id: case.date_closed for case in closed._without_agreement()}
            needless = planned.filtered(
                lambda call: (
                    call.res_id in dates and call.create_date <= dates[call.res_id]
                )
            )
            for user, calls in needless.grouped("user_id").items():
                env = self.with_context(lang=user.lang).env
                calls.action_feedback(feedback=env._("Nothing is overdue any more."))

    def _without_agreement(self):
        """Cases of debtors who neither promised anything nor pay by installments."""
        mine = Domain("partner_id", "in", self.partner_id.ids)
        standing = self.env["collection.promise"].search(
            mine & Domain("state", "in", STANDING)
        )
        running = self.env["collection.plan"].search(
            mine & Domain("state", "in", (ACTIVE, NOTICE))
        )
        bound = {
            (agreement.partner_id, agreement.company_id)
            for agreement in [*standing, *running]
        }
        return self.filtered(
            lambda case: (case.partner_id, case.company_id) not in bound
        )
