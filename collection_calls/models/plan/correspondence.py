import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain

from ...engine import acceleration as engine
from ...engine.contact_gate import EMAIL
from ...engine.topics import REMIND


class CollectionPlan(models.Model):
    """What the debtor gets in writing, and the parts that it is made of."""

    _inherit = "collection.plan"

    def _write_letter(self, kind):
        """Write to the debtor: by e-mail after the commit, or ask for the letter.

        :param str kind: as :data:`..letter.collection_letter.KINDS`
        :return: the letter
        """
        self.ensure_one()
        letter = self.env["collection.plan.letter"].create(
            {"plan_id": self.id, "kind": kind}
        )
        if kind == "notice":
            self.notice_letter_id = letter
        letter._send()
        return letter

    def _drop_letters(self, *kinds):
        """Leave letters unposted whose reason is gone.

        :param kinds: as :data:`..letter.collection_letter.KINDS`; by default all
        """
        self.letter_ids.filtered(
            lambda letter: not kinds or letter.kind in kinds
        )._drop()

    # ------------------------------------ parts of letters, in the env's language

    def _render_schedule(self):
        """The installments that are still to be paid, as an HTML table."""
        return self._render_part(
            "plan_schedule",
            installments=self.installment_ids.filtered(
                lambda part: part.state not in ("paid", "superseded")
            ),
        )

    def _has_respite(self):
        """Whether the time that a reinstatement gave for the arrears still runs."""
        return bool(self.date_respite and self._get_day() <= self.date_respite)

    def _get_last_day(self, installment):
        """The day by which the debtor is asked to pay an installment."""
        if self._has_respite() and installment.date_due < self._get_day():
            return self.date_respite
        return installment.date_due

    def _render_arrears(self):
        """The installments in arrears, as an HTML table."""
        today = self._get_day()
        return self._render_part(
            "plan_schedule",
            is_missed=not self._has_respite(),
            installments=self.installment_ids.filtered(
                lambda part: part.amount_residual and part.date_due < today
            ),
        )

    def _render_open_claims(self):
        """The claims that are still open, as an HTML table."""
        return self._render_part(
            "plan_claims", claims=self.claim_ids.filtered("amount_residual")
        )

    def _render_payment_details(self):
        """On which account to pay, and with which reference, as HTML."""
        move = self.claim_ids.move_id[:1]
        return self._render_part(
            "plan_payment_details", bank=self._get_letter_bank(move, self.currency_id)
        )

    def _render_talk_offer(self):
        """What a private person is offered with the notice, as HTML.

        § 498 (1) sentence 2 BGB: a talk about a settlement by agreement.
        """
        if not self.partner_id._is_collection_consumer():
            return ""
        return self._render_part("plan_talk_offer")

    def _render_part(self, template, **values):
        values.update(plan=self, company=self.company_id.sudo())
        return self.env["ir.qweb"]._render(f"collection_calls.{template}", values)

    def _get_letter_payments(self, amount=None):
        """What the payment slip of a letter asks for.

        The plan's number is the reference: one for all installments, whatever invoice
        they pay.

        :param float amount: what was due when the letter was written, in the plan's
            currency; by default what is due now
        """
        self.ensure_one()
        if amount is None:
            amount = self._get_amount_to_pay()
        move = self.claim_ids.move_id[:1]
        return [(move, self.currency_id, self.name, amount)] if amount else []

    # ------------------------------------------------------------------ agreement
    # The plan as a document that both parties sign.

    def _get_agreement_day(self):
        """The day whose balance the debtor acknowledges, on the company's calendar."""
        return self.date_activated or self._get_day()

    def _write_parties(self):
        """Who agrees: the clause says “we” and “you”.

        :rtype: str
        """
        names = {"company": self.company_id.name, "debtor": self.partner_id.name}
        person = self._get_person()
        if person == self.partner_id:
            return self.env._(
                "This agreement is between %(company)s (“we”) and %(debtor)s (“you”).",
                **names,
            )
        return self.env._(
            "This agreement is between %(company)s (“we”) and %(debtor)s, represented"
            " by %(person)s (“you”).",
            person=person.name,
            **names,
        )

    def _write_acknowledgment(self):
        return self.env._(
            "You acknowledge that you owe us %(amount)s, open on %(day)s on these"
            " invoices:",
            amount=self.currency_id.format(self.amount_total),
            day=self._format_day(self._get_agreement_day()),
        )

    def _get_agreement_installments(self):
        """All that was agreed, whatever has been paid since.

        :return: list of dictionaries with ``number`` (0: down payment), ``day`` and
            ``amount``
        """
        self.ensure_one()
        parts = self.installment_ids.sorted("date_due")
        first = 0 if self._begins_with_down_payment(parts) else 1
        return [
            {
                "number": number,
                "day": self._format_day(part.date_due),
                "amount": part.amount,
            }
            for number, part in enumerate(parts, first)
        ]

    def _begins_with_down_payment(self, parts):
        return bool(self.down_payment) and not self.currency_id.compare_amounts(
            parts[:1].amount, self.down_payment
        )

    def _say_agreed(self):
        return self.env._(
            "I agree to the installment plan %(plan)s.", plan=self.name or ""
        )

    def _get_first_written_day(self):
        days = [day for day in self.letter_ids.mapped("date") if day]
        return min(days) if days else super()._get_first_written_day()

    # ------------------------------------------------------------------- reminder
    # Some days before an installment is due, the debtor gets an e-mail.
    #
    # Who has no address is called.

    @api.model
    def _get_to_remind_domain(self):
        """Active plans with an installment that falls due soon, in each company's days.

        Until the day before: who pays today needs no reminder any more.
        """
        is_active = Domain("state", "=", engine.ACTIVE)
        companies = self._read_group(is_active, ["company_id"])
        return is_active & Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("installment_ids", "any", self._get_due_soon_domain(company))
            for [company] in companies
            if self._is_time_to_remind(company)
        )

    @api.model
    def _get_due_soon_domain(self, company):
        today = company._get_collection_today()
        days = company.collection_plan_reminder_days
        return Domain(
            [
                ("date_reminded", "=", False),
                ("date_due", ">", today),
                ("date_due", "<=", fields.Date.add(today, days=days)),
                ("amount_residual", ">", 0),
            ]
        )

    @api.model
    def _get_reminder_template(self):
        return "collection_calls.mail_template_installment_reminder"

    def _remind(self):
        """Write to the debtor about the next installment; call who has no address."""
        self.ensure_one()
        today = self._get_day()
        due_soon = self.installment_ids.filtered_domain(
            self._get_due_soon_domain(self.company_id)
        )[:1]  # each gets an e-mail of its own
        answer = self._ask_gate(EMAIL)
        if answer.code == "quiet":
            return  # later, if there is time
        due_soon.date_reminded = today
        if fields.Date.add(self.date_activated, days=1) >= today:
            return  # nobody is reminded of what they have just agreed to
        sent = answer.is_allowed and self._attempt(
            lambda: self._mail_reminder(answer),
            f"{self.name}: the reminder could not be written",
            let_pass=psycopg2.OperationalError,
        )
        if not sent and self._may_call():
            self._plan_reminding_call(due_soon)
        elif not sent:
            self._say_not_reminded(answer)

    def _get_installment_to_remind(self):
        """The installment that isn't due yet and is being reminded of, else the next.

        Whatever is in arrears: nobody can pay on a day that is past.
        """
        self.ensure_one()
        today = self._get_day()
        coming = self.installment_ids.filtered(
            lambda part: part.amount_residual and part.date_due > today
        )
        reminded = coming.filtered(lambda part: part.date_reminded == today)
        return reminded[-1:] or coming[:1]

    def _plan_reminding_call(self, installment):
        """Have the debtor called, unless that is planned anyway before it is due."""
        user = self._get_collector()
        # The collector works through the list, and needs no e-mail for each call.
        case = self._get_case().with_context(mail_activity_quick_update=True)
        if case._is_called_by(installment.date_due):
            return
        case._schedule_next_call(
            self._get_day(),
            user,
            installment.with_context(lang=user.lang)._say_topic(REMIND),
            keep_later=True,
            topic=installment._get_topic(REMIND),
        )
