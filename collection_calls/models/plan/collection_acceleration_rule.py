from odoo import api, fields, models
from odoo.fields import Domain

from .acceleration_terms import TERMS


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
    currency_id = fields.Many2one(compute="_compute_currency_id")
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

    @api.depends("company_id.currency_id")
    @api.depends_context("company")
    def _compute_currency_id(self):
        for rule in self:
            rule.currency_id = (rule.company_id or self.env.company).currency_id

    @api.depends(*TERMS, "currency_id")
    @api.depends_context("lang", "company")
    def _compute_description(self):
        for rule in self:
            rule.description = rule._get_terms_sentence()

    @api.model
    def _get_default(self, company):
        """The rule that ``company`` gives its plans unless somebody chooses another.

        The one from the settings; if there is none that the company may use, the first
        of its list. Empty if all are archived.
        """
        rules = self.search(Domain("company_id", "in", [False, company.id]))
        return company.collection_acceleration_rule_id & rules or rules[:1]
