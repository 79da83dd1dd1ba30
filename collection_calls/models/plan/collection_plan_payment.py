from odoo import models
from odoo.exceptions import UserError


class CollectionPlanPayment(models.AbstractModel):
    """Odoo's own payment dialog, for the next installment."""

    _name = "collection.plan.payment"
    _description = "Payment of an Installment"

    def action_register_payment(self):
        """Open Odoo's payment dialog with what is due next; it matches the claims.

        :raise UserError: if nothing is left to pay
        """
        self.ensure_one()
        self.check_access("read")
        items = self._get_open_items()
        if not items:
            raise UserError(
                self.env._(
                    "Nothing is left to pay on the claims of %(plan)s.", plan=self.name
                )
            )
        action = items.action_register_payment()
        amount = self._get_amount_to_pay()
        return dict(
            action,
            context={
                **action["context"],
                "default_group_payment": True,
                "default_communication": self.name,  # what letters ask debtors to write
                "default_amount": amount,
                "default_custom_user_amount": amount,
                "default_custom_user_currency_id": self.currency_id.id,
                "dont_redirect_to_payments": True,
            },
        )

    def _get_open_items(self):
        """Journal items of the claims that are still open, oldest first."""
        items = self.claim_ids.move_line_id
        return items.filtered(
            lambda item: item.parent_state == "posted" and not item.reconciled
        ).sorted(lambda item: (item.date_maturity or item.date, item.id))

    def _get_amount_to_pay(self):
        """What is due: the arrears, else the next installment, else all that is left.

        In the plan's currency.
        """
        self.ensure_one()
        return (
            self.amount_arrears
            or self.next_installment_id.amount_residual
            or self.amount_residual
        )
