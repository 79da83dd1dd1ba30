from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..engine.retention import PURPOSES as ALL


class CollectionErasure(models.TransientModel):
    """Erase what is stored about a person who asked for it."""

    _name = "collection.erasure"
    _description = "Erasure on Request"
    _inherit = "collection.dialog"

    partner_id = fields.Many2one(
        "res.partner", string="Person", required=True, readonly=True
    )
    reason = fields.Char(
        string="Who Asked, When and How",
        help="Goes into the log: it proves that the request was met.",
    )
    include_by_law = fields.Boolean(
        string="Letters and Events, Too",
        help="Commercial and tax law has you keep them for years in most countries:"
        " then they needn't be erased (GDPR, article 17(3)(b)). Tick this if no law"
        " does.",
    )
    refusals = fields.Text(
        string="What Stands against It", compute="_compute_consequences"
    )
    consequences = fields.Text(string="What Goes", compute="_compute_consequences")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if not self.env["collection.call"]._is_manager():
            raise AccessError(
                self.env._("Only a collection manager may erase what is stored.")
            )
        return values

    @api.depends("partner_id", "include_by_law")
    def _compute_consequences(self):
        retention = self.env["collection.retention"]
        companies = self.env.companies
        for erasure in self:
            partner = erasure.partner_id
            # sudo: what stands against it is told without what it is about.
            refusals = retention.sudo()._get_refusals(partner, companies)
            erasure.refusals = "\n".join(refusals) or False
            erasure.consequences = erasure._describe(
                retention._count_erasable(
                    partner, companies, ALL, erasure.include_by_law
                )
            )

    def _describe(self, counts):
        """What goes, company by company and purpose by purpose."""
        labels = self.env["collection.retention.log"]._fields
        purposes = dict(labels["purpose"]._description_selection(self.env))
        lines = []
        for (company, purpose), numbers in counts.items():
            parts = [
                f"{labels[name]._description_string(self.env)}: {number}"
                for name, number in numbers.items()
                if number
            ]
            if parts:
                lines.append(f"{company.name}, {purposes[purpose]}: {', '.join(parts)}")
        return "\n".join(lines) or self.env._("Nothing is stored that could go.")

    def action_erase(self):
        """Erase it, and open the log.

        :raise UserError: if something stands against it, or no reason is given
        """
        self.ensure_one()
        self.env["collection.retention"]._erase(
            self.partner_id,
            self.env.companies,
            ALL,
            self.reason,
            self.include_by_law,
        )
        action = self.env["ir.actions.actions"]._for_xml_id(
            "collection_calls.collection_retention_log_action"
        )
        return dict(action, domain=[("partner_id", "=", self.partner_id.id)])
