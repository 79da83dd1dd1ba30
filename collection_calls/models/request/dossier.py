from odoo import models
from odoo.fields import Domain

from ..debtor.collection_dossier import COMMITMENTS_SHOWN, HISTORY_SHOWN

REQUESTS = ("collection.offer", "collection.contact.correction")


class CollectionDossier(models.AbstractModel):
    """What the debtor did on the page, in one line of time with calls and letters."""

    _inherit = "collection.dossier"

    def _get_history_of_messages(self):
        return super()._get_history_of_messages() + self._get_history_of_page()

    def _get_history_of_page(self):
        mine = self._get_mine_domain()
        entries = []
        for name in REQUESTS:
            requests = self.env[name].search(
                mine, order="date_made desc, id desc", limit=HISTORY_SHOWN
            )
            entries += [
                self._prepare_page_entry(
                    request, request.date_made, request._describe(), request.statement
                )
                for request in requests
            ]
        disputes = self.env["collection.dispute"].search(
            mine & Domain("channel", "=", "portal"), limit=HISTORY_SHOWN
        )
        entries += [
            self._prepare_page_entry(
                dispute,
                dispute.create_date,
                self.env._(
                    "%(dispute)s: objected to %(invoice)s",
                    dispute=dispute.name,
                    invoice=dispute.move_id.name,
                ),
                dispute.statement,
            )
            for dispute in disputes
        ]
        return entries

    def _prepare_page_entry(self, record, date, text, said):
        person = "contact_id" in record._fields and record.contact_id
        return {
            "date": date,
            "icon": "fa-mobile",
            "text": text,
            "who": (person or record.partner_id).name,
            "said": said,
        }

    def _get_dossier_commitments(self):
        """What waits for an answer comes with what was agreed."""
        told = super()._get_dossier_commitments()
        for name in REQUESTS:
            waiting = self.env[name].search(
                self._get_mine_domain() & Domain("state", "=", "open"),
                limit=COMMITMENTS_SHOWN,
            )
            told += [request._describe() for request in waiting]
        return told

    def _get_mine_domain(self):
        return Domain(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
            ]
        )
