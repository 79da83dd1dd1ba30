import logging
from ast import literal_eval

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, formatLang

from ...engine import next_call, priority
from ..groups import COLLECTORS

WEIGHTS = [f"weight_{code}" for code in priority.CODES]
DEFAULTS = priority.Weights()
LIMITS = [
    "amount_min",
    "days_overdue_min",
    "first_call_days",
    "retry_days",
    "follow_up_days",
]


INTERVALS = ("retry_days", "follow_up_days")
# What ranks and deals cases, besides limits and weights.
RULES = {
    "sequence",
    "active",
    "company_id",
    "partner_domain",
    "assignment",
    "user_id",
    "user_ids",
    "typical_amount",
    *LIMITS,
    *WEIGHTS,
}
# What a text that is no list, or a list that is no domain, or knows no field, raises.
UNREADABLE = (KeyError, SyntaxError, TypeError, ValueError, RecursionError)
_logger = logging.getLogger(__name__)


class CollectionStrategy(models.Model):
    """Who is called, when, by whom, and who is called first."""

    _name = "collection.strategy"
    _description = "Collection Strategy"
    _inherit = "collection.entry"
    _check_company_auto = True
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    partner_domain = fields.Char(
        string="Debtors",
        default="[]",
        help="Which debtors the strategy is for. The first strategy of the list that"
        " fits a debtor counts. When a debtor begins or ceases to fit, the case follows"
        " in the night, or earlier if something happens to it.",
    )
    amount_min = fields.Monetary(
        string="Owing at Least",
        help="The least to call about, in company currency. If the strategy is for all"
        " companies, it is the same number in the currency of each.",
    )
    days_overdue_min = fields.Integer(
        string="Overdue for",
        default=1,
        help="Days that the oldest invoice is overdue at least.",
    )
    first_call_days = fields.Integer(
        string="First Call",
        default=3,
        help="Days from the due date of the oldest invoice to the first call.",
    )
    retry_days = fields.Integer(
        string="Try Again",
        default=1,
        help="Working days from an attempt that didn't reach the right party to the"
        " next one, unless the call planned another day.",
    )
    follow_up_days = fields.Integer(
        string="Follow Up",
        default=7,
        help="Days from a conversation that ended without any agreement to the next"
        " call, unless the call planned another day.",
    )
    assignment = fields.Selection(
        [
            ("manual", "To whoever calls first"),
            ("collector", "To one collector"),
            ("round_robin", "In turn: to who has the fewest open cases"),
        ],
        string="New Cases Go",
        required=True,
        default="manual",
        help="Whose the cases become that have no collector when they get on the list.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Collector",
        check_company=True,
        domain=lambda self: self._get_collector_domain(),
        ondelete="restrict",
    )
    user_ids = fields.Many2many(
        "res.users",
        string="Collectors",
        check_company=True,
        domain=lambda self: self._get_collector_domain(),
    )
    typical_amount = fields.Monetary(
        default=1000,
        help="Who owes that much gets half of the points that there are for the amount."
        " In company currency, as above.",
    )
    weight_amount = fields.Integer(
        string="Amount",
        default=DEFAULTS.amount,
        help="Half of it at the typical amount, two thirds at twice as much.",
    )
    weight_age = fields.Integer(
        string="Age",
        default=DEFAULTS.age,
        help="Half of it at 60 days overdue, two thirds at 120.",
    )
    weight_broken_promises = fields.Integer(
        string="Broken Promises",
        default=DEFAULTS.broken_promises,
        help="Half of it for one promise within twelve months, two thirds for two.",
    )
    weight_plan_incident = fields.Integer(
        string="Plan in Trouble",
        default=DEFAULTS.plan_incident,
        help="All of it while an installment plan is in arrears, under notice or due at"
        " once.",
    )
    weight_call_back = fields.Integer(
        string="Planned Call",
        default=DEFAULTS.call_back,
        help="All of it from the day on for which a call is planned.",
    )
    weight_silence = fields.Integer(
        string="Silence",
        default=DEFAULTS.silence,
        help="Half of it at 14 days since the last conversation, all if there never was"
        " one.",
    )
    weight_trust = fields.Integer(
        string="Lack of Trust",
        default=DEFAULTS.trust,
        help="The share of promises within twelve months that weren't kept; half of it"
        " if none was made.",
    )
    description = fields.Text(
        string="In Plain Words",
        compute="_compute_description",
        help="What this strategy does.",
    )

    @api.model
    def _get_collector_domain(self):
        group = self.env.ref(COLLECTORS)
        return [("all_group_ids", "in", group.ids), ("share", "=", False)]

    @api.depends("company_id.currency_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for strategy in self:
            company = strategy.company_id or self.env.company
            strategy.currency_id = company.currency_id

    @api.depends(
        *LIMITS,
        *WEIGHTS,
        "assignment",
        "company_id",
        "currency_id",
        "partner_domain",
        "user_id",
        "user_ids",
    )
    @api.depends_context("lang", "company")
    def _compute_description(self):
        for strategy in self:
            strategy.description = strategy._say_strategy()

    # -------------------------------------------------------------------- checks

    @api.constrains(*LIMITS, "typical_amount")
    def _check_limits(self):
        names = {*LIMITS, "typical_amount"} - set(INTERVALS)
        for strategy in self:
            if min(strategy[name] for name in names) < 0:
                raise ValidationError(
                    self.env._("Amounts and days can't be negative. Enter 0 for none.")
                )

    @api.constrains(*INTERVALS)
    def _check_intervals(self):
        """Whoever was called today isn't called again before tomorrow."""
        for strategy in self:
            if min(strategy[name] for name in INTERVALS) < 1:
                raise ValidationError(
                    self.env._(
                        "“%(strategy)s” has to wait at least one day before the next"
                        " call: enter 1 or more to try again and to follow up.",
                        strategy=strategy.name,
                    )
                )

    @api.constrains(*WEIGHTS)
    def _check_weights(self):
        for strategy in self:
            weights = [strategy[name] for name in WEIGHTS]
            if min(weights) < 0:
                raise ValidationError(
                    self.env._("Weights can't be negative. Enter 0 for none.")
                )
            if not any(weights):
                raise ValidationError(
                    self.env._("Give at least one reason a weight above zero.")
                )

    @api.constrains("assignment", "user_id", "user_ids")
    def _check_collectors(self):
        for strategy in self:
            given = {"collector": strategy.user_id, "round_robin": strategy.user_ids}
            if not given.get(strategy.assignment, True):
                raise ValidationError(
                    self.env._(
                        "Choose who gets the cases of “%(strategy)s”.",
                        strategy=strategy.name,
                    )
                )

    @api.constrains("partner_domain")
    def _check_partner_domain(self):
        for strategy in self:
            try:
                # As the user: what somebody may not read, they may not ask for.
                with self.env.cr.savepoint(flush=False):
                    debtors = strategy._get_partner_domain()
                    self.env["res.partner"].search(debtors, limit=1)
            except (*UNREADABLE, psycopg2.DataError) as error:
                raise ValidationError(
                    self.env._(
                        "The debtors of “%(strategy)s” can't be found: %(domain)s is no"
                        " filter on contacts. Choose them again.",
                        strategy=strategy.name,
                        domain=strategy.partner_domain,
                    )
                ) from error

    # -------------------------------------------------------------------- changes

    @api.model_create_multi
    def create(self, vals_list):
        strategies = super().create(vals_list)
        self.env["collection.case"]._refresh_soon()
        return strategies

    def write(self, vals):
        result = super().write(vals)
        if not RULES.isdisjoint(vals):
            self.env["collection.case"]._refresh_soon()
        return result

    def unlink(self):
        result = super().unlink()
        self.env["collection.case"]._refresh_soon()
        return result

    # ----------------------------------------------------------------- collectors

    def _get_collectors(self, company):
        """Who gets new cases of a company, in order: those who can call for it."""
        self.ensure_one()
        users = {"collector": self.user_id, "round_robin": self.user_ids}
        can_collect = self.env["collection.case"]._can_collect
        chosen = users.get(self.assignment, self.env["res.users"])
        return chosen.filtered(lambda user: can_collect(user, company))

    # --------------------------------------------------------------------- engine

    def _get_terms(self):
        """:rtype: next_call.Terms; None where there is no strategy"""
        if not self:
            return None
        return next_call.Terms(**{name: self[name] for name in LIMITS})

    def _get_weights(self):
        """As the engine knows them; its own where there is no strategy.

        :rtype: priority.Weights
        """
        if not self:
            return DEFAULTS
        return priority.Weights(
            **{code: self[f"weight_{code}"] for code in priority.CODES}
        )

    # ------------------------------------------------------------------------ fit
    # Which strategy is for which debtor, for all of them in one query.

    def _get_partner_domain(self):
        """:raise: one of ``UNREADABLE`` if it isn't a domain"""
        self.ensure_one()
        return Domain(literal_eval(self.partner_domain or "[]"))

    @api.model
    def _get_strategy_sql(self, companies, partner_id, company_id, debtor_ids=None):
        """A column: the first strategy of the list that fits, or NULL.

        :param SQL partner_id: column with the debtor
        :param SQL company_id: column with the company
        """
        # sudo: whose a debtor is doesn't depend on who looks.
        strategies_sudo = self.sudo().search(
            [("company_id", "in", [False, *companies.ids])]
        )
        cases = [
            SQL("WHEN %s THEN %s::int", SQL(" AND ").join(conditions), strategy.id)
            for company in companies
            for strategy, conditions in strategies_sudo._get_fits(
                company, partner_id, company_id, debtor_ids
            )
        ]
        if not cases:
            return SQL("NULL::int")
        return SQL("CASE %s END", SQL(" ").join(cases))

    def _get_fits(self, company, partner_id, company_id, debtor_ids):
        """Strategies of a company and when each one fits, up to one that always does.

        :return: pairs of a strategy and a list of conditions
        """
        in_company = SQL("%s = %s", company_id, company.id)
        for strategy in self.filtered(
            lambda strategy: strategy.company_id in (company.browse(), company)
        ):
            try:
                domain = strategy._get_reachable_domain(company)
                if domain.is_true():
                    yield strategy, [in_company]
                    return
                debtors = strategy._search_debtors(domain, company, debtor_ids)
            except UNREADABLE as error:
                # A field may be gone with the app that had it.
                _logger.warning(
                    "Strategy %s is left out, its debtors: %s", strategy.id, error
                )
                continue
            is_one = SQL("%s IN %s", partner_id, debtors.subselect())
            yield strategy, [in_company, is_one]

    @api.model
    def _search_debtors(self, domain, company, debtor_ids=None):
        """A query for the debtors in a domain, as they are in a company, on its days.

        :rtype: odoo.tools.query.Query
        """
        partners = self.env["res.partner"].with_company(company)
        partners = partners.with_context(
            active_test=False, tz=company._get_collection_tz().zone
        )
        if debtor_ids is not None:
            domain &= Domain("id", "in", list(debtor_ids))
        return partners._search(domain)

    # ---------------------------------------------------------------------- words
    # A strategy as those who choose it read it, in the environment's language.

    def _say_strategy(self):
        """Who gets on the list, when they are called, by whom, and who comes first."""
        self.ensure_one()
        sentences = [
            self._say_debtors(),
            self._say_days(),
            self._say_assignment(),
            self._say_weights(),
        ]
        return " ".join(sentence for sentence in sentences if sentence)

    def _say_debtors(self):
        limits = [self._say_amount(), self._say_age()]
        given = {
            "debtors": self._say_kind(),
            "limits": ", ".join(limit for limit in limits if limit),
        }
        if not given["limits"]:
            return self.env._("%(debtors)s, whatever they owe.", **given)
        return self.env._("%(debtors)s, %(limits)s.", **given)

    def _say_kind(self):
        if (self.partner_domain or "[]").replace(" ", "") == "[]":
            return self.env._("All debtors")
        return self.env._("Debtors that fit the filter")

    def _say_amount(self):
        if not self.amount_min:
            return None
        amount = formatLang(self.env, self.amount_min, currency_obj=self.currency_id)
        return self.env._("from %(amount)s on", amount=amount)

    def _say_age(self):
        days = self.days_overdue_min
        if days == 1:
            return self.env._("from the first day overdue on")
        return days and self.env._("from %(days)s days overdue on", days=days)

    def _say_days(self):
        return self.env._(
            "The first call is %(first)s, the next one %(retry)s if nobody was reached,"
            " or %(follow_up)s if nothing was agreed.",
            first=self._say_first(),
            retry=self._say_retry(),
            follow_up=self._say_follow_up(),
        )

    def _say_first(self):
        days = max(self.first_call_days, self.days_overdue_min)
        if not days:
            return self.env._("on the due date")
        if days == 1:
            return self.env._("on the day after the due date")
        return self.env._("%(days)s days after the due date", days=days)

    def _say_retry(self):
        days = self.retry_days
        if days == 1:
            return self.env._("on the next working day")
        return self.env._("%(days)s working days later", days=days)

    def _say_follow_up(self):
        days = self.follow_up_days
        if days == 1:
            return self.env._("on the next day")
        return self.env._("%(days)s days later", days=days)

    def _say_assignment(self):
        if self.assignment == "collector" and self.user_id:
            return self.env._(
                "New cases go to %(collector)s.", collector=self.user_id.name
            )
        if self.assignment == "round_robin" and self.user_ids:
            return self.env._(
                "New cases go to whoever has the fewest: %(collectors)s.",
                collectors=", ".join(self.user_ids.mapped("name")),
            )
        return self.env._("A case belongs to whoever calls first.")

    def _say_weights(self):
        """What counts, in percent of all, the most important first."""
        weights = {code: self[f"weight_{code}"] for code in priority.CODES}
        total = sum(weights.values())
        if min(weights.values()) < 0 or not total:  # while being typed
            return None
        labels = self.fields_get([f"weight_{code}" for code in weights], ["string"])
        parts = [
            self.env._(
                "%(what)s %(percent)s %%",
                what=labels[f"weight_{code}"]["string"],
                percent=round(100 * weight / total),
            )
            for code, weight in sorted(weights.items(), key=lambda item: -item[1])
            if weight
        ]
        return self.env._("What counts: %(parts)s.", parts=", ".join(parts))
