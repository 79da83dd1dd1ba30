from datetime import timedelta

from babel.dates import format_skeleton

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date, get_lang
from odoo.tools.misc import babel_locale_parse

from ...engine import promise as engine

KEPT_DAYS = 90
WEEKS = 4
# What is left open on a day that is past waits for its deadline.
VERDICTS = (
    ([engine.KEPT], "success"),
    ([*engine.STANDING], "secondary"),
    ([*engine.FAILED], "danger"),
)
PROMISED = [state for states, _tone in VERDICTS for state in states]


class CollectionOverview(models.AbstractModel):
    """The tiles about money: what is promised, how much is kept, what came in."""

    _inherit = "collection.overview"

    # --------------------------------------------------------------------- promised

    @api.model
    def _get_promised(self):
        """What was promised for each day of this week, and what has become of it."""
        promises = self.env["collection.promise"]
        scope = self._get_scope(promises._name) & Domain("state", "in", PROMISED)
        days = self._get_week()
        week = self._between(scope, "date_promised", days[0], days[-1])
        rows = promises._read_group(
            week,
            ["date_promised:day", "state", "currency_id"],
            ["__count", "amount:sum"],
        )
        count, amount = self._sum([row[2:] for row in rows])
        whole = self._figure(
            self.env._("Promised This Week"),
            promises._name,
            week,
            count,
            amount=amount,
        )
        return {**whole, "days": [self._get_day(day, rows, scope) for day in days]}

    @api.model
    def _get_week(self):
        """The days of this week; it begins as the user's language has it."""
        today = self._get_today()
        first = int(self.env["res.lang"]._get_data(code=self.env.user.lang).week_start)
        begin = today - timedelta((today.isoweekday() - first) % 7)
        return [begin + timedelta(number) for number in range(7)]

    @api.model
    def _get_day(self, day, rows, scope):
        of_day = scope & Domain("date_promised", "=", day)
        name = self.env._(
            "Promised for %(day)s", day=format_date(self.env, day, date_format="full")
        )
        mine = [row for row in rows if row[0] == day]
        count, amount = self._sum([row[2:] for row in mine])
        figure = self._figure(
            format_date(self.env, day, date_format="EEE"),
            "collection.promise",
            of_day,
            count,
            amount=amount,
            name=name,
        )
        parts = []
        for states, tone in VERDICTS:
            count, amount = self._sum([row[2:] for row in mine if row[1] in states])
            if states == [*engine.STANDING] and day <= self._get_today():
                tone = "warning"
            parts.append(
                self._figure(
                    self._get_state_labels(states),
                    "collection.promise",
                    of_day & Domain("state", "in", states),
                    count,
                    amount=amount,
                    tone=tone,
                    name=name,
                )
            )
        return {**figure, "is_today": day == self._get_today(), "parts": parts}

    @api.model
    def _get_state_labels(self, states):
        fields_get = self.env["collection.promise"].fields_get
        labels = dict(fields_get(["state"], ["selection"])["state"]["selection"])
        return " / ".join(labels[state] for state in states)

    # ------------------------------------------------------------------------- kept

    @api.model
    def _get_kept(self):
        """How many promises were kept of those whose deadline is over since 90 days.

        Those that are kept before their deadline wait for it: the broken ones can't be
        told before, and the rate would be too good.
        """
        today = self._get_today()
        scope = self._get_scope("collection.promise")
        over = self._between(
            scope & Domain("state", "in", engine.JUDGED),
            "date_deadline",
            today - timedelta(KEPT_DAYS),
            today - timedelta(1),
        )
        groups = self.env["collection.promise.report"]._read_group(
            over, ["state"], ["__count", "judged_amount:sum", "kept_amount:sum"]
        )
        by_state = {state: values for state, *values in groups}
        parts = [
            self._get_kept_part(over, by_state, state, tone)
            for state, tone in (
                (engine.KEPT, "success"),
                (engine.PARTIAL, "danger-light"),
                (engine.BROKEN, "danger"),
            )
        ]
        count = sum(part["count"] for part in parts)
        due = sum(values[1] for values in by_state.values())
        paid = sum(values[2] for values in by_state.values())
        whole = self._figure(
            self.env._("Kept Promises"),
            "collection.promise",
            over,
            count,
            rate=parts[0]["count"] / count if count else None,
            amount_rate=paid / due if due else None,
            name=self.env._("Promises of the Last 90 Days"),
        )
        return {**whole, "parts": parts}

    @api.model
    def _get_kept_part(self, over, by_state, state, tone):
        count, amount, _paid = by_state.get(state, (0, 0, 0))
        label = self._get_state_labels([state])
        return self._figure(
            label,
            "collection.promise",
            over & Domain("state", "=", state),
            count,
            amount=amount,
            tone=tone,
            name=self.env._("Promises: %(state)s", state=label),
        )

    # --------------------------------------------------------------------- received

    @api.model
    def _get_received(self):
        """What came in within 14 days after the calls of the last four weeks."""
        reports = self.env["collection.call.report"]
        end = self._get_today() + timedelta(1)
        begins = [end - timedelta(7 * number) for number in range(WEEKS, 0, -1)]
        scope = self._get_scope(reports._name)
        parts = [self._get_received_week(scope, begin) for begin in begins]
        calls = self._held(scope, begins[0], end)
        whole = self._figure(
            self.env._("Received after Calls"),
            reports._name,
            calls & Domain("received_amount", ">", 0),
            sum(part["count"] for part in parts),
            amount=sum(part["amount"] for part in parts),
            calls=reports.search_count(calls),
        )
        return {**whole, "parts": parts}

    @api.model
    def _get_received_week(self, scope, begin):
        end = begin + timedelta(7)
        paid = self._held(scope, begin, end) & Domain("received_amount", ">", 0)
        [[count, amount]] = self.env["collection.call.report"]._read_group(
            paid, [], ["__count", "received_amount:sum"]
        )
        first = self._format_short(begin)
        last = self._format_short(end - timedelta(1))
        return self._figure(
            first,
            "collection.call.report",
            paid,
            count,
            amount=amount or 0,
            tone="success",
            name=self.env._(
                "Calls That Brought Money, %(first)s – %(last)s", first=first, last=last
            ),
        )

    # ------------------------------------------------------------------------ tools

    @api.model
    def _format_short(self, day):
        """Day and month in the order and with the dots of the user's language."""
        locale = babel_locale_parse(get_lang(self.env).code)
        return format_skeleton("MMMd", day, locale=locale)

    @api.model
    def _between(self, domain, name, first, last):
        return domain & Domain(name, ">=", first) & Domain(name, "<=", last)

    @api.model
    def _held(self, domain, begin, end):
        """Calls from the beginning of a day on, up to that of another one."""
        moment = self.env.company._get_collection_moment
        return (
            domain
            & Domain("date_start", ">=", fields.Datetime.to_string(moment(begin)))
            & Domain("date_start", "<", fields.Datetime.to_string(moment(end)))
        )
