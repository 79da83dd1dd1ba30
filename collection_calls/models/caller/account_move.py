from odoo import api, models
from odoo.fields import Domain
from odoo.tools.sql import create_index

from ...engine import lookup

DOCUMENT_FIELDS = ("name", "payment_reference", "ref", "invoice_origin")


class AccountMove(models.Model):
    """Invoices by what a debtor reads from the paper: its number, reference, order."""

    _inherit = "account.move"

    def init(self):
        result = super().init()
        if self.env.registry.has_trigram:  # Odoo has indexed the others already
            expression = self.env.registry.unaccent("invoice_origin")
            create_index(
                self.env.cr,
                indexname=f"{self._table}_collection_origin_idx",
                tablename=self._table,
                method="gin",
                expressions=[f"({expression}) gin_trgm_ops"],
                where="invoice_origin IS NOT NULL",
            )
        return result

    @api.model
    def _get_collection_document_domain(self, text, companies):
        """What was posted to customers under such a number.

        :return: a domain, or None if ``text`` is no number of a document
        """
        if not lookup.is_document(text):
            return None
        named = Domain.OR(
            Domain(name, "ilike", text.strip()) for name in DOCUMENT_FIELDS
        )
        posted = [
            ("company_id", "in", companies.ids),
            ("state", "=", "posted"),
            ("move_type", "in", self.get_sale_types(include_receipts=True)),
        ]
        return named & Domain(posted)
