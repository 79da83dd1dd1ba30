from odoo import fields, models


class ResCompany(models.Model):
    """What the company lets debtors propose by themselves, on their page."""

    _inherit = "res.company"

    collection_offer_max_count = fields.Integer(
        string="Most Installments",
        default=6,
        help="How many installments debtors propose on their page, at most. 0: none at"
        " all.",
    )
    collection_offer_first_days = fields.Integer(
        string="First Installment Within",
        default=30,
        help="Days ahead by which the first installment that a debtor proposes is paid."
        " 0: no limit.",
    )
    collection_offer_min_amount = fields.Monetary(
        string="Smallest Installment",
        default=50,
        help="What an installment that a debtor proposes comes to at least, in company"
        " currency. 0: no limit.",
    )

    _collection_offer_limits = models.Constraint(
        """CHECK(
            collection_offer_max_count >= 0
            AND collection_offer_first_days >= 0
            AND collection_offer_min_amount >= 0
        )""",
        "Limits of what debtors propose can't be negative.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_offer_max_count = fields.Integer(
        related="company_id.collection_offer_max_count", readonly=False
    )
    collection_offer_first_days = fields.Integer(
        related="company_id.collection_offer_first_days", readonly=False
    )
    collection_offer_min_amount = fields.Monetary(
        related="company_id.collection_offer_min_amount", readonly=False
    )
