from odoo import api, fields, models
from odoo.fields import Domain

from ...engine import promise as engine

CASE_FACTS = {
    "no_followup",
    "collection_follow_up",
    "date_maturity",
    "partner_id",
    "account_id",
}
WHOSE = {"partner_id", "account_id"}
NOT_KEPT = (*engine.FAILED, engine.SUPERSEDED)


class AccountMoveLine(models.Model):
    _name = "account.move.line"
    _inherit = ["account.move.line", "collection.followup.mark"]

    collection_follow_up = fields.Selection(
        [("include", "Followed Up"), ("exclude", "Left Out")],
        string="Collections",
        copy=False,
        help="Whether somebody decided to follow up on this item of a general journal."
        " Empty: as the company has it.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        items = super().create(vals_list)
        items._touch_cases()  # a posted statement line gets another item, for instance
        return items

    def write(self, vals):
        if "partner_id" in vals:
            self.env["collection.case"]._remember_debtors(self)
        if WHOSE.intersection(vals):
            self._touch_cases()  # whose they were
        result = super().write(vals)
        if CASE_FACTS.intersection(vals):
            self._touch_cases()
        if "no_followup" in vals:
            moves = self.move_id.filtered(lambda move: move.is_invoice())
            moves._remember_followup_decision()
            self.env["collection.agreement"]._touch_all(self.move_id.ids)
            items = self.filtered(lambda item: item.move_id not in moves)
            items._remember_followup_decision()
        return result

    def unlink(self):
        self.env["collection.case"]._remember_debtors(self)
        self._touch_cases()
        for name in "collection.promise.line", "collection.plan.claim":
            self.env[name]._keep_origins(self)
        return super().unlink()

    def _get_collection_label(self):
        """What people call a claim: the number of its invoice, and which part of it
        this is where payment terms make several, as in “INV/2026/00001 (2/3)”.

        :rtype: str
        """
        self.ensure_one()
        move = self.move_id
        label = move.name or self.name
        if not move.is_invoice(include_receipts=True):
            return label
        parts = move.line_ids.filtered(
            lambda item: item.account_type == "asset_receivable"
        ).sorted(lambda item: (item.date_maturity or item.date, item._origin.id or 0))
        if len(parts) < 2 or self not in parts:
            return label
        return f"{label} ({parts.ids.index(self.id) + 1}/{len(parts)})"

    def _touch_cases(self):
        """Have the cases of those who owe these items, if posted, brought up to date.

        They are named besides their entries: soon the items may be another debtor's.
        """
        receivable = self.filtered(
            lambda item: (
                item.parent_state == "posted"
                and item.account_type == "asset_receivable"
            )
        )
        self.env["collection.case"]._touch(
            receivable.move_id.ids,
            {
                (item.partner_id.id, item.company_id.id)
                for item in receivable
                if item.partner_id
            },
        )

    @api.model
    def _get_collection_open_domain(self, company):
        """Open receivable items of ``company`` that follow-ups look at.

        Left out, as core and the follow-up reports do: items somebody excluded from
        follow-up, blocked invoices, accounts that are not about trade. Debits are
        claims; credits are money or credit notes not yet matched. What we excluded
        ourselves, because it is promised, is overdue all the same.

        Items of general journals, which core leaves out by itself, are looked at where
        the company or somebody wants that.
        """
        return self._get_collection_followed_domain(
            company
        ) & self._get_collection_owed_domain(company)

    @api.model
    def _get_collection_followed_domain(self, company):
        """Items that nobody left out of follow-up; what we excluded ourselves is in."""
        # sudo: who reads what is open may not read settings.
        included = Domain("collection_follow_up", "=", "include")
        if company.sudo().collection_include_general_items:
            included |= self._get_collection_general_domain()
        return (
            Domain("no_followup", "=", False)
            | Domain("collection_no_followup", "=", True)
            | Domain("move_id.collection_no_followup", "=", True)
            | included
        )

    @api.model
    def _get_collection_owed_domain(self, company):
        """Open receivable items of ``company`` about trade, followed up or not."""
        return Domain(
            [
                ("company_id", "=", company.id),
                ("parent_state", "=", "posted"),
                ("account_id.account_type", "=", "asset_receivable"),
                ("account_id.non_trade", "=", False),
                ("reconciled", "=", False),
                ("move_id.payment_state", "!=", "blocked"),
            ]
        )

    @api.model
    def _get_collection_general_domain(self):
        """Items of general journals that nobody has decided about."""
        return Domain("journal_id.type", "=", "general") & Domain(
            "collection_follow_up", "=", False
        )

    @api.model
    def _get_collection_left_out_domain(self, company):
        """What is due, or credited, in general journals and not followed up."""
        today = company._get_collection_today()
        is_due = (
            Domain("date_maturity", "<", today)
            | Domain("date_maturity", "=", False) & Domain("date", "<", today)
            | Domain("amount_residual", "<", 0)
        )
        left_out = Domain("journal_id.type", "=", "general") & Domain(
            "collection_follow_up", "!=", "include"
        )
        if company.sudo().collection_include_general_items:
            left_out &= Domain("collection_follow_up", "=", "exclude")
        return (
            left_out
            & is_due
            & Domain("no_followup", "=", True)
            & Domain("collection_no_followup", "=", False)
            & self._get_collection_owed_domain(company)
        )

    def _include_in_collections(self):
        """Follow up on these items, though core leaves them out."""
        # sudo: who may hold calls may not write journal items.
        items_sudo = self.sudo().filtered(
            lambda item: (
                item.no_followup
                and item.journal_id.type == "general"
                and item.collection_follow_up != "include"
            )
        )
        items_sudo._set_quietly("collection_follow_up", "include")
        items_sudo._touch_cases()

    @api.model
    def _get_collection_due_domain(self, company):
        """Claims of ``company`` that fell due, followed up or not.

        Nothing about their invoices is asked, so that all of them are found at once.
        """
        return self._get_collection_fell_due_domain(company) & Domain(
            [
                ("company_id", "=", company.id),
                ("parent_state", "=", "posted"),
                ("account_id.account_type", "=", "asset_receivable"),
                ("reconciled", "=", False),
            ]
        )

    @api.model
    def _get_collection_overdue_domain(self, company):
        """Claims of ``company`` that fell due before the company's today."""
        open_items = self._get_collection_open_domain(company)
        return open_items & self._get_collection_fell_due_domain(company)

    @api.model
    def _get_collection_fell_due_domain(self, company):
        """What fell due before the company's today.

        Whatever the invoice says: also where a plan makes the rest due at once.
        """
        today = company._get_collection_today()
        # sudo: who reads what is overdue need not see plans.
        claims_sudo = self.env["collection.plan.claim"].sudo()
        accelerated = claims_sudo._search([("is_accelerated", "=", True)])
        fell_due = (
            Domain("date_maturity", "<", today)
            | Domain("date_maturity", "=", False) & Domain("date", "<", today)
            | Domain("id", "in", accelerated.subselect("move_line_id"))
        )
        return fell_due & Domain("amount_residual", ">", 0)

    @api.model
    def _get_collection_credit_domain(self, company):
        """Credits of ``company`` that nobody has matched yet."""
        is_credit = Domain("amount_residual", "<", 0)
        return self._get_collection_open_domain(company) & is_credit

    def _get_collection_protected(self):
        """Those of these claims that nobody duns meanwhile.

        They stand under a promise which nobody has to confirm, or in a running plan.
        """
        # sudo: a promise that the user can't see protects the claim all the same.
        lines_sudo = self.env["collection.promise.line"].sudo()
        promised_sudo = lines_sudo.search(
            lines_sudo._get_protecting_domain() & Domain("move_line_id", "in", self.ids)
        ).move_line_id
        planned_sudo = self.env["collection.plan.claim"]._get_running(self.ids)
        return (promised_sudo | planned_sudo.move_line_id).with_env(self.env)

    def _get_promised(self):
        return self._get_collection_protected()

    def _get_marked_items(self):
        return self

    def _count_promises_in_a_row(self, besides=(), superseding=False):
        """How many promises on one of these claims weren't kept in a row, at most.

        :param besides: promises that don't count
        :param bool superseding: whether a new promise is about to take the claims:
            those that stand on them won't be kept then
        """
        states = (*NOT_KEPT, engine.KEPT)
        if superseding:
            states += engine.STANDING
        lines_sudo = self.env["collection.promise.line"].sudo()
        earlier_sudo = lines_sudo.search(
            [
                ("move_line_id", "in", self.ids),
                ("promise_id", "not in", [promise.id for promise in besides]),
                ("state", "in", states),
            ],
            order="id",
        )
        counts = dict.fromkeys(self.ids, 0)
        for line in earlier_sudo:
            kept = line.state == engine.KEPT
            item = line.move_line_id.id
            counts[item] = 0 if kept else counts[item] + 1
        return max(counts.values(), default=0)
