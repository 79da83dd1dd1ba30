from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL

from ..groups import COLLECTORS

CALL_GROUPS = f"{COLLECTORS},account.group_account_invoice"


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "collection.followup.mark"]

    collection_is_overdue = fields.Boolean(
        string="Overdue",
        compute="_compute_collection_overdue",
        search="_search_collection_is_overdue",
        help="At least one open item of this invoice fell due before today.",
    )
    collection_days_overdue = fields.Integer(
        string="Days Overdue",
        compute="_compute_collection_overdue",
        help="Age in days of the oldest overdue item of this invoice.",
    )
    collection_call_count = fields.Integer(
        string="Calls",
        compute="_compute_collection_call_count",
        groups=CALL_GROUPS,
    )
    collection_dispute_ids = fields.One2many(
        "collection.dispute",
        "move_id",
        string="Disputes",
        groups=CALL_GROUPS,
    )
    collection_dispute_count = fields.Integer(
        string="Number of Disputes",
        compute="_compute_collection_disputes",
        groups=CALL_GROUPS,
    )
    collection_disputed_amount = fields.Monetary(
        string="Disputed",
        compute="_compute_collection_disputes",
        groups=CALL_GROUPS,
        help="The part of what is open that the debtor objects to, in the currency of"
        " the invoice.",
    )
    collection_settled_dispute_id = fields.Many2one(
        "collection.dispute",
        string="Settles Dispute",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups=CALL_GROUPS,
        help="The accepted dispute for which this credit note was made.",
    )
    collection_replaces_id = fields.Many2one(
        "account.move",
        string="Takes the Place of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups=CALL_GROUPS,
        help="The invoice that was reversed when this one was made.",
    )
    collection_promise_line_ids = fields.One2many(
        "collection.promise.line",
        "move_id",
        string="Promised",
        copy=False,
        groups=CALL_GROUPS,
    )
    collection_promise_count = fields.Integer(
        string="Promises",
        compute="_compute_collection_promises",
        groups=CALL_GROUPS,
    )
    collection_promise_note = fields.Char(
        compute="_compute_collection_promises",
        groups=CALL_GROUPS,
        help="What is promised on this invoice, until when, and how it went.",
    )
    collection_plan_claim_ids = fields.One2many(
        "collection.plan.claim",
        "move_id",
        string="Paid by Installments",
        copy=False,
        groups=CALL_GROUPS,
    )
    collection_plan_count = fields.Integer(
        string="Plans",
        compute="_compute_collection_plans",
        groups=CALL_GROUPS,
    )
    collection_plan_note = fields.Char(
        compute="_compute_collection_plans",
        groups=CALL_GROUPS,
        help="How the installment plan stands that pays this invoice.",
    )

    @api.depends("line_ids.reconciled", "line_ids.date_maturity", "state")
    def _compute_collection_overdue(self):
        self.collection_is_overdue = False
        self.collection_days_overdue = 0
        for company, moves in self.grouped("company_id").items():
            if not company:
                continue
            items = self.env["account.move.line"]
            domain = items._get_collection_overdue_domain(company)
            today = company._get_collection_today()
            for move, oldest in items._read_group(
                domain & Domain("move_id", "in", moves.ids),
                ["move_id"],
                ["date_maturity:min"],
            ):
                move.collection_is_overdue = True
                # The rest of a plan may be due before the invoice is.
                days = (today - (oldest or move.date)).days
                move.collection_days_overdue = max(days, 0)

    @api.model
    def _search_collection_is_overdue(self, operator, value):
        if operator != "in":
            return NotImplemented
        items = self.env["account.move.line"]
        overdue = Domain.OR(
            Domain("line_ids", "any", items._get_collection_overdue_domain(company))
            for company in self.env.companies
        ) & Domain("move_type", "in", self.get_sale_types(include_receipts=True))
        if True in value and False in value:
            return Domain.TRUE
        return overdue if True in value else ~overdue

    def _compute_collection_call_count(self):
        counts = dict(
            self.env["collection.call.claim"]._read_group(
                [("move_id", "in", self.ids), ("call_id.state", "!=", "cancelled")],
                ["move_id"],
                ["call_id:count_distinct"],
            )
        )
        for move in self:
            move.collection_call_count = counts.get(move, 0)

    def write(self, vals):
        if "partner_id" in vals:
            self.env["collection.case"]._remember_debtors(self.line_ids)
        result = super().write(vals)
        if {"state", "date"}.intersection(vals):
            self.env["collection.agreement"]._touch_all(self._get_matched_move_ids())
        if {"state", "payment_state"}.intersection(vals):
            self.env["collection.case"]._touch(self.ids)
        if {"no_followup", "payment_state"}.intersection(vals):
            self.env["collection.agreement"]._touch_all(self.ids)
        if "no_followup" in vals:
            self.filtered(lambda move: move.is_invoice())._remember_followup_decision()
        return result

    def _get_matched_move_ids(self):
        """Ids of these entries, and of those whose claims they were matched with.

        A payment that is posted anew on another day is judged anew, though its match
        stays as it is; so is what an invoice replaces.
        """
        if not self:
            return []
        self.env["account.partial.reconcile"].flush_model()
        self.flush_recordset(["collection_replaces_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT claim.move_id
                  FROM account_move_line item
                  JOIN account_partial_reconcile match
                    ON match.credit_move_id = item.id
                  JOIN account_move_line claim ON claim.id = match.debit_move_id
                 WHERE item.move_id = ANY(%(ids)s)
                 UNION
                SELECT collection_replaces_id
                  FROM account_move
                 WHERE id = ANY(%(ids)s) AND collection_replaces_id IS NOT NULL
                """,
                ids=list(self.ids),
            )
        )
        return list({*self.ids, *(move_id for [move_id] in rows)})

    def _update_collection_protection(self):
        """Exclude invoices from follow-up while all that is open on them is promised.

        That is a signal to other follow-ups; ours know better. What a person decided
        is left alone, and what we excluded is put back as it was. Items of entries
        that aren't invoices are excluded one by one.
        """
        # sudo: collectors may not write invoices.
        moves_sudo = self.sudo()
        claims = moves_sudo.line_ids.filtered(
            lambda item: item.account_type == "asset_receivable" and item.balance > 0
        )
        open_claims = claims.filtered(
            lambda item: item.parent_state == "posted" and not item.reconciled
        )
        protected = open_claims._get_collection_protected()
        invoices = moves_sudo.filtered(lambda move: move.is_invoice())
        touched = protected.move_id & invoices
        unprotected = (open_claims - protected).move_id
        invoices._exclude_promised(touched - unprotected, touched)
        items = claims.filtered(lambda item: item.move_id not in invoices)
        items._exclude_promised(protected & items, protected & items)

    def _get_promised(self):
        return self.line_ids._get_collection_protected().move_id

    def _get_marked_items(self):
        return self.line_ids.filtered(
            lambda item: item.account_type in ("asset_receivable", "liability_payable")
        )

    @api.depends("collection_dispute_ids.amount_open")
    def _compute_collection_disputes(self):
        figures = {
            move: (count, amount)
            for move, count, amount in self.env["collection.dispute"]._read_group(
                [("move_id", "in", self.ids)],
                ["move_id"],
                ["__count", "amount_open:sum"],
            )
        }
        for move in self:
            move.collection_dispute_count, move.collection_disputed_amount = (
                figures.get(move._origin, (0, 0.0))
            )

    @api.ondelete(at_uninstall=True)  # the context can't skip it
    def _unlink_except_disputed(self):
        # sudo: a dispute is evidence for those as well who don't see it.
        moves_sudo = self.sudo()
        if moves_sudo.collection_dispute_ids:
            raise UserError(
                self.env._(
                    "A disputed invoice is evidence and can't be deleted. Cancel it"
                    " instead."
                )
            )

    def action_log_collection_call(self):
        """Open the form that logs a call about the open items of these invoices.

        :raise UserError: as :meth:`_get_collection_call_values`
        """
        debtor, values = self._get_collection_call_values()
        return debtor._get_collection_log_action(**values)

    def action_start_collection_call(self):
        """Open the five steps of a call about the open items of these invoices.

        :raise UserError: as :meth:`_get_collection_call_values`
        """
        debtor, values = self._get_collection_call_values()
        return self.env["collection.call"]._start(debtor, **values).action_resume()

    def action_plan_collection_installments(self):
        """Open the terms of an installment plan for what is open on these invoices.

        :raise UserError: if they belong to several debtors or companies, or if
            nothing is open on them
        """
        if len(self.commercial_partner_id) != 1 or len(self.company_id) != 1:
            raise UserError(
                self.env._(
                    "A plan is agreed with one customer at a time. Select invoices of"
                    " one customer and one company only."
                )
            )
        debtor, values = self._get_collection_call_values()
        return debtor._get_collection_plan_action(**values)

    def _get_collection_call_values(self):
        """Whom to call about these invoices, and what about.

        :return: the debtor, and a dictionary of company, contact and claims
        :raise UserError: if they belong to several debtors or companies, or if
            nothing is open on them
        """
        debtor = self.commercial_partner_id
        if len(debtor) != 1 or len(self.company_id) != 1:
            raise UserError(
                self.env._(
                    "A call is held with one customer at a time."
                    " Select invoices of one customer and one company only."
                )
            )
        claims = self._get_collection_claims()
        if not claims:
            raise UserError(
                self.env._(
                    "Nothing is left to pay on the selected invoices."
                    " Select posted invoices that are still open."
                )
            )
        person = self.partner_id if len(self.partner_id) == 1 else debtor
        return debtor, {
            "company": self.company_id,
            "contact": person._get_collection_callee_person(self.company_id),
            "claims": claims,
        }

    def _get_collection_claims(self):
        """Open claims of these invoices, oldest first."""
        items = self.env["account.move.line"]
        domain = Domain.OR(
            items._get_collection_open_domain(company) for company in self.company_id
        ) & Domain([("move_id", "in", self.ids), ("amount_residual", ">", 0)])
        return items.search(domain, order="date_maturity, id")

    @api.depends("collection_promise_line_ids.state")
    def _compute_collection_promises(self):
        for move in self:
            promises = move.collection_promise_line_ids.promise_id
            move.collection_promise_count = len(promises)
            move.collection_promise_note = promises._get_note(move)

    def action_view_collection_promises(self):
        """Open the promises to pay this invoice, kept or not."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "collection_calls.collection_promise_action"
        )
        return dict(
            action,
            domain=[("line_ids.move_id", "=", self.id)],
            context={"default_partner_id": self.commercial_partner_id.id},
        )

    @api.depends("collection_plan_claim_ids.plan_id.state")
    def _compute_collection_plans(self):
        together = self.collection_plan_claim_ids.plan_id._prefetch_ids
        for move in self:
            claims = move.collection_plan_claim_ids
            unpaid = claims.filtered("amount_residual").plan_id
            move.collection_plan_count = len(claims.plan_id)
            move.collection_plan_note = unpaid.with_prefetch(together)._get_note()

    def action_view_collection_plans(self):
        """Open the installment plans that pay this invoice, or once did."""
        self.ensure_one()
        return self.collection_plan_claim_ids.plan_id._get_list_action(
            [("claim_ids.move_id", "=", self.id)]
        )

    def action_open_collection_dispute(self):
        """Open the dialog in which the debtor's objection is noted."""
        self.ensure_one()
        view = self.env.ref("collection_calls.collection_dispute_view_form_open")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Dispute %(invoice)s", invoice=self.name),
            "res_model": "collection.dispute",
            "views": [(view.id, "form")],
            "target": "new",
            "context": {"default_move_id": self.id},
        }

    def action_view_collection_disputes(self):
        """Open what the debtor objected to on this invoice."""
        self.ensure_one()
        disputes = self.collection_dispute_ids
        return disputes._get_list_action([("move_id", "=", self.id)])

    def _is_collection_disputable(self):
        """Whether a customer can still object to this invoice before paying it."""
        self.ensure_one()
        return (
            self.move_type in ("out_invoice", "out_receipt")
            and self.state == "posted"
            and self.currency_id.compare_amounts(self.amount_residual, 0) > 0
        )

    def action_view_collection_calls(self):
        """Open the calls in which this invoice was spoken about."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "collection_calls.collection_call_action"
        )
        return dict(
            action,
            domain=[("claim_ids.move_id", "=", self.id), ("state", "!=", "cancelled")],
            context={
                "default_partner_id": self.commercial_partner_id.id,
                "default_company_id": self.company_id.id,
                "default_claim_ids": [
                    Command.create({"move_line_id": claim.id})
                    for claim in self._get_collection_claims()
                ],
            },
        )
