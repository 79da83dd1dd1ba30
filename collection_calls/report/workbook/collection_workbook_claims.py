from collections import defaultdict
from datetime import date
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .xlsx.cells import AGES, CURRENCY, DATE, INTEGER, MONEY, Column

BUCKETS = (30, 60, 90)  # days up to which a claim is in each; the last has no end
BUCKET_FIELDS = ("bucket_1_30", "bucket_31_60", "bucket_61_90", "bucket_over_90")
CREDIT, NOT_DUE = "credit", "not due"


class Claim(NamedTuple):
    """An open item of a debtor, as the figures of the cases see it.

    ``residual`` and ``original`` are in its own currency, ``amount`` is what is open in
    that of the company at the rate of today. ``age`` is in days; credits and claims
    that aren't due yet are not overdue, whatever it says.
    """

    debtor_id: int
    currency_id: int
    label: str
    date: date
    due: date
    age: int
    original: float
    residual: float
    amount: float
    is_overdue: bool
    is_planned: bool
    is_promised: bool
    is_disputed: bool


class CollectionWorkbookClaims(models.AbstractModel):
    """A sheet of claims.

    They are read from the query that the figures of cases are summed up from, so that
    both agree to the cent.
    """

    _name = "collection.workbook.claims"
    _description = "Workbook with Claims"
    _inherit = "collection.workbook"

    # -------------------------------------------------------------------- reading

    def _read_due(self, debtor_ids):
        """What these debtors should have paid by today, and what is in their favour.

        :return: {debtor's id: [Claim]}; its amounts add up to what is overdue
        """
        items, company = self._get_items(), self.env.company
        overdue = items._get_collection_overdue_domain(company)
        credit = items._get_collection_credit_domain(company)
        is_claim = SQL("item.residual > 0")
        return self._read_claims(overdue | credit, debtor_ids, is_claim)

    def _read_open(self, debtor_ids):
        """All that is open with these debtors, credits too: {debtor's id: [Claim]}."""
        items, company = self._get_items(), self.env.company
        fell_due = items._get_collection_fell_due_domain(company)
        query = items._search(fell_due & Domain("company_id", "=", company.id))
        return self._read_claims(
            items._get_collection_open_domain(company),
            debtor_ids,
            SQL("item.id IN %s", query.subselect()),
        )

    def _get_items(self):
        return self.env["account.move.line"]

    def _read_claims(self, domain, debtor_ids, is_overdue):
        claims = defaultdict(list)
        narrow = self.env["collection.overdue"]._get_narrow(debtor_ids)
        self.env["collection.case"]._skip_compiling()
        self.env.flush_all()
        for row in self.env.execute_query(
            self._get_claims_sql(domain & narrow, debtor_ids, is_overdue)
        ):
            claim = Claim(*row)
            claims[claim.debtor_id].append(claim)
        return claims

    @api.model
    def _get_claims_sql(self, domain, debtor_ids, is_overdue):
        facts, company = self.env["collection.case.facts"], self.env.company
        return SQL(
            """
            WITH setting AS (%(settings)s), rate AS (%(rates)s)
            SELECT item.debtor_id,
                   item.currency_id,
                   COALESCE(entry.name, line.name),
                   COALESCE(entry.invoice_date, entry.date),
                   item.due,
                   setting.today - item.due,
                   line.amount_currency::float,
                   item.residual::float,
                   (%(amount)s)::float,
                   %(is_overdue)s,
                   item.is_planned,
                   item.is_promised,
                   dispute.move_id IS NOT NULL
              FROM (%(items)s OFFSET 0) item -- computed once
              JOIN account_move_line line ON line.id = item.id
              JOIN account_move entry ON entry.id = item.move_id
              JOIN setting ON setting.company_id = item.company_id
         LEFT JOIN rate ON rate.company_id = item.company_id
                       AND rate.currency_id = item.currency_id
         LEFT JOIN (%(disputes)s) dispute ON dispute.move_id = item.move_id
          ORDER BY item.due, item.id
            """,
            settings=facts._get_settings_sql(company),
            rates=facts._get_rates_sql(company),
            amount=facts._get_amount_sql(),
            is_overdue=is_overdue,
            items=facts._get_items_sql(domain, with_protection=True),
            disputes=facts._get_disputes_sql(company, debtor_ids),
        )

    # -------------------------------------------------------------------- writing

    def _get_claim_columns(self):
        """Labels and kinds of what :meth:`_get_claim_reader` reads."""
        own = self._get_own_currency()
        return [
            Column(self.env._("Invoice")),
            Column(self.env._("Invoice Date"), DATE),
            Column(self.env._("Due Date"), DATE),
            Column(self.env._("Days Overdue"), INTEGER, colors=AGES),
            Column(self.env._("Age")),
            Column(self.env._("Currency"), CURRENCY),
            Column(self.env._("Invoiced"), MONEY),
            Column(self.env._("Open"), MONEY, is_summed=True),
            Column(
                self.env._("Open in %(currency)s", currency=own.name),
                MONEY,
                currency=own,
                is_summed=True,
            ),
            Column(self.env._("Held Back By")),
        ]

    def _get_claim_reader(self):
        """A function from a claim to its cells; the words are looked up once."""
        currencies = {
            currency.id: self._get_currency(currency)
            for currency in self.env["res.currency"]
            .with_context(active_test=False)
            .search([])
        }
        ages, holds = self._get_age_words(), self._get_hold_words()

        def read(claim):
            return [
                claim.label,
                claim.date,
                claim.due,
                max(claim.age, 0) if claim.is_overdue else None,
                ages[self._get_bucket(claim)],
                currencies[claim.currency_id],
                claim.original,
                claim.residual,
                claim.amount,
                ", ".join(word for name, word in holds.items() if getattr(claim, name)),
            ]

        return read

    @api.model
    def _get_bucket(self, claim):
        """Which of the four an overdue claim belongs to, as on the case."""
        if claim.is_overdue:
            return sum(claim.age > days for days in BUCKETS)
        return CREDIT if claim.residual < 0 else NOT_DUE

    def _get_age_words(self):
        cases = self.env["collection.case"]
        labels = [self._get_label(cases, name) for name in BUCKET_FIELDS]
        return {
            **dict(enumerate(labels)),
            CREDIT: self.env._("Credit"),
            NOT_DUE: self.env._("Not due yet"),
        }

    def _get_hold_words(self):
        """What keeps us from calling about a claim, as the situation of a case says."""
        words = self._get_words(self.env["collection.case"], "situation")
        return {
            "is_planned": words["on_plan"],
            "is_promised": words["promised"],
            "is_disputed": words["disputed"],
        }
