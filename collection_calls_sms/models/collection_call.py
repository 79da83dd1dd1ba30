from odoo import models

from odoo.addons.collection_calls.engine import phone
from odoo.addons.collection_calls.engine.contact_gate import SMS


class CollectionCall(models.Model):
    _inherit = "collection.call"

    def action_send_link_by_sms(self):
        """Send the debtor a link to what was just agreed, as a text message.

        :raise UserError: if nothing is agreed yet, or nobody may be written to
        """
        return self._send_link(SMS)

    def _get_sms_number(self):
        """Where the person on the line gets text messages: their own number, or the
        one that was called.

        :return: in E.164; None if neither is known to be a mobile
        """
        self.ensure_one()
        person = self._get_person()
        region = person.country_id.code or self._get_phone_region()
        known = [(person.phone, region), (self.phone_e164, None)]
        return next(
            (
                phone.e164(number, country)
                for number, country in known
                if number and phone.takes_text_messages(number, country)
            ),
            None,
        )

    def _prepare_question(self, document, channel):
        question = super()._prepare_question(document, channel)
        if channel != SMS:
            return question
        return question._replace(number=self._get_sms_number() or "")
