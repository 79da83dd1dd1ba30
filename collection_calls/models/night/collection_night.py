import random
import time
from dataclasses import dataclass

from psycopg2.errors import LockNotAvailable, UniqueViolation

from odoo import api, models
from odoo.tools import SQL

from ...engine.pace import Pace
from .conflicts import CONFLICTS, run_again

TURN = "collection_calls.night"
TRIES = 3
PATIENCE = 10  # seconds to wait for one's turn, at most
PAUSE = 0.05  # seconds between two looks whether it has come
LOCK_TIMEOUT = "300ms"  # to wait for a row that somebody else has written


@dataclass
class Job:
    """Some scheduled work, and how far it has come in this run."""

    name: str
    records: models.BaseModel
    get_domain: object
    do: object
    ids: list
    pace: Pace
    number: int | None = None  # of the round; None as long as it isn't known
    left: int = 0  # records whose turn is still to come
    count: int = 0  # records in the last transaction


class CollectionNight(models.AbstractModel):
    """Scheduled work that nobody has to wait for, and that waits for nobody.

    It is done in transactions of some tenths of a second, by one server at a time: two
    would plan two calls with a debtor. What somebody else has locked is left for the
    end. After a conflict all of the transaction is done again, on what is there then;
    who fails again and again is left to the next run, and nobody hears of it.
    """

    _name = "collection.night"
    _description = "Scheduled Work"

    @api.model
    def _work_off(self, records, work, get_domain, do, most):
        """Do something with all records of a domain, each once.

        After each transaction what was done is kept, progress told, and noted how far
        it has come: another run, or another server, goes on there.

        :param records: the model, with the rights and the context that it needs
        :param str work: the name of what is done
        :param get_domain: a function; it is asked again once records are locked
        :param do: a function of records that nobody else has locked, and of the
            :class:`...engine.pace.Pace`, which it asks before each record whether to
            leave it and all after it
        :param int most: records in one transaction
        :return: whether everybody had their turn
        """
        ids = records.search(get_domain(), order="id").ids
        job = Job(f"{records._name} {work}", records, get_domain, do, ids, Pace(most))
        self._run_slice(lambda: self._begin(job))
        if job.number is None:  # others are at it: Odoo asks once more
            self.env["ir.cron"]._commit_progress(remaining=1)
            return False
        while job.left:
            seconds = self._run_slice(lambda: self._do_some(job))
            if seconds is None:
                job.left = max(job.left, 1)  # whatever was thought before the conflict
                if job.pace.shrink():
                    continue
                seconds = self._run_slice(lambda: self._skip_one(job))
            else:
                job.pace.adapt(job.count)
            if not seconds:
                break
        return not job.left

    @api.model
    def _begin(self, job):
        """Find out how many records are left of the round that was begun."""
        current = self.env["collection.round"]._get(job.name)
        job.number = current.number
        job.left = len(current._get_state().get_queue(job.ids))
        if job.ids and not job.left:  # those that were left of it are gone
            current._end()
            job.number, job.left = current.number, len(job.ids)
        return {"remaining": job.left}

    @api.model
    def _do_some(self, job):
        """Do the work of one transaction."""
        queue = self._get_queue(job)
        batch = queue[: job.pace.size]
        job.pace.begin()
        free = self._lock(job.records.browse(batch))
        todo = free.filtered_domain(job.get_domain())
        job.do(todo, job.pace)
        if job.pace.stopped_at:
            batch = batch[: batch.index(job.pace.stopped_at)]
        skipped = set(batch).difference(free.ids)
        return self._pass_by(job, queue, batch, skipped)

    @api.model
    def _skip_one(self, job):
        """Leave a record with which there is always a conflict for the end."""
        queue = self._get_queue(job)
        return self._pass_by(job, queue, queue[:1], queue[:1])

    @api.model
    def _get_queue(self, job):
        """Whose turn is still to come; nobody's, if another server has ended the
        round."""
        current = self.env["collection.round"]._get(job.name)
        is_over = current.number != job.number
        return [] if is_over else current._get_state().get_queue(job.ids)

    @api.model
    def _pass_by(self, job, queue, done, skipped):
        """Note who had their turn, and who has it once more at the end."""
        job.count, job.left = len(done), 0
        if queue:
            current = self.env["collection.round"]._get(job.name)
            state = current._get_state().go_on(done, skipped)
            job.left = len(state.get_queue(job.ids))
            if job.left:
                current._set(state)
            else:
                current._end()
        return {"processed": job.count}

    @api.model
    def _lock(self, records):
        """Those of these records that nobody else has locked, in their order.

        Others may still refer to them, as to what they don't change.
        """
        free = records.try_lock_for_update(allow_referencing=True)
        free.invalidate_recordset()
        return free

    # -------------------------------------------------------------------- transactions

    @api.model
    def _run_slice(self, work):
        """Do some work in a transaction of its own, again after a conflict.

        :param work: a function that returns keyword arguments for
            :meth:`ir.cron._commit_progress`
        :return: seconds that are left for more: 0 if the turn didn't come, None if
            there is always a conflict
        """
        for tries_left in reversed(range(TRIES)):
            if not self._take_turn():
                return 0
            try:
                with run_again(is_last=not tries_left):
                    return self.env["ir.cron"]._commit_progress(**work())
            except Exception as error:
                passing = (*CONFLICTS, UniqueViolation) if tries_left else CONFLICTS
                if not isinstance(error, passing):
                    raise
                self.env.cr.rollback()
                time.sleep(random.uniform(PAUSE, 2 * PAUSE))
        return None

    @api.model
    def _take_turn(self):
        """Begin a transaction in which no other scheduled work of ours is done.

        In it nobody is waited for long: locks of ours would have others wait, too.

        :return: whether the turn has come
        """
        for _time in range(int(PATIENCE / PAUSE)):
            if self._is_alone():
                return True
            self.env.cr.rollback()  # what is looked at later is as of then
            time.sleep(PAUSE)
        return False

    @api.model
    def _is_alone(self):
        [[is_alone, _timeout]] = self.env.execute_query(
            SQL(
                "SELECT pg_try_advisory_xact_lock(hashtext(%s)),"
                " set_config('lock_timeout', %s, TRUE)",
                TURN,
                LOCK_TIMEOUT,
            )
        )
        return is_alone

    # -------------------------------------------------------------- whoever is awake

    @api.model
    def _claim(self, table, ids_sql):
        """Lock rows for somebody who works by day, without waiting for the night.

        Nor does what follows wait long for other rows.

        :param str table: where the rows are
        :param ids_sql: a query for their ids
        :return: what to give :meth:`_set_timeout` after that; None if there are no rows
        :raise LockNotAvailable: if somebody else has one of them
        """
        query = SQL(
            """
            WITH wanted AS MATERIALIZED (
                SELECT id FROM %(table)s WHERE id IN (%(ids)s)
            ),
            free AS MATERIALIZED (
                SELECT id
                  FROM %(table)s
                 WHERE id IN (SELECT id FROM wanted)
                   FOR NO KEY UPDATE SKIP LOCKED
            )
            SELECT (SELECT count(*) FROM wanted) - (SELECT count(*) FROM free),
                   CASE WHEN EXISTS (SELECT FROM wanted)
                        THEN current_setting('lock_timeout')
                   END
            """,
            table=SQL.identifier(table),
            ids=ids_sql,
        )
        [[locked, timeout]] = self.env.execute_query(query)
        if locked:
            raise LockNotAvailable(f"Rows of {table} are locked")
        if timeout is not None:
            self._set_timeout(LOCK_TIMEOUT)
        return timeout

    @api.model
    def _set_timeout(self, timeout):
        """How long the transaction waits for a row that somebody else has locked."""
        self.env.cr.execute(SQL("SELECT set_config('lock_timeout', %s, TRUE)", timeout))
