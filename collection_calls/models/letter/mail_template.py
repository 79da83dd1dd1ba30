from odoo import models


class MailTemplate(models.Model):
    """One language for each e-mail to a debtor.

    A template that nobody has translated yet, or that a fresh language hasn't reached,
    is written in its source language. So are the sentences that the addon puts into
    it: nobody is mailed half in French and half in English.
    """

    _inherit = "mail.template"

    def _render_lang(self, res_ids, engine="inline_template"):
        langs = super()._render_lang(res_ids, engine=engine)
        if not (self.model or "").startswith("collection."):
            return langs
        # sudo: templates belong to the administrator.
        template_sudo = self.sudo()
        texts = template_sudo._fields["body_html"]._get_stored_translations(
            template_sudo
        )
        if not texts or "en_US" not in texts:
            return langs
        return {
            res_id: lang if not lang or lang in texts else "en_US"
            for res_id, lang in langs.items()
        }
