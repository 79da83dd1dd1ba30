from odoo import Command, api, fields, models

from ..models.case.decisions import HOLDS


class CollectionCaseDecisionWizard(models.TransientModel):
    _name = "collection.case.decision.wizard"
    _description = "Decide about Cases"
    _inherit = "collection.dialog"

    case_ids = fields.Many2many(
        "collection.case",
        string="Cases",
        required=True,
        readonly=True,
        default=lambda self: self._get_selected_cases(),
    )
    company_id = fields.Many2one("res.company", compute="_compute_company_id")
    kind = fields.Selection(
        [
            ("snooze", "Snooze"),
            ("hold", "Put on Hold"),
            ("release", "Release"),
            ("reassign", "Hand Over"),
        ],
        required=True,
        readonly=True,
    )
    day = fields.Date(
        string="Call Again On", compute="_compute_day", store=True, readonly=False
    )
    hold = fields.Selection(HOLDS, string="On Hold For", default="hardship")
    user_id = fields.Many2one(
        "res.users",
        string="New Collector",
        domain=lambda self: self.env["collection.strategy"]._get_collector_domain(),
    )
    reason = fields.Char()
    consequences = fields.Text(compute="_compute_consequences")

    @api.model
    def _get_selected_cases(self):
        """The cases that are open or selected."""
        selected = self.env.context.get("active_model") == "collection.case"
        cases = selected and self.env.context.get("active_ids")
        return [Command.set(cases)] if cases else []

    @api.depends("case_ids")
    def _compute_company_id(self):
        for wizard in self:
            wizard.company_id = wizard.case_ids.company_id[:1]

    @api.depends("case_ids")
    def _compute_day(self):
        for wizard in self:
            company = wizard.company_id or self.env.company
            today = company._get_collection_today()
            wizard.day = company._get_collection_working_day(today, 1)

    @api.depends("case_ids", "kind")
    def _compute_consequences(self):
        for wizard in self:
            wizard.consequences = wizard._get_consequences()

    def _get_consequences(self):
        count = len(self.case_ids)
        who = self.case_ids.display_name if count == 1 else ""
        return {
            "snooze": self.env._(
                "%(who)s will be on the call list again on the day you choose, not"
                " before. What was planned for another day is replaced.",
                who=who or self.env._("The selected debtors (%(n)s)", n=count),
            ),
            "hold": self.env._(
                "Until somebody releases the case, nobody is asked to call %(who)s, no"
                " reminder and no notice is sent, no promise counts as broken, and no"
                " plan falls due at once. The days it lasts are given back.",
                who=who or self.env._("the selected debtors (%(n)s)", n=count),
            ),
            "release": self.env._(
                "%(who)s will be called again, and the rules of plans apply again.",
                who=who or self.env._("The selected debtors (%(n)s)", n=count),
            ),
            "reassign": self.env._(
                "The new collector gets %(who)s and the calls planned with them.",
                who=who or self.env._("the selected debtors (%(n)s)", n=count),
            ),
        }.get(self.kind)

    def action_confirm(self):
        """Do what was decided; the cases check whether that may be done."""
        self.ensure_one()
        cases = self.case_ids
        return {
            "snooze": lambda: cases.action_snooze(self.day, self.reason),
            "hold": lambda: cases.action_hold(self.hold, self.reason),
            "release": lambda: cases.action_release(self.reason),
            "reassign": lambda: cases.action_reassign(self.user_id, self.reason),
        }[self.kind]()
