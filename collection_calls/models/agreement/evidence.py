from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import format_date

from ..ledger.money_under_way import SOURCES


class Evidence(NamedTuple):
    """A receipt, a credit, money under way or a claim that took another's place, and
    what it means for an agreement.

    ``amount`` is in the currency ``currency``, ``day`` the accounting date, ``record``
    where it stands in the books. ``claim`` is what it was matched with, if it was.
    """

    kind: str
    day: object
    amount: float
    currency: models.Model
    counts: bool
    why: str
    record: models.Model
    claim: models.Model = None

    @property
    def shown(self):
        """What the accountant sees in a form of its own."""
        if self.record._name in ("account.move.line", "account.bank.statement.line"):
            return self.record.move_id
        return self.record

    @property
    def label(self):
        return self.shown.display_name

    @property
    def url(self):
        return f"/mail/view?model={self.shown._name}&res_id={self.shown.id}"


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
        # sudo: what the verdict was made of is the ledger's, whoever asks.
        found = self._origin.sudo()._get_evidence()
        # Collectors read entries and payments, and no online transactions.
        shown = {row.shown._name for rows in found.values() for row in rows}
        readable = {name for name in shown if self.env[name].has_access("read")}
        for agreement in self:
            rows = found.get(agreement._origin.sudo(), [])
            counted = sum(row.amount for row in rows if row.counts)
            moves = {row.claim.move_id for row in rows if row.claim}
            agreement.evidence = self.env["ir.qweb"]._render(
                "collection_calls.evidence",
                {
                    "rows": rows,
                    "readable": readable,
                    "agreement": agreement,
                    "kinds": self._get_evidence_kinds(),
                    "counted": counted,
                    "has_claims": len(moves) > 1,
                },
            )

    def _get_evidence(self):
        """What the ledger holds for and against these agreements, oldest first.

        Read for all of them at once.

        :return: {agreement: list of :class:`Evidence`}
        """
        found = self._get_matched_evidence()
        for company, agreements in self.grouped("company_id").items():
            under_way = self._get_under_way(agreements._get_debtors(), company)
            for agreement in agreements if under_way else ():
                found[agreement] += agreement._prepare_evident_money(under_way)
        return {
            agreement: sorted(
                found[agreement] + agreement._prepare_succession(),
                key=lambda row: row.day,
            )
            for agreement in self
        }

    def _prepare_evident_money(self, under_way):
        return [
            Evidence(
                "under_way",
                money.day,
                money.amount,
                self.env["res.currency"].browse(money.currency_id),
                False,
                self._explain_under_way(money),
                self.env[SOURCES[money.source]].browse(money.record_id),
            )
            for money in self._get_evident_money(under_way)
        ]

    def _prepare_succession(self):
        """The claims that took the place of others, since they were agreed on."""
        rows = []
        for row in self._get_claim_rows().filtered("origin_line_id"):
            item, former = row.move_line_id, row.origin_line_id.move_id
            if not item:
                continue
            why = self.env._("Owed as this now, once as %(claim)s.", claim=former.name)
            if item.move_id == former:
                why = self.env._("Part of the invoice as it was corrected.")
            given = item.date, row.amount, self.currency_id, False, why, item
            rows.append(Evidence("successor", *given))
        return rows

    def _prepare_matched_evidence(self, match, judge):
        """The receipt and the credit that a match consists of.

        :param match: :class:`..ledger.collection_ledger.Match`
        :param judge: a function of the match that tells whether the receipt counts,
            and why
        """
        items = self.env["account.move.line"]
        item, claim = items.browse(match.item_id), items.browse(match.claim_id)
        rows = []
        credit = self.currency_id.round(match.amount - match.settled)
        if not self.currency_id.is_zero(match.settled):
            counts, why = judge(match)
            given = match.date, match.settled, self.currency_id, counts, why, item
            rows.append(Evidence("receipt", *given, claim))
        if not self.currency_id.is_zero(credit) and not self._is_moved_by(item):
            why = self._explain_credit()
            given = match.date, credit, self.currency_id, False, why, item
            rows.append(Evidence("credit", *given, claim))
        return rows

    def _is_moved_by(self, item):
        """Whether an item took something off a claim that is owed as another now: the
        agreement goes on with that."""
        moved = self._get_claim_rows().filtered("origin_line_id").move_id
        taking = item.move_id if moved else moved
        return bool(
            taking & moved or taking.reversed_entry_id & moved.collection_replaces_id
        )

    def _write_evidence(self):
        """What counted, as plain text in the environment's language.

        :return: {agreement: text}, which says so where nothing came in
        """
        kinds = self._get_evidence_kinds()
        found = self.sudo()._get_evidence()
        records = {}
        for row in (row for rows in found.values() for row in rows):
            records.setdefault(row.record._name, row.record.browse())
            records[row.record._name] |= row.record
        return {
            agreement: "\n".join(
                self.env._(
                    "%(day)s %(kind)s %(amount)s (%(entry)s): %(why)s",
                    day=format_date(self.env, row.day),
                    kind=kinds[row.kind],
                    amount=row.currency.format(row.amount),
                    entry=row._replace(
                        record=row.record.with_prefetch(records[row.record._name].ids)
                    ).label,
                    why=row.why,
                )
                for row in found[agreement.sudo()]
            )
            or self.env._(
                "Nothing was received by %(day)s, and nothing is under way.",
                day=format_date(self.env, agreement._get_evident_day()),
            )
            for agreement in self
        }

    def _write_evidence_together(self):
        """What counted, in the language of whoever made each agreement.

        :return: {agreement: text}; those that could not be read are left out
        """
        texts = {}
        for lang, agreements in self.grouped(lambda each: each.user_id.lang).items():
            agreements = agreements.with_context(lang=lang)
            self._attempt(
                lambda agreements=agreements: texts.update(
                    agreements._write_evidence()
                ),
                f"What counted for {len(agreements)} agreements could not be read",
            )
        return texts

    @api.model
    def _get_evidence_kinds(self):
        return {
            "receipt": self.env._("Receipt"),
            "credit": self.env._("Credited"),
            "under_way": self.env._("Under way"),
            "successor": self.env._("New claim"),
        }

    # ---------------------------------------------------------------------- hooks

    def _get_matched_evidence(self):
        """Evidence of what the claims were matched with: {agreement: list}."""
        raise NotImplementedError

    def _get_evident_money(self, under_way):
        """Money under way that may be meant for this agreement, in time or not."""
        return self._get_own_money(under_way)

    def _get_evident_day(self):
        """The day up to which money was waited for."""
        raise NotImplementedError

    def _explain_credit(self):
        raise NotImplementedError

    def _explain_under_way(self, money):
        raise NotImplementedError
