import json
from operator import itemgetter

from odoo import api, models
from odoo.tools import SQL

from ...engine import next_call, priority

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


class CollectionCaseRank(models.AbstractModel):
    """How priority, next call and collector follow when cases are brought up to date.

    The facts are read in one query, the engine decides about each case, and one
    statement writes what changed: whatever the number of debtors.
    """

    _name = "collection.case.rank"
    _description = "Ranking Cases"
    _inherit = ["collection.case.refresh", "collection.case.assignment"]

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

    # --------------------------------------------------------------------- next call

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

    # ---------------------------------------------------------------------- priority

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

    # ----------------------------------------------------------------------- writing

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
