from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ...engine import schedule

FREQUENCIES = [
    (schedule.WEEKLY, "Every week"),
    (schedule.BIWEEKLY, "Every two weeks"),
    (schedule.MONTHLY, "Every month"),
    (schedule.MONTH_END, "At the end of the month"),
]
TERMS = (
    "date_start",
    "frequency",
    "schedule_by",
    "installment_count",
    "installment_amount",
    "down_payment",
    "date_down_payment",
    "on_working_days",
)


class CollectionPlanSchedule(models.AbstractModel):
    """From which a schedule is built: how much, how often, from when.

    The amounts are in the ``currency_id`` of whatever inherits this, the days on the
    calendar of its ``company_id``.
    """

    _name = "collection.plan.schedule"
    _description = "Terms of a Schedule"
    _inherit = "collection.entry"

    currency_id = fields.Many2one("res.currency")
    date_start = fields.Date(
        string="First Installment", help="On the company's calendar."
    )
    frequency = fields.Selection(
        FREQUENCIES, required=True, default=schedule.MONTHLY, string="Rhythm"
    )
    schedule_by = fields.Selection(
        [("count", "Number of installments"), ("amount", "Amount of each")],
        required=True,
        default="count",
    )
    installment_count = fields.Integer(string="Number of Installments", default=3)
    installment_amount = fields.Monetary(string="Amount of Each")
    down_payment = fields.Monetary(help="Paid before the installments. 0: none.")
    date_down_payment = fields.Date(
        string="Down Payment On", help="If empty: at once, on the company's today."
    )
    on_working_days = fields.Boolean(
        string="Only on Working Days",
        help="Where nobody works on a due date, it moves to the next working day of the"
        " company.",
    )

    def _get_schedule_terms(self):
        """The terms, as :meth:`_build_schedule` takes them."""
        self.ensure_one()
        return {name: self[name] for name in TERMS}

    @api.model
    def _build_schedule(self, company, currency, total, terms):
        """Spread an amount over installments.

        :param float total: what the claims come to, in ``currency``
        :param dict terms: values of the fields named by :data:`TERMS`
        :return: tuple of :class:`...engine.schedule.Installment`; their amounts are
            integers in the smallest unit of ``currency`` and sum up to ``total``
        :raise ValidationError: if it can't be done, saying why and what to do
        """
        self._check_terms(company, terms)
        values = self._prepare_schedule(company, currency, total, terms)
        try:
            plain = schedule.build(**values)
            if not terms["on_working_days"]:
                return plain
            return schedule.build(
                **values, working_day=company._get_collection_working_day_shift(plain)
            )
        except schedule.ScheduleError as error:
            raise ValidationError(
                self._explain_no_schedule(error.code, currency, total, terms)
            ) from error

    @api.model
    def _check_terms(self, company, terms):
        today = company._get_collection_today()
        if not terms["date_start"]:
            raise ValidationError(
                self.env._("On which day is the first installment paid? Enter the day.")
            )
        days = [terms["date_start"]]
        if terms["down_payment"] and terms["date_down_payment"]:
            days.append(terms["date_down_payment"])
        for day in days:
            if day < today:
                raise ValidationError(
                    self.env._(
                        "%(day)s is past. Nobody can pay then any more: choose today or"
                        " a later day.",
                        day=format_date(self.env, day),
                    )
                )

    @api.model
    def _prepare_schedule(self, company, currency, total, terms):
        """The terms as the engine takes them, amounts in the smallest unit."""

        def to_units(amount):
            return round((amount or 0) / currency.rounding)

        by_count = terms["schedule_by"] == "count"
        down_payment_day = terms["date_down_payment"] or company._get_collection_today()
        return {
            "total": to_units(total),
            "first": terms["date_start"],
            "frequency": terms["frequency"],
            "count": terms["installment_count"] if by_count else None,
            "amount": None if by_count else to_units(terms["installment_amount"]),
            "down_payment": to_units(terms["down_payment"]),
            "down_payment_day": down_payment_day if terms["down_payment"] else None,
        }

    @api.model
    def _explain_no_schedule(self, code, currency, total, terms):
        """Why there is no such schedule, in words."""
        explanations = {
            "nothing": self.env._(
                "Nothing is open on these claims. Choose unpaid invoices."
            ),
            "down_payment": self.env._(
                "The down payment has to be less than the whole, %(total)s. If all is"
                " paid at once, record a promise.",
                total=currency.format(total),
            ),
            "down_payment_day": self.env._(
                "The down payment comes before the first installment. Choose an earlier"
                " day for it, or a later one for the installment."
            ),
            "frequency": self.env._("How often is an installment paid? Choose it."),
            "count": self.env._("How many installments? Enter 1 or more."),
            "amount": self.env._("How much is an installment? Enter an amount."),
            "too_many": self.env._(
                "That makes too many installments. Choose fewer, or a higher amount of"
                " each."
            ),
        }
        return explanations[code]
