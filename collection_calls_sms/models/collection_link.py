from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.collection_calls.engine import phone
from odoo.addons.collection_calls.engine.contact_gate import EMAIL, OFFER, SMS
from odoo.addons.collection_calls.models.evidence.door import open_door


def _forget_channel(links):
    """Links are evidence: they stay when the addon goes, with where they went."""
    open_door(links).write({"channel": EMAIL})


class CollectionLink(models.Model):
    _inherit = "collection.link"

    channel = fields.Selection(
        selection_add=[(SMS, "Text Message")], ondelete={SMS: _forget_channel}
    )
    sms_id = fields.Many2one(
        "sms.sms",
        readonly=True,
        ondelete="set null",
        groups=fields.NO_ACCESS,
        index="btree_not_null",
        help="The text message, as long as Odoo keeps it.",
    )
    failure = fields.Char(
        string="Why It Didn't Leave",
        readonly=True,
        help="What the provider of text messages answered.",
    )

    @api.depends("failure")
    def _compute_state(self):
        result = super()._compute_state()
        for link in self:
            if link.failure and link.state == "sent":
                link.state = "failed"
        return result

    # ------------------------------------------------------------------- sending

    @api.model
    def _get_ways(self, channel):
        """A text message needs no e-mail address; what closes the page closes it."""
        return (SMS,) if channel == SMS else super()._get_ways(channel)

    @api.model
    def _ask(self, call, channel):
        if channel == SMS and not call._get_sms_number():
            raise UserError(
                self.env._(
                    "%(person)s has no mobile number that we know of. Ask for it, and"
                    " enter it on the contact, or send the link by e-mail.",
                    person=call._get_person().name,
                )
            )
        return super()._ask(call, channel)

    def _send(self, answer, token):
        if self.channel != SMS:
            return super()._send(answer, token)
        call = self.call_id
        number = call._get_sms_number()
        sms = call._pass_gate(
            answer, SMS, lambda person: self._text(person, number, token), OFFER
        )
        # Odoo's scheduled action sends it after the commit.
        values = {"sms_id": sms.id, "address": phone.international(number)}
        open_door(self).write(values)

    def _text(self, recipient, number, token):
        """Queue the text message; Odoo's own scheduled action sends it.

        :param str number: in E.164
        """
        spoken = self.with_context(lang=self._get_page_lang())
        body = spoken.env._(
            "%(company)s: the link that we told you about: %(url)s It asks for your"
            " postcode or customer number.",
            company=self.company_id.name,
            url=self._get_url(token),
        )
        # sudo: users don't write to the queue.
        return (
            self.env["sms.sms"]
            .sudo()
            .with_company(self.company_id)
            .create({"number": number, "body": body, "partner_id": recipient.id})
        )

    def _replace(self, moment):
        living = self.filtered(lambda link: not link.date_replaced)
        # What hasn't left needn't any more.
        waiting = living.sms_id.filtered(lambda sms: sms.state == "outgoing")
        waiting.action_set_canceled()
        waiting._forget_text()
        return super()._replace(moment)

    # ------------------------------------------------------------------ delivery

    def _note_failure(self):
        """The text message didn't leave: whoever is on the line hears of it."""
        for link in self:
            # It is noted by a scheduled action, for the collector.
            link = link.with_context(lang=link.call_id.user_id.lang)
            failure = link.sms_id._get_failure()
            open_door(link).write({"failure": failure})
            link.call_id._note(
                link.env._(
                    "The text message with the link to %(to)s didn't leave: %(why)s",
                    to=link.address,
                    why=failure,
                )
            )
            link._tell_collectors("failed")

    def _get_status_sentence(self, accepted, declined):
        tone, sentence = super()._get_status_sentence(accepted, declined)
        if self.channel != SMS or self.state != "failed" or accepted or declined:
            return tone, sentence
        return "danger", self.env._(
            "The text message to %(to)s didn't leave (%(why)s). Ask for another number,"
            " send the link by e-mail, or go on without it.",
            to=self.address or "",
            why=self.failure,
        )
