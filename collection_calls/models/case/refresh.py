import logging
from bisect import bisect_right

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, clean_context

from ...engine.pace import Pace
from ..agreement.collection_agreement import KINDS
from ..night.conflicts import CONFLICTS, is_passing, is_request, silence

BATCH = 500  # debtors, between two commits of the scheduled action, at most
FIRST = 100  # as long as nobody knows how fast it is
MOST = 5000  # debtors whose cases are in memory at the same time
TOUCHED = "collection_calls.touched.collection.case"

_logger = logging.getLogger(__name__)


class CollectionCase(models.Model):
    """When cases are brought up to date: whenever something happens, and once a day.

    Days pass and rates change without anybody doing anything: that is what the
    scheduled action is for, which begins at each company's midnight.
    """

    _inherit = "collection.case"

    @api.model
    def _refresh(self, partners=None):
        """Bring the cases of these debtors, in the environment's companies, up to date.

        Debtors with something overdue get a case, without a collector, if they have
        none; where nothing is overdue any more, it is closed and keeps its history.
        Only rows that change are written. The number of statements depends on neither
        debtors nor claims, up to 5,000 debtors; more of them are done in parts, so that
        memory is bounded.

        :param partners: debtors or their contacts; everybody if None
        :return: the cases that changed
        """
        # sudo: what is overdue doesn't depend on who asks, and nobody may write it.
        cases_sudo = self.browse().sudo()
        if partners is None:
            debtor_ids = cases_sudo._get_debtor_ids()
        else:
            debtor_ids = partners.sudo().commercial_partner_id.ids
        changed = self.browse()
        for start in range(0, len(debtor_ids), MOST):
            if start:
                self.env.flush_all()
                self.env.invalidate_all()
            changed += cases_sudo._refresh_debtors(
                debtor_ids[start : start + MOST]
            ).with_env(self.env)
        return changed

    # ----------------------------------------------------------------------- events

    @api.model
    def _touch(self, move_ids=(), partners=()):
        """Have the cases of these debtors brought up to date when the transaction ends.

        However often this is called, it is done once, after promises and plans were
        judged; where somebody makes a savepoint before, what was touched so far is done
        there already. An error of ours never gets in the way of what is being done: the
        next night puts it right.

        :param move_ids: entries whose receivable items changed
        :param partners: pairs of the ids of a debtor, or of a contact, and of a
            company; beside ``move_ids`` those whom these entries are, or were, about
        """
        if not move_ids and not partners:
            return
        data = self.env.cr.precommit.data
        if TOUCHED not in data:
            data[TOUCHED] = {"moves": set(), "partners": set(), "named": set()}
            # Defaults of somebody's dialog don't concern what we do.
            clean = self.env(su=True, context=clean_context(self.env.context))
            self.env.cr.precommit.add(self.with_env(clean).browse()._refresh_touched)
        data[TOUCHED]["moves"].update(move_ids)
        data[TOUCHED]["named" if move_ids else "partners"].update(partners)

    @api.model
    def _remember_debtors(self, items):
        """Note whom touched entries are about before that is changed or deleted."""
        touched = self.env.cr.precommit.data.get(TOUCHED)
        if touched:
            touched["named"].update(
                (item.partner_id.id, item.company_id.id)
                for item in items
                if item.partner_id and item.move_id.id in touched["moves"]
            )

    def _refresh_touched(self):
        data = self.env.cr.precommit.data
        if any(self.env[kind]._get_touched_key() in data for kind in KINDS):
            self.env.cr.precommit.add(self._refresh_touched)  # after their verdicts
            return
        touched = data.pop(TOUCHED)
        # Whoever changed the ledger doesn't wait for the night.
        is_ledger = bool(touched["moves"])
        cases = self.with_context(collection_nowait=is_ledger)
        try:
            with silence():
                self.env["collection.agreement"]._attempt(
                    lambda: cases._refresh_affected(touched),
                    "Cases of debtors not refreshed; the next night will do it",
                    let_pass=CONFLICTS,
                )
        except CONFLICTS as error:
            # Who comes second hasn't seen what the first did. Where nothing is run
            # again and no invoice was touched, the next night does it.
            if is_passing(error) or not is_ledger and is_request():
                raise
            self.env["collection.backlog"]._put(self._name, touched["moves"])

    @api.model
    def _refresh_affected(self, touched):
        """Refresh the cases of whoever was touched and has one, or needs one now."""
        debtor_ids, company_ids, are_filed = set(), set(), []
        partners = touched["partners"] | touched["named"]
        affected = self._read_affected(touched["moves"], partners)
        for debtor_id, company_id, is_filed in affected:
            debtor_ids.add(debtor_id)
            company_ids.add(company_id)
            are_filed.append(is_filed)
        companies = self.env["res.company"].browse(sorted(company_ids))
        companies = companies._get_collection_family()  # what is paid there counts here
        if any(are_filed) or self._is_any_overdue(companies, debtor_ids):
            cases = self.with_context(allowed_company_ids=companies.ids)
            cases._refresh_debtors(sorted(debtor_ids))

    @api.model
    def _read_affected(self, moves, partners):
        """:return: list of (debtor's id, company's id, whether there is a case)"""
        overdue = self.env["collection.overdue"]
        items = self.env["account.move.line"]
        query = items._search(
            [
                ("move_id", "in", list(moves)),
                ("account_id.account_type", "=", "asset_receivable"),
            ]
        )
        of_moves = {
            "debtor_id": overdue._join_debtor(items, query),
            "company_id": items._field_to_sql(query.table, "company_id", query),
        }
        debtors = self.env["res.partner"]
        debtor = debtors._field_to_sql("partner", "commercial_partner_id")
        return self.env.execute_query(
            SQL(
                """
                SELECT affected.debtor_id, affected.company_id, stored.id IS NOT NULL
                  FROM (
                        %(of_moves)s
                        UNION
                        SELECT %(debtor)s, given.company_id
                          FROM unnest(%(partner_ids)s::int[], %(company_ids)s::int[])
                            AS given (partner_id, company_id)
                          JOIN res_partner AS partner ON partner.id = given.partner_id
                       ) affected
             LEFT JOIN collection_case AS stored
                    ON stored.partner_id = affected.debtor_id
                   AND stored.company_id = affected.company_id
                """,
                of_moves=overdue._select(query, of_moves),
                debtor=debtor,
                partner_ids=[partner_id for partner_id, _company_id in partners],
                company_ids=[company_id for _partner_id, company_id in partners],
            )
        )

    @api.model
    def _is_any_overdue(self, companies, debtor_ids):
        """Whether any of these debtors owes something that fell due."""
        if not debtor_ids:
            return False
        items = self.env["account.move.line"]
        overdue = Domain.OR(
            items._get_collection_overdue_domain(company) for company in companies
        )
        of_debtors = self.env["collection.overdue"]._get_of_debtors(debtor_ids)
        return bool(items._search(overdue & of_debtors, limit=1))

    # --------------------------------------------------------------------- nights

    @api.model
    def _cron_refresh(self):
        """Bring all cases up to date once a day, beginning at each company's midnight.

        In batches of debtors; each is marked in the transaction that refreshes it, so
        that a run which is stopped at any time is gone on with by the next one.
        """
        work = []
        night = self.env["collection.night"]
        if not night._run_slice(lambda: self._begin_refresh(work)) and not work:
            # Others are at it: Odoo asks once more.
            self.env["ir.cron"]._commit_progress(remaining=1)
        for cases_sudo, today, debtor_ids in work:
            if not cases_sudo._refresh_company(today, debtor_ids):
                break

    @api.model
    def _begin_refresh(self, work):
        """Find out what there is to do; several who ask for all at once come in turn.

        :param list work: gets what :meth:`_get_refresh_work` returns
        """
        work[:] = self._get_refresh_work()
        remaining = sum(len(cases._get_ids_to_do(*given)) for cases, *given in work)
        return {"remaining": remaining}

    @api.model
    def _get_refresh_work(self):
        """:return: list of (cases in a company, its today, ids of all its debtors)"""
        work = []
        for company in self._get_companies_due():
            # sudo: the cases of all companies, whoever runs the scheduled action.
            cases_sudo = self.sudo().with_context(allowed_company_ids=company.ids)
            today = company._get_collection_today()
            work.append((cases_sudo, today, cases_sudo._get_debtor_ids()))
        return work

    @api.model
    def _get_ids_to_do(self, today, debtor_ids):
        """Those of the debtors who come after the mark."""
        last_id = self.env.company.sudo()._get_refreshed_up_to(today)
        return debtor_ids[bisect_right(debtor_ids, last_id) :]

    @api.model
    def _get_companies_due(self):
        """Those that weren't refreshed since their day began.

        All of them once more, if there are none and somebody asks for it by hand.
        """
        # sudo: all companies, whoever runs the scheduled action.
        companies_sudo = self.env["res.company"].sudo()
        companies_sudo = companies_sudo.browse(companies_sudo._search([], order="id"))
        due = companies_sudo.filtered(lambda company: company._is_refresh_due())
        if due or not self._is_run_by_hand():
            return due
        companies_sudo._forget_refreshed()
        return companies_sudo

    @api.model
    def _is_run_by_hand(self):
        """Whether the scheduled action runs before its time, or isn't what runs."""
        cron = self.env["ir.cron"].sudo().browse(self.env.context.get("cron_id"))
        return not cron or cron.nextcall > fields.Datetime.now()

    @api.model
    def _refresh_company(self, today, debtor_ids):
        """Refresh the cases of these debtors of the environment's company.

        :return: whether there is time for another company
        """
        company, night = self.env.company, self.env["collection.night"]
        pace = Pace(BATCH, FIRST)
        while company.collection_refreshed_on != today:
            done = []
            seconds = night._run_slice(
                lambda done=done: self._refresh_next(today, debtor_ids, pace, done)
            )
            if seconds is None and pace.shrink():
                continue
            if seconds is None or not seconds and done != [0]:  # nobody takes no time
                return False
            pace.adapt(sum(done))
        return True

    @api.model
    def _refresh_next(self, today, debtor_ids, pace, done):
        """Refresh the batch after the mark.

        :param list done: gets the number of debtors
        """
        pace.begin()
        to_do = self._get_ids_to_do(today, debtor_ids)
        batch, is_last = to_do[: pace.size], len(to_do) <= pace.size
        self._refresh_batch(today, batch, is_last)
        done[:] = [len(batch)]
        return {"processed": len(batch)}

    @api.model
    def _get_debtor_ids(self):
        """Who has a case, or may need one: the commercial partners' ids."""
        companies = self.env.companies
        overdue = self.env["collection.overdue"]
        items = self.env["account.move.line"]
        due = Domain.OR(items._get_collection_due_domain(each) for each in companies)
        self._skip_compiling()
        rows = self.env.execute_query(
            SQL(
                "SELECT debtor_id FROM (%s) due"
                " UNION SELECT partner_id FROM (%s) filed ORDER BY debtor_id",
                overdue._get_items_sql(due),
                overdue._get_cases_sql(companies, None, ["partner_id"]),
            )
        )
        return [debtor_id for [debtor_id] in rows]

    @api.model
    def _refresh_batch(self, today, debtor_ids, is_last):
        self._refresh_who_can_be(debtor_ids)
        self._settle_if_possible(debtor_ids)
        last_id = debtor_ids[-1] if debtor_ids else 0
        self.env.company._mark_refreshed(today, last_id, is_last)

    @api.model
    def _settle_if_possible(self, debtor_ids):
        """What refuses to have a call marked as done must not stop the night.

        The next one tries again.
        """
        self.env["collection.agreement"]._attempt(
            lambda: self._settle_needless_calls(debtor_ids),
            f"Calls planned with {len(debtor_ids)} debtors could not be settled",
        )

    @api.model
    def _refresh_who_can_be(self, debtor_ids):
        """Refresh these debtors' cases, but for those that fail: they are logged.

        Halves are tried until those are found. A conflict is nobody's fault, and goes
        on to the caller.
        """
        if not debtor_ids:
            return
        several = len(debtor_ids) > 1
        if self.env["collection.agreement"]._attempt(
            lambda: self._refresh_debtors(debtor_ids),
            None if several else f"Case of debtor {debtor_ids[0]} left out",
        ):
            return
        middle = len(debtor_ids) // 2
        if several:
            self._refresh_who_can_be(debtor_ids[:middle])
            self._refresh_who_can_be(debtor_ids[middle:])
