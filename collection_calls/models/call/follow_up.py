from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import plaintext2html

from ...engine.contact_window import Consent
from ...engine.topics import AGREED, FOLLOW_UP
from ..contact.facts import aware


class CollectionCall(models.Model):
    """What comes after a call: the next one, a note to a colleague, a letter."""

    _inherit = "collection.call"

    next_call_date = fields.Date(
        string="Next Call",
        compute="_compute_next_call_date",
        store=True,
        readonly=False,
        help="A day on the company's calendar; proposed by the outcome.",
    )
    next_call_proposal = fields.Date(
        string="Proposed Next Call", compute="_compute_next_call_date", store=True
    )
    next_call_note = fields.Char(
        compute="_compute_next_call_note",
        help="Tells that the next call is placed on another day than the one typed.",
    )
    call_back_date = fields.Date(
        string="Call Back On",
        compute="_compute_call_back_date",
        inverse="_inverse_call_back_date",
        help="Day of the next call if the person asks to be called back: the next day"
        " on which the company calls, unless another one was agreed.",
    )
    next_activity_id = fields.Many2one(
        "mail.activity", readonly=True, copy=False, ondelete="set null"
    )
    improvement = fields.Text(
        string="How to Avoid It Next Time",
        groups="collection_calls.group_collection_user",
        help="What would keep this from happening again. Goes to the owner of the"
        " reason as an activity.",
    )
    send_confirmation = fields.Boolean(
        string="Confirm in Writing",
        default=True,
        help="Send what was agreed to the person when the five steps are closed: by"
        " e-mail, or as a letter where there is no address.",
    )

    @api.depends(
        "outcome_id",
        "payment_date",
        "claim_ids.promised_amount",
        "claim_ids.promised_date",
        "promise_ids.date_promised",
    )
    def _compute_next_call_date(self):
        for call in self:
            proposal = call._get_next_call_proposal()
            # What somebody typed stays.
            if call.next_call_date == call.next_call_proposal:
                call.next_call_date = proposal
            call.next_call_proposal = proposal

    def _get_next_call_proposal(self):
        """Day on which to call next, as far as it follows from what was agreed."""
        self.ensure_one()
        company = self.company_id or self.env.company
        today = company._get_collection_today()
        payment_day = self._get_first_payment_day()
        promised = self._get_promised_claims() or self.promise_ids
        if payment_day and (promised or self.outcome_id.next_step == "call_back"):
            # Called the day before, the debtor doesn't forget to pay; but nobody is
            # reminded of what they have just said.
            before = company._get_collection_working_day_before(payment_day)
            return before if before > today else None
        return self.outcome_id._get_next_call_date(company, today)

    @api.depends("state", "next_call_date")
    def _compute_next_call_note(self):
        for call in self:
            placed = call._get_next_call_day()
            moved = call.state == "ongoing" and placed != call.next_call_date
            call.next_call_note = moved and self.env._(
                "Nobody works on %(day)s: the call is planned for %(placed)s.",
                day=call._format_day(call.next_call_date),
                placed=call._format_day(placed),
            )

    @api.depends("next_call_date")
    def _compute_call_back_date(self):
        for call in self:
            company = call.company_id or self.env.company
            today = company._get_collection_today()
            tomorrow = company._get_collection_calling_day(today, 1)
            call.call_back_date = call.next_call_date or tomorrow

    def _inverse_call_back_date(self):
        for call in self:
            call.next_call_date = call.call_back_date

    def _get_next_call_day(self):
        """The day of the next call, or the working day after it if nobody works then.

        :return: a date, or False if no call is planned
        """
        self.ensure_one()
        company = self.company_id or self.env.company
        return self.next_call_date and company._get_collection_working_day(
            self.next_call_date
        )

    def _record_outcome(self, outcome):
        """Note how the call ended; who asks to be called back agreed on a day."""
        self.ensure_one()
        vals = {"outcome_id": outcome.id}
        if outcome.next_step == "call_back" and outcome.reached == "anyone":
            vals["next_call_date"] = self.call_back_date
        self.write(vals)

    def _check_next_call_date(self):
        """Check the day that is about to be scheduled.

        :raise ValidationError: if it is missing though a call-back was agreed, or past
        """
        self.ensure_one()
        if self._is_next_call_needed() and not self.next_call_date:
            raise ValidationError(
                self.env._(
                    "“%(outcome)s” needs a day: choose it under “Next Call”.",
                    outcome=self.outcome_id.name,
                )
            )
        today = self.company_id._get_collection_today()
        if self.next_call_date and self.next_call_date < today:
            raise ValidationError(
                self.env._("The next call can't lie in the past. Choose a later day.")
            )

    def _is_next_call_needed(self):
        """Whether a call was agreed; who pays tomorrow isn't called before."""
        self.ensure_one()
        outcome = self.outcome_id
        is_agreed = outcome.solution in AGREED and self._get_first_payment_day()
        return outcome.next_step == "call_back" and not is_agreed

    def _place_next_call(self):
        """Move the next call to a working day.

        Unless somebody chose another day, an hour that was agreed for today stays it.
        """
        self.ensure_one()
        agreed = self._get_agreed_calls()[:1]
        if agreed and self.next_call_date == self.next_call_proposal:
            self.next_call_date = agreed.next_call_date
            self.next_call_time = agreed.next_call_time
            self._write_closed({"next_call_zone": agreed._get_hour_tz().zone})
        placed = self._get_next_call_day()
        if placed != self.next_call_date:
            self.next_call_date = placed
        self._keep_next_call_zone()

    def _follow_up(self):
        """Do what follows from a call that was just closed."""
        for call in self:
            call._note_wish_of_outcome()
            call._schedule_next_call()
            call._schedule_improvement()
            call._send_confirmation()

    def _schedule_next_call(self):
        """Settle the calls planned up to the day of this one and plan the next.

        A failed attempt doesn't undo what was agreed with the debtor, nor does a call
        that was left open undo what was planned since.
        """
        self.ensure_one()
        agreed = self._get_agreed_calls()
        due = self.case_id._get_due_calls(self._get_day())
        untold = self._get_untold(due)
        settled = due - untold - agreed.next_activity_id
        day = self.next_call_date and self._get_next_call_company_day()
        self._settle_to_dos(settled, untold, day)
        if self.next_call_date:
            same = agreed.filtered(lambda call: call._get_slot() == self._get_slot())
            activity = same.next_activity_id[:1] or self._plan_next_call(agreed)
            self._write_closed({"next_activity_id": activity.id})

    def _is_of_earlier_day(self):
        return self._get_day() < self.company_id._get_collection_today()

    def _get_untold(self, to_dos):
        """Those that are still to be done: the right person hasn't heard of them.

        What the debtor asked for is to be answered, whoever was spoken to. They move
        along to the next call, and stand on top of it.
        """
        self.ensure_one()
        if self.right_party_verified:
            return to_dos._filter_to_answer()
        return to_dos._filter_to_tell()

    def _plan_next_call(self, agreed):
        """:param agreed: earlier calls whose next one is left alone"""
        self.ensure_one()
        return self.case_id._schedule_next_call(
            self._get_next_call_company_day(),
            self.case_id._get_caller(self.user_id),
            self._get_next_call_summary(),
            keep_later=not self.right_party_verified or self._is_of_earlier_day(),
            kept=agreed.next_activity_id,
            topic=self._get_topic(FOLLOW_UP),
        )

    def _get_slot(self):
        self.ensure_one()
        return self.next_call_date, self.next_call_time

    def _is_call_back_asked_for(self):
        """Whether the person wants to be called on the day of the next call.

        They asked to be called back, or agreed on an hour: who is called again as we
        think fit has agreed to nothing.
        """
        self.ensure_one()
        outcome = self.outcome_id
        is_asked = outcome.next_step == "call_back" and outcome.reached == "anyone"
        return bool(self.next_call_date and (is_asked or self.next_call_time))

    def _get_consents(self):
        """To which calls somebody agreed in these conversations, in order of time.

        :return: list of :class:`Consent`, to calls on the day of the next one
        """
        consents = []
        for call, later in zip(self, [*self[1:], None], strict=True):
            if not call._is_call_back_asked_for():
                continue
            day = call.next_call_date
            if moment := call._get_next_call_moment():
                day = aware(moment)
            ended = later and aware(later.date_start)
            consents.append(Consent(aware(call.date_start), day, ended))
        return consents

    def _get_own_next_activities(self):
        """What these calls alone have planned; others may have agreed on it before."""
        planned = self.next_activity_id
        others = self.search(
            [
                ("next_activity_id", "in", planned.ids),
                ("id", "not in", self.ids),
                ("state", "=", "done"),
            ]
        )
        return planned - others.next_activity_id

    def _get_next_call_summary(self):
        """Why the next call is planned and, if that was agreed, at which hour."""
        self.ensure_one()
        if not self.next_call_time:
            return self.outcome_id.name
        words = {"why": self.outcome_id.name, "hour": self._say_hour()}
        if ours := self._get_our_hour():
            return self.env._("%(why)s at %(hour)s, %(ours)s here", ours=ours, **words)
        return self.env._("%(why)s at %(hour)s", **words)

    def _schedule_improvement(self):
        """Hand the note on how to avoid the reason to the one who owns the reason.

        It is an activity of its own, which its owner alone sees: it may tell what the
        debtor said, and the owner need not have access to cases.
        """
        self.ensure_one()
        owner = self.reason_id.user_id
        if self.improvement and owner.active:
            # sudo: activities without a document can be made for oneself only.
            self.env["mail.activity"].sudo().create(
                {
                    "activity_type_id": self.env.ref("mail.mail_activity_data_todo").id,
                    "date_deadline": self.company_id._get_collection_today(),
                    "user_id": owner.id,
                    "summary": self.env._(
                        "Avoid next time: %(why)s (%(debtor)s)",
                        why=self.reason_id.name,
                        debtor=self.partner_id.name,
                    ),
                    "note": plaintext2html(self.improvement),
                }
            )
