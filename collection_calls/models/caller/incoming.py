from odoo import models
from odoo.fields import Domain

from ...engine import bounds, phone


class ResPartner(models.Model):
    """The call of somebody who calls us."""

    _inherit = "res.partner"

    def _filter_collection_debtors(self, company):
        """Who of these was ever invoiced, or has a case; in a constant number of
        queries.
        """
        debtors = self.commercial_partner_id
        cases = self.env["collection.case"].search(
            Domain("partner_id", "in", debtors.ids)
            & Domain("company_id", "=", company.id)
        )
        invoiced = debtors.filtered(lambda debtor: debtor.customer_rank > 0)
        known = cases.partner_id | invoiced
        return self.filtered(lambda partner: partner.commercial_partner_id in known)

    def action_take_collection_call(self, number=None):
        """Open the five steps with this partner, who is on the line already.

        They begin with the verification: nothing of the debt is told before.

        :param str number: from which the call comes, if that is known
        """
        self.ensure_one()
        company = self.env.company
        call = self.env["collection.call"]._take(self, company, number)
        return call.action_resume()


class CollectionCall(models.Model):
    """A call that comes in is taken up at the second step: nobody dials."""

    _inherit = "collection.call"

    def _take(self, partner, company, number=None):
        """The call of a partner who calls: the one that is going on, or a new one.

        One that was prepared and not dialled becomes it.

        :param str number: left out where nobody can call it back
        :raise AccessError: if the user may not hold calls
        """
        debtor = partner.commercial_partner_id
        person = partner if partner != debtor else None
        call = self._start(partner, company, contact=person)
        if call.step != "prepare" or not call._is_mine_and_unheld():
            return call
        vals = {"direction": "incoming"}
        if person and call.contact_id != person:
            vals["contact_id"] = person.id
        is_known = number and bounds.is_text(number)
        if is_known and phone.e164(number, call._get_phone_region()):
            vals["phone"] = number
        call.write(vals)
        call._go(1)
        return call
