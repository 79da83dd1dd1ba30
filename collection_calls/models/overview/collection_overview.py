from odoo import api, models


class CollectionOverview(models.AbstractModel):
    """The start page: six tiles, each figure with the records behind it.

    All of it is answered in one request, by a number of statements that doesn't depend
    on how much there is.
    """

    _name = "collection.overview"
    _description = "Overview of Collections"
    _inherit = ["collection.overview.work", "collection.overview.money"]

    @api.model
    @api.readonly
    def get_figures(self, everybody=None):
        """The figures of the start page, in the companies that are switched on.

        :param bool everybody: of all collectors; else of the user, and of cases that
            nobody has. By default, what managers see and others don't.
        :rtype: dict
        :raise AccessError: if the user doesn't collect
        """
        self.env["collection.case"].check_access("write")
        is_manager = self.env["collection.call"]._is_manager()
        if everybody is None:
            everybody = is_manager
        self._skip_compiling()
        page = self.with_context(collection_everybody=everybody)
        return {
            "everybody": bool(everybody),
            "is_empty": not self.env["collection.case"].search_count([], limit=1),
            "is_manager": is_manager,
            "currency_id": self.env.company.currency_id.id,
            "work": page._get_work(),
            "promised": page._get_promised(),
            "kept": page._get_kept(),
            "aging": page._get_aging(),
            "plans": page._get_plans(),
            "received": page._get_received(),
        }
