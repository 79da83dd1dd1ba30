import psycopg2
from markupsafe import Markup

from odoo import models
from odoo.tools import format_date

from ...engine.contact_gate import CONFIRMATION, EMAIL
from .collection_offer import DAY


class CollectionReply(models.AbstractModel):
    """What became of something that a debtor asked for on the page, told by e-mail.

    It is posted where the debtor's answer to it belongs, and Odoo's mail queue sends
    it after the commit. Where no e-mail may go out, or none can be written, the
    collector is asked to tell them; the page says it in any case.
    """

    _name = "collection.reply"
    _description = "Reply to What a Debtor Asked For"
    _inherit = "collection.addressee"

    # --------------------------------------------------------------------- hooks

    def _get_reply_agreement(self):
        """The agreement, or other page, that the e-mail leads to; may be none."""
        raise NotImplementedError

    def _get_reply_thread(self):
        """In whose chatter the e-mail is posted."""
        return self._get_reply_agreement()

    def _say_asked(self):
        """What the debtor asked for, to them, in the environment's language."""
        raise NotImplementedError

    def _say_outcome(self):
        """What became of it, to the debtor, in the environment's language."""
        raise NotImplementedError

    def _get_reply_words(self):
        """What we wrote to the debtor about it, as it was typed; may be empty."""
        return self.sudo().answer  # whoever answers it reads it

    def _is_to_be_told(self):
        """Whether the debtor has to hear of it, if not by e-mail then otherwise."""
        return True

    def _get_document(self):
        return CONFIRMATION

    # -------------------------------------------------------------------- sending

    def _reply(self):
        """Tell debtors what became of what they asked for; it is decided already."""
        # sudo: whoever decides need not have a say in what it is posted to.
        for record in self.sudo():
            answer = record._ask_gate(EMAIL)
            why = answer.reason or record.env._("The e-mail can't be written.")
            sent = answer.is_allowed and record.env["collection.agreement"]._attempt(
                lambda record=record, answer=answer: record._mail_reply(answer),
                f"{record}: the debtor could not be told",
                let_pass=psycopg2.OperationalError,
            )
            if not sent and record._is_to_be_told():
                record._ask_to_tell(why)

    def _mail_reply(self, answer):
        """Post the e-mail; Odoo's mail queue sends it.

        :param answer: what the gate says to it
        """
        self._pass_gate(answer, EMAIL, self._post_reply)
        self.env["collection.call"]._wake("mail.ir_cron_mail_scheduler_action")

    def _post_reply(self, recipient):
        kind = self._name.rpartition(".")[2]
        template = self.env.ref(f"collection_calls.mail_template_{kind}_reply")
        lang = self._get_recipient_lang()
        texts = {
            name: template._render_field(name, self.ids, compute_lang=True)[self.id]
            for name in ("subject", "body_html", "email_from")
        }
        # The context wins over what callers such as server actions ask for.
        thread = self._get_reply_thread().with_context(
            mail_notify_force_send=False, lang=lang
        )
        thread.message_post(
            subject=texts["subject"],
            body=texts["body_html"],
            email_from=texts["email_from"],
            message_type="auto_comment",
            subtype_xmlid="mail.mt_note",
            force_send=False,
            force_email_lang=lang,
            notify_skip_followers=True,
            partner_ids=recipient.ids,
        )

    def _render_reply_link(self):
        """A button that opens the debtor's page, as HTML; nothing if there is none."""
        agreement = self._get_reply_agreement()
        return agreement._render_page_link() if agreement else Markup()

    def _get_reply_sender(self):
        """The collector who answers the debtor's questions about it."""
        case = self.env["collection.case"]._get_or_create(
            self.partner_id, self.company_id
        )
        return case._get_caller(self.env.user)

    def _ask_to_tell(self, why):
        """Have the collector tell the debtor.

        :param str why: no e-mail does
        """
        user = self._get_reply_sender()
        self._get_reply_thread().activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.company_id._get_collection_today(),
            user_id=user.id,
            summary=self.with_context(lang=user.lang).env._(
                "%(asked)s: tell the debtor what became of it", asked=self.display_name
            ),
            note=why,
        )


class CollectionDebtorPage(models.AbstractModel):
    _inherit = "collection.debtor.page"

    def _render_page_link(self):
        """A button that opens the page, for an e-mail, as HTML; nothing where the page
        asks for a login, or for a proof."""
        return Markup()


class CollectionRequest(models.AbstractModel):
    _name = "collection.request"
    _inherit = ["collection.request", "collection.reply"]

    def _get_person(self):
        return self.contact_id or self._get_agreement()._get_person()

    def _get_reply_agreement(self):
        return self._get_agreement()

    def _get_reply_thread(self):
        return self._get_agreement()

    def _say_asked(self):
        return self._get_agreement()._say_page_request(self)


class CollectionOffer(models.Model):
    _inherit = "collection.offer"

    def _get_reply_agreement(self):
        """Where the debtor sees what it was made of."""
        return self.new_plan_id or self.new_promise_id or self._get_agreement()

    def _say_outcome(self):
        self.ensure_one()
        if self.state == "declined":
            return self.env._("We can't agree to that.")
        if self.kind != DAY and not self.is_changed:
            return self.env._("We agree.")
        if self.kind != DAY:
            return self.env._(
                "We can agree to other installments. Please look at them and tell us"
                " whether you do."
            )
        if self.new_promise_id.needs_confirmation:
            return self.env._(
                "We have noted %(day)s, and check whether we can agree to that.",
                day=format_date(self.env, self.new_promise_id.date_promised),
            )
        day = self.new_promise_id.date_promised or self.plan_id.date_respite
        if self.is_changed:
            return self.env._(
                "We can agree to another day: %(day)s.", day=format_date(self.env, day)
            )
        return self.env._(
            "We agree: please pay by %(day)s.", day=format_date(self.env, day)
        )


class CollectionContactCorrection(models.Model):
    _inherit = "collection.contact.correction"

    def _get_person(self):
        return self.person_id

    def _is_to_be_told(self):
        return False  # the next e-mail or call shows it

    def _say_outcome(self):
        self.ensure_one()
        if self.state == "declined":
            return self.env._(
                "We have left them as they were. Please call us if that is not right."
            )
        return self.env._("We have put them right. Thank you.")


class CollectionDispute(models.Model):
    """Whoever objected on the page is told what became of it, as well."""

    _name = "collection.dispute"
    _inherit = ["collection.dispute", "collection.reply"]

    def _close(self, vals):
        result = super()._close(vals)
        self.filtered(lambda dispute: dispute.channel == "portal")._reply()
        return result

    def _get_person(self):
        """Whoever objected: the first at the debtor's who has written here."""
        people = self.message_ids.sorted("id").author_id
        own = people.filtered(
            lambda person: person.commercial_partner_id == self.partner_id
        )
        return own[:1] or self.partner_id

    def _get_reply_thread(self):
        return self

    def _get_reply_agreement(self):
        """The agreement on the invoice that stands, the last one of them."""
        for name in ("collection.plan", "collection.promise"):
            found = self.env[name]._get_touched(self.move_id.ids)
            shown = found.filtered(lambda each: each._is_open_to_requests())
            if shown:
                return shown.sorted("id")[-1:]
        return None

    def _say_asked(self):
        return self.env._(
            "You objected to %(invoice)s.", invoice=self.move_id.name or ""
        )

    def _say_outcome(self):
        self.ensure_one()
        return {
            "accepted": self.env._("You are right. You get a credit note."),
            "rejected": self.env._("We have looked into it, and can't accept it."),
            "withdrawn": self.env._("We have noted that you don't object any more."),
        }[self.state]

    def _get_reply_words(self):
        return self.state == "rejected" and self.resolution

    def _is_to_be_told(self):
        return self.state == "accepted"  # else they are called about it
