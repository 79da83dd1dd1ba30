from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

VIEWS = {
    "collection.call": ("list", "form"),
    "collection.call.report": ("list", "pivot", "graph"),
    "collection.case": ("list", "kanban", "form"),
    "collection.plan": ("list", "kanban", "form"),
    "collection.promise": ("list", "kanban", "form"),
}


class CollectionOverview(models.AbstractModel):
    """The start page: six tiles, each figure with the records behind it.

    All of it is answered in one request, by a number of statements that doesn't depend
    on how much there is.

    A service: it has neither records nor heirs. It is a model because the page asks it,
    and so that other modules can add tiles.
    """

    _name = "collection.overview"
    _description = "Overview of Collections"

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
            "waiting": page._get_waiting(),
            "team": page._get_team() if is_manager and everybody else None,
        }

    # ---------------------------------------------------------------------- tiles
    # What a tile of the start page is made of.
    #
    # A figure is a dict with what it says (``label``, ``count``, ``amount``, ``tone``)
    # and the ``action`` that lists exactly the records it was made of: both come from
    # one domain. Amounts are in the currency of the user's company, at its today's
    # rate.
    #
    # Tones mean the same as everywhere: ``danger`` is broken, accelerated or over 90
    # days, ``warning`` due today, a notice or over 30 days, ``success`` kept or on
    # track, and ``secondary`` protected, or no reason to worry.

    @api.model
    def _figure(self, label, model, domain, count, **values):
        """:param values: ``amount``, ``tone``, or a ``name`` for the list"""
        name = values.pop("name", label)
        return {
            "label": label,
            "count": count,
            "action": self._get_action(name, model, domain),
            **values,
        }

    @api.model
    def _get_action(self, name, model, domain):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": model,
            "domain": list(domain),
            "views": [[False, view] for view in VIEWS[model]],
        }

    @api.model
    def _get_scope(self, model):
        """Domain of what the page is about: all, or what is the user's.

        A case of nobody is everybody's, as in the call list.
        """
        if self.env.context.get("collection_everybody"):
            return Domain.TRUE
        if model == "collection.case":
            return Domain("user_id", "in", [self.env.uid, False])
        return Domain("user_id", "=", self.env.uid)

    @api.model
    def _get_today(self):
        return self.env.company._get_collection_today()

    @api.model
    def _convert(self, amount, currency):
        company = self.env.company
        return currency._convert(
            amount, company.currency_id, company, self._get_today()
        )

    @api.model
    def _sum(self, rows):
        """Counts and amounts of rows (currency, count, amount) as one.

        :return: (count, amount)
        """
        count = sum(count for _currency, count, _amount in rows)
        amount = sum(
            self._convert(amount or 0, currency) for currency, _count, amount in rows
        )
        return count, amount

    @api.model
    def _skip_compiling(self):
        """As the refreshing of cases does: to compile takes longer than to read."""
        self.env.cr.execute(SQL("SET LOCAL jit = off"))
