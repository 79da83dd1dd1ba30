from odoo import api, models
from odoo.exceptions import UserError

from .door import changes, is_door_open

# What each reader does with a message, and what Odoo notes on it after it was posted.
READERS = {"notified_partner_ids", "pinned_at", "starred_partner_ids"}
ODOOS = {
    "email_add_signature",
    "email_layout_xmlid",
    "mail_server_id",
    "message_id",
    "record_alias_domain_id",
    "record_company_id",
    "reply_to",
    "reply_to_force_new",
}


class MailMessage(models.Model):
    """What was noted on evidence, and what was mailed about it, stays as it is.

    As long as a record isn't evidence yet, such as an ongoing call, whoever wrote a
    note may correct it or take it back. Adding notes is always possible; stars,
    reactions, pins, notifications and done activities are no part of what was said.
    """

    _inherit = "mail.message"

    def write(self, vals):
        self._check_collection_evidence(vals)
        return super().write(vals)

    def unlink(self):
        self._check_collection_evidence()
        return super().unlink()

    @api.model
    def _get_evidence_fields(self):
        """Fields that say what was said, by whom, when and about what.

        All but those named above, so that what other modules add is guarded, too.
        """
        annotations = READERS | (ODOOS if self.env.su else set())
        return {
            name
            for name, field in self._fields.items()
            if field.store and field.type != "one2many"
        } - annotations

    def _check_collection_evidence(self, vals=None):
        """Check that no message of evidence is touched.

        :param dict vals: what is written; None if the messages are deleted
        :raise UserError: if one is touched
        """
        if is_door_open(self.env):
            return
        guard = self.env["collection.evidence"]
        names = None if vals is None else self._get_evidence_fields() & vals.keys()
        if vals is not None and not names:
            return
        for message in self._filter_collection_evidence(vals):
            # sudo: the fields of a message are compared, whoever may see them.
            if names and not message.sudo()._is_rewritten_by(vals, names, self.env.su):
                continue
            model = message.sudo().model
            if not guard._is_guarded(model):
                model = vals["model"]  # it is moved there
            raise UserError(self.env[model]._get_note_refusal())

    def _is_rewritten_by(self, vals, names, by_odoo):
        self.ensure_one()
        if by_odoo and not self.subject:
            names = names - {"subject"}  # Odoo fills it in when it notifies by e-mail
        return changes(self, vals, names)

    def _filter_collection_evidence(self, vals=None):
        """Those of these messages that nobody touches.

        :param dict vals: what is written; nothing is moved to evidence either
        """
        guard = self.env["collection.evidence"]
        messages_sudo = self.sudo()
        found = guard._find_evidence((m.model, m.res_id) for m in messages_sudo)
        moved = guard._find_evidence(
            (vals.get("model", m.model), vals.get("res_id", m.res_id))
            for m in messages_sudo
            if vals and {"model", "res_id"} & vals.keys()
        )
        return self.filtered(
            lambda message: (
                moved
                or found.get(document := message.sudo()._get_document())
                or (document in found and not message.sudo()._may_be_taken_back())
            )
        )

    def _get_document(self):
        return self.model, self.res_id

    def _may_be_taken_back(self):
        """Whether the user wrote the note, and nobody got it by e-mail."""
        self.ensure_one()
        user = self.env.user
        return (
            self.create_uid == user
            and self.author_id == user.partner_id
            and self.message_type in ("comment", "notification")
            and not self.is_internal  # what the addon has logged
            and not self.tracking_value_ids
            and "email" not in self.notification_ids.mapped("notification_type")
        )
