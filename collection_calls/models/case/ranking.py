import json
from operator import itemgetter

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, formatLang

from ...engine import next_call, priority
from ..groups import COLLECTORS

# What is stored, and its type in the database.
COLUMNS = {
    "strategy_id": "int",
    "priority": "int",
    "priority_points": "jsonb",
    "next_call_date": "date",
    "next_call_code": "varchar",
    "kept_promise_count": "int",
    "has_plan_incident": "bool",
}
RANKS = tuple(COLUMNS)
TYPICAL = priority.Facts().typical  # where there is no strategy


class CollectionCase(models.Model):
    """Who is called next, when and why: stored for lists, never typed.

    The words are made from the codes when they are read, in the reader's language.
    """

    _inherit = "collection.case"

    strategy_id = fields.Many2one(
        "collection.strategy",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The first strategy of the list that fits the debtor.",
    )
    priority = fields.Integer(
        readonly=True,
        copy=False,
        default=0,
        index=True,
        aggregator=None,  # the names of groups have that room in the list
        help="How urgent a call is, from 0 to 100, as the strategy weighs it. 0 where"
        " nobody is to call.",
    )
    priority_points = fields.Json(
        string="Points of the Priority",
        readonly=True,
        copy=False,
        help="The points that each part gives, by its code.",
    )
    priority_detail = fields.Text(
        string="Why This Priority",
        compute="_compute_priority_detail",
        help="The reasons and their points. They add up to the priority.",
    )
    next_call_date = fields.Date(
        string="Next Call",
        readonly=True,
        copy=False,
        index=True,
        help="The day of the call that is planned, or else the day that the strategy"
        " proposes. It stays when it has passed: who waits longest comes first. Nobody"
        " calls while the debtor is on hold.",
    )
    next_call_code = fields.Selection(
        [
            (next_call.PLANNED, "Planned"),
            (next_call.PROMISE_BROKEN, "Promise broken"),
            (next_call.PLAN_INCIDENT, "Plan in trouble"),
            (next_call.FIRST, "First call"),
            (next_call.RETRY, "Try again"),
            (next_call.FOLLOW_UP, "Follow up"),
        ],
        string="Kind of Next Call",
        readonly=True,
        copy=False,
    )
    next_call_reason = fields.Char(
        string="Why Next",
        compute="_compute_next_call_reason",
        groups=COLLECTORS,
        help="What the planned call is about, or why the strategy proposes one.",
    )
    kept_promise_count = fields.Integer(
        string="Kept Promises",
        readonly=True,
        copy=False,
        default=0,
        help="Promises of the last twelve months that were kept.",
    )

    has_plan_incident = fields.Boolean(
        string="Plan in Trouble",
        readonly=True,
        copy=False,
        help="An installment plan is in arrears, under notice or due at once.",
    )

    @api.depends(
        "priority_points",
        "next_call_date",
        "collectible_amount",
        "oldest_due_date",
        "broken_promise_count",
        "kept_promise_count",
        "last_contact_date",
    )
    @api.depends_context("lang")
    def _compute_priority_detail(self):
        for case in self:
            case.priority_detail = case._say_priority()

    @api.depends("next_call_code", "attempt_count", "activity_ids.summary")
    @api.depends_context("lang")
    def _compute_next_call_reason(self):
        summaries = self._get_planned_summaries()
        for case in self:
            case.next_call_reason = case._say_next_call(summaries.get(case.id))

    def _check_no_figures(self, vals):
        if not self.env.su and not set(RANKS).isdisjoint(vals):
            raise UserError(
                self.env._("Priority and next call follow from the strategy.")
            )
        return super()._check_no_figures(vals)

    # ---------------------------------------------------------------------- words
    # Why a case stands where it stands, in the environment's language.

    # ---------------------------------------------------------- priority in words

    def _say_priority(self):
        """A line for each reason, the most important first; they add up."""
        self.ensure_one()
        points = self.priority_points or {}
        ranked = sorted(
            points, key=lambda code: (-points[code], priority.CODES.index(code))
        )
        return "\n".join(
            f"{points[code]:>2}  {self._say_part(code)}" for code in ranked
        )

    def _say_part(self, code):
        words = {
            "amount": self._say_amount,
            "age": self._say_age,
            "broken_promises": self._say_broken_promises,
            "plan_incident": lambda: self.env._(
                "Installment plan: in arrears, under notice or due at once"
            ),
            "call_back": self._say_call_back,
            "silence": self._say_silence,
            "trust": self._say_trust,
        }
        return words[code]() if code in words else code

    def _say_amount(self):
        amount = formatLang(
            self.env, self.collectible_amount, currency_obj=self.currency_id
        )
        return self.env._("Amount: %(amount)s to collect", amount=amount)

    def _say_age(self):
        if self.days_overdue == 1:
            return self.env._("Age: one day overdue")
        return self.env._("Age: %(days)s days overdue", days=self.days_overdue)

    def _say_broken_promises(self):
        if self.broken_promise_count == 1:
            return self.env._("Promises: one not kept within twelve months")
        return self.env._(
            "Promises: %(count)s not kept within twelve months",
            count=self.broken_promise_count,
        )

    def _say_call_back(self):
        return self.env._(
            "Planned call: since %(day)s",
            day=format_date(self.env, self.next_call_date),
        )

    def _say_silence(self):
        if not self.last_contact_date:
            return self.env._("Silence: never spoken to")
        day = self.company_id._get_collection_day(self.last_contact_date)
        return self.env._(
            "Silence: last spoken to on %(day)s", day=format_date(self.env, day)
        )

    def _say_trust(self):
        kept, broken = self.kept_promise_count, self.broken_promise_count
        if not kept + broken:
            return self.env._("Trust: no promise to judge by yet")
        return self.env._(
            "Trust: %(kept)s of %(made)s promises kept", kept=kept, made=kept + broken
        )

    # --------------------------------------------------------- next call in words

    def _get_planned_summaries(self):
        """:return: {case's id: what the next planned call is about}"""
        # sudo: who sees the case sees when its next call is due, whoever will hold it.
        activities_sudo = self.env["mail.activity"].sudo()
        planned_sudo = activities_sudo.search(
            self._get_call_activity_domain() & Domain("res_id", "in", self.ids),
            order="date_deadline DESC, id DESC",
        )
        told = planned_sudo._say_collection_summaries()
        return {activity.res_id: told[activity] for activity in planned_sudo}

    def _say_next_call(self, summary):
        """:param summary: of the planned call, if there is one"""
        if self.next_call_code == next_call.PLANNED and summary:
            return summary
        return self._say_code(self.next_call_code, self.attempt_count)

    def _say_code(self, code, attempts):
        """Why a call is proposed, in the environment's language."""
        if code == next_call.RETRY and attempts > 1:
            return self.env._("Try again: %(count)s attempts so far", count=attempts)
        return {
            next_call.PLANNED: self.env._("Planned call"),
            next_call.PROMISE_BROKEN: self.env._("A promise was not kept"),
            next_call.PLAN_INCIDENT: self.env._("An installment plan is in trouble"),
            next_call.FIRST: self.env._("First call"),
            next_call.RETRY: self.env._("Try again: one attempt so far"),
            next_call.FOLLOW_UP: self.env._("Follow up on the last conversation"),
        }.get(code, False)

    # ----------------------------------------------------------------------- rank
    # How priority, next call and collector follow when cases are brought up to date.
    #
    # The facts are read in one query, the engine decides about each case, and one
    # statement writes what changed: whatever the number of debtors.

    @api.model
    def _refresh_debtors(self, debtor_ids):
        changed = super()._refresh_debtors(debtor_ids)
        return changed | self._rank_debtors(debtor_ids)

    @api.model
    def _refresh_soon(self):
        """Have all cases refreshed by the scheduled action: it may take a while."""
        # sudo: managers may not write companies, nor see scheduled actions.
        self.env["res.company"].sudo()._get_refreshed()._forget_refreshed()
        refreshing = self.env.ref(
            "collection_calls.ir_cron_refresh_cases", raise_if_not_found=False
        )
        if refreshing:  # data may be loaded before it
            refreshing.sudo()._trigger()

    @api.model
    def _rank_debtors(self, debtor_ids):
        facts = self.env["collection.case.rank.facts"]
        rows = facts._read_facts(self.env.companies, debtor_ids)
        self._attach_strategies(rows)
        for company in self.env.companies:
            mine = [row for row in rows if row["company_id"] == company.id]
            self._decide_next_calls(company, mine)
            self._place_next_calls(company, mine)
            self._score(mine)
            self._deal(company, mine)
        return self._write_ranks(rows)

    @api.model
    def _attach_strategies(self, rows):
        """Add to each row what its strategy says."""
        # sudo: it may be a strategy that the user doesn't see.
        strategies_sudo = self.env["collection.strategy"].sudo()
        ids = {row["strategy_id"] for row in rows} - {None}
        said = {
            strategy.id or None: {
                "strategy": strategy,
                "terms": strategy._get_terms(),
                "weights": strategy._get_weights(),
                "typical": strategy.typical_amount if strategy else TYPICAL,
            }
            for strategy in [strategies_sudo, *strategies_sudo.browse(sorted(ids))]
        }
        for row in rows:
            row.update(said[row["strategy_id"]])

    # ------------------------------------------------------------------ next call

    @api.model
    def _decide_next_calls(self, company, rows):
        get_day = company._get_collection_day
        for row in rows:
            attempt, contact = row["last_attempt"], row["last_contact_date"]
            is_open = attempt and (not contact or attempt > contact)
            row["last_attempt"] = get_day(attempt) if is_open else None
            row["last_contact"] = contact and get_day(contact)
            row["next_call"] = self._decide_next_call(row)

    @api.model
    def _decide_next_call(self, row):
        broken = row["last_broken"]
        return next_call.next_call(
            next_call.Facts(
                today=row["today"],
                is_on_hold=bool(row["hold"]),
                is_to_call=row["situation"] == "to_call",
                planned=row["planned"],
                amount=row["collectible_amount"],
                overdue_since=row["oldest_due_date"],
                last_attempt=row["last_attempt"],
                last_contact=row["last_contact"],
                promise_broken=broken and next_call.day_after(broken),
                plan_incident=row["plan_incident"],
                promised=row["promised"],
            ),
            row["terms"],
        )

    @api.model
    def _place_next_calls(self, company, rows):
        """Move what strategies propose to days on which the company calls."""
        for row in rows:
            call = row["next_call"]
            row["next_call_code"] = call and call.code
            row["next_call_date"] = call and call.day
        proposed = [row for row in rows if row["next_call_code"] in next_call.PROPOSED]
        place = company._get_collection_calling_days(
            {row["next_call"].start for row in proposed}
        )
        for row in proposed:
            row["next_call_date"] = place[row["next_call"].start]

    # ------------------------------------------------------------------- priority

    @api.model
    def _score(self, rows):
        for row in rows:
            row["priority"], row["priority_points"] = 0, None
            if row["next_call"]:
                facts = self._get_priority_facts(row)
                scored = priority.score(facts, row["weights"])
                points = {reason.code: reason.points for reason in scored.reasons}
                row["priority"] = scored.score
                row["priority_points"] = json.dumps(points)

    @api.model
    def _get_priority_facts(self, row):
        today, planned = row["today"], row["planned"]
        since, contact = row["oldest_due_date"], row["last_contact"]
        kept, broken = row["kept_promise_count"], row["broken_promise_count"]
        return priority.Facts(
            amount=row["collectible_amount"] or 0,
            typical=row["typical"],
            days_overdue=max((today - since).days, 0) if since else 0,
            broken_promises=broken,
            has_plan_incident=row["has_plan_incident"],
            is_call_back_due=bool(planned and planned <= today),
            days_since_contact=(today - contact).days if contact else None,
            kept_rate=kept / (kept + broken) if kept + broken else None,
        )

    # -------------------------------------------------------------------- writing

    @api.model
    def _write_ranks(self, rows):
        """Write what changed, in one statement.

        :return: the cases that did
        """
        if not rows:
            return self.browse()
        changed = self.browse(
            row_id for [row_id] in self.env.execute_query(self._get_ranking_sql(rows))
        )
        names = [*COLUMNS, "user_id"]
        changed.invalidate_recordset(names, flush=False)
        changed.modified(names)
        return changed

    @api.model
    def _get_ranking_sql(self, rows):
        types = {"id": "int", **COLUMNS, "user_id": "int"}
        names = [*COLUMNS, "user_id"]
        values = [SQL("rank.%s", SQL.identifier(name)) for name in COLUMNS]
        values.append(SQL("rank.user_id"))
        return SQL(
            """
            UPDATE collection_case AS stored
               SET (%(columns)s) = ROW(%(values)s),
                   write_uid = %(uid)s,
                   write_date = %(now)s
              FROM unnest(%(given)s) AS rank (%(names)s)
             WHERE stored.id = rank.id
               AND (%(stored)s) IS DISTINCT FROM (%(values)s)
         RETURNING stored.id
            """,
            columns=SQL(", ").join(map(SQL.identifier, names)),
            values=SQL(", ").join(values),
            stored=SQL(", ").join(SQL.identifier("stored", name) for name in names),
            given=SQL(", ").join(
                SQL("%s::" + kind + "[]", list(map(itemgetter(name), rows)))
                for name, kind in types.items()
            ),
            names=SQL(", ").join(map(SQL.identifier, types)),
            uid=self.env.uid,
            now=self.env.cr.now(),
        )
