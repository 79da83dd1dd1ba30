from collections import defaultdict
from datetime import timedelta

from odoo import api, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...models.plan.collection_plan import RUNNING
from .xlsx.cells import DATE, INTEGER, MONEY, POSITIVE, Column, Formula

PLAN_FIELDS = (
    *("name", "partner_id", "user_id", "state", "date_activated", "rule_id"),
    *("currency_id", "amount_total", "amount_paid", "amount_residual"),
    *("amount_arrears", "paid_count", "open_count", "date_next", "date_cure"),
)
SCHEDULE_FIELDS = (
    *("plan_id", "partner_id", "date_due", "state", "currency_id"),
    *("amount", "amount_paid", "amount_residual"),
)
DUE, CURRENCY, OPEN = (
    SCHEDULE_FIELDS.index(name)
    for name in ("date_due", "currency_id", "amount_residual")
)
MOST_CHARTS = 3


class CollectionWorkbookPlans(models.AbstractModel):
    """Running installment plans, their schedules, and what should come in each week."""

    _name = "collection.workbook.plans"
    _description = "Installment Plans as a Workbook"
    _inherit = "collection.workbook"

    @api.model
    def _get_title(self):
        return self.env._("Installment Plans")

    @api.model
    def _fill(self, book, plans):
        """Write the sheets; plans that aren't running are left out.

        :raise UserError: if none is
        """
        running = plans.with_env(self.env).search(
            [("id", "in", plans.ids), ("state", "in", RUNNING)],
            order="date_next, id",
        )
        if not running:
            raise UserError(
                self.env._("None of these plans is running. Select active plans.")
            )
        self._add_plans(book, running)
        self._add_forecast(book, self._add_schedule(book, running), running)

    def _add_plans(self, book, plans):
        self._add_records(
            book,
            self._get_title(),
            plans,
            PLAN_FIELDS,
            self.env._("%(count)s running plans", count=len(plans)),
            sums=("paid_count", "open_count"),
            colors={"amount_arrears": POSITIVE},
        )

    def _add_schedule(self, book, plans):
        parts = self._get_parts().search([("plan_id", "in", plans.ids)])
        return self._add_records(book, self.env._("Schedules"), parts, SCHEDULE_FIELDS)

    def _get_parts(self):
        return self.env["collection.plan.installment"]

    # ------------------------------------------------------------------- forecast

    def _add_forecast(self, book, schedule, plans):
        """What should come in, week by week, in each currency by itself."""
        weeks, currencies = self._read_forecast(plans)
        columns = [
            Column(self.env._("Week")),
            Column(self.env._("From"), DATE),
            Column(self.env._("Until"), DATE),
            Column(self.env._("Installments Due"), INTEGER, is_summed=True),
            *(
                Column(each.name, MONEY, currency=each, is_summed=True)
                for each in currencies
            ),
        ]
        rows = [
            self._get_forecast_cells(schedule, first, last, amounts, currencies)
            for (first, last), amounts in weeks.items()
        ]
        sheet = self._add_sheet(book, self.env._("Forecast"), columns, rows)
        for at, currency in enumerate(currencies[:MOST_CHARTS]):
            title = self.env._(
                "Expected each week in %(currency)s", currency=currency.name
            )
            sheet.add_chart(title, 0, [4 + at])

    def _get_forecast_cells(self, schedule, first, last, amounts, currencies):
        """A week: formulas over the sheet of schedules, and what they come to."""
        due, of, still = (schedule.get_range(at) for at in (DUE, CURRENCY, OPEN))
        since = f'{due},">="&B{{row}},' if first else ""
        inside = f'{since}{due},"<="&C{{row}}'
        count = f'=COUNTIFS({inside},{still},">0")'
        return [
            last.strftime("%G-W%V") if first else self.env._("Late"),
            first,
            last,
            Formula(count, sum(number for number, _amount in amounts.values())),
            *(
                Formula(
                    f'=SUMIFS({still},{inside},{of},"{each.name}")',
                    amounts[each][1],
                )
                for each in currencies
            ),
        ]

    def _read_forecast(self, plans):
        """What is open of the installments, by week.

        :return: ({(first day, last day): {currency: (number, amount)}}, currencies);
            the first week begins today, what was due before has no first day
        """
        today = self.env.company._get_collection_today()
        groups = self._get_parts()._read_group(
            Domain("plan_id", "in", plans.ids) & Domain("amount_residual", ">", 0),
            ["date_due:day", "currency_id"],
            ["amount_residual:sum", "__count"],
        )
        found = defaultdict(lambda: defaultdict(lambda: (0, 0.0)))
        for day, currency, amount, count in groups:
            money, week = self._get_currency(currency), self._get_week(day, today)
            before = found[week][money]
            total = currency.round(before[1] + amount)
            found[week][money] = before[0] + count, total
        weeks = self._fill_gaps(found, today)
        return weeks, sorted({money for sums in found.values() for money in sums})

    @api.model
    def _get_week(self, day, today):
        if day < today:
            return None, today - timedelta(days=1)
        monday = day - timedelta(days=day.weekday())
        return max(monday, today), monday + timedelta(days=6)

    def _fill_gaps(self, found, today):
        """All weeks from the first to the last, those without a payment too."""
        weeks, last = {}, max((until for _first, until in found), default=today)
        late = self._get_week(today - timedelta(days=1), today)
        if late in found:
            weeks[late] = found[late]
        day = today
        while day <= last:
            week = self._get_week(day, today)
            weeks[week] = found[week]
            day = week[1] + timedelta(days=1)
        return weeks
