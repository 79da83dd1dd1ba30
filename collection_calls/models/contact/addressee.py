from odoo import models

from .gate import EMAIL, LETTER, Question


class CollectionAddressee(models.AbstractModel):
    """Whatever is written to somebody at a debtor's: it asks the gate.

    It has a ``partner_id`` (who owes) and a ``company_id``, says in :meth:`_get_person`
    with whom it was agreed, and in :meth:`_get_document` what is written.
    """

    _name = "collection.addressee"
    _description = "Something Written to a Debtor"

    def _get_person(self):
        """With whom it was agreed; may be the debtor."""
        raise NotImplementedError

    def _get_document(self):
        """:return: one of :data:`...engine.contact_gate.DOCUMENTS`"""
        raise NotImplementedError

    def _ask_gate(self, channel, document=None):
        """What the gate says to writing about this now.

        :param str document: by default what :meth:`_get_document` says
        :rtype: Answer
        """
        self.ensure_one()
        [answer] = self.env["collection.contact.gate"]._ask(
            self.company_id,
            [self._prepare_question(document or self._get_document(), channel)],
        )
        return answer

    def _ask_gate_each(self, channel):
        """What the gate says to writing about each of them now, asked at once.

        :return: {record: Answer}
        """
        gate = self.env["collection.contact.gate"]
        answers = {}
        for company, records in self.grouped("company_id").items():
            questions = [
                record._prepare_question(record._get_document(), channel)
                for record in records
            ]
            answers.update(zip(records, gate._ask(company, questions), strict=True))
        return answers

    def _prepare_question(self, document, channel):
        self.ensure_one()
        return Question(self.partner_id, document, channel, self._get_person())

    def _get_recipient(self):
        """Who is written to now, as :meth:`_ask_gate` says.

        By e-mail if that is the way it takes; else who gets the letter.
        """
        mailed = self._ask_gate(EMAIL)
        return (mailed if mailed.is_allowed else self._ask_gate(LETTER)).recipient

    def _get_recipient_lang(self):
        """The language of whoever is written to now."""
        recipient = self._get_recipient()
        return recipient.lang or self.partner_id.lang or self.env.lang

    def _may_call(self):
        """Whether somebody may be asked to call about this."""
        self.ensure_one()
        gate = self.env["collection.contact.gate"]
        return not gate._get_why_not_called(self.company_id, self.partner_id)

    def _pass_gate(self, answer, channel, send, document=None):
        """Send it; see :meth:`..contact.gate.CollectionContactGate._pass`."""
        return self.env["collection.contact.gate"]._pass(
            self.company_id,
            self.partner_id,
            answer,
            document or self._get_document(),
            channel,
            send,
        )
