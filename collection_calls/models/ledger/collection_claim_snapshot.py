from odoo import api, fields, models
from odoo.fields import Domain

from ...engine.promise import SUPERSEDED, VOID


class CollectionClaimSnapshot(models.AbstractModel):
    """A claim as it was when somebody spoke about it.

    The accounting may take an item or an invoice back. What was said about it stays, so
    nothing here depends on the item once it is noted.
    """

    _name = "collection.claim.snapshot"
    _description = "Snapshot of a Claim"
    _inherit = "collection.entry"

    move_line_id = fields.Many2one(
        "account.move.line",
        string="Claim",
        check_company=True,
        index="btree_not_null",
        ondelete="set null",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        compute="_compute_snapshot",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="set null",
    )
    label = fields.Char(compute="_compute_snapshot", store=True, precompute=True)
    date_maturity = fields.Date(
        string="Due Date", compute="_compute_snapshot", store=True, precompute=True
    )
    currency_id = fields.Many2one(
        "res.currency", compute="_compute_snapshot", store=True, precompute=True
    )

    amount_item = fields.Monetary(
        string="Whole Claim",
        compute="_compute_snapshot",
        store=True,
        precompute=True,
        help="What the claim came to, paid or not, when it was noted. If the ledger"
        " says something else later, the invoice was corrected.",
    )

    origin_line_id = fields.Many2one(
        "account.move.line",
        string="Took the Place of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The claim whose place this one took when the invoice was corrected.",
    )

    @api.depends("move_line_id")
    def _compute_snapshot(self):
        for claim in self.filtered("move_line_id"):
            item = claim.move_line_id
            claim.move_id = item.move_id
            claim.label = item._get_collection_label()
            claim.date_maturity = item.date_maturity or item.date
            claim.currency_id = item.currency_id
            claim.amount_item = item.amount_currency

    def _get_residual(self):
        """What is open on the claim now, in its currency; nothing where the entry isn't
        posted."""
        self.ensure_one()
        item_sudo = self.move_line_id.sudo()
        if item_sudo.parent_state != "posted":
            return 0.0
        return max(item_sudo.amount_residual_currency, 0.0)

    def _get_meant_moves(self):
        """Ids of the entries that debtors may have meant when they paid these claims:
        those of the claims, and those whose place they took."""
        # sudo: what money is meant for doesn't depend on who asks.
        own_sudo = self.sudo()
        moved_sudo = own_sudo.filtered(
            lambda row: (
                row.origin_line_id
                or row.move_id.collection_replaces_id
                or row.move_id.move_type == "entry"
            )
        )
        items = moved_sudo.move_line_id | moved_sudo.origin_line_id
        lineage = self.env["collection.ledger"]._get_lineage(items.ids)
        return {*own_sudo.move_id.ids, *lineage.sudo().move_id.ids}

    def _get_free_siblings(self):
        """Other parts of the same invoices, on which nothing else was agreed.

        :return: {journal item's id: id of the claim that it stands beside, the last one
            of its invoice}
        """
        items_sudo = self.sudo().move_line_id
        others_sudo = items_sudo.search(
            [
                ("move_id", "in", items_sudo.move_id.ids),
                ("id", "not in", items_sudo.ids),
                ("account_id.account_type", "=", "asset_receivable"),
                ("balance", ">", 0),
            ]
        )
        if not others_sudo:
            return {}
        on_others = Domain("move_line_id", "in", others_sudo.ids)
        promised_sudo = self.env["collection.promise.line"].sudo()
        promised_sudo = promised_sudo.search(
            on_others & Domain("state", "not in", [SUPERSEDED, VOID])
        )
        planned_sudo = self.env["collection.plan.claim"].sudo()
        planned_sudo = planned_sudo.search(
            on_others
            & Domain("plan_id.date_activated", "!=", False)
            & Domain("plan_id.state", "!=", "cancelled")
        )
        taken = promised_sudo.move_line_id | planned_sudo.move_line_id
        claims = {
            item.move_id: item.id
            for item in items_sudo.sorted(lambda i: (i.date_maturity or i.date, i.id))
        }
        return {item.id: claims[item.move_id] for item in others_sudo - taken}

    @api.model
    def _keep_origins(self, items):
        """Let another part of its invoice stand for each of these items, which are
        about to go: another payment term may have less parts.

        So it stays known what is owed again if the claim that took their place goes.
        """
        items_sudo = items.sudo().filtered(
            lambda item: item.account_type == "asset_receivable"
        )
        if not items_sudo:
            return
        rows_sudo = self.sudo().search([("origin_line_id", "in", items_sudo.ids)])
        for move, rows in rows_sudo.grouped(lambda r: r.origin_line_id.move_id).items():
            parts = move.line_ids.filtered(
                lambda item: item.account_type == "asset_receivable"
            )
            rows._write_facts({"origin_line_id": (parts - items_sudo)[:1].id})

    def _add_to_own(self, parts):
        """Add what other claims lost to those of the same agreement that got larger.

        :param parts: list of (journal item, amount)
        :return: the parts that no claim of the agreement is about yet
        """
        self.ensure_one()
        own = self._get_agreement()._get_claim_rows().grouped("move_line_id")
        new = []
        for item, amount in parts:
            row = own.get(item)
            if row:
                row._write_facts(
                    {
                        "amount": row.amount + amount,
                        "amount_item": item.amount_currency,
                    }
                )
            else:
                new.append((item, amount))
        return new

    def _give_away(self, carried, new):
        """Lower this claim by what others have now; the last of it goes along.

        :param float carried: in the claim's currency
        :param list new: pairs of a journal item without a claim, and an amount
        :return: False if this claim is about the first of the new items now
        """
        rest = self.currency_id.round(self.amount - carried)
        if not self.currency_id.is_zero(rest):
            whole = self.move_line_id.amount_currency
            self._write_facts({"amount": rest, "amount_item": whole})
        elif new:
            [item, amount], *_others = new
            origin = self.origin_line_id or self.move_line_id
            self._write_facts(
                {
                    "move_line_id": item.id,
                    "origin_line_id": origin.id if origin != item else False,
                }
            )
            # Apart, or it would be computed anew: all of the item, others' part too.
            self._write_facts({"amount": amount})
            return False
        else:
            self._drop()
        return True

    def _get_shrinkage(self):
        """By how much the claim itself got smaller since it was noted."""
        self.ensure_one()
        item_sudo = self.move_line_id.sudo()
        return self.amount_item - (item_sudo.amount_currency if item_sudo else 0.0)
