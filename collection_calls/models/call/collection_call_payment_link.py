from odoo import models
from odoo.exceptions import UserError


class CollectionCallPaymentLink(models.AbstractModel):
    """Odoo's own payment links for the invoices that were spoken about."""

    _name = "collection.call.payment.link"
    _description = "Payment Links of a Call"

    def action_open_payment_link(self):
        """Open the payment link of the oldest invoice, to take a card on the phone."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "account_payment.action_invoice_order_generate_link"
        )
        move = self._get_payable_moves()[0]
        return dict(
            action, context={"active_model": "account.move", "active_id": move.id}
        )

    def action_mail_payment_links(self):
        """Queue an e-mail with a payment link for each invoice.

        :raise UserError: if nobody can be written to, or nothing is left to pay
        """
        self.ensure_one()
        self._get_payable_moves()
        person = self._get_person()
        if not person.email:
            raise UserError(
                self.env._(
                    "%(person)s has no e-mail address. Ask for it, or open the payment"
                    " link and take the card on the phone.",
                    person=person.name,
                )
            )
        template = self.env.ref("collection_calls.mail_template_payment_links")
        template.send_mail(self.id, force_send=False)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The payment links are on their way to %(email)s.",
                    email=person.email,
                ),
            },
        }

    def _get_payment_links(self):
        """Where the debtor can pay each invoice.

        :return: list of dictionaries with ``move``, ``amount`` in the invoice's
            currency, and ``url``
        """
        links = []
        for move in self._get_payable_moves():
            wizard = (
                self.env["payment.link.wizard"]
                .with_context(active_model="account.move", active_id=move.id)
                .create({})
            )
            links.append({"move": move, "amount": wizard.amount, "url": wizard.link})
        return links

    def _get_payable_moves(self):
        """Invoices of the call that are still open, the oldest first.

        :raise UserError: if there is none, or nobody was verified who may hear of them
        """
        if not self.right_party_verified:
            raise UserError(
                self.env._("Verify the person first: payment links name the invoices.")
            )
        moves = self.claim_ids.move_id.filtered(
            lambda move: move.is_invoice() and move.amount_residual > 0
        )
        if not moves:
            raise UserError(
                self.env._("Nothing is left to pay on the invoices of this call.")
            )
        return moves
