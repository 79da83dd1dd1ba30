import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain

from ...engine.contact_gate import EMAIL, REMINDER

OPEN_WORDS = (False, "awaited")


class CollectionAgreement(models.AbstractModel):
    """What is done as long as a debtor hasn't answered what left in writing.

    After some days, which the company sets, they are reminded by e-mail; as many days
    later the collector gets a to-do. What was agreed in one call is one reminder.
    """

    _inherit = "collection.agreement"

    date_awaited = fields.Date(
        string="Confirmation Left On",
        readonly=True,
        copy=False,
        help="Since when the debtor's answer is awaited, on the company's calendar.",
    )
    date_answer_reminded = fields.Date(
        string="Reminded of the Confirmation On", readonly=True, copy=False
    )
    date_answer_asked = fields.Date(readonly=True, copy=False, groups=fields.NO_ACCESS)
    answer_activity_id = fields.Many2one(
        "mail.activity",
        readonly=True,
        copy=False,
        ondelete="set null",
        groups=fields.NO_ACCESS,
    )

    # --------------------------------------------------------------- the written word

    def _await_answer(self, anew=False):
        """What was agreed has left in writing: the debtor's word is awaited.

        :param bool anew: whether what they said before was about something else
        """
        # sudo: nobody writes what a debtor said.
        for company, agreements in self.sudo().grouped("company_id").items():
            words = (False, "awaited", "answered", "objected") if anew else (False,)
            fresh_sudo = agreements.filtered(
                lambda record, words=words: record.answer_state in words
            )
            if fresh_sudo:
                fresh_sudo._set_answer("awaited")
                fresh_sudo.write(
                    {
                        "date_awaited": company._get_collection_today(),
                        "date_answer_reminded": False,
                        "date_answer_asked": False,
                    }
                )

    def _note_answered(self, channel):
        """The debtor has written; what that says somebody has to read first.

        What was accepted or objected to stays so.
        """
        fresh = self.filtered(lambda record: record.answer_state in OPEN_WORDS)
        if fresh:
            fresh._set_answer("answered", channel)

    def _set_answer(self, state, channel=False, when=None):
        """Nobody has to ask any more for what was said."""
        result = super()._set_answer(state, channel, when)
        if state != "awaited":
            # sudo: the to-do may be a colleague's.
            to_dos_sudo = self.sudo().answer_activity_id.filtered("active")
            if to_dos_sudo:
                to_dos_sudo.action_feedback(feedback=self.env._("They have answered."))
        return result

    # ----------------------------------------------------------------------- silence

    @api.model
    def _cron_remind(self):
        """Remind of confirmations, too, that nobody has answered.

        Not before all payments had their turn: what of these is left would be
        forgotten, as a scheduled action tells the progress of one work.
        """
        if not super()._cron_remind():
            return False
        return self.env["collection.night"]._work_off(
            self.sudo(),
            "remind of confirmations",
            self._get_silent_domain,
            lambda todo, pace: todo._follow_up_silence_each(pace),
            100,
        )

    @api.model
    def _get_silent_domain(self):
        """What debtors haven't answered for so many days, in each company's days."""
        silent = (
            Domain("answer_state", "=", "awaited")
            & Domain("date_answer_asked", "=", False)
            & Domain("state", "in", self._get_awaiting_states())
        )
        companies = self._read_group(silent, ["company_id"])
        return silent & Domain.OR(
            Domain("company_id", "=", company.id) & self._get_overlong_domain(company)
            for [company] in companies
            if company.collection_answer_reminder_days
            and self._is_time_to_remind(company)
        )

    @api.model
    def _get_overlong_domain(self, company):
        days = company.collection_answer_reminder_days
        last = fields.Date.subtract(company._get_collection_today(), days=days)
        never = Domain("date_answer_reminded", "=", False)
        return never & Domain("date_awaited", "<=", last) | Domain(
            "date_answer_reminded", "<=", last
        )

    @api.model
    def _get_awaiting_states(self):
        """States in which the debtor's written word is still of use."""
        return self._get_standing_states()

    def _follow_up_silence_each(self, pace):
        """Remind, or ask the collector, but for debtors whom nobody presses now."""
        for record in pace.walk(self - self._filter_held()):
            failure = f"{record.name}: nobody could be reminded of the confirmation"
            record._attempt(record._follow_up_silence, failure)

    def _follow_up_silence(self):
        """Write to the debtor; if that was done or can't be, ask the collector."""
        self.ensure_one()
        if self.date_answer_reminded:
            self._ask_for_written_word()
            return
        answer = self._ask_gate(EMAIL, REMINDER)
        if answer.code == "quiet":
            return  # later, if there is time
        together = self._get_agreed_together()
        self.date_answer_reminded = self.company_id._get_collection_today()
        if self.date_answer_reminded in together.mapped("date_answer_reminded"):
            return
        sent = answer.is_allowed and self._attempt(
            lambda: self._mail_answer_reminder(answer),
            f"{self.name}: the reminder of the confirmation could not be written",
            let_pass=psycopg2.OperationalError,
        )
        if not sent:
            self._ask_for_written_word()

    def _get_agreed_together(self):
        """Other agreements of the same kind from the same call."""
        if not self.call_id:
            return self.browse()
        return self.search([("call_id", "=", self.call_id.id)]) - self

    def _mail_answer_reminder(self, answer):
        """Post the e-mail in the chatter; Odoo's mail queue sends it.

        :param answer: what the gate says to it
        """
        self._pass_gate(answer, EMAIL, self._post_answer_reminder, REMINDER)
        self.env["collection.call"]._wake("mail.ir_cron_mail_scheduler_action")

    def _post_answer_reminder(self, recipient):
        kind = self._name.rpartition(".")[2]
        template = f"collection_calls.mail_template_answer_reminder_{kind}"
        # The context wins over what callers such as server actions ask for.
        self.with_context(mail_notify_force_send=False).message_post_with_source(
            self.env.ref(template),
            message_type="auto_comment",
            subtype_xmlid="mail.mt_note",
            force_send=False,
            notify_skip_followers=True,
            partner_ids=recipient.ids,
        )

    def _get_page_link(self):
        """Where the debtor answers, for e-mails and letters.

        :rtype: str
        """
        self.ensure_one()
        return self.get_base_url() + self.get_portal_url()

    def _ask_for_written_word(self):
        """The debtor doesn't answer: somebody has to decide what to do."""
        today = self.company_id._get_collection_today()
        together = self._get_agreed_together()
        self.date_answer_asked = today
        if today in together.mapped("date_answer_asked"):
            return
        user = self._get_collector()
        self.answer_activity_id = self.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=today,
            user_id=user.id,
            summary=self.with_context(lang=user.lang).env._(
                "%(agreement)s isn't confirmed by the debtor in writing",
                agreement=self.name,
            ),
        )
