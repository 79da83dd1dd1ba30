import json
from collections import Counter
from datetime import date

from odoo import api, models
from odoo.tools import SQL

from ...engine import acceleration, promise
from ...engine import retention as engine
from .places import FIELDS, FILES, KINDS, Scope

BATCH = 100  # cases between two commits
RUNNING = ("offered", acceleration.ACTIVE, acceleration.NOTICE)


class CollectionRetention(models.AbstractModel):
    """What is due is emptied by night, case by case, wherever it stands.

    A case is marked in the transaction that empties it, so a run that is stopped at any
    time is gone on with by the next one. Emptied cases are looked through again once a
    month: somebody may have added a note.
    """

    _inherit = "collection.retention"

    @api.model
    def _cron_empty(self):
        """Empty what is due in all companies that set an age, in batches."""
        # sudo: all companies, whoever runs the scheduled action.
        retention_sudo = self.sudo()
        companies = retention_sudo._get_companies()
        cron = self.env["ir.cron"]
        work = [(company, retention_sudo._count_due(company)) for company in companies]
        cron._commit_progress(remaining=sum(count for _company, count in work))
        for company, count in work:
            while count:
                # None are left, or those in somebody's hands: the next run has them.
                count, seconds = retention_sudo._empty_in_turn(company)
                if seconds == 0:
                    return

    @api.model
    def _empty_in_turn(self, company):
        """Empty a batch when no other scheduled work is done, again after a conflict.

        :return: how many cases, and how many seconds are left for more: None if there
            is always a conflict
        """
        done = []

        def empty():
            done[:] = [self._empty_next(company)]
            return {"processed": done[0]}

        seconds = self.env["collection.night"]._run_slice(empty)
        return (done[0] if seconds else 0), seconds

    @api.model
    def _get_companies(self):
        """Companies that don't keep everything for good."""
        return self.env["res.company"].search(
            ["|"] * (len(engine.PURPOSES) - 1)
            + [
                (f"collection_retention_{purpose}", ">", 0)
                for purpose in engine.PURPOSES
            ],
            order="id",
        )

    @api.model
    def _empty_next(self, company):
        """Empty a batch of cases that nobody else has in hand.

        :return: how many; 0 also if somebody was in the way
        """
        done = []

        def empty():
            done.extend(self._empty_batch(company))

        self.env["collection.agreement"]._attempt(
            empty, f"Personal data in {company.name} could not be emptied"
        )
        return len(done)

    @api.model
    def _empty_batch(self, company):
        rows = self._read_due(company, lock=BATCH)
        today = company._get_collection_today()
        for purposes, cases in self._group_due(company, rows).items():
            scope = Scope(company.id, list(cases.values()))
            counts = self._empty(scope, purposes)
            self._mark(cases, purposes, today)
            if counts:
                vals = {"debtor_count": len(cases)}
                self.env["collection.retention.log"]._note(
                    company, "retention", counts, **vals
                )
        return rows

    @api.model
    def _mark(self, cases, purposes, today):
        marks = {purpose: today.isoformat() for purpose in purposes}
        self.env.cr.execute(
            SQL(
                """
                UPDATE collection_case
                   SET retention_marks = COALESCE(retention_marks, '{}') || %s::jsonb
                 WHERE id = ANY(%s)
                """,
                json.dumps(marks),
                list(cases),
            )
        )
        self.env["collection.case"].invalidate_model(["retention_marks"])

    # ------------------------------------------------------------------- emptying

    @api.model
    def _empty(self, scope, purposes):
        """Empty everything of these purposes, and seal evidence as it is then.

        :return: {(purpose, kind of place): number of rows}
        """
        self.env.flush_all()
        counts = Counter()
        for place in self._get_places(scope, sorted(purposes)):
            ids = self._empty_place(place)
            if place.kind and ids:
                counts[place.purpose, place.kind] += len(ids)
            if place.kind == FIELDS and ids:
                self._seal_emptied(place, ids)
        self.env.invalidate_all()
        return counts

    @api.model
    def _empty_place(self, place):
        """:return: ids of the rows that had something in them"""
        table = SQL.identifier(place.table)
        which = SQL("id IN (SELECT emptied.id FROM (%s) AS emptied)", place.rows)
        if place.values:
            change = SQL("UPDATE %s SET %s WHERE %s", table, place.values, which)
        else:
            change = SQL("DELETE FROM %s WHERE %s", table, which)
        if place.kind != FILES:
            rows = self.env.execute_query(SQL("%s RETURNING id", change))
            return [row_id for [row_id] in rows]
        rows = self.env.execute_query(SQL("%s RETURNING id, store_fname", change))
        for _file_id, path in rows:
            if path:  # Odoo deletes it from the disk unless another document has it
                self.env["ir.attachment"]._file_delete(path)
        return [file_id for file_id, _path in rows]

    @api.model
    def _seal_emptied(self, place, ids):
        """The chain knows evidence without its texts from now on, and cannot guess."""
        records = self.env[place.model].browse(ids)
        records.invalidate_recordset()
        names = set(self._get_holders()[place.model].texts)
        if place.model == "collection.call.answer":
            records, names = records.call_id, {"answers"}
        links = self.env["collection.chain.link"]
        if records._name in links._get_chained_models():
            names &= set(records._get_chained_texts())
            kept = self._get_kept(records._name, place.purpose)
            links._forget_salts(records._name, records.ids, names - kept)
            links._seal_soon(records, "emptied")

    @api.model
    def _get_kept(self, model, purpose):
        """Texts of a model that are kept for another purpose."""
        texts = self._get_holders()[model].texts
        return {name for name, other in texts.items() if other != purpose}

    @api.model
    def _count(self, scope, purposes):
        """How much would be emptied, by debtor and purpose, without doing it.

        :return: {(debtor's id, purpose): {kind of place: number of rows}}
        """
        self.env.flush_all()
        counts = {}
        for place in self._get_places(scope, sorted(purposes)):
            if not place.kind:
                continue
            for debtor_id, count in self.env.execute_query(
                SQL(
                    "SELECT debtor_id, COUNT(DISTINCT id) FROM (%s) AS place"
                    " GROUP BY debtor_id",
                    place.rows,
                )
            ):
                key = debtor_id, place.purpose
                counts.setdefault(key, Counter())[place.kind] += count
        return counts

    # -------------------------------------------------------------------- what is due

    @api.model
    def _preview(self, companies):
        """What tonight's run would empty, without doing it.

        :return: list of dictionaries with ``company_id``, ``partner_id``, ``purpose``,
            ``date_closed`` and a number for each of :data:`places.KINDS`
        """
        # sudo: what is due doesn't depend on what a manager may read of it.
        retention_sudo = self.sudo()
        lines = []
        for company in retention_sudo._get_companies() & companies:
            rows = retention_sudo._read_due(company)
            closed = {debtor_id: day for _id, debtor_id, day, _marks in rows}
            for purposes, cases in retention_sudo._group_due(company, rows).items():
                scope = Scope(company.id, list(cases.values()))
                for key, counts in retention_sudo._count(scope, purposes).items():
                    debtor_id, purpose = key
                    lines.append(
                        {
                            "company_id": company.id,
                            "partner_id": debtor_id,
                            "purpose": purpose,
                            "date_closed": closed[debtor_id],
                            **{name: counts[name] for name in KINDS},
                        }
                    )
        return lines

    @api.model
    def _group_due(self, company, rows):
        """:return: {purposes: {case's id: debtor's id}}"""
        deadlines = self._get_deadlines(company)
        groups = {}
        for case_id, debtor_id, closed, marks in rows:
            emptied = {
                purpose: date.fromisoformat(day)
                for purpose, day in (marks or {}).items()
            }
            due = engine.get_due(closed, emptied, deadlines)
            groups.setdefault(due, {})[case_id] = debtor_id
        groups.pop(frozenset(), None)
        return groups

    @api.model
    def _get_deadlines(self, company):
        today = company._get_collection_today()
        return engine.get_deadlines(company._get_retention_ages(), today)

    @api.model
    def _count_due(self, company):
        [[count]] = self.env.execute_query(
            SQL("SELECT COUNT(*) FROM (%s) AS due", self._get_due_sql(company))
        )
        return count

    @api.model
    def _read_due(self, company, lock=0):
        """Cases with something due.

        :param int lock: take so many that nobody else has, and keep them for us
        :return: list of (case's id, debtor's id, day since when it is closed, marks)
        """
        self.env.flush_all()
        query = self._get_due_sql(company)
        if lock:
            query = SQL("%s LIMIT %s FOR UPDATE OF stored SKIP LOCKED", query, lock)
        return self.env.execute_query(query)

    @api.model
    def _get_due_sql(self, company):
        """Cases that are closed for long enough, and that nothing holds back."""
        due = [
            SQL(
                """
                (since.day <= %(closed_by)s
                 AND COALESCE(
                         (stored.retention_marks ->> %(purpose)s)::date, '-infinity'
                     ) <= GREATEST(since.day, %(emptied_by)s))
                """,
                purpose=purpose,
                closed_by=deadline.closed_by,
                emptied_by=deadline.emptied_by,
            )
            for purpose, deadline in self._get_deadlines(company).items()
        ]
        blocks = self._get_blocks_sql(company).values()
        return SQL(
            """
            SELECT stored.id, stored.partner_id, since.day, stored.retention_marks
              FROM collection_case AS stored
        CROSS JOIN LATERAL (%(since)s) AS since
             WHERE stored.company_id = %(company_id)s
               AND NOT (%(blocks)s)
               AND (%(due)s)
          ORDER BY stored.id
            """,
            since=self._get_closed_sql(company),
            company_id=company.id,
            blocks=SQL(" OR ").join(blocks),
            due=SQL(" OR ").join(due) if due else SQL("FALSE"),
        )

    @api.model
    def _get_closed_sql(self, company):
        """The day on the company's calendar since when nothing happened in a case."""
        local = SQL(
            "AT TIME ZONE 'UTC' AT TIME ZONE %s", company._get_collection_tz().zone
        )
        mine = SQL("partner_id = stored.partner_id AND company_id = stored.company_id")
        return SQL(
            """
            SELECT GREATEST(
                       (COALESCE(stored.date_closed, stored.create_date)
                        %(local)s)::date,
                       (SELECT (MAX(date_start) %(local)s)::date
                          FROM collection_call WHERE %(mine)s),
                       (SELECT MAX(date_made)
                          FROM collection_promise WHERE %(mine)s),
                       (SELECT MAX(date_activated)
                          FROM collection_plan WHERE %(mine)s),
                       (SELECT MAX(GREATEST(date_opened, date_closed))
                          FROM collection_dispute WHERE %(mine)s)
                   ) AS day
            """,
            local=local,
            mine=mine,
        )

    @api.model
    def _get_blocks_sql(self, company):
        """What holds a case back, as conditions on ``stored``.

        :return: {code: SQL}
        """
        mine = SQL("partner_id = stored.partner_id AND company_id = stored.company_id")
        today = company._get_collection_today()
        return {
            "open": SQL("stored.situation IS DISTINCT FROM 'closed'"),
            "hold": SQL(
                """
                EXISTS (SELECT
                          FROM collection_legal_hold AS hold
                          JOIN res_partner AS held ON held.id = hold.partner_id
                         WHERE held.commercial_partner_id = stored.partner_id
                           AND hold.company_id = stored.company_id
                           AND hold.date_lifted IS NULL
                           AND COALESCE(hold.date_until, 'infinity') >= %s)
                """,
                today,
            ),
            "proceedings": SQL("COALESCE(stored.hold, '') = 'legal'"),
            "dispute": SQL(
                "EXISTS (SELECT FROM collection_dispute WHERE %s AND state = 'open')",
                mine,
            ),
            "promise": SQL(
                "EXISTS (SELECT FROM collection_promise WHERE %s AND state IN %s)",
                mine,
                tuple(promise.STANDING),
            ),
            "plan": SQL(
                """
                EXISTS (SELECT FROM collection_plan
                         WHERE %s
                           AND (state IN %s
                                OR state = 'accelerated' AND amount_residual > 0))
                """,
                mine,
                RUNNING,
            ),
            "call": SQL(
                "EXISTS (SELECT FROM collection_call WHERE %s AND state = 'ongoing')",
                mine,
            ),
        }
