from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class CollectionCase(models.Model):
    """The call list by what people know of a debtor."""

    _inherit = "collection.case"

    lookup = fields.Char(
        string="Debtor, Number, Invoice or Order",
        compute="_compute_lookup",
        search="_search_lookup",
        help="For searching alone: the name of the debtor or of a contact, a telephone"
        " number in any notation, an invoice, an order, a reference.",
    )

    def _compute_lookup(self):
        self.lookup = False

    def _search_lookup(self, operator, value):
        """:param value: what was typed, of which all has to fit"""
        if operator not in ("ilike", "=") or not isinstance(value, str):
            return NotImplemented
        partners = self.env["res.partner"]
        moves = self.env["account.move"]
        found = [
            partners._get_collection_name_domain(value),
            partners._get_collection_reference_domain(value),
            partners._get_collection_number_domain(value, self.env.company),
        ]
        queries = [partners._search(domain) for domain in found if domain is not None]
        documents = moves._get_collection_document_domain(value, self.env.companies)
        if documents is not None:
            queries.append(moves._search(documents))
        debtors = [query.subselect("commercial_partner_id") for query in queries]
        # One query: Odoo merges conditions on a field, and loses what isn't a list.
        union = SQL("(%s)", SQL(" UNION ").join(debtors))
        return Domain("partner_id", "in", union)
