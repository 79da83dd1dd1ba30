from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...engine import acceleration as engine
from .acceleration_terms import TERMS

LONG_TERMS = (*TERMS, "min_arrears_percent_long")


class CollectionAccelerationRule(models.Model):
    """Terms to choose from. A plan copies them: changing a rule changes no plan."""

    _name = "collection.acceleration.rule"
    _inherit = ["collection.acceleration.terms"]
    _description = "Acceleration Rule"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    for_whom = fields.Selection(
        [
            ("both", "Companies and private persons"),
            ("business", "Companies"),
            ("consumer", "Private persons"),
        ],
        string="For",
        compute="_compute_for_whom",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="Who is offered plans with this rule. Private persons are never given one"
        " without notice.",
    )
    country_ids = fields.Many2many(
        "res.country",
        string="Debtors In",
        help="Countries of the debtors. Empty: wherever they are.",
    )
    fits_debtor_id = fields.Many2one(
        "res.partner",
        string="Fits",
        store=False,
        search="_search_fits_debtor_id",
        help="Finds the rules that are made for a debtor.",
    )
    currency_id = fields.Many2one(compute="_compute_currency_id")
    min_arrears_percent_long = fields.Float(
        string="Least Arrears beyond Three Years",
        digits=(5, 2),
        help="The same for plans with more than three years from the first to the last"
        " installment. 0: as for shorter ones.",
    )
    description = fields.Text(
        string="In Plain Words",
        compute="_compute_description",
        help="What a plan with this rule does.",
    )
    note = fields.Text(
        string="When to Use It",
        translate=True,
        help="For whom the rule is made, and where it comes from.",
    )

    @api.depends("notice_days")
    def _compute_for_whom(self):
        """Without notice, a rule is for companies alone.

        One that is made for private persons stays so, and is refused.
        """
        for rule in self:
            if rule.for_whom == "consumer":
                continue
            if not rule.notice_days:
                rule.for_whom = "business"
            elif not rule.for_whom:
                rule.for_whom = "both"

    @api.depends("company_id.currency_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for rule in self:
            rule.currency_id = (rule.company_id or self.env.company).currency_id

    @api.depends(*LONG_TERMS, "currency_id")
    @api.depends_context("lang", "company")
    def _compute_description(self):
        for rule in self:
            rule.description = rule._get_terms_sentence()

    @api.constrains("for_whom", "notice_days")
    def _check_notice(self):
        for rule in self:
            if rule.for_whom != "business" and not rule.notice_days:
                raise ValidationError(
                    self.env._(
                        "“%(rule)s” has no days of notice: nothing falls due on a"
                        " private person without a written notice. Enter the days, or"
                        " make it a rule for companies.",
                        rule=rule.name,
                    )
                )

    @api.constrains("min_arrears_percent_long")
    def _check_min_arrears_percent_long(self):
        for rule in self:
            rule._check_percent(rule.min_arrears_percent_long)

    # ------------------------------------------------------------- who gets which

    @api.model
    def _get_default(self, company, debtor=None):
        """The rule that a plan follows unless somebody chooses another.

        The one from the settings; if there is none that the company may use and that
        fits, the first of its list that does. Empty if none does.

        :param debtor: whoever owes; if nobody is known yet, every rule fits
        """
        rules = self.search(
            Domain("company_id", "in", [False, company.id])
            & self._get_fitting_domain(debtor)
        )
        return company.collection_acceleration_rule_id & rules or rules[:1]

    @api.model
    def _get_fitting_domain(self, debtor):
        """The rules that are made for a debtor, or for any if it is empty."""
        if not debtor:
            return Domain.TRUE
        debtor = debtor.commercial_partner_id
        kind = "consumer" if debtor._is_collection_consumer() else "business"
        countries = Domain("country_ids", "=", False)
        if debtor.country_id:
            countries |= Domain("country_ids", "in", debtor.country_id.ids)
        return Domain("for_whom", "in", ["both", kind]) & countries

    @api.model
    def _search_fits_debtor_id(self, operator, value):
        """Of a debtor that isn't chosen yet, every rule may be the one."""
        if operator != "in":
            return NotImplemented
        if False in value:
            return Domain.TRUE
        debtors = self.env["res.partner"].browse(value)
        return Domain.OR(self._get_fitting_domain(debtor) for debtor in debtors)

    def _fits(self, debtor):
        """Whether this rule is made for a debtor."""
        return bool(self.filtered_domain(self._get_fitting_domain(debtor)))

    # ---------------------------------------------------------------- long plans

    def _get_least_arrears_percent(self, days):
        """What has to be in arrears, by how long a plan with this rule runs.

        :param days: when its installments are due
        :rtype: float
        """
        return engine.least_arrears_percent(
            self.min_arrears_percent,
            self.min_arrears_percent_long,
            min(days, default=None),
            max(days, default=None),
        )

    def _say_rule(self):
        rule = super()._say_rule()
        percent = self.min_arrears_percent_long
        if not percent or percent == self.min_arrears_percent:
            return rule
        return self.env._(
            "%(rule)s In plans of more than three years, it takes at least %(percent)s"
            " %% in arrears.",
            rule=rule,
            percent=self._format_percent(percent),
        )
