from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..groups import COLLECTORS
from ..plan.schedule import FREQUENCIES

SOUGHT = ("solve", "close")  # steps in which a solution is looked for
PROPOSED_COUNT = 3
NOTHING = {
    "plan_installment_count": 0,
    "plan_installment_amount": 0,
    "plan_down_payment": 0,
    "plan_rule_id": False,
}


class CollectionCall(models.Model):
    """Installments that are agreed in a call.

    While the call goes on, their terms are noted on it; closing the call makes a plan
    of them, or sending the debtor a link to it. From then on the plan alone knows.
    """

    _inherit = "collection.call"

    plan_currency_id = fields.Many2one(
        "res.currency", compute="_compute_plan_currency_id"
    )
    plan_frequency = fields.Selection(
        FREQUENCIES,
        string="Rhythm",
        default="monthly",
        groups=COLLECTORS,
    )
    plan_schedule_by = fields.Selection(
        [("count", "Number of installments"), ("amount", "Amount of each")],
        string="Installments by",
        default="count",
        groups=COLLECTORS,
    )
    plan_installment_count = fields.Integer(
        string="Number of Installments",
        compute="_compute_plan_installment_count",
        store=True,
        readonly=False,
        groups=COLLECTORS,
    )
    plan_installment_amount = fields.Monetary(
        string="Amount of Each",
        currency_field="plan_currency_id",
        groups=COLLECTORS,
        help="In the currency of the claims.",
    )
    plan_down_payment = fields.Monetary(
        string="Down Payment Today",
        currency_field="plan_currency_id",
        groups=COLLECTORS,
        help="Paid at once, before the first installment, in the currency of the"
        " claims. 0: none.",
    )
    plan_rule_id = fields.Many2one(
        "collection.acceleration.rule",
        string="If They Don't Pay",
        compute="_compute_plan_rule_id",
        store=True,
        readonly=False,
        ondelete="restrict",
        check_company=True,
        domain="[('fits_debtor_id', '=', partner_id)]",
        groups=COLLECTORS,
    )

    # ------------------------------------------------------------------ computes

    @api.depends("claim_ids.currency_id", "company_id")
    def _compute_plan_currency_id(self):
        for call in self:
            call.plan_currency_id = (
                call.claim_ids[:1].currency_id or call.company_id.currency_id
            )

    @api.depends("outcome_id", "step")
    def _compute_plan_installment_count(self):
        for call in self:
            if call._is_plan_sought() and not call.plan_installment_count:
                call.plan_installment_count = PROPOSED_COUNT

    @api.depends("outcome_id", "step")
    def _compute_plan_rule_id(self):
        rules = self.env["collection.acceleration.rule"]
        for call in self:
            if call._is_plan_sought() and not call.plan_rule_id:
                call.plan_rule_id = rules._get_default(call.company_id, call.partner_id)

    # ---------------------------------------------------------- business methods

    def _is_plan_sought(self):
        """Whether the five steps come to installments that aren't agreed yet."""
        self.ensure_one()
        agreed = self.outcome_id.solution == "plan" and not self._get_made_plans()
        return agreed and self.state == "ongoing" and self.step in SOUGHT

    def _is_plan_noted(self):
        """Whether closing the call makes a plan.

        A call that is only logged may leave the terms open.
        """
        self.ensure_one()
        agreed = self.outcome_id.solution == "plan" and not self._get_made_plans()
        terms = self.plan_installment_count or self.plan_installment_amount
        return agreed and (self.step in SOUGHT or bool(terms))

    def _check_plan(self):
        """Check that the installments that are noted make a plan.

        :raise ValidationError: if they don't; the message says why
        """
        self.ensure_one()
        self._check_not_declined()
        if self._is_plan_noted():
            self._draft_plan()

    def _draft_plan(self):
        plans = self.env["collection.plan"]
        return plans._draft(self._prepare_plan_vals(), self._get_plan_items())

    def _preview_plan(self, terms):
        """The schedule while the terms are typed.

        :param terms: record with the fields of the terms, as on the call
        :return: tuple of HTML and of why there is no such plan; one of them is False
        """
        self.ensure_one()
        plans = self.env["collection.plan"]
        return plans._preview(
            self._prepare_plan_vals(terms), self._get_plan_items(terms)
        )

    def _get_plan_items(self, terms=None):
        """Open claims spoken about; those that another plan has are left out.

        If it has all of them, they stay, and the plan is refused with its name.
        """
        items = (terms or self).claim_ids.move_line_id._origin.filtered(
            lambda item: item.parent_state == "posted" and not item.reconciled
        )
        return items - self._get_running_claims(items).move_line_id or items

    def _get_running_claims(self, items):
        return self.env["collection.plan.claim"]._get_running(items.ids)

    def _get_plan_note(self):
        """Which claims the plan leaves out, in words, or False."""
        self.ensure_one()
        running_sudo = self._get_running_claims(self.claim_ids.move_line_id)
        return (
            " ".join(
                self.env._(
                    "%(claim)s is left out: %(plan)s pays it already.",
                    claim=claim_sudo.label,
                    plan=claim_sudo.plan_id.name,
                )
                for claim_sudo in running_sudo
            )
            or False
        )

    def _prepare_plan_vals(self, terms=None):
        terms = terms or self
        rules = self.env["collection.acceleration.rule"]
        debtor = self.partner_id
        rule = terms.plan_rule_id or rules._get_default(self.company_id, debtor)
        return {
            "call_id": self.id,
            "partner_id": self.partner_id.id,
            "contact_id": self.contact_id.id,
            "company_id": self.company_id.id,
            "user_id": self.user_id.id,
            "rule_id": rule.id,
            "date_start": terms.payment_date,
            "frequency": terms.plan_frequency,
            "schedule_by": self._get_plan_schedule_by(terms),
            "installment_count": terms.plan_installment_count,
            "installment_amount": terms.plan_installment_amount,
            "down_payment": terms.plan_down_payment,
        }

    @api.model
    def _get_plan_schedule_by(self, terms):
        """Who logs a call with an amount and no number means the amount."""
        by_amount = terms.plan_installment_amount and not terms.plan_installment_count
        return "amount" if by_amount else terms.plan_schedule_by

    def _make_plans(self):
        """Make a plan of what is noted, and let it run."""
        for call in self.filtered(lambda call: call._is_plan_noted()):
            call._create_plan().action_activate()
        self.write(NOTHING)

    def _create_plan(self):
        """A draft of what is noted."""
        self.ensure_one()
        items = self._get_plan_items()
        return self.env["collection.plan"].create(
            dict(
                self._prepare_plan_vals(),
                claim_ids=[{"move_line_id": item.id} for item in items],
            )
        )

    def _get_plan_sentences(self):
        """What is agreed on installments, to be read out or written.

        :return: list of sentences in the environment's language
        """
        self.ensure_one()
        plans = self.plan_ids.filtered(
            lambda plan: plan.state not in ("draft", "cancelled")
        )
        if not plans and self._is_plan_noted():
            try:
                plans = self._draft_plan()
            except ValidationError as error:  # the day or the ledger moved on
                return [error.args[0]]
        sentences = [s for plan in plans for s in plan._get_agreement_sentences()]
        if sentences or not self.payment_date or self.outcome_id.solution != "plan":
            return sentences
        day = self._format_day(self.payment_date)
        return [self.env._("You pay by %(day)s.", day=day)]
