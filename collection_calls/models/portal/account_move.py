from odoo import api, fields, models
from odoo.fields import Domain


class AccountMove(models.Model):
    """What core's pages say of invoices that were agreed on.

    Nobody calls an invoice overdue, or asks for all of it, while it stands under an
    open promise or in a running plan.
    """

    _inherit = "account.move"

    collection_running_plan_id = fields.Many2one(
        "collection.plan",
        compute="_compute_collection_agreement",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
    )
    collection_standing_promise_id = fields.Many2one(
        "collection.promise",
        compute="_compute_collection_agreement",
        compute_sudo=True,
        groups=fields.NO_ACCESS,
    )
    collection_is_agreed = fields.Boolean(
        string="In an Agreement",
        compute="_compute_collection_agreement",
        compute_sudo=True,
        search="_search_collection_is_agreed",
        help="A claim of this invoice stands under an open promise or in a running"
        " plan: nobody calls it overdue.",
    )

    @api.depends(
        "collection_plan_claim_ids.is_running",
        "collection_promise_line_ids.state",
        "collection_promise_line_ids.promise_id.needs_confirmation",
    )
    def _compute_collection_agreement(self):
        promises, plans = self._read_collection_agreements()
        for move in self:
            plan = plans.get(move._origin.id, False)
            promise = promises.get(move._origin.id, False)
            move.collection_running_plan_id = plan
            move.collection_standing_promise_id = promise
            move.collection_is_agreed = bool(plan or promise)

    def _read_collection_agreements(self):
        """Who stands on these invoices: {invoice's id: promise}, {…: plan}."""
        lines_sudo = self.env["collection.promise.line"].sudo()
        standing_sudo = lines_sudo.search(
            lines_sudo._get_protecting_domain() & Domain("move_id", "in", self.ids),
            order="id",
        )
        claims_sudo = self.env["collection.plan.claim"].sudo()
        running_sudo = claims_sudo.search(
            [("move_id", "in", self.ids), ("is_running", "=", True)], order="id"
        )
        return (
            {line.move_id.id: line.promise_id for line in standing_sudo},
            {claim.move_id.id: claim.plan_id for claim in running_sudo},
        )

    @api.model
    def _search_collection_is_agreed(self, operator, value):
        if operator != "in":
            return NotImplemented
        if True in value and False in value:
            return Domain.TRUE
        lines_sudo = self.env["collection.promise.line"].sudo()
        standing_sudo = lines_sudo._search(lines_sudo._get_protecting_domain())
        claims_sudo = self.env["collection.plan.claim"].sudo()
        running_sudo = claims_sudo._search([("is_running", "=", True)])
        agreed = Domain("id", "in", standing_sudo.subselect("move_id")) | Domain(
            "id", "in", running_sudo.subselect("move_id")
        )
        return agreed if True in value else ~agreed

    def _get_collection_agreement_sudo(self):
        """The plan in which the invoice is paid, else the promise on it, if any."""
        self.ensure_one()
        # sudo: the debtor may read no agreement, and is told of their own.
        move_sudo = self.sudo()
        plan_sudo = move_sudo.collection_running_plan_id
        return plan_sudo or move_sudo.collection_standing_promise_id

    # --------------------------------------------------------------- core's pages

    def _get_invoice_portal_extra_values(self, custom_amount=None):
        """What was agreed, and where that is, for those whose login opens it.

        Whoever has the link of an invoice has been shown that invoice. By the link of
        an agreement one signs as the debtor, and sees other invoices.
        """
        values = super()._get_invoice_portal_extra_values(custom_amount)
        agreement_sudo = self._get_collection_agreement_sudo()
        if agreement_sudo:
            values.update(
                collection_note=agreement_sudo._get_portal_note(),
                collection_url=agreement_sudo._get_login_url(self.env.user),
                installment_state=None,  # what was agreed is due, and not the invoice
            )
        return values

    def _has_to_be_paid(self):
        """Debtors pay what was agreed, and not the whole invoice.

        Whoever holds a payment link from earlier may still pay by it.
        """
        return super()._has_to_be_paid() and not self.collection_is_agreed

    def _get_online_payment_error(self):
        error = super()._get_online_payment_error()
        agreement_sudo = self._get_collection_agreement_sudo()
        if not agreement_sudo:
            return error
        note = self.env._(
            "%(note)s: pay what was agreed on the page of the agreement.",
            note=agreement_sudo._get_portal_note(),
        )
        return "\n".join(filter(None, [note, error]))
