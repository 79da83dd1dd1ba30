import logging

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import plaintext2html

from ...engine.contact_gate import EMAIL, LETTER
from ..night.conflicts import is_passing

CONFIRMATION_FIELDS = {
    "confirmation_state",
    "confirmation_channel",
    "confirmation_date",
    "confirmation_print_date",
    "confirmation_message_id",
    "confirmation_activity_id",
    "confirmation_recipient_id",
}
UNSETTLED = ("to_send", "failed")
WAITING = ("ready", "process", "pending")
FAILED = ("bounce", "exception", "canceled")

BATCH = 200  # deliveries that are read together, at most

_logger = logging.getLogger(__name__)


class CollectionConfirmation(models.AbstractModel):
    """Something in writing: one e-mail, or a letter if none arrives.

    Whether the e-mail arrived is Odoo's to tell. It is read back by a scheduled action
    of our own and never while Odoo sends: writing to what is confirmed could roll that
    transaction back after the e-mail has left, and Odoo would send it once more.

    A model that confirms has ``company_id`` and ``user_id``, says in
    :meth:`_get_person` who is written to, fills the hooks below, has a scheduled
    action that runs :meth:`_cron_read_deliveries`, and is named in
    ``mail_notification.READERS``.
    """

    _name = "collection.confirmation"
    _description = "Written Confirmation"
    _inherit = ["collection.entry", "collection.addressee"]

    confirmation_state = fields.Selection(
        [
            ("to_send", "To Send"),
            ("sent", "Sent"),
            ("failed", "Failed"),
            ("posted", "Posted"),
        ],
        string="Confirmation",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Empty where nothing is confirmed in writing.",
    )
    confirmation_channel = fields.Selection(
        [("email", "Email"), ("letter", "Letter")],
        string="Confirmed By",
        readonly=True,
        copy=False,
        help="A letter where there is no e-mail address or the e-mail failed.",
    )
    confirmation_date = fields.Date(
        string="Confirmed On",
        readonly=True,
        copy=False,
        help="Day on which the e-mail left or the letter was posted.",
    )
    confirmation_print_date = fields.Date(
        string="Printed On",
        readonly=True,
        copy=False,
        help="Day on which the letter was last printed, on the company's calendar.",
    )
    confirmation_message_id = fields.Many2one(
        "mail.message",
        string="Confirmation Email",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    confirmation_activity_id = fields.Many2one(
        "mail.activity", readonly=True, copy=False, ondelete="set null"
    )
    confirmation_recipient_id = fields.Many2one(
        "res.partner",
        string="Sent To",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="Whoever it went to when it left.",
    )

    # ------------------------------------------------------------------- actions

    def action_mark_posted(self):
        """Note that these letters are in the post.

        :raise UserError: if one of them waits for no letter
        """
        self.check_access("write")
        self.lock_for_update(allow_referencing=True)
        for record in self:
            if not record._is_letter_waiting():
                raise UserError(
                    self.env._(
                        "%(call)s waits for no letter.", call=record._get_letter_name()
                    )
                )
            answer = record._check_letter_allowed()
            if not record.confirmation_print_date:
                record._keep_letter()  # printed by other means
            record._pass_gate(answer, LETTER, record._settle_posted)
        return True

    def _settle_posted(self, recipient):
        self._write_confirmation({"confirmation_recipient_id": recipient.id})
        self._settle_confirmation("posted", "letter", self.env._("Posted"))

    def _check_letter_allowed(self):
        """Check that the letter may still be posted, whatever was asked for since.

        :return: the gate's answer
        :raise UserError: if it may not
        """
        self.ensure_one()
        answer = self._ask_gate(LETTER)
        if not answer.is_allowed:
            raise UserError(
                self.env._(
                    "The letter of %(letter)s may not be posted: %(why)s",
                    letter=self._get_letter_name(),
                    why=answer.reason,
                )
            )
        return answer

    def action_resend_confirmation(self):
        """Send the e-mails after all, now that the address is right or the server runs.

        Of several, those that can't be sent are left as they are.

        :raise UserError: if none can be sent: it is on its way or has arrived, or there
            is no address
        """
        left = self._resend()
        if left == self and len(self) == 1:
            self._refuse_to_resend()
        return self._tell_resent(len(self), len(left))

    def _resend(self):
        """:return: those that couldn't be sent"""
        self.check_access("write")
        self.lock_for_update(allow_referencing=True)  # two clicks are one e-mail
        waiting = self.filtered(lambda record: record._is_letter_waiting())
        answers = waiting._ask_gate_each(EMAIL)
        fit = waiting.filtered(lambda record: answers[record].is_allowed)
        # One of them may have been corrected; many wait for the mail server.
        requeued = (
            fit._requeue_failed_mails(answers) if len(self) > 1 else self.browse()
        )
        for record in fit - requeued:
            record._give_up_failed_mail()
            record._mail_confirmation(answers[record])
        return self - fit

    def _refuse_to_resend(self):
        if not self._is_letter_waiting():
            raise UserError(
                self.env._(
                    "The confirmation of %(call)s is on its way or was sent already.",
                    call=self._get_letter_name(),
                )
            )
        answer = self._ask_gate(EMAIL)
        if answer.code == "no_address":
            raise UserError(
                self.env._(
                    "%(person)s has no valid e-mail address. Correct it first, or post"
                    " the letter.",
                    person=answer.recipient.name,
                )
            )
        raise UserError(self.env._("No e-mail may be sent: %(why)s", why=answer.reason))

    @api.model
    def _tell_resent(self, count, left):
        """Say how many of them go out, if not all do.

        :raise UserError: if none does
        """
        if not left:
            return True
        if left == count:
            raise UserError(
                self.env._(
                    "None of them can be sent: they are on their way already, or there"
                    " is no valid e-mail address."
                )
            )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "message": self.env._(
                    "%(sent)s of %(count)s go out. The others are on their way already,"
                    " or there is no valid e-mail address.",
                    sent=count - left,
                    count=count,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _requeue_failed_mails(self, answers):
        """Have e-mails sent that didn't leave, as they are: all of them at once.

        :param answers: {record: what the gate says to the e-mail}
        :return: those whose e-mail to the right person waits in the queue again
        """
        # sudo: the mail queue belongs to the administrator.
        notifications_sudo = self.confirmation_message_id.sudo().notification_ids
        failed_sudo = notifications_sudo.filtered(
            lambda notification: notification.mail_mail_id.state == "exception"
        )
        people = {each.mail_message_id.id: each.res_partner_id for each in failed_sudo}
        again = self.filtered(
            lambda record: (
                people.get(record.confirmation_message_id.id)
                == answers[record].recipient
            )
        )
        again_sudo = failed_sudo.filtered(
            lambda each: each.mail_message_id in again.confirmation_message_id
        )
        if again_sudo:
            again_sudo.mail_mail_id.mark_outgoing()
            again_sudo.write(
                {
                    "notification_status": "ready",
                    "failure_type": False,
                    "failure_reason": False,
                }
            )
            again._write_confirmation(
                {"confirmation_state": "to_send", "confirmation_channel": "email"}
            )
            self._wake("mail.ir_cron_mail_scheduler_action")
        return again

    def _note_printed(self):
        """Note which letters to post are on paper; copies don't count.

        :raise UserError: if one of them may not be posted any more
        """
        waiting = self.filtered(lambda record: record._is_letter_waiting())
        for record in waiting:
            record._check_letter_allowed()
        for company, letters in waiting.grouped("company_id").items():
            today = company._get_collection_today()
            letters._keep_letter()
            letters._write_confirmation({"confirmation_print_date": today})

    def _get_letter_day(self):
        """The date of the letter: a copy for the files bears that of the post."""
        is_posted = self.confirmation_state == "posted"
        today = self.company_id._get_collection_today()
        return self.confirmation_date if is_posted else today

    # ------------------------------------------------------------------- sending

    def _confirm(self):
        """Write to the person: by e-mail after the commit, or ask for the letter.

        Nothing that goes wrong with the e-mail holds up what is confirmed, and nothing
        is confirmed twice.
        """
        self.ensure_one()
        if self.confirmation_state:
            return
        answer = self._ask_gate(EMAIL)
        if not answer.is_allowed:
            self._ask_for_letter("to_send", answer.reason)
            return
        self.env.flush_all()
        try:
            # Not the cursor: what runs when the transaction ends runs once, for all.
            with self.env.cr.savepoint(flush=False):
                self._mail_confirmation(answer)
                self.env.flush_all()
        except psycopg2.OperationalError:
            raise  # Odoo runs the whole request again
        except Exception as error:
            if is_passing(error):
                raise
            self.env.transaction.clear()  # what the cache says was rolled back
            _logger.exception("%s: no confirmation could be written", self)
            self._ask_for_letter("failed", self.env._("The e-mail template is broken."))

    def _get_recipient(self):
        """Who is written to: as long as it hasn't left, whoever is right now."""
        has_left = self.confirmation_state in ("sent", "posted")
        sent_to = has_left and self.confirmation_recipient_id
        return sent_to or super()._get_recipient()

    def _mail_confirmation(self, answer):
        """Post the e-mail in the chatter; Odoo's mail queue sends it.

        :param answer: what the gate says to it
        """
        self.ensure_one()
        message = self._pass_gate(answer, EMAIL, self._post_mail)
        self._write_confirmation(
            {
                "confirmation_state": "to_send",
                "confirmation_channel": "email",
                "confirmation_message_id": message.id,
                "confirmation_recipient_id": answer.recipient.id,
            }
        )
        self._read_delivery()
        self._wake("mail.ir_cron_mail_scheduler_action")

    def _post_mail(self, recipient):
        # The context wins over what callers such as server actions ask for.
        return self.with_context(mail_notify_force_send=False)._post_confirmation(
            message_type="auto_comment",
            subtype_xmlid="mail.mt_note",
            force_send=False,
            notify_skip_followers=True,
            partner_ids=recipient.ids,
        )

    def _give_up_failed_mail(self):
        """Make sure that nobody can send a failed e-mail beside the new one."""
        # sudo: the mail queue belongs to the administrator.
        notifications_sudo = self.confirmation_message_id.sudo().notification_ids
        mails_sudo = notifications_sudo.mail_mail_id
        mails_sudo.filtered(lambda mail: mail.state != "sent").cancel()
        notifications_sudo.notification_status = "canceled"

    @api.model
    def _wake(self, xmlid):
        """Have a scheduled action run right after the commit."""
        cron = self.env.ref(xmlid, raise_if_not_found=False)
        if cron:
            cron._trigger()

    # ------------------------------------------------------------------ delivery

    @api.model
    def _cron_read_deliveries(self):
        """Read back from Odoo's mail which confirmations have arrived."""
        self.env["collection.night"]._work_off(
            self.sudo(),
            "read deliveries",
            self._get_unread_delivery_domain,
            lambda records, pace: records._read_deliveries(pace),
            BATCH,
        )

    @api.model
    def _get_unread_delivery_domain(self):
        """Confirmations of which we may know less than Odoo's mail does."""
        status = "confirmation_message_id.notification_ids.notification_status"
        news = (
            Domain("confirmation_state", "=", "to_send")
            | Domain("confirmation_state", "=", "failed") & Domain(status, "=", "sent")
            | Domain("confirmation_state", "=", "sent") & Domain(status, "in", FAILED)
        )
        mailed = Domain("confirmation_message_id", "!=", False)
        return self._get_confirmable_domain() & mailed & news

    def _read_deliveries(self, pace):
        """Read deliveries, each alone: a failure doesn't stop the others."""
        for record in pace.walk(self):
            told = record.with_context(lang=record.user_id.lang)
            self.env["collection.agreement"]._attempt(
                told._read_delivery,
                f"{record.display_name}: the delivery could not be read",
            )

    def _read_delivery(self):
        """Take over what Odoo's mail says about the e-mail."""
        self.ensure_one()
        state, reason = self._get_delivery()
        if state == self.confirmation_state:
            return
        if state == "failed":
            self._ask_for_letter(state, reason)
        elif state == "sent":
            self._settle_confirmation(state, "email", self.env._("Sent by e-mail"))

    def _get_delivery(self):
        """What became of the e-mail.

        :return: the state and, if it failed, why
        :rtype: tuple[str, str]
        """
        # sudo: notifications and the mail queue belong to the administrator.
        message_sudo = self.confirmation_message_id.sudo()
        notifications_sudo = message_sudo.notification_ids
        failed_sudo = notifications_sudo.filtered(
            lambda notification: notification.notification_status in FAILED
        )
        if failed_sudo:
            reason = failed_sudo[0].failure_reason
            return "failed", reason or failed_sudo[0].format_failure_reason()
        waiting_sudo = notifications_sudo.filtered(
            lambda notification: notification.notification_status in WAITING
        )
        mails_sudo = waiting_sudo.mail_mail_id.exists()
        if len(mails_sudo) < len(waiting_sudo) or "cancel" in mails_sudo.mapped(
            "state"
        ):
            return "failed", self.env._("Somebody took it out of the mail queue.")
        if waiting_sudo or self._is_scheduled(message_sudo):
            return "to_send", ""
        if not notifications_sudo:
            return "failed", self.env._("The e-mail template names no recipient.")
        return "sent", ""

    @api.model
    def _is_scheduled(self, message_sudo):
        """Whether the template sends later: nobody is notified until then."""
        schedules_sudo = self.env["mail.message.schedule"].sudo()
        return bool(
            schedules_sudo.search_count(
                [("mail_message_id", "=", message_sudo.id)], limit=1
            )
        )

    # -------------------------------------------------------------------- letter

    def _is_letter_waiting(self):
        """Whether the debtor has nothing in writing unless a letter is posted."""
        self.ensure_one()
        return (
            self.confirmation_channel == "letter"
            and self.confirmation_state in UNSETTLED
            and bool(self.filtered_domain(self._get_confirmable_domain()))
        )

    def _ask_for_letter(self, state, reason):
        """Have the letter posted: one activity, however often the e-mail fails.

        Where no letter may be sent either, that is said in the case.
        """
        self.ensure_one()
        answer = self._ask_gate(LETTER)
        if not answer.is_allowed:
            self._hold_back(state, answer)
            return
        vals = {"confirmation_state": state, "confirmation_channel": "letter"}
        # sudo: it may be assigned to a colleague, whatever the user may see of theirs.
        if not self.confirmation_activity_id.sudo().active:
            vals["confirmation_activity_id"] = self._schedule_letter(reason).id
        self._write_confirmation(vals | {"confirmation_date": False})

    def _hold_back(self, state, answer):
        """Nothing is sent, nor posted: say so where the collectors look."""
        failed = state == "failed"
        self._write_confirmation(
            {
                "confirmation_state": failed and "failed",
                "confirmation_channel": failed and "email",
            }
        )
        case = self._get_case()
        case._note(
            self.env._(
                "Nothing was sent about %(letter)s: %(why)s",
                letter=self._get_letter_name(),
                why=answer.reason,
            )
        )

    def _schedule_letter(self, reason):
        # Nobody is mailed that an e-mail could not be sent.
        case = self._get_case().with_context(mail_activity_quick_update=True)
        user = case._get_caller(self.user_id)
        return case.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.company_id._get_collection_today(),
            user_id=user.id,
            summary=self.with_context(lang=user.lang).env._(
                "Print and post the letter of %(call)s", call=self._get_letter_name()
            ),
            note=plaintext2html(reason),
        )

    def _settle_confirmation(self, state, channel, feedback):
        """The debtor has it in writing; nothing is left to do."""
        self.ensure_one()
        self._write_confirmation(
            {
                "confirmation_state": state,
                "confirmation_channel": channel,
                "confirmation_date": self.company_id._get_collection_today(),
            }
        )
        # sudo: whoever posts the letter settles it, also a colleague's.
        activity_sudo = self.confirmation_activity_id.sudo()
        if activity_sudo.active:
            activity_sudo.action_feedback(feedback=feedback)
        self._await_answers()

    # --------------------------------------------------------------------- hooks

    def _post_confirmation(self, **options):
        """Post the e-mail to whom the options name, and to nobody else, in a chatter.

        :param options: keyword arguments that :meth:`message_post` must be given;
            ``partner_ids`` is who gets it
        :return: the mail.message
        """
        raise NotImplementedError

    def _get_case(self):
        """The case on which somebody is asked to post the letter."""
        raise NotImplementedError

    @api.model
    def _get_confirmable_domain(self):
        """Which records count: of others no delivery is read and no letter waits."""
        return Domain.TRUE

    def _keep_letter(self):
        """Keep what these letters say, unless that is fixed already."""

    def _write_confirmation(self, vals):
        """Write ``confirmation_*`` fields; for models that guard them in ``write``."""
        return self.write(vals)

    def _await_answers(self):
        """It has left: of what was agreed, the debtor's own word is awaited now."""

    def _get_letter_name(self):
        """How collectors know what is confirmed, such as by its number."""
        return self.display_name
