from odoo import models


class ResCompany(models.Model):
    """Whether debtors of the company can pay online: somebody has to take the money."""

    _inherit = "res.company"

    def _takes_collection_online(self, partner, currency, amount):
        """Whether a payment provider takes this amount from this debtor.

        As core asks it before it shows the payment form to a visitor: enabled,
        published, in this country, up to this amount, in this currency, with a payment
        method.

        :param float amount: in ``currency``
        """
        self.ensure_one()
        if not self.env["collection.agreement"]._is_paid_online():
            return False
        # sudo: collectors read neither providers nor methods; visitors see what is
        # published only.
        visitor_sudo = self.env(user=self.env.ref("base.public_user"), su=True)
        providers_sudo = visitor_sudo["payment.provider"]._get_compatible_providers(
            self.id, partner.id, amount, currency_id=currency.id
        )
        if not providers_sudo:
            return False
        methods_sudo = visitor_sudo["payment.method"]._get_compatible_payment_methods(
            providers_sudo.ids, partner.id, currency_id=currency.id
        )
        return bool(methods_sudo)
