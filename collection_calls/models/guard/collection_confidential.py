from odoo import api, fields, models


class CollectionConfidential(models.AbstractModel):
    """A chatter that tells why a debtor doesn't pay: who may hold calls reads it.

    Core finds records by the texts of messages and activities that the user may not
    read, and shows the summary of the next activity to whoever reads the record. Here
    what one can't read isn't found either.
    """

    _name = "collection.confidential"
    _description = "Confidential Chatter"
    _inherit = ["mail.thread", "mail.activity.mixin"]

    message_ids = fields.One2many(bypass_search_access=False)
    website_message_ids = fields.One2many(bypass_search_access=False)
    activity_ids = fields.One2many(bypass_search_access=False)
    activity_summary = fields.Char(related_sudo=False)

    def _mail_get_operation_for_mail_message_operation(self, message_operation):
        """Messages, and activities with them, take the right to write to be read."""
        if message_operation == "read":
            return dict.fromkeys(self, "write")
        return super()._mail_get_operation_for_mail_message_operation(message_operation)

    @api.model
    def _get_thread_with_access(self, thread_id, **kwargs):
        """The link of a debtor's page opens the page, and no chatter."""
        for name in ("token", "hash", "pid"):
            kwargs.pop(name, None)
        return super()._get_thread_with_access(thread_id, **kwargs)

    def _notify_get_recipients_groups(self, message, model_description, msg_vals=False):
        """The link in our e-mails is the one that debtors get: no button beside it, and
        no invitation to make an account."""
        groups = super()._notify_get_recipients_groups(
            message, model_description, msg_vals=msg_vals
        )
        for name, _is_in, options in groups:
            if name in ("portal_customer", "portal"):
                options["has_button_access"] = False
        return groups
