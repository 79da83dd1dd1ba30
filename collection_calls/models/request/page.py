from odoo import models
from odoo.fields import Domain
from odoo.tools import format_date

from .collection_offer import DAY
from .collection_request import FIELD_BY_MODEL, SUPERSEDED

SHOWN = 5
COLORS = {"open": "warning", "accepted": "success"}


class CollectionDebtorPage(models.AbstractModel):
    """What the debtor asked for, and what was answered, as the page shows it."""

    _inherit = "collection.debtor.page"

    def _get_page_requests(self):
        """What the debtor asked for on this page, the last first.

        :return: list of dictionaries: ``text``, ``state`` in words, its ``color``, and
            our ``answer``
        """
        self.ensure_one()
        field = FIELD_BY_MODEL[self._name]
        asked = Domain(field, "=", self.id) & Domain("state", "!=", SUPERSEDED)
        entries = []
        for name in ("collection.offer", "collection.contact.correction"):
            # sudo: the debtor, who has no rights, asked for it.
            requests_sudo = self.env[name].sudo().search(asked, limit=SHOWN)
            entries += [
                (request.date_made, self._prepare_page_request(request))
                for request in requests_sudo
            ]
        disputes_sudo = self.env["collection.dispute"].sudo()
        disputes_sudo = disputes_sudo.search(
            self._get_page_disputes_domain() & Domain("channel", "=", "portal"),
            limit=SHOWN,
        )
        entries += [
            (dispute.create_date, self._prepare_page_dispute(dispute))
            for dispute in disputes_sudo
        ]
        entries.sort(key=lambda entry: entry[0], reverse=True)
        return [entry for _date, entry in entries[:SHOWN]]

    def _get_page_disputes_domain(self):
        """Whatever was objected to that the page is about."""
        return Domain("move_id", "in", self.sudo()._get_items().move_id.ids)

    def _prepare_page_request(self, request_sudo):
        states = {
            "open": self.env._("Waiting for our answer"),
            "accepted": self.env._("Accepted"),
            "declined": self.env._("Declined"),
            "lapsed": self.env._("No longer needed"),
        }
        is_offer = request_sudo._name == "collection.offer"
        if is_offer and request_sudo.is_changed:
            states["accepted"] = self.env._("Agreed otherwise")
        return {
            "text": self._say_page_request(request_sudo),
            "state": states[request_sudo.state],
            "color": COLORS.get(request_sudo.state, "secondary"),
            "answer": request_sudo.answer,
        }

    def _say_page_request(self, request_sudo):
        if request_sudo._name != "collection.offer":
            return self.env._("You sent new contact data.")
        day = format_date(self.env, request_sudo.date_first)
        if request_sudo.kind == DAY:
            return self.env._("You asked to pay on %(day)s.", day=day)
        return self.env._(
            "You proposed %(count)s installments from %(day)s on.",
            count=request_sudo.installment_count,
            day=day,
        )

    def _prepare_page_dispute(self, dispute_sudo):
        states = {
            "open": self.env._("We look into it"),
            "accepted": self.env._("You are right"),
            "rejected": self.env._("Not accepted"),
            "withdrawn": self.env._("Taken back"),
        }
        return {
            "text": self.env._(
                "You objected to %(invoice)s.", invoice=dispute_sudo.move_id.name
            ),
            "state": states[dispute_sudo.state],
            "color": COLORS.get(dispute_sudo.state, "secondary"),
            "answer": dispute_sudo.state == "rejected" and dispute_sudo.resolution,
        }
