from odoo import models


class CollectionPlanAgreement(models.AbstractModel):
    """The plan as a document that both parties sign."""

    _name = "collection.plan.agreement"
    _description = "Written Agreement on an Installment Plan"

    def _get_agreement_day(self):
        """The day whose balance the debtor acknowledges, on the company's calendar."""
        return self.date_activated or self._get_day()

    def _write_parties(self):
        """Who agrees: the clause says “we” and “you”.

        :rtype: str
        """
        names = {"company": self.company_id.name, "debtor": self.partner_id.name}
        person = self._get_person()
        if person == self.partner_id:
            return self.env._(
                "This agreement is between %(company)s (“we”) and %(debtor)s (“you”).",
                **names,
            )
        return self.env._(
            "This agreement is between %(company)s (“we”) and %(debtor)s, represented"
            " by %(person)s (“you”).",
            person=person.name,
            **names,
        )

    def _write_acknowledgment(self):
        return self.env._(
            "You acknowledge that you owe us %(amount)s, open on %(day)s on these"
            " invoices:",
            amount=self.currency_id.format(self.amount_total),
            day=self._format_day(self._get_agreement_day()),
        )

    def _get_agreement_installments(self):
        """All that was agreed, whatever has been paid since.

        :return: list of dictionaries with ``number`` (0: down payment), ``day`` and
            ``amount``
        """
        self.ensure_one()
        parts = self.installment_ids.sorted("date_due")
        first = 0 if self._begins_with_down_payment(parts) else 1
        return [
            {
                "number": number,
                "day": self._format_day(part.date_due),
                "amount": part.amount,
            }
            for number, part in enumerate(parts, first)
        ]

    def _begins_with_down_payment(self, parts):
        return bool(self.down_payment) and not self.currency_id.compare_amounts(
            parts[:1].amount, self.down_payment
        )
