from odoo import api, models
from odoo.tools import html2plaintext, plaintext2html

from ...engine import incoming
from ..evidence.door import open_door
from .collection_answer import DOCUMENTS

MOST_OF_REPORT = 2_000  # characters of what a mail server writes


class MailThread(models.AbstractModel):
    """E-mails that answer ours: a debtor's word, a machine's, or a mail server's.

    Odoo finds out by the Message-Id in ``References`` what an e-mail answers, and posts
    it there. It neither tells automatic replies from others, nor a report that says
    that an e-mail won't arrive from one that says that it is late or was read.
    """

    _inherit = "mail.thread"

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        answers = self.env["collection.answer"]
        documents = answers._get_documents(routes)
        if not documents:
            return super()._message_route_process(message, message_dict, routes)
        is_answer = incoming.classify(message) == incoming.ANSWER
        if not is_answer:
            # A note, of which nobody is told: it isn't from anybody.
            message_dict.update(is_internal=True, parent_id=False)
        message_id = message_dict["message_id"]
        addressed = message_dict.pop("partner_ids", None)
        result = super()._message_route_process(message, message_dict, routes)
        self._note_addressed(message_id, addressed)
        if is_answer:
            answers._take(documents, message_id)
        return result

    @api.model
    def _note_addressed(self, message_id, partner_ids):
        """Add to whom an e-mail was addressed, past the guard of evidence.

        Odoo writes that once the e-mail was posted, so that nobody who got it is
        notified of it.

        :param str message_id: of the e-mail
        :param partner_ids: ids of contacts; may be empty or None
        """
        if partner_ids:
            # sudo: the gateway runs as whoever fetches e-mails.
            messages_sudo = self.env["mail.message"].sudo()
            posted_sudo = messages_sudo.search([("message_id", "=", message_id)])
            open_door(posted_sudo).partner_ids = partner_ids

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        """Note what a mail server reports below what it is about.

        Odoo takes every report for a failure. Of our e-mails only what won't arrive
        counts as such: else a letter would be posted beside an e-mail that is late.
        """
        documents = self._get_reported_documents(message_dict)
        has_failed = not documents or incoming.has_failed(email_message)
        result = None
        if has_failed:
            result = super()._routing_handle_bounce(email_message, message_dict)
        for document in documents:
            document._note_delivery_report(has_failed, message_dict)
        return result

    @api.model
    def _get_reported_documents(self, message_dict):
        """What the e-mail was about that a report is about, as far as it is ours."""
        # sudo: the gateway runs as whoever fetches e-mails.
        original_sudo = message_dict["bounced_message"].sudo()
        if not original_sudo or original_sudo.model not in DOCUMENTS:
            return []
        document_sudo = self.env[original_sudo.model].sudo()
        return list(document_sudo.browse(original_sudo.res_id).exists())

    def _note_delivery_report(self, has_failed, message_dict):
        """Keep a mail server's report as a note.

        :param bool has_failed: whether the e-mail won't arrive
        """
        report = html2plaintext(message_dict.get("body") or "")[:MOST_OF_REPORT]
        values = {"subject": message_dict["bounced_message"].subject or "–"}
        if has_failed:
            title = self.env._("The e-mail “%(subject)s” came back.", **values)
        else:
            title = self.env._(
                "A mail server reports on the e-mail “%(subject)s”, which has not"
                " failed.",
                **values,
            )
        self._message_log(body=plaintext2html(f"{title}\n\n{report}".strip()))
