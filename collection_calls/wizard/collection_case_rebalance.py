from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CollectionCaseRebalance(models.TransientModel):
    """Deal open cases out evenly, and say before what will happen."""

    _name = "collection.case.rebalance"
    _description = "Rebalance Cases"
    _inherit = "collection.dialog"

    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self._get_company()
    )
    scope = fields.Selection(
        [("selected", "The selected ones"), ("all", "All of the company")],
        string="Open Cases",
        required=True,
        default="selected",
    )
    selected_ids = fields.Many2many("collection.case", string="Selected Cases")
    user_ids = fields.Many2many(
        "res.users",
        string="Among",
        compute="_compute_user_ids",
        store=True,
        readonly=False,
        domain=lambda self: self.env["collection.strategy"]._get_collector_domain(),
        help="Proposed are the collectors of the strategies that the cases follow, or"
        " else those who have the cases now.",
    )
    preview = fields.Text(string="What Happens", compute="_compute_preview")

    @api.model
    def _get_company(self):
        """The company of the selection, if it is about one."""
        selected = self.env.context.get("default_selected_ids") or []
        company = self.env["collection.case"].browse(selected).company_id
        return company if len(company) == 1 else self.env.company

    @api.depends("company_id", "scope", "selected_ids")
    def _compute_user_ids(self):
        for wizard in self:
            cases = wizard._get_cases()
            users = self.env["res.users"]
            for strategy in cases.strategy_id:
                users |= strategy._get_collectors(wizard.company_id)
            wizard.user_ids = users or cases.user_id

    @api.depends("company_id", "scope", "selected_ids", "user_ids")
    def _compute_preview(self):
        for wizard in self:
            wizard.preview = wizard._say_preview()

    def _get_cases(self):
        """The open cases to deal out; closed ones stay where they are."""
        self.ensure_one()
        mine = Domain("company_id", "=", self.company_id.id)
        mine &= Domain("situation", "!=", "closed")
        if self.scope == "selected":
            mine &= Domain("id", "in", self.selected_ids.ids)
        return self.env["collection.case"].search(mine)

    def _say_preview(self):
        """A line for each collector: how many cases before and after."""
        self.ensure_one()
        cases, users = self._get_cases(), self.user_ids._origin
        if not cases or not users:
            return self.env._("Nothing: choose open cases and collectors.")
        moved = cases._get_rebalanced(users)
        gone = cases.browse().union(*moved.values())
        lines = [
            self._say_change(user, cases, gone, moved.get(user, gone.browse()))
            for user in [*(users | cases.user_id), users.browse()]
        ]
        lines = [line for line in lines if line]
        lines.append(
            self.env._(
                "%(moved)s of %(all)s cases change hands, with their planned calls.",
                moved=len(gone),
                all=len(cases),
            )
        )
        return "\n".join(lines)

    def _say_change(self, user, cases, gone, taken):
        before = cases.filtered(lambda case: case.user_id == user)
        if not before and not taken:
            return None
        return self.env._(
            "%(collector)s: %(before)s before, %(after)s after",
            collector=user.name or self.env._("Nobody"),
            before=len(before),
            after=len(before - gone) + len(taken),
        )

    def action_rebalance(self):
        self.ensure_one()
        if not self.user_ids:
            raise UserError(self.env._("Choose who gets the cases."))
        self._get_cases()._rebalance(self.user_ids)
        return {"type": "ir.actions.act_window_close"}
