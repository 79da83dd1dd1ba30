from odoo import api, models
from odoo.fields import Domain


class CollectionOverview(models.AbstractModel):
    """The tile about what debtors were sent and haven't answered."""

    _inherit = "collection.overview"

    @api.model
    def _get_waiting(self):
        cases = self.env["collection.case"]
        domain = self._get_scope(cases._name)
        domain &= Domain("is_waiting_for_debtor", "=", True)
        whole = self._figure(
            self.env._("Waiting for the Debtor"),
            cases._name,
            domain,
            cases.search_count(domain),
        )
        parts = [
            self._get_waiting_part(
                self.env._("Plans Not Signed"), "collection.plan", "amount_open"
            ),
            self._get_waiting_part(
                self.env._("Promises Not Confirmed"), "collection.promise", "amount"
            ),
        ]
        return {**whole, "parts": parts}

    @api.model
    def _get_waiting_part(self, label, model, about):
        """:param str about: field with the amount that it is about"""
        agreements = self.env[model]
        domain = self._get_scope(model) & agreements._get_awaited_domain()
        count, amount = self._sum(
            agreements._read_group(domain, ["currency_id"], ["__count", f"{about}:sum"])
        )
        return self._figure(
            label, model, domain, count, amount=amount, tone="secondary"
        )
