from odoo import models


class MailMail(models.Model):
    """What was mailed about evidence stays in its chatter when the e-mail has left.

    Odoo deletes an e-mail that a template has told to, and its message with it unless
    it is the notification of one.
    """

    _inherit = "mail.mail"

    def unlink(self):
        # sudo: the mail queue is the administrator's, whoever empties it.
        own_sudo = self.sudo().filtered(lambda mail: not mail.is_notification)
        kept_sudo = own_sudo.mail_message_id._filter_collection_evidence()
        own_sudo.filtered(
            lambda mail: mail.mail_message_id in kept_sudo
        ).is_notification = True
        return super().unlink()
