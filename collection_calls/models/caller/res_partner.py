from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.sql import create_index

from ...engine import lookup

DIGITS = "regexp_replace(phone, '\\D', '', 'g')"


class ResPartner(models.Model):
    """Partners by number, in whatever notation it was typed, by name and reference."""

    _inherit = "res.partner"

    def init(self):
        super().init()
        if not self.env.registry.has_trigram:
            return  # they are read one by one, then
        for name, expression in (
            ("phone", DIGITS),
            ("name", self.env.registry.unaccent("complete_name")),
        ):
            create_index(
                self.env.cr,
                indexname=f"{self._table}_collection_{name}_idx",
                tablename=self._table,
                method="gin",
                expressions=[f"({expression}) gin_trgm_ops"],
                where="phone IS NOT NULL" if name == "phone" else "",
            )

    @api.model
    def _get_collection_number_domain(self, text, company):
        """Partners whose field for a number contains this one.

        :return: a domain, or None if ``text`` is no number
        """
        digits = lookup.number_digits(text, company.country_id.code)
        return Domain.OR(map(self._get_collection_digits_domain, digits)) or None

    @api.model
    def _get_collection_digits_domain(self, digits):
        pattern = f"%{digits}%"

        def to_sql(model, alias, query):
            field = model._field_to_sql(alias, "phone", query)
            return SQL(
                "(%s IS NOT NULL AND regexp_replace(%s, '\\D', '', 'g') LIKE %s)",
                field,
                field,
                pattern,
            )

        return Domain.custom(to_sql=to_sql)

    @api.model
    def _get_collection_name_domain(self, text):
        """Partners in whose name, or whose company's, all these words are.

        :return: a domain, or None if ``text`` is no name
        """
        words = lookup.words(text)
        if not words:
            return None
        return Domain.AND(Domain("complete_name", "ilike", word) for word in words)

    @api.model
    def _get_collection_reference_domain(self, text):
        """Partners with this customer number or tax ID."""
        text = text.strip()
        spellings = list({text, text.upper(), "".join(text.split()).upper()})
        return Domain("ref", "in", spellings) | Domain("vat", "in", spellings)
