from datetime import date
from functools import partial
from typing import NamedTuple

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...engine.bank_days import next_bank_day
from ...engine.promise import STANDING
from ...engine.public_holidays import split_closing

MOST_AT_ONCE = 500  # debtors, in the request of somebody who changes a setting
# A bank without a feed, whose last line is older, was given up.
MOST_DAYS_ASLEEP = 365
YEARS_OF_HOLIDAYS = 5  # before and after today, at the debtors'
BOOKS_ACTIVITY = "collection_calls.mail_activity_type_books"


class Books(NamedTuple):
    """How far the books of a company reach.

    No verdict is given on a deadline after ``end``. ``booked`` is the last day of which
    everything is known in ``journal``, the one that is furthest behind; ``end`` is
    later where the company waits no longer.
    """

    end: date
    booked: date
    journal: models.Model


class ResCompany(models.Model):
    """The days on which money can come, and how far the books tell that it did."""

    _inherit = "res.company"

    collection_bank_days = fields.Boolean(
        string="Bank Days",
        default=True,
        help="If money has to come by a Saturday, a Sunday or a public holiday of the"
        " company, it may come on the next day on which banks are open.",
    )
    collection_bank_days_place = fields.Selection(
        [
            ("company", "Where we are"),
            ("both", "Where we or the debtor are"),
        ],
        string="Banks That Count",
        required=True,
        default="company",
        help="Whose public holidays move a deadline. What a debtor has to do where the"
        " debtor is (§ 270 with § 269 of the German Civil Code), no holiday there makes"
        " late (§ 193). Counts for what is agreed from now on.",
    )
    collection_fresh_books = fields.Boolean(
        string="Wait for Statements",
        default=True,
        help="No promise is broken and no plan falls due as a whole before the bank"
        " statements reach the deadline.",
    )
    collection_fresh_books_days = fields.Integer(
        string="Wait at Most",
        default=10,
        help="Days after a deadline for which its verdict waits for statements.",
    )
    collection_include_general_items = fields.Boolean(
        string="Opening Balances",
        help="Follow up on receivable items of general journals, too: opening balances"
        " for instance. Odoo leaves them out by itself.",
    )

    _collection_fresh_books_days = models.Constraint(
        "CHECK(collection_fresh_books_days >= 0)",
        "Days to wait for statements can't be negative. Enter 0 for none.",
    )

    def _touch_general_debtors(self):
        """Have the cases brought up to date of those who owe items of general journals.

        Of many, by the next scheduled action.
        """
        cases, items_sudo = self.env["collection.case"], self.env["account.move.line"]
        items_sudo = items_sudo.sudo()
        for company in self:
            owed = items_sudo._get_collection_owed_domain(company)
            groups = items_sudo._read_group(
                owed
                & Domain("journal_id.type", "=", "general")
                & Domain("partner_id", "!=", False),
                ["partner_id"],
                limit=MOST_AT_ONCE + 1,
            )
            if len(groups) > MOST_AT_ONCE:
                cases._refresh_soon()
            else:
                cases._touch(
                    partners={(partner.id, company.id) for [partner] in groups}
                )

    # ------------------------------------------------------------------ companies

    def _get_collection_family(self):
        """These companies with their parents and branches.

        Odoo lets their entries be matched with each other.
        """
        # sudo: money is there, whichever companies the user may see.
        companies_sudo = self.sudo()
        if not (companies_sudo.parent_id or companies_sudo.child_ids):
            return self
        roots = companies_sudo.root_id
        return companies_sudo.search([("id", "child_of", roots.ids)]).with_env(self.env)

    def _get_collection_families(self):
        """:return: list of recordsets, each a company with its parents and branches"""
        return list(self._get_collection_family().grouped("root_id").values())

    # ------------------------------------------------------------------ bank days

    def _get_collection_bank_day(self):
        """What moves a day by which money has to come to one on which banks work.

        :return: a function from a day to that day or the next bank day; None where the
            company doesn't want that
        """
        self.ensure_one()
        # sudo: collectors may not read working schedules.
        company_sudo = self.sudo()
        if not company_sudo.collection_bank_days:
            return None
        return partial(next_bank_day, holidays=company_sudo._get_public_holidays())

    def _get_collection_bank_days(self, debtors):
        """As :meth:`_get_collection_bank_day`, where the debtors' banks may count, too.

        :return: {debtor: function from a day to a day; None if days aren't moved}, with
            an empty one for whoever isn't known yet
        """
        self.ensure_one()
        bank_day = self._get_collection_bank_day()
        found = dict.fromkeys([debtors.browse(), *debtors], bank_day)
        if not bank_day or self.sudo().collection_bank_days_place == "company":
            return found
        today = self._get_collection_today()
        places = {debtor: debtor._get_collection_place() for debtor in debtors}
        # sudo: whoever records a promise need not read what managers enter there.
        closed = (
            self.env["collection.holiday"]
            .sudo()
            ._get_closed(
                self,
                places.values(),
                fields.Date.subtract(today, years=YEARS_OF_HOLIDAYS),
                fields.Date.add(today, years=YEARS_OF_HOLIDAYS),
            )
        )
        ours = bank_day.keywords["holidays"]
        for debtor, place in places.items():
            holidays = ours.union(closed[place].days)
            found[debtor] = partial(next_bank_day, holidays=holidays)
        return found

    def _move_collection_deadlines(self):
        """Have the deadlines of promises that stand computed anew.

        Those of these companies; without any, all of them.
        """
        # sudo: whoever enters a holiday need not see promises.
        promises_sudo = self.env["collection.promise"].sudo()
        whose = [("company_id", "in", self.ids)] if self else []
        standing = promises_sudo.search([("state", "in", STANDING), *whose])
        self.env.add_to_compute(promises_sudo._fields["date_deadline"], standing)

    def _get_public_holidays(self):
        """Days on which nobody works in this company, by its global time off.

        A closing of half a day is none, nor is what another company has entered.

        :rtype: frozenset[datetime.date]
        """
        leaves = self.env["resource.calendar.leaves"].search(
            [
                ("resource_id", "=", False),
                ("company_id", "in", [False, self.id]),
                ("calendar_id", "in", [False, self.resource_calendar_id.id]),
                ("time_type", "=", "leave"),
            ]
        )
        zone = self._get_collection_tz()
        days = set()
        for leave in leaves:
            start, end = (
                pytz.utc.localize(moment).astimezone(zone).replace(tzinfo=None)
                for moment in (leave.date_from, leave.date_to)
            )
            days |= split_closing(start, end)[0]
        return frozenset(days)

    # ---------------------------------------------------------------- fresh books

    def _get_collection_books(self):
        """How far the books reach, by the bank journals that work with statements.

        Those of the company and of its parents, in whose bank the money may come in. A
        day after the company's limit, nobody waits any longer.

        :return: :class:`Books`; None if verdicts wait for nothing
        """
        self.ensure_one()
        company_sudo = self.sudo()
        if not company_sudo.collection_fresh_books:
            return None
        found = [
            (max(end or date.min, until or date.min), journal_id)
            for journal_id, end, until in company_sudo._read_books()
        ]
        if not found:
            return None
        booked, journal_id = min(found)
        today = self._get_collection_today()
        limit = company_sudo.collection_fresh_books_days + 1
        limit_day = fields.Date.subtract(today, days=limit)
        journal = self.env["account.journal"].browse(journal_id)
        return Books(max(booked, limit_day), booked, journal)

    def _read_books(self):
        """:return: list of (journal's id, day of the last statement or line, day up to
        which somebody says that it is complete)"""
        self.env["account.journal"].flush_model()
        self.env["account.bank.statement.line"].flush_model()
        self.env["account.bank.statement"].flush_model()
        return self.env.execute_query(
            SQL(
                """
                SELECT journal.id,
                       GREATEST(
                           line.last_day,
                           (SELECT MAX(statement.date)
                              FROM account_bank_statement statement
                             WHERE statement.journal_id = journal.id)
                       ),
                       journal.collection_books_until
                  FROM account_journal journal
             LEFT JOIN LATERAL (
                       SELECT MAX(move.date) AS last_day
                         FROM account_bank_statement_line statement_line
                         JOIN account_move move ON move.id = statement_line.move_id
                        WHERE statement_line.journal_id = journal.id
                          AND move.state = 'posted'
                          AND move.date <= %(today)s
                       ) line ON TRUE
                 WHERE journal.company_id = ANY(%(companies)s)
                   AND journal.type = 'bank'
                   AND journal.active
                   AND COALESCE(journal.collection_awaits_statements, TRUE)
                   AND (journal.bank_statements_source <> 'undefined'
                        OR line.last_day > %(today)s::date - %(most)s)
              ORDER BY journal.id
                """,
                companies=self.parent_ids.ids,
                today=self._get_collection_today(),
                most=MOST_DAYS_ASLEEP,
            )
        )

    def _ask_for_statements(self, books):
        """Have somebody import what verdicts wait for: one to-do a company.

        :param books: :class:`Books`
        """
        self.ensure_one()
        journals_sudo = self.env["account.journal"].sudo()
        if journals_sudo.search_count(self._get_books_to_do_domain(), limit=1):
            return
        user = self._get_collection_confirmer()
        if not user:
            return
        journal_sudo = books.journal.sudo()
        told = self.with_context(lang=user.lang)
        journal_sudo.activity_schedule(
            BOOKS_ACTIVITY,
            date_deadline=self._get_collection_today(),
            user_id=user.id,
            summary=told._describe_books(books),
            note=told.env._(
                "Promises and installment plans of %(company)s wait with their verdict"
                " for the statements. Import them, or say that the books are complete.",
                company=self.name,
            ),
        )

    def _settle_statements(self):
        """Nobody waits for statements any more."""
        journals_sudo = self.env["account.journal"].sudo()
        for company in self:
            waiting = journals_sudo.search(company._get_books_to_do_domain())
            if waiting:
                waiting.activity_unlink([BOOKS_ACTIVITY])

    def _get_books_to_do_domain(self):
        kind = self.env.ref(BOOKS_ACTIVITY)
        return [
            ("company_id", "in", self.sudo().parent_ids.ids),
            ("activity_ids.activity_type_id", "=", kind.id),
        ]

    def _describe_books(self, books):
        """Where the books end, in one sentence of the environment's language."""
        journal = books.journal.sudo().name
        if books.booked == date.min:
            return self.env._("%(journal)s has no statements yet.", journal=journal)
        return self.env._(
            "The books of %(journal)s end on %(day)s.",
            journal=journal,
            day=format_date(self.env, books.booked),
        )

    def action_complete_collection_books(self):
        """Say that the books are complete up to yesterday, whatever was imported.

        :raise AccessError: if the user is no collection manager
        """
        if not self.env["collection.call"]._is_manager():
            raise AccessError(
                self.env._(
                    "Only a collection manager may say that the books are complete."
                    " Ask yours."
                )
            )
        for company in self:
            yesterday = fields.Date.subtract(company._get_collection_today(), days=1)
            # sudo: managers may not write journals, and write nothing else of them.
            journals_sudo = self.env["account.journal"].sudo()
            journals_sudo.search(
                [
                    ("company_id", "in", company.sudo().parent_ids.ids),
                    ("type", "=", "bank"),
                ]
            ).collection_books_until = yesterday
            company._settle_statements()
        return True


class ResourceCalendarLeaves(models.Model):
    """A holiday that is declared later moves what is agreed already, too."""

    _inherit = "resource.calendar.leaves"

    @api.model_create_multi
    def create(self, vals_list):
        leaves = super().create(vals_list)
        leaves._move_collection_deadlines()
        return leaves

    def write(self, vals):
        self._move_collection_deadlines()  # it may be another company's then
        result = super().write(vals)
        self._move_collection_deadlines()
        return result

    def unlink(self):
        self._move_collection_deadlines()
        return super().unlink()

    def _move_collection_deadlines(self):
        """Have the deadlines of promises that stand computed anew."""
        holidays = self.filtered(lambda leave: not leave.resource_id)
        if not holidays:
            return
        holidays.company_id._move_collection_deadlines()


class AccountJournal(models.Model):
    _inherit = "account.journal"

    collection_awaits_statements = fields.Boolean(
        string="Collections Wait for Statements",
        default=True,
        help="No promise is broken and no plan accelerated before the statements of"
        " this bank reach the deadline. Switch it off for accounts that debtors don't"
        " pay to.",
    )
    collection_books_until = fields.Date(
        string="Complete Up To",
        copy=False,
        help="Everything up to this day is booked, whatever statements there are.",
    )

    def write(self, vals):
        self.env["collection.entry"]._check_entered_on(self, vals)
        return super().write(vals)
