from odoo import api, fields, models


class CollectionOfferAnswer(models.TransientModel):
    _name = "collection.offer.answer"
    _description = "Answer an Offer"
    _inherit = "collection.dialog"

    offer_id = fields.Many2one("collection.offer", required=True, ondelete="cascade")
    kind = fields.Selection(
        [("accept", "Accept"), ("decline", "Decline")], required=True, default="accept"
    )
    is_respite = fields.Boolean(compute="_compute_is_respite")
    day = fields.Date(
        string="Pays On",
        compute="_compute_day",
        store=True,
        readonly=False,
        help="Another day than the debtor proposed, if you agreed on one.",
    )
    answer = fields.Text(
        string="Our Answer", help="In words for the debtor, who reads them on the page."
    )

    @api.depends("offer_id")
    def _compute_day(self):
        for dialog in self:
            dialog.day = dialog.offer_id.date_first

    @api.depends("offer_id")
    def _compute_is_respite(self):
        for dialog in self:
            dialog.is_respite = dialog.offer_id._is_about_running_plan()

    def action_confirm(self):
        """Answer the offer; it checks whether that may be done."""
        self.ensure_one()
        if self.kind == "decline":
            return self.offer_id.action_decline(self.answer)
        return self.offer_id.action_accept(self.day, self.answer)


class CollectionPlanWizard(models.TransientModel):
    """A plan that is made of a debtor's offer answers it."""

    _inherit = "collection.plan.wizard"

    offer_id = fields.Many2one("collection.offer", readonly=True, ondelete="cascade")

    def _make_plan(self, step=None):
        is_made = bool(self.plan_id)  # somebody clicked twice
        if self.offer_id and not is_made:
            self.offer_id._check_answerable()
        action = super()._make_plan(step)
        if self.offer_id and not is_made:
            self.offer_id._answer_with_plan(self.plan_id)
        return action
