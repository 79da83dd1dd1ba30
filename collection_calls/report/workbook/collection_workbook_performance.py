from datetime import datetime, time, timedelta

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...engine import promise as engine
from .xlsx.cells import CURRENCY, DECIMAL, INTEGER, MONEY, MONTH, PERCENT, Column


class CollectionWorkbookPerformance(models.AbstractModel):
    """What each collector did in each month: calls, and what became of promises."""

    _name = "collection.workbook.performance"
    _description = "Collector Performance as a Workbook"
    _inherit = "collection.workbook"

    @api.model
    def _get_title(self):
        return self.env._("Collector Performance")

    @api.model
    def _fill(self, book, date_from, date_to):
        """Write the sheets.

        :param date date_from: first day, on the company's calendar
        :param date date_to: last day
        """
        about = self.env._(
            "%(first)s to %(last)s",
            first=format_date(self.env, date_from),
            last=format_date(self.env, date_to),
        )
        mine = Domain("company_id", "=", self.env.company.id)
        calls = mine & self._get_call_domain(date_from, date_to)
        promises = mine & Domain(
            [
                ("date_made", ">=", date_from),
                ("date_made", "<=", date_to),
                ("is_withdrawn", "=", False),
            ]
        )
        self._add_collectors(book, calls, about)
        self._add_calls(book, calls, about)
        self._add_promises(book, promises, about)

    def _get_call_domain(self, date_from, date_to):
        """Closed calls that began on these days of the company."""
        moment = self.env.company._get_collection_moment
        return Domain(
            [
                ("state", "=", "done"),
                ("date_start", ">=", moment(date_from)),
                ("date_start", "<", moment(date_to + timedelta(days=1))),
            ]
        )

    # ---------------------------------------------------------------------- calls

    def _get_call_columns(self):
        """Calls, contacts, their share, and minutes; after a collector and a month."""
        return [
            Column(self.env._("Calls"), INTEGER, is_summed=True),
            Column(self.env._("Right-Party Contacts"), INTEGER, is_summed=True),
            Column(self.env._("Minutes"), DECIMAL, is_summed=True),
        ]

    def _count_calls(self, domain, *by):
        """{group: [calls, contacts, minutes]}"""
        calls = self.env["collection.call"]
        groups = [*by, "right_party_verified"]
        found = {}
        for *key, reached, count, minutes in calls._read_group(
            domain, groups, ["__count", "duration:sum"], order=", ".join(by)
        ):
            sums = found.setdefault(tuple(key), [0, 0, 0.0])
            sums[0] += count
            sums[1] += count if reached else 0
            sums[2] += minutes or 0.0
        return found

    def _add_collectors(self, book, domain, about):
        columns = [
            Column(self.env._("Collector")),
            *self._get_call_columns(),
            Column(self.env._("Reached"), PERCENT, ratio=(2, 1)),
        ]
        rows = [
            [user.name, *sums, None]
            for [user], sums in self._count_calls(domain, "user_id").items()
        ]
        sheet = self._add_sheet(book, self._get_title(), columns, rows, about)
        sheet.add_chart(self.env._("Calls"), 0, [1, 2])

    def _add_calls(self, book, domain, about):
        columns = [
            *self._get_month_columns(),
            *self._get_call_columns(),
            Column(self.env._("Reached"), PERCENT, ratio=(3, 2)),
        ]
        found = self._count_calls(domain, "user_id", "date_start:month")
        rows = [
            [user.name, self._get_first(month), *sums, None]
            for (user, month), sums in found.items()
        ]
        self._add_sheet(book, self.env._("Calls"), columns, rows, about)

    def _get_month_columns(self):
        """Whose row it is, and of which month."""
        return [Column(self.env._("Collector")), Column(self.env._("Month"), MONTH)]

    @api.model
    def _get_first(self, month):
        """The first day of a month that calls or promises are grouped by."""
        day = month.date() if isinstance(month, datetime) else month
        return datetime.combine(day, time())

    # ------------------------------------------------------------------- promises

    def _add_promises(self, book, domain, about):
        """Promises made in each month, by the verdict on those that have one."""
        labels = self._get_words(self.env["collection.promise"], "state")
        columns = [
            *self._get_month_columns(),
            Column(self.env._("Currency"), CURRENCY),
            Column(self.env._("Promises"), INTEGER, is_summed=True),
            Column(self.env._("Promised"), MONEY, is_summed=True),
            *(
                Column(labels[state], INTEGER, is_summed=True)
                for state in engine.JUDGED
            ),
            Column(self.env._("With a Verdict"), INTEGER, is_summed=True),
            Column(self.env._("Kept (Number)"), PERCENT, ratio=(5, 8)),
            Column(self.env._("Expected by Then"), MONEY, is_summed=True),
            Column(self.env._("Received by Then"), MONEY, is_summed=True),
            Column(self.env._("Kept (Amount)"), PERCENT, ratio=(11, 10)),
        ]
        rows = [
            [user.name, self._get_first(month), *self._get_promise_cells(money, sums)]
            for (user, month, money), sums in self._count_promises(domain).items()
        ]
        self._add_sheet(book, self.env._("Promises"), columns, rows, about)

    def _get_promise_cells(self, currency, sums):
        """The cells after the collector and the month."""
        verdicts = [sums["count"].get(state, 0) for state in engine.JUDGED]
        return [
            self._get_currency(currency),
            sum(sums["count"].values()),
            sums["promised"],
            *verdicts,
            sum(verdicts),
            None,
            sums["due"],
            sums["paid"],
            None,
        ]

    def _count_promises(self, domain):
        """{(collector, month, currency): numbers by state, and amounts}"""
        by = ["user_id", "date_made:month", "currency_id"]
        sums = ["__count", "amount:sum", "amount_due:sum", "amount_paid:sum"]
        found = {}
        for user, month, currency, state, count, *amounts in self.env[
            "collection.promise"
        ]._read_group(domain, [*by, "state"], sums, order=", ".join(by)):
            row = found.setdefault(
                (user, month, currency),
                {"count": {}, "promised": 0.0, "due": 0.0, "paid": 0.0},
            )
            row["count"][state] = count
            row["promised"] += amounts[0]
            if state in engine.JUDGED:
                row["due"] += amounts[1]
                row["paid"] += amounts[2]
        return found
