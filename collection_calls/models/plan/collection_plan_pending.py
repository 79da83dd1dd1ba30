import re
from collections import defaultdict

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL


class CollectionPlanPending(models.AbstractModel):
    """Money that isn't matched yet and may be meant for a plan.

    Nobody is pressed for what may be here already.
    """

    _name = "collection.plan.pending"
    _description = "Unmatched Money for Installment Plans"

    def _get_pending(self, company):
        """What of the unmatched money in a company may be meant for these plans.

        :return: {plan: amount in the smallest unit of its currency}
        """
        pending = self._get_pending_money(self._get_debtors(), company)
        referenced = self._get_referenced_money(company)
        return {
            plan: plan._sum_pending(
                [
                    money
                    for debtor in plan._get_debtors()
                    for money in pending.get(debtor.id, ())
                ]
                + referenced[plan.id]
            )
            for plan in self
        }

    def _get_debtors(self):
        """Whose money and whose hold counts.

        A person who has been given a company since counts as part of it in accounting.
        """
        return self.partner_id | self.partner_id.commercial_partner_id

    def _get_referenced_money(self, company):
        """Money of nobody that came in with the number of one of these plans.

        Letters to debtors ask for that reference. Where the bank tells no account that
        is known, the statement line has no partner until somebody has looked at it.

        :return: {plan's id: [(day, amount, currency, ids of invoices: none)]}
        """
        lines_sudo = self.env["account.bank.statement.line"].sudo()
        money = defaultdict(list)
        for plan_id, line_id in self._find_numbers(company):
            line_sudo = lines_sudo.browse(line_id)
            if self.browse(plan_id)._is_named_in(line_sudo.payment_ref):
                _debtor, *rest = self._prepare_waiting(line_sudo)
                money[plan_id].append(tuple(rest))
        return money

    def _find_numbers(self, company):
        """Statement lines without a partner that may name one of these plans.

        :return: list of (plan's id, line's id)
        """
        lines_sudo = self.env["account.bank.statement.line"].sudo()
        lines_sudo.flush_model(["payment_ref"])
        waiting = lines_sudo._search(
            self._get_waiting_domain()
            & Domain([("company_id", "=", company.id), ("partner_id", "=", False)])
        )
        numbers = {plan.id: "".join(_split(plan.name)).upper() for plan in self}
        return self.env.execute_query(
            SQL(
                """
                WITH line AS MATERIALIZED (
                    SELECT id,
                           UPPER(REGEXP_REPLACE(
                               payment_ref, '[^[:alnum:]]', '', 'g'
                           )) AS reference
                      FROM account_bank_statement_line
                     WHERE id IN %(waiting)s
                )
                SELECT plan.id, line.id
                  FROM line
                  JOIN UNNEST(%(ids)s::int[], %(numbers)s::text[]) plan (id, number)
                    ON STRPOS(line.reference, plan.number) > 0
                 WHERE plan.number <> ''
                """,
                waiting=waiting.subselect(),
                ids=list(numbers),
                numbers=list(numbers.values()),
            )
        )

    def _is_named_in(self, reference):
        """Whether a reference has this plan's number, and not a longer one.

        Whatever banks and debtors make of the signs between its letters and digits.
        """
        number = r"[\W_]*".join(map(re.escape, _split(self.name)))
        return bool(re.search(rf"{number}(?!\d)", reference, re.IGNORECASE))


def _split(number):
    return re.findall(r"[^\W_]+", number)
