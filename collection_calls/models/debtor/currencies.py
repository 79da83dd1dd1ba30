from collections import defaultdict

from odoo import models
from odoo.fields import Domain


class ResPartner(models.Model):
    """What debtors owe, in the currencies in which they were billed."""

    _inherit = "res.partner"

    def _get_collection_overdue_by_currency(self, company):
        """What these debtors should have paid by today, open credits deducted.

        A credit lowers what is owed in its own currency; the number of queries doesn't
        depend on the number of debtors.

        :return: {debtor: {currency: amount}}, the company's currency first; amounts are
            above zero
        """
        items = self.env["account.move.line"]
        theirs = Domain("partner_id.commercial_partner_id", "in", self.ids)
        sums = {debtor: defaultdict(float) for debtor in self}
        for due in (
            items._get_collection_overdue_domain(company),
            items._get_collection_credit_domain(company),
        ):
            for partner, currency, amount in items._read_group(
                due & theirs,
                ["partner_id", "currency_id"],
                ["amount_residual_currency:sum"],
            ):
                sums[partner.commercial_partner_id][currency] += amount
        own = company.currency_id
        return {
            debtor: {
                currency: amounts[currency]
                for currency in sorted(amounts, key=lambda c: (c != own, c.name))
                if currency.compare_amounts(amounts[currency], 0) > 0
            }
            for debtor, amounts in sums.items()
        }

    def _say_collection_overdue(self, company):
        """:return: {debtor: what is overdue, each currency by itself}"""
        return {
            debtor: " + ".join(
                currency.format(amount) for currency, amount in amounts.items()
            )
            or company.currency_id.format(0)
            for debtor, amounts in self._get_collection_overdue_by_currency(
                company
            ).items()
        }
