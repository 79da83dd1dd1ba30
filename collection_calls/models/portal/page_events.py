from odoo import models

# What a debtor can do on the page of an agreement.
KINDS = (
    "opened",
    "proven",
    "accepted",
    "declined",
    "paid",
    "answered",
    "promised",
    "objected",
    "proposed",
    "corrected",
)


class CollectionAgreement(models.AbstractModel):
    """Who looks after an agreement hears at once of what the debtor does with it."""

    _inherit = "collection.agreement"

    def _note_page_event(self, kind, **details):
        """Tell whoever waits for it what the debtor did; the facts are written already.

        :param str kind: one of :data:`KINDS`
        :param details: plain values, without a debt's amounts
        """
        self.ensure_one()
        if kind not in KINDS:
            raise ValueError(f"Nothing of the kind is done on a page: {kind}")
