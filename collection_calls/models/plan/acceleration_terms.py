from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang

TERMS = (
    "grace_days",
    "tolerance_amount",
    "missed_count",
    "consecutive",
    "min_arrears_percent",
    "on_returned_payment",
    "on_new_overdue",
    "notice_days",
    "mode",
    "max_reinstatements",
)


class CollectionAccelerationTerms(models.AbstractModel):
    """When missed installments make the rest due.

    Rules have these terms, and a plan keeps its own copy of them: ``TERMS`` names the
    fields. Who inherits says in which currency the tolerance is.
    """

    _name = "collection.acceleration.terms"
    _inherit = ["collection.acceleration.sentence", "collection.acceleration.clause"]
    _description = "When Missed Installments Make the Rest Due"

    currency_id = fields.Many2one("res.currency")
    grace_days = fields.Integer(
        string="Days of Grace",
        default=3,
        help="Days after the date of an installment that the payment may take to reach"
        " us. The installment is missed on the day after.",
    )
    tolerance_amount = fields.Monetary(
        string="Tolerance",
        help="An installment is missed if more than this amount of it is unpaid. Keeps"
        " bank fees and differences of rounding from ending a plan.",
    )
    missed_count = fields.Integer(
        string="Missed Installments",
        default=1,
        help="How many installments have to be missed.",
    )
    consecutive = fields.Boolean(
        string="At the Same Time",
        default=True,
        help="Only installments that are missed at the same time count; those follow"
        " each other, as money pays the earliest first. Otherwise installments that"
        " were paid late count as well, as long as another one is missed.",
    )
    min_arrears_percent = fields.Float(
        string="Least Arrears",
        digits=(5, 2),
        help="Percentage of the plan's total that has to be in arrears when"
        " installments are missed. 0: any missed installment is enough.",
    )
    on_returned_payment = fields.Boolean(
        string="A Payment Is Returned",
        help="A payment of the debtor that goes back while something is in arrears is"
        " enough: without days of grace, and however few installments are missed.",
    )
    on_new_overdue = fields.Boolean(
        string="Another Invoice Falls Overdue",
        help="Another invoice of the debtor that falls overdue while something is in"
        " arrears is enough: without days of grace, and however few installments are"
        " missed.",
    )
    notice_days = fields.Integer(
        string="Days of Notice",
        help="Days from the delivery of a written notice that the debtor has to pay"
        " what is in arrears, before the rest falls due. 0: no notice.",
    )
    mode = fields.Selection(
        [("automatic", "Automatically"), ("propose", "After asking a collector")],
        string="Next Step",
        required=True,
        default="automatic",
        help="Whether the notice is sent, or the rest made due, by itself, or only once"
        " a collector has decided so.",
    )
    max_reinstatements = fields.Integer(
        string="Reinstatements",
        default=1,
        help="How many times a manager may let the same plan run again after the rest"
        " fell due. 0: never.",
    )

    @api.constrains(
        "grace_days", "notice_days", "max_reinstatements", "tolerance_amount"
    )
    def _check_not_negative(self):
        for terms in self:
            if min(terms.grace_days, terms.notice_days) < 0:
                raise ValidationError(
                    self.env._(
                        "Days of grace and days of notice can't be negative. Enter 0"
                        " for none."
                    )
                )
            if terms.max_reinstatements < 0:
                raise ValidationError(
                    self.env._(
                        "The number of reinstatements can't be negative. Enter 0 if a"
                        " plan may never run again."
                    )
                )
            if terms.tolerance_amount < 0:
                raise ValidationError(
                    self.env._(
                        "The tolerance can't be negative. Enter 0 if every cent counts."
                    )
                )

    @api.constrains("missed_count")
    def _check_missed_count(self):
        if any(terms.missed_count < 1 for terms in self):
            raise ValidationError(
                self.env._(
                    "At least one installment has to be missed. Enter 1 or more as the"
                    " number of missed installments."
                )
            )

    @api.constrains("min_arrears_percent")
    def _check_min_arrears_percent(self):
        if any(not 0 <= terms.min_arrears_percent <= 100 for terms in self):
            raise ValidationError(
                self.env._(
                    "The least arrears are a percentage of the plan's total. Enter a"
                    " number from 0 to 100."
                )
            )

    def _format_percent(self):
        """The least arrears with as many decimals as they have: 10, 12.5 or 33.33."""
        percent = round(self.min_arrears_percent, 2)
        decimals = len(f"{percent:.2f}".rstrip("0").split(".")[1])
        return formatLang(self.env, percent, digits=decimals)
