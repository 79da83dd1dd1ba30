from collections import defaultdict

import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain

from ...engine import promise as engine
from ...engine.contact_gate import EMAIL
from ...engine.topics import REMIND, WRITE


class CollectionPromise(models.Model):
    """On the working day before, the collector calls and the debtor gets an e-mail."""

    _inherit = "collection.promise"

    date_remind = fields.Date(
        string="Remind On",
        compute="_compute_date_remind",
        store=True,
        index="btree_not_null",
        help="The company's last working day before the payment. Empty where the"
        " promise isn't older: nobody is reminded of what they just said.",
    )
    date_reminded = fields.Date(string="Reminded On", readonly=True, copy=False)

    @api.depends("date_made", "date_promised", "company_id")
    def _compute_date_remind(self):
        for promise in self:
            promise.date_remind = False
            if promise.date_made and promise.date_promised:
                before = promise.company_id._get_collection_working_day_before(
                    promise.date_promised
                )
                promise.date_remind = before > promise.date_made and before

    @api.model
    def _get_to_remind_domain(self):
        """Open promises of which nobody has been reminded, in each company's days.

        Until the day before the payment: who pays today needs no reminder any more.
        """
        waiting = Domain(
            [
                ("state", "=", engine.OPEN),
                ("date_reminded", "=", False),
                ("needs_confirmation", "=", False),
            ]
        )
        companies = self._read_group(waiting, ["company_id"])
        due = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("date_remind", "<=", company._get_collection_today())
            & Domain("date_promised", ">", company._get_collection_today())
            for [company] in companies
            if self._is_time_to_remind(company)
        )
        return waiting & due

    @api.model
    def _get_reminder_template(self):
        return "collection_calls.mail_template_promise_reminder"

    def _remind(self):
        """Plan the call for today and write to the debtor, if anything is missing."""
        self.ensure_one()
        answer = self._ask_gate(EMAIL)
        if not self._get_reminder_lines() or answer.code == "quiet":
            return  # later, if there is time
        self.date_reminded = self.company_id._get_collection_today()
        if self._may_call():
            self._plan_reminding_call()
        if answer.is_allowed:
            # A conflict with another transaction passes: all is tried again later.
            sent = self._attempt(
                lambda: self._mail_reminder(answer),
                f"{self.name}: the reminder could not be written",
                let_pass=psycopg2.OperationalError,
            )
            if not sent:
                self._ask_to_write()
        elif answer.code != "no_address":
            self._say_not_reminded(answer)

    def _plan_reminding_call(self):
        today = self.company_id._get_collection_today()
        user = self._get_collector()
        summary = self.with_context(lang=user.lang)._say_topic(REMIND)
        # The collector works through the list, and needs no e-mail for each call.
        case = self._get_case().with_context(mail_activity_quick_update=True)
        if not case._is_called_by(self.date_promised):
            self.next_activity_id = case._schedule_next_call(
                today, user, summary, keep_later=True, topic=self._get_topic(REMIND)
            )

    def _get_reminder_lines(self):
        """What the debtor still has to pay, for the e-mail.

        The newest promise on a claim counts, nobody is asked for more than is open on
        one, nor for what is disputed or blocked, and the lines sum up to what is
        missing of the rest. Money that came in for one claim counts for the whole
        promise, so the last lines give way.

        :return: list of dicts with ``label`` and ``amount``, in the promise's currency
        """
        return [
            {"label": line.label, "amount": amount}
            for line, amount in self._get_still_asked()
        ]

    def _get_still_asked(self):
        """:return: list of pairs of a line and the amount that is still asked for"""
        self.ensure_one()
        missing = self.amount_missing
        lines = []
        asked = self._get_asked_by_line(self._find_obstacles()[self])
        for line in self._get_live_lines():
            amount = self.currency_id.round(min(asked[line], missing))
            if self.currency_id.compare_amounts(amount, 0) > 0:
                lines.append((line, amount))
                missing -= amount
        return lines

    def _get_letter_payments(self):
        """What is still asked for, by invoice; its references are on the slip."""
        amounts = defaultdict(float)
        for line, amount in self._get_still_asked():
            move = line.move_id
            reference = move.payment_reference or move.name or line.label
            amounts[move, self.currency_id, reference] += amount
        return [(*key, amount) for key, amount in amounts.items()]

    def _render_page_and_payment(self):
        """Where what was promised is seen and signed, and how it is paid, as HTML."""
        return self._render_page_link() + self._render_slips(self._get_payment_slips())

    def _get_amount_to_remind(self):
        """What the e-mail asks for: the sum of its lines."""
        return sum(line["amount"] for line in self._get_reminder_lines())

    def _ask_to_write(self):
        """Have the collector write to the debtor, as the template doesn't work."""
        user = self._get_collector()
        # Nobody is mailed that an e-mail could not be written.
        case = self._get_case().with_context(mail_activity_quick_update=True)
        summary = self.with_context(lang=user.lang).env._(
            "Remind of %(promise)s in writing: the e-mail template is broken",
            promise=self.name,
        )
        case.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.company_id._get_collection_today(),
            user_id=user.id,
            summary=summary,
            **self._get_topic(WRITE),
        )
