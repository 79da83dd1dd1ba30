from odoo import models


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    def _explain_collection_protection(self):
        """Why there is no credit control on these protected claims, in words."""
        # sudo: whoever duns need not see each entry.
        names = list(dict.fromkeys(self.sudo().move_id.mapped("display_name")))
        return self.env._(
            "%(invoices)s: promised, or paid by installments. Nobody duns that"
            " meanwhile. Look at the promise or the plan on the invoice.",
            invoices=self.env["collection.call"]._shorten(names, 5),
        )
