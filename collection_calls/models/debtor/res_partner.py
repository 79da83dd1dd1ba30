import operator
from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

COMPARISONS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "in": lambda amount, amounts: amount in amounts,
}
LEDGER_GROUPS = "account.group_account_invoice,account.group_account_readonly"
CALL_GROUPS = "collection_calls.group_collection_user,account.group_account_invoice"


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_overdue_amount = fields.Monetary(
        string="Overdue",
        compute="_compute_collection_overdue",
        search="_search_collection_overdue_amount",
        groups=LEDGER_GROUPS,
        help="What the debtor should have paid to the current company by today, less"
        " open credits, in the company's currency.",
    )
    collection_overdue_count = fields.Integer(
        string="Overdue Invoices",
        compute="_compute_collection_overdue",
        groups=LEDGER_GROUPS,
    )
    collection_oldest_due_date = fields.Date(
        string="Overdue Since",
        compute="_compute_collection_overdue",
        groups=LEDGER_GROUPS,
    )
    collection_people_ids = fields.One2many(
        "res.partner",
        "commercial_partner_id",
        string="Debtor and Everybody There",
        groups=CALL_GROUPS,
        help="Whoever's numbers say whether the debtor can be called.",
    )
    collection_call_ids = fields.One2many(
        "collection.call",
        "partner_id",
        string="Collection Calls",
        groups=CALL_GROUPS,
    )
    collection_call_count = fields.Integer(
        string="Calls", compute="_compute_collection_calls", groups=CALL_GROUPS
    )
    collection_last_call_date = fields.Datetime(
        string="Last Call", compute="_compute_collection_calls", groups=CALL_GROUPS
    )
    collection_case_id = fields.Many2one(
        "collection.case",
        compute="_compute_collection_case",
        groups=CALL_GROUPS,
    )
    collection_dispute_count = fields.Integer(
        string="Disputes", compute="_compute_collection_disputes", groups=CALL_GROUPS
    )
    collection_disputed_amount = fields.Monetary(
        string="Disputed",
        compute="_compute_collection_disputes",
        groups=CALL_GROUPS,
        help="What the debtor objects to and still owes to the current company, in the"
        " company's currency at today's rate.",
    )
    collection_activity_ids = fields.One2many(
        "mail.activity",
        string="Planned Calls",
        compute="_compute_collection_case",
        groups=CALL_GROUPS,
    )
    collection_next_call_date = fields.Date(
        string="Next Call",
        compute="_compute_collection_case",
        search="_search_collection_next_call_date",
        groups=CALL_GROUPS,
        help="Day of the next call with the debtor, planned or proposed by the"
        " strategy.",
    )

    collection_promise_count = fields.Integer(
        string="Promises", compute="_compute_collection_promises", groups=CALL_GROUPS
    )
    collection_promise_note = fields.Char(
        compute="_compute_collection_promises",
        groups=CALL_GROUPS,
        help="What the debtor promised and hasn't paid yet.",
    )
    collection_plan_count = fields.Integer(
        string="Plans", compute="_compute_collection_plans", groups=CALL_GROUPS
    )
    collection_plan_note = fields.Char(
        compute="_compute_collection_plans",
        groups=CALL_GROUPS,
        help="How the debtor's installment plans stand.",
    )
    collection_kept_rate = fields.Float(
        string="Promises Kept",
        compute="_compute_collection_kept_rate",
        groups=CALL_GROUPS,
        help="Share of the promises that were kept, among those whose time is over.",
    )

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_collection_overdue(self):
        figures = self.commercial_partner_id._get_collection_overdue(self.env.company)
        for partner in self:
            (
                partner.collection_overdue_amount,
                partner.collection_overdue_count,
                partner.collection_oldest_due_date,
            ) = figures.get(partner.commercial_partner_id.id, (0.0, 0, False))

    @api.model
    def _search_collection_overdue_amount(self, op, value):
        if op not in COMPARISONS:
            return NotImplemented
        matches = COMPARISONS[op]
        figures = self._get_overdue_figures(self.env.company)
        # Whoever is not among the figures owes nothing that is overdue.
        others_match = matches(0.0, value)
        ids = [
            partner_id
            for partner_id, (amount, _count, _oldest) in figures.items()
            if matches(amount, value) != others_match
        ]
        listed = Domain("commercial_partner_id", "in", ids)
        return ~listed if others_match else listed

    def _get_collection_overdue(self, company):
        """What these debtors should have paid by today.

        :return: as :meth:`_get_overdue_figures`
        """
        return self._get_overdue_figures(company, self.ids)

    @api.model
    def _get_overdue_figures(self, company, debtor_ids=None):
        """What debtors should have paid by today, in one query.

        :param debtor_ids: whose journal items to look at; everybody's if None
        :return: {debtor's id: (amount, invoices, oldest due date)}, for debtors with
            overdue claims; the amount is in company currency at the rate of the
            company's today, open credits deducted, never negative
        """
        rows = self.env.execute_query(
            SQL(
                """
                WITH %s
                SELECT partner_id,
                       GREATEST(overdue.amount + COALESCE(credit.amount, 0), 0),
                       overdue_count,
                       oldest_due_date
                  FROM overdue
             LEFT JOIN credit USING (partner_id, company_id)
                """,
                self.env["collection.overdue"]._get_overdue_sql(company, debtor_ids),
            )
        )
        return {
            partner_id: (company.currency_id.round(float(amount)), count, oldest)
            for partner_id, amount, count, oldest in rows
        }

    @api.depends("commercial_partner_id.collection_call_ids.state")
    @api.depends_context("company")
    def _compute_collection_calls(self):
        figures = {
            partner: (count, last)
            for partner, count, last in self.env["collection.call"]._read_group(
                [
                    ("partner_id", "in", self.commercial_partner_id.ids),
                    ("company_id", "=", self.env.company.id),
                    ("state", "!=", "cancelled"),
                ],
                ["partner_id"],
                ["__count", "date_start:max"],
            )
        }
        for partner in self:
            partner.collection_call_count, partner.collection_last_call_date = (
                figures.get(partner.commercial_partner_id, (0, False))
            )

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_collection_disputes(self):
        company = self.env.company
        debtors = self.commercial_partner_id
        amounts = debtors._get_collection_disputed(company)
        counts = dict(
            self.env["collection.dispute"]._read_group(
                [("partner_id", "in", debtors.ids), ("company_id", "=", company.id)],
                ["partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            debtor = partner.commercial_partner_id
            partner.collection_dispute_count = counts.get(debtor, 0)
            partner.collection_disputed_amount = amounts.get(debtor.id, 0.0)

    def _get_collection_disputed(self, company, of_disputes=Domain.TRUE):
        """What these debtors object to and still owe.

        The number of queries depends on the number of currencies, not of debtors.

        :param Domain of_disputes: which open disputes to look at
        :return: {debtor's id: amount}, for debtors with open disputes; the amount is in
            company currency, at the rate of the company's today
        """
        today = company._get_collection_today()
        standing = Domain(
            [
                ("partner_id", "in", self.ids),
                ("company_id", "=", company.id),
                ("state", "=", "open"),
            ]
        )
        amounts = defaultdict(float)
        for debtor, currency, amount in self.env["collection.dispute"]._read_group(
            standing & of_disputes,
            ["partner_id", "currency_id"],
            ["amount_open:sum"],
        ):
            amounts[debtor.id] += currency._convert(
                amount, company.currency_id, company, today
            )
        return amounts

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_collection_case(self):
        cases = self.env["collection.case"].search(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
            ]
        )
        case_by_debtor = {case.partner_id: case for case in cases}
        for partner in self:
            case = case_by_debtor.get(partner.commercial_partner_id, cases.browse())
            partner.collection_case_id = case
            partner.collection_activity_ids = case.activity_ids
            partner.collection_next_call_date = case.next_call_date

    @api.model
    def _search_collection_next_call_date(self, operator, value):
        """Negations are left to Odoo: partners without a case are among them."""
        if operator in Domain.NEGATIVE_OPERATORS:
            return NotImplemented
        if operator != "in" or False not in value:
            return self._get_collection_cases_domain(operator, value)
        planned = self._get_collection_cases_domain("!=", False)
        days = [day for day in value if day]
        return ~planned | self._get_collection_cases_domain("in", days)

    @api.model
    def _get_collection_cases_domain(self, operator, value):
        """Partners of debtors whose case, in the current company, has a next call."""
        cases = self.env["collection.case"]._search(
            Domain("company_id", "=", self.env.company.id)
            & Domain("next_call_date", operator, value)
        )
        return Domain("commercial_partner_id", "in", cases.subselect("partner_id"))

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_collection_promises(self):
        promises = self.env["collection.promise"].search(
            self._get_collection_promise_domain()
        )
        by_debtor = promises.grouped("partner_id")
        for partner in self:
            theirs = by_debtor.get(partner.commercial_partner_id, promises.browse())
            partner.collection_promise_count = len(theirs)
            partner.collection_promise_note = theirs._get_note()

    def _get_collection_promise_domain(self):
        return Domain(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
            ]
        )

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_collection_plans(self):
        plans = self.env["collection.plan"].search(self._get_collection_plan_domain())
        by_debtor = plans.grouped("partner_id")
        for partner in self:
            theirs = by_debtor.get(partner.commercial_partner_id, plans.browse())
            partner.collection_plan_count = len(theirs)
            partner.collection_plan_note = theirs._get_note()

    def _get_collection_plan_domain(self):
        return Domain(
            [
                ("partner_id", "in", self.commercial_partner_id.ids),
                ("company_id", "=", self.env.company.id),
            ]
        )

    @api.depends("commercial_partner_id")
    @api.depends_context("company")
    def _compute_collection_kept_rate(self):
        counts = defaultdict(dict)
        over = Domain("state", "in", ["kept", "partial", "broken"])
        for partner, state, count in self.env["collection.promise"]._read_group(
            self._get_collection_promise_domain() & over,
            ["partner_id", "state"],
            ["__count"],
        ):
            counts[partner][state] = count
        for partner in self:
            states = counts[partner.commercial_partner_id]
            total = sum(states.values())
            partner.collection_kept_rate = total and states.get("kept", 0) / total

    def unlink(self):
        """A closed case without a call is but figures: it keeps nobody."""
        # sudo: whoever may delete the debtor need not see cases.
        cases_sudo = self.env["collection.case"].sudo()
        mine = Domain("partner_id", "in", self.ids)
        empty = (
            mine & Domain("situation", "=", "closed") & Domain("call_ids", "=", False)
        )
        cases_sudo.search(empty).unlink()
        return super().unlink()

    def _get_collection_overdue_claims(self, company):
        """Overdue claims of this debtor, oldest first."""
        self.ensure_one()
        items = self.env["account.move.line"]
        return items.search(
            items._get_collection_overdue_domain(company)
            & Domain("partner_id.commercial_partner_id", "=", self.id),
            order="date_maturity, id",
        )
