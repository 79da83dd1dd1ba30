import logging

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...engine.topics import LEFT_OPEN as LEFT_OPEN_TOPIC
from ..night.conflicts import is_passing

LEFT_OPEN = "collection_calls.collection_call_outcome_left_open"
BATCH = 50

_logger = logging.getLogger(__name__)


class CollectionCall(models.Model):
    """Calls that nobody closed close by themselves, with what was recorded.

    As long as a call is open, what it says can be changed. So after the working days
    that the company grants it becomes evidence of its day:

    - prepared, but neither dialled nor held: cancelled, as *Discard* does;
    - complete: closed as its collector would have, promises and disputes included;
    - else closed as “Left open”, and the next call planned. What was noted stays on
      the call and in its chatter, but nobody is bound by half a note: what was shown on
      the debtor's page is taken back, unless they have signed it.

    The debtor gets no confirmation: nobody has read the recap out to them, and days
    later it would be news. The collector gets a to-do to look at it.
    """

    _inherit = "collection.call"

    @api.model
    def _cron_close_left(self):
        """Close what was left open, each call once however many servers run."""
        self.env["collection.night"]._work_off(
            self.sudo(),
            "close what was left open",
            self._get_left_domain,
            lambda calls, pace: calls._close_left_each(pace),
            BATCH,
        )

    def _close_left_each(self, pace):
        for call in pace.walk(self):
            call._close_left_alone()

    @api.model
    def _get_left_domain(self):
        """Calls whose time to be closed is over, on each company's calendar."""
        ongoing = Domain("state", "=", "ongoing")
        # sudo: the limit is every company's own.
        companies_sudo = self.sudo()._read_group(ongoing, ["company_id"])
        return ongoing & Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("date_start", "<", company._get_collection_left_moment())
            for [company] in companies_sudo
            if company.collection_call_left_days
        )

    def _close_left_alone(self):
        """Close one of them; a failure doesn't stop the others."""
        lang = self.user_id.lang or self.env.lang
        try:
            with self.env.cr.savepoint():
                self.with_context(lang=lang)._close_left()
        except Exception as error:
            if is_passing(error):
                raise
            self.env.transaction.clear()
            _logger.exception("%s was left open and can't be closed", self.name)

    def _close_left(self):
        self.ensure_one()
        if self._is_merely_prepared():
            reason = self.env._("Prepared, but not held")
            self._write_closed({"state": "cancelled", "cancel_reason": reason})
            return
        refusal = self._try_to_close_as_recorded()
        if refusal:
            self._close_as_left_open(refusal)
        self._tell_of_left()

    def _is_merely_prepared(self):
        self.ensure_one()
        noted = self._get_left_notes()
        return not (self.is_dialled or self.outcome_id or self._has_records() or noted)

    def _try_to_close_as_recorded(self):
        """Close the call as its collector, with their rights and limits.

        :return: why that isn't possible, in words, or nothing
        """
        if not self.outcome_id:
            return self.env._("There is no outcome.")
        company = self.company_id
        call = self.with_user(self.user_id).with_context(
            allowed_company_ids=company.ids, lang=self.env.lang
        )
        try:
            with self.env.cr.savepoint():
                call._close_as_recorded()
        except UserError as error:
            self.env.transaction.clear()
            return str(error)
        return ""

    def _close_as_recorded(self):
        """As :meth:`action_done`, save for what only who is on the line can do."""
        self.check_access("write")
        today = self.company_id._get_collection_today()
        if self.next_call_date and self.next_call_date < today:
            self.next_call_date = self.company_id._get_collection_calling_day(today)
        self._check_plan()
        self._check_next_call_date()
        self._check_payment_date()
        self._check_promises()
        self._check_disputes()
        self._place_next_call()
        self._make_commitments()
        self._close()
        self._schedule_next_call()
        self._schedule_improvement()
        self.case_id._assign()

    def _close_as_left_open(self, refusal):
        """:param str refusal: why the call can't be closed as it is"""
        company = self.company_id
        today = company._get_collection_today()
        self._note(
            self.env._("Closed by itself as it was left open: %(why)s", why=refusal),
            self._get_left_notes(),
        )
        typed = self.next_call_date != self.next_call_proposal and self.next_call_date
        self.outcome_id = self.env.ref(LEFT_OPEN)
        is_ahead = typed and typed >= today
        first = company._get_collection_calling_day(today)
        self.next_call_date = typed if is_ahead else first
        if self.right_party_verified and not self.verified_by:
            self.verified_by = "other"  # nobody said how
        self._settle_shown()
        self._place_next_call()
        self._close()
        self._schedule_next_call()

    def _get_left_notes(self):
        """What was noted claim by claim and never made, in the env's language.

        :rtype: list[str]
        """
        notes = []
        for claim in self.claim_ids:
            currency = claim.currency_id
            if claim.promised_amount:
                notes.append(
                    self.env._(
                        "%(claim)s: %(amount)s promised for %(day)s",
                        claim=claim.label,
                        amount=currency.format(claim.promised_amount),
                        day=claim.promised_date
                        and self._format_day(claim.promised_date)
                        or "?",
                    )
                )
            if claim.disputed_amount:
                notes.append(
                    self.env._(
                        "%(claim)s: %(amount)s disputed",
                        claim=claim.label,
                        amount=currency.format(claim.disputed_amount),
                    )
                )
        return notes

    def _note(self, title, lines=()):
        rows = Markup("").join(Markup("<br/>%s") % line for line in lines)
        self._message_log(body=Markup("%s%s") % (title, rows))

    def _tell_of_left(self):
        """Tell in the chatter and to the collector what became of the call."""
        company = self.company_id
        if self.outcome_id != self.env.ref(LEFT_OPEN):
            self._note(
                self.env._(
                    "Nobody closed this call. It was closed by itself with what was"
                    " recorded."
                )
            )
        # Nobody is mailed that they forgot something.
        case = self.case_id.with_context(mail_activity_quick_update=True)
        user = case._get_caller(self.user_id)
        case.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=company._get_collection_today(),
            user_id=user.id,
            summary=self.with_context(lang=user.lang).env._(
                "%(call)s was left open and closed by itself: see what is missing",
                call=self.name,
            ),
            **self._get_topic(LEFT_OPEN_TOPIC),
        )


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_call_left_days = fields.Integer(
        string="Calls Left Open",
        default=1,
        help="Working days after which a call that nobody closed closes by itself, with"
        " what was recorded. 0: never.",
    )

    _collection_call_left_days = models.Constraint(
        "CHECK(collection_call_left_days >= 0)",
        "The days after which calls close by themselves can't be negative.",
    )

    def _get_collection_left_moment(self):
        """The moment before which calls must have started to be closed by now.

        A call of Friday may be finished on Monday if one working day is granted.

        :return: naive, in UTC: midnight of the first day whose calls may stay open
        """
        self.ensure_one()
        day = self._get_collection_today()
        for _day in range(self.collection_call_left_days):
            day = self._get_collection_working_day_before(day)
        return self._get_collection_moment(day)
