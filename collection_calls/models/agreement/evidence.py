from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import format_date

from ..ledger.money_under_way import SOURCES


class Evidence(NamedTuple):
    """A receipt, a credit or money under way, and what it means for an agreement.

    ``amount`` is in the currency ``currency``, ``day`` the accounting date, ``record``
    where it stands in the books.
    """

    kind: str
    day: object
    amount: float
    currency: models.Model
    counts: bool
    why: str
    record: models.Model

    @property
    def label(self):
        entry = self.record
        if entry._name in ("account.move.line", "account.bank.statement.line"):
            entry = entry.move_id
        return entry.display_name

    @property
    def url(self):
        """Address of a form in which the accountant sees it."""
        record = self.record
        if record._name in ("account.move.line", "account.bank.statement.line"):
            record = record.move_id
        return f"/mail/view?model={record._name}&res_id={record.id}"


class CollectionAgreement(models.AbstractModel):
    """A verdict shows its evidence: what counted, what didn't, and why."""

    _inherit = "collection.agreement"

    evidence = fields.Html(
        string="What Counted",
        compute="_compute_evidence",
        sanitize=False,
        help="Each receipt, each credit and all money under way, with why it counts or"
        " not.",
    )

    @api.depends_context("lang")
    def _compute_evidence(self):
        for agreement in self:
            # sudo: what the verdict was made of is the ledger's, whoever asks.
            rows = agreement._origin.sudo()._get_evidence() if agreement._origin else []
            agreement.evidence = self.env["ir.qweb"]._render(
                "collection_calls.evidence", {"rows": rows, "agreement": agreement}
            )

    def _get_evidence(self):
        """What the ledger holds for and against this agreement, oldest first.

        :rtype: list[Evidence]
        """
        self.ensure_one()
        rows = self._get_matched_evidence()
        under_way = self._get_under_way(self._get_debtors(), self.company_id)
        for money in self._get_evident_money(under_way):
            rows.append(
                Evidence(
                    "under_way",
                    money.day,
                    money.amount,
                    self.env["res.currency"].browse(money.currency_id),
                    False,
                    self._explain_under_way(money),
                    self.env[SOURCES[money.source]].browse(money.record_id),
                )
            )
        return sorted(rows, key=lambda row: row.day)

    def _prepare_matched_evidence(self, match, judge):
        """The receipt and the credit that a match consists of.

        :param match: :class:`..ledger.collection_ledger.Match`
        :param judge: a function of the match that tells whether the receipt counts,
            and why
        """
        item = self.env["account.move.line"].browse(match.item_id)
        rows = []
        credit = self.currency_id.round(match.amount - match.settled)
        if not self.currency_id.is_zero(match.settled):
            counts, why = judge(match)
            given = match.date, match.settled, self.currency_id, counts, why, item
            rows.append(Evidence("receipt", *given))
        if not self.currency_id.is_zero(credit):
            why = self._explain_credit()
            given = match.date, credit, self.currency_id, False, why, item
            rows.append(Evidence("credit", *given))
        return rows

    def _write_evidence(self):
        """What counted, as plain text in the environment's language."""
        kinds = self._get_evidence_kinds()
        return "\n".join(
            self.env._(
                "%(day)s %(kind)s %(amount)s (%(entry)s): %(why)s",
                day=format_date(self.env, row.day),
                kind=kinds[row.kind],
                amount=row.currency.format(row.amount),
                entry=row.label,
                why=row.why,
            )
            for row in self.sudo()._get_evidence()
        )

    @api.model
    def _get_evidence_kinds(self):
        return {
            "receipt": self.env._("Receipt"),
            "credit": self.env._("Credited"),
            "under_way": self.env._("Under way"),
        }

    # ---------------------------------------------------------------------- hooks

    def _get_matched_evidence(self):
        """Evidence of what the claims were matched with."""
        raise NotImplementedError

    def _get_evident_money(self, under_way):
        """Money under way that may be meant for this agreement, in time or not."""
        return self._get_own_money(under_way)

    def _explain_credit(self):
        raise NotImplementedError

    def _explain_under_way(self, money):
        raise NotImplementedError
