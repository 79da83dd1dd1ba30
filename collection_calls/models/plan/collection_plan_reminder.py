import psycopg2

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...engine import acceleration as engine


class CollectionPlanReminder(models.AbstractModel):
    """Some days before an installment is due, the debtor gets an e-mail.

    Who has no address is called.
    """

    _name = "collection.plan.reminder"
    _description = "Reminder of an Installment"
    _inherit = "collection.reminder"

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
            self.with_context(lang=user.lang).env._(
                "Remind of %(plan)s, due on %(day)s",
                plan=self.name,
                day=format_date(self.env, installment.date_due, lang_code=user.lang),
            ),
            keep_later=True,
        )
