import logging

from odoo import api, fields, models
from odoo.fields import Domain

from ..engine import promise as engine

BATCH = 100
REMINDER = "collection_calls.mail_template_promise_reminder"

_logger = logging.getLogger(__name__)


class CollectionPromiseReminder(models.AbstractModel):
    """On the working day before, the collector calls and the debtor gets an e-mail."""

    _name = "collection.promise.reminder"
    _description = "Reminder of a Promise"

    date_remind = fields.Date(
        string="Remind On",
        compute="_compute_date_remind",
        store=True,
        index="btree_not_null",
        help="The company's last working day before the payment.",
    )
    date_reminded = fields.Date(string="Reminded On", readonly=True, copy=False)

    @api.depends("date_promised", "company_id")
    def _compute_date_remind(self):
        for promise in self:
            promise.date_remind = (
                promise.date_promised
                and promise.company_id._get_collection_working_day_before(
                    promise.date_promised
                )
            )

    @api.model
    def _cron_remind(self):
        """Remind of the payments that fall due on the next working day.

        Each promise once, however often and on however many servers this runs.
        """
        self = self.sudo()
        todo = self.search(self._get_to_remind_domain(), order="id")
        self.env["ir.cron"]._commit_progress(remaining=len(todo))
        for start in range(0, len(todo), BATCH):
            batch = self.browse(todo.ids[start : start + BATCH])
            for promise in batch._lock(self._get_to_remind_domain(), "remind"):
                promise._remind_alone()
            if not self.env["ir.cron"]._commit_progress(len(batch)):
                break

    @api.model
    def _get_to_remind_domain(self):
        """Open promises of which nobody has been reminded, in each company's days."""
        waiting = Domain([("state", "=", engine.OPEN), ("date_reminded", "=", False)])
        companies = self._read_group(waiting, ["company_id"])
        due = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("date_remind", "<=", company._get_collection_today())
            & Domain("date_promised", ">=", company._get_collection_today())
            # Nobody is reminded on the day on which they promised.
            & Domain("date_made", "<", company._get_collection_today())
            for [company] in companies
        )
        return waiting & due

    def _remind_alone(self):
        try:
            with self.env.cr.savepoint():
                self._remind()
        except Exception:
            _logger.exception("%s: no reminder could be sent", self.name)

    def _remind(self):
        """Plan the call for today and write to the debtor."""
        self.ensure_one()
        today = self.company_id._get_collection_today()
        self.date_reminded = today
        user = self._get_collector()
        summary = self.with_context(lang=user.lang).env._(
            "Remind of %(promise)s, due on %(day)s",
            promise=self.name,
            day=self.date_promised,
        )
        # The collector works through the list, and needs no e-mail for each call.
        case = self._get_case().with_context(mail_activity_quick_update=True)
        if not case._get_call_activities().filtered(
            lambda activity: activity.date_deadline <= self.date_promised
        ):
            self.next_activity_id = case._schedule_next_call(
                today, user, summary, keep_later=True
            )
        person = self.contact_id or self.partner_id
        if person.email:
            self.message_post_with_source(
                self.env.ref(REMINDER),
                message_type="auto_comment",
                subtype_xmlid="mail.mt_note",
            )
