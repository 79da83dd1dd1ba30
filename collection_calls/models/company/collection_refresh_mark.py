from odoo import api, fields, models


class CollectionRefreshMark(models.AbstractModel):
    """How far the refreshing of a company's cases has come.

    Each company's day begins at its own midnight. A run that is stopped, by the clock
    or by somebody who kills it, goes on after the debtor it came to.
    """

    _name = "collection.refresh.mark"
    _description = "Mark of the Refreshing"

    collection_refreshed_on = fields.Date(
        string="Cases Refreshed On",
        readonly=True,
        copy=False,
        help="The last day for which all cases of the company were brought up to date.",
    )
    collection_refresh_begun_on = fields.Date(
        string="Refreshing of Cases Begun On", readonly=True, copy=False
    )
    collection_refresh_debtor_id = fields.Integer(
        string="Last Refreshed Debtor", readonly=True, copy=False
    )

    def _is_refresh_due(self):
        """Whether not all cases were refreshed since the company's day began."""
        return self.collection_refreshed_on != self._get_collection_today()

    def _get_refreshed_up_to(self, day):
        """:return: id of the last debtor who was done on that day; 0 if nobody was"""
        is_begun = self.collection_refresh_begun_on == day
        return self.collection_refresh_debtor_id if is_begun else 0

    def _mark_refreshed(self, day, debtor_id, is_done):
        """Note up to whom the cases were refreshed for that day, and if that is all."""
        vals = {
            "collection_refresh_begun_on": day,
            "collection_refresh_debtor_id": debtor_id,
        }
        if is_done:
            vals["collection_refreshed_on"] = day
        self.write(vals)

    @api.model
    def _get_refreshed(self):
        """Companies that were refreshed, at least in part."""
        return self.search(
            [
                "|",
                ("collection_refreshed_on", "!=", False),
                ("collection_refresh_begun_on", "!=", False),
            ],
            order="id",
        )

    def _forget_refreshed(self):
        """Have all cases of these companies refreshed once more."""
        self.write(
            {"collection_refreshed_on": False, "collection_refresh_begun_on": False}
        )
