import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..engine import acceleration as engine

BATCH = 100
REMINDER = "collection_calls.mail_template_installment_reminder"


class CollectionPlanReminder(models.AbstractModel):
    """Some days before an installment is due, the debtor gets an e-mail.

    Who has no address is called.
    """

    _name = "collection.plan.reminder"
    _description = "Reminder of an Installment"

    @api.model
    def _cron_remind(self):
        """Remind of the installments that fall due soon.

        Each one once, however often and on however many servers this runs. It runs
        every hour, as companies anywhere have their morning at another one.
        """
        self = self.sudo()
        todo = self.search(self._get_to_remind_domain(), order="id")
        self.env["ir.cron"]._commit_progress(remaining=len(todo))
        for start in range(0, len(todo), BATCH):
            batch = self.browse(todo.ids[start : start + BATCH])
            for plan in batch._lock(self._get_to_remind_domain(), "remind"):
                plan._attempt(plan._remind, f"{plan.name}: no reminder could be sent")
            if not self.env["ir.cron"]._commit_progress(len(batch)):
                break

    @api.model
    def _get_to_remind_domain(self):
        """Active plans with an installment that falls due soon, in each company's days.

        Until the day before: who pays today needs no reminder any more.
        """
        is_active = Domain("state", "=", engine.ACTIVE)
        companies = self._read_group(is_active, ["company_id"])
        promises = self.env["collection.promise"]
        return is_active & Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("installment_ids", "any", self._get_due_soon_domain(company))
            for [company] in companies
            if promises._is_time_to_remind(company)
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

    def _remind(self):
        """Write to the debtor about the next installment; call who has no address."""
        self.ensure_one()
        today = self._get_day()
        due_soon = self.installment_ids.filtered_domain(
            self._get_due_soon_domain(self.company_id)
        )[:1]  # each gets an e-mail of its own
        due_soon.date_reminded = today
        if fields.Date.add(self.date_activated, days=1) >= today:
            return  # nobody is reminded of what they have just agreed to
        sent = self._can_be_mailed() and self._attempt(
            self._mail_reminder,
            f"{self.name}: the reminder could not be written",
            let_pass=psycopg2.OperationalError,
        )
        if not sent:
            self._plan_reminding_call(due_soon)

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

    def _mail_reminder(self):
        """Post the e-mail in the chatter; Odoo's mail queue sends it."""
        # The context wins over what callers such as server actions ask for.
        self.with_context(mail_notify_force_send=False).message_post_with_source(
            self.env.ref(REMINDER),
            message_type="auto_comment",
            subtype_xmlid="mail.mt_note",
            force_send=False,
            notify_skip_followers=True,
        )
        self.env["collection.call"]._wake("mail.ir_cron_mail_scheduler_action")

    def _plan_reminding_call(self, installment):
        user = self._get_collector()
        # The collector works through the list, and needs no e-mail for each call.
        case = self._get_case().with_context(mail_activity_quick_update=True)
        case._schedule_next_call(
            self._get_day(),
            user,
            self.with_context(lang=user.lang).env._(
                "Remind of %(plan)s, due on %(day)s",
                plan=self.name,
                day=format_date(self.env, installment.date_due, lang_code=user.lang),
            ),
            keep_later=True,
        )
