from odoo import api, models
from odoo.fields import Domain

from .collection_request import LAPSED


class CollectionOffer(models.Model):
    """Offers to which nobody has to say anything any more close by themselves."""

    _inherit = "collection.offer"

    @api.model
    def _lapse(self, debtor_ids):
        """Close the offers of these debtors of which nothing is left.

        :param debtor_ids: of partners, in any company
        """
        is_open = Domain("state", "=", "open") & Domain("partner_id", "in", debtor_ids)
        # sudo: an offer lapses, whoever has paid or agreed otherwise.
        for offer_sudo in self.sudo().search(is_open):
            if offer_sudo._has_lapsed():
                spoken = offer_sudo.with_context(
                    lang=offer_sudo._get_agreement()._get_page_lang()
                )
                offer_sudo._close(LAPSED, spoken._say_lapsed())

    def _has_lapsed(self):
        """Whether it could be accepted no more: all is paid, or agreed on otherwise.

        The offer of a debtor whose plan we cancelled, or who declined it, stands: they
        still owe, and wait for an answer.
        """
        self.ensure_one()
        if self._get_agreement()._is_open_to_requests():
            return False
        claims = self._get_claims()
        return not claims - claims._get_collection_protected()

    def _is_owed(self):
        """Whether something is left to pay, by this offer or as agreed otherwise."""
        agreement = self.plan_id or self.promise_id
        if agreement:
            return not all(agreement._get_items().mapped("reconciled"))
        return bool(self.partner_id._get_collection_overdue_claims(self.company_id))

    def _say_lapsed(self):
        """Why, to the debtor, in the environment's language."""
        if self._is_owed():
            return self.env._("Something else was agreed on meanwhile.")
        return self.env._("Nothing is left to pay. Thank you.")


class CollectionCase(models.Model):
    _inherit = "collection.case"

    def _refresh_debtors(self, debtor_ids):
        """What has changed about debtors may be what their offers were about."""
        changed = super()._refresh_debtors(debtor_ids)
        if changed:
            self.env["collection.offer"]._lapse(changed.partner_id.ids)
        return changed
