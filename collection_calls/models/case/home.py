from odoo import fields, models

from ..debtor.res_partner import CALL_GROUPS
from ..groups import COLLECTORS


class CollectionCase(models.Model):
    """The collector's home: what a call's dossier shows, and the records behind it."""

    _inherit = "collection.case"

    purpose = fields.Html(
        compute="_compute_purpose",
        sanitize=False,
        groups=COLLECTORS,
        help="Why to call, and what stands between us and the debtor.",
    )
    dossier = fields.Html(
        string="What We Know",
        compute="_compute_dossier",
        sanitize=False,
        groups=COLLECTORS,
    )
    call_count = fields.Integer(
        string="Number of Calls", compute="_compute_counts", groups=CALL_GROUPS
    )
    claim_count = fields.Integer(
        string="Open Claims",
        compute="_compute_counts",
        groups=CALL_GROUPS,
        help="Open items of the debtor, due or not.",
    )
    promise_count = fields.Integer(
        string="Promises", compute="_compute_counts", groups=CALL_GROUPS
    )
    plan_count = fields.Integer(
        string="Plans", compute="_compute_counts", groups=CALL_GROUPS
    )
    dispute_count = fields.Integer(
        string="Disputes", compute="_compute_counts", groups=CALL_GROUPS
    )

    def _compute_purpose(self):
        for case in self:
            case.purpose = case._render_purpose()

    def _compute_dossier(self):
        for case in self:
            case.dossier = case._render_dossier(is_shut=bool(case.policy_note))

    def _compute_counts(self):
        for case in self:
            debtor = case._get_debtor()
            case.call_count = debtor.collection_call_count
            case.claim_count = case._get_dossier_claim_count()
            case.promise_count = debtor.collection_promise_count
            case.plan_count = debtor.collection_plan_count
            case.dispute_count = debtor.collection_dispute_count

    def _get_debtor(self):
        """The debtor as the company of the case sees it."""
        self.ensure_one()
        return self.partner_id.with_company(self.company_id)

    def action_view_calls(self):
        """Open the calls with the debtor."""
        return self._get_debtor().action_view_collection_calls()

    def action_view_promises(self):
        """Open what the debtor promised, kept or not."""
        return self._get_debtor().action_view_collection_promises()

    def action_view_plans(self):
        """Open the debtor's installment plans."""
        return self._get_debtor().action_view_collection_plans()

    def action_view_disputes(self):
        """Open what the debtor objected to."""
        return self._get_debtor().action_view_collection_disputes()

    def action_view_claims(self):
        """Open the items that the debtor owes, the oldest first."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Open Items of %(debtor)s", debtor=self.display_name),
            "res_model": "account.move.line",
            "domain": list(self._get_claims_domain()),
            "views": [(False, "list"), (False, "form")],
            "context": {"create": False},
        }
