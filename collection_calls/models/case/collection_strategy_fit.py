import logging
from ast import literal_eval

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

# What a text that is no list, or a list that is no domain, or knows no field, raises.
UNREADABLE = (KeyError, SyntaxError, TypeError, ValueError, RecursionError)

_logger = logging.getLogger(__name__)


class CollectionStrategyFit(models.AbstractModel):
    """Which strategy is for which debtor, for all of them in one query."""

    _name = "collection.strategy.fit"
    _description = "Debtors of a Strategy"

    def _get_partner_domain(self):
        """:raise: one of ``UNREADABLE`` if it isn't a domain"""
        self.ensure_one()
        return Domain(literal_eval(self.partner_domain or "[]"))

    @api.model
    def _get_strategy_sql(self, companies, partner_id, company_id, debtor_ids=None):
        """A column: the first strategy of the list that fits, or NULL.

        :param SQL partner_id: column with the debtor
        :param SQL company_id: column with the company
        """
        # sudo: whose a debtor is doesn't depend on who looks.
        strategies_sudo = self.sudo().search(
            [("company_id", "in", [False, *companies.ids])]
        )
        cases = [
            SQL("WHEN %s THEN %s::int", SQL(" AND ").join(conditions), strategy.id)
            for company in companies
            for strategy, conditions in strategies_sudo._get_fits(
                company, partner_id, company_id, debtor_ids
            )
        ]
        if not cases:
            return SQL("NULL::int")
        return SQL("CASE %s END", SQL(" ").join(cases))

    def _get_fits(self, company, partner_id, company_id, debtor_ids):
        """Strategies of a company and when each one fits, up to one that always does.

        :return: pairs of a strategy and a list of conditions
        """
        in_company = SQL("%s = %s", company_id, company.id)
        for strategy in self.filtered(
            lambda strategy: strategy.company_id in (company.browse(), company)
        ):
            try:
                domain = strategy._get_partner_domain()
                if domain.is_true():
                    yield strategy, [in_company]
                    return
                debtors = strategy._search_debtors(domain, company, debtor_ids)
            except UNREADABLE as error:
                # A field may be gone with the app that had it.
                _logger.warning(
                    "Strategy %s is left out, its debtors: %s", strategy.id, error
                )
                continue
            is_one = SQL("%s IN %s", partner_id, debtors.subselect())
            yield strategy, [in_company, is_one]

    @api.model
    def _search_debtors(self, domain, company, debtor_ids=None):
        """A query for the debtors in a domain, as they are in a company, on its days.

        :rtype: odoo.tools.query.Query
        """
        partners = self.env["res.partner"].with_company(company)
        partners = partners.with_context(
            active_test=False, tz=company._get_collection_tz().zone
        )
        if debtor_ids is not None:
            domain &= Domain("id", "in", list(debtor_ids))
        return partners._search(domain)
