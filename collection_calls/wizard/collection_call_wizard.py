from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..engine import bounds

PLAN_TERMS = (
    "payment_date",
    "plan_frequency",
    "plan_schedule_by",
    "plan_installment_count",
    "plan_installment_amount",
    "plan_down_payment",
    "plan_rule_id",
)


class CollectionCallWizard(models.TransientModel):
    """The five steps of a call on the screen.

    Whatever is typed is written to the call at once. The wizard holds nothing of its
    own, so it can be closed and opened again at any time.
    """

    _name = "collection.call.wizard"
    _description = "Five-Step Call"
    _inherit = "collection.dialog"
    _rec_name = "partner_id"
    _transient_max_hours = 24

    call_id = fields.Many2one(
        "collection.call", string="Collection Call", required=True, ondelete="cascade"
    )
    step = fields.Selection(related="call_id.step", readonly=False)
    state = fields.Selection(related="call_id.state")
    is_session = fields.Boolean(
        help="Whether the next debtor is called once this call is closed."
    )
    skipped_ids = fields.Json(help="Cases that are left out in this session.")
    progress = fields.Char(
        help="Asked once for each call: it changes when a call is closed.",
    )
    company_id = fields.Many2one(related="call_id.company_id")
    partner_id = fields.Many2one(related="call_id.partner_id")
    date_start = fields.Datetime(related="call_id.date_start")
    overdue_amount = fields.Monetary(related="call_id.case_id.overdue_amount")
    overdue_told = fields.Char(related="call_id.case_id.overdue_told")
    currency_id = fields.Many2one(related="company_id.currency_id")
    local_time = fields.Char(compute="_compute_panels")
    local_time_source = fields.Char(compute="_compute_panels")

    direction = fields.Selection(related="call_id.direction")
    contact_id = fields.Many2one(related="call_id.contact_id", readonly=False)
    representative_id = fields.Many2one(related="call_id.representative_id")
    phone = fields.Char(related="call_id.phone", readonly=False)
    phone_e164 = fields.Char(related="call_id.phone_e164")
    policy_note = fields.Text(
        compute="_compute_policy_note",
        help="What the contact policy has against a call right now.",
    )
    policy_is_block = fields.Boolean(
        compute="_compute_policy_note", help="Only a manager may call nevertheless."
    )
    is_shut = fields.Boolean(
        compute="_compute_policy_note",
        help="The policy is against the call and nobody said why to call nevertheless:"
        " numbers aren't links yet.",
    )
    right_note = fields.Text(related="call_id.right_note")
    is_dialled = fields.Boolean(related="call_id.is_dialled")
    policy_date = fields.Datetime(related="call_id.policy_date")
    policy_breaches = fields.Text(related="call_id.policy_breaches")
    policy_override_reason = fields.Text(
        related="call_id.policy_override_reason", readonly=False
    )
    verified_by = fields.Selection(related="call_id.verified_by", readonly=False)
    right_party_verified = fields.Boolean(
        related="call_id.right_party_verified", readonly=False
    )

    debt_acknowledged = fields.Selection(
        related="call_id.debt_acknowledged", readonly=False
    )
    reason_id = fields.Many2one(related="call_id.reason_id", readonly=False)
    reason_answer = fields.Text(
        compute="_compute_reason_answer",
        help="What to answer, in the language of the person on the line.",
    )
    answer_ids = fields.One2many(related="call_id.answer_ids", readonly=False)
    is_said_paid = fields.Boolean(related="call_id.is_said_paid")
    paid_date = fields.Date(related="call_id.paid_date", readonly=False)
    paid_amount = fields.Monetary(
        related="call_id.paid_amount",
        currency_field="plan_currency_id",
        readonly=False,
    )
    paid_reference = fields.Char(related="call_id.paid_reference", readonly=False)
    statement = fields.Text(related="call_id.statement", readonly=False)
    claim_ids = fields.One2many(related="call_id.claim_ids", readonly=False)

    outcome_id = fields.Many2one(related="call_id.outcome_id", readonly=False)
    outcome_solution = fields.Selection(related="call_id.outcome_solution")
    outcome_next_step = fields.Selection(related="call_id.outcome_next_step")
    payment_date = fields.Date(related="call_id.payment_date", readonly=False)
    payment_method = fields.Selection(related="call_id.payment_method", readonly=False)
    promise_limit_note = fields.Text(related="call_id.promise_limit_note")
    beyond_note = fields.Text(related="call_id.beyond_note")
    online_note = fields.Char(related="call_id.online_note")
    plan_currency_id = fields.Many2one(related="call_id.plan_currency_id")
    plan_frequency = fields.Selection(related="call_id.plan_frequency", readonly=False)
    plan_schedule_by = fields.Selection(
        related="call_id.plan_schedule_by", readonly=False
    )
    plan_installment_count = fields.Integer(
        related="call_id.plan_installment_count", readonly=False
    )
    plan_installment_amount = fields.Monetary(
        related="call_id.plan_installment_amount",
        currency_field="plan_currency_id",
        readonly=False,
    )
    plan_down_payment = fields.Monetary(
        related="call_id.plan_down_payment",
        currency_field="plan_currency_id",
        readonly=False,
    )
    plan_rule_id = fields.Many2one(related="call_id.plan_rule_id", readonly=False)
    plan_rule_description = fields.Text(related="plan_rule_id.description")
    plan_preview = fields.Html(compute="_compute_plan_preview", sanitize=False)
    plan_error = fields.Text(
        compute="_compute_plan_preview", help="Why there is no such schedule."
    )
    plan_note = fields.Text(
        compute="_compute_plan_preview", help="Which claims the plan leaves out."
    )
    improvement = fields.Text(related="call_id.improvement", readonly=False)
    has_link = fields.Boolean(related="call_id.has_link")
    link_status = fields.Json(related="call_id.link_status")

    contact_phone = fields.Char(related="call_id.contact_phone", readonly=False)
    contact_email = fields.Char(related="call_id.contact_email", readonly=False)
    contact_street = fields.Char(related="call_id.contact_street", readonly=False)
    contact_street2 = fields.Char(related="call_id.contact_street2", readonly=False)
    contact_zip = fields.Char(related="call_id.contact_zip", readonly=False)
    contact_city = fields.Char(related="call_id.contact_city", readonly=False)
    contact_country_id = fields.Many2one(
        related="call_id.contact_country_id", readonly=False
    )
    phone_confirmed = fields.Boolean(related="call_id.phone_confirmed", readonly=False)
    email_confirmed = fields.Boolean(related="call_id.email_confirmed", readonly=False)
    address_confirmed = fields.Boolean(
        related="call_id.address_confirmed", readonly=False
    )
    send_confirmation = fields.Boolean(
        related="call_id.send_confirmation", readonly=False
    )
    next_call_date = fields.Date(related="call_id.next_call_date", readonly=False)
    next_call_time = fields.Float(related="call_id.next_call_time", readonly=False)
    next_call_note = fields.Char(related="call_id.next_call_note")
    next_call_clock = fields.Char(related="call_id.next_call_clock")
    call_back_date = fields.Date(related="call_id.call_back_date", readonly=False)

    purpose = fields.Html(
        compute="_compute_purpose",
        sanitize=False,
        help="Why this call, and what stands between us and the debtor.",
    )
    prompts = fields.Html(string="What to Say", compute="_compute_panels")
    dossier = fields.Html(
        string="What We Know", compute="_compute_panels", sanitize=False
    )
    recap = fields.Html(compute="_compute_panels")
    colleagues = fields.Char(
        compute="_compute_colleagues", help="Who else has this debtor on the line."
    )

    @api.depends(
        "step",
        "contact_id",
        "is_shut",
        "outcome_id",
        "payment_date",
        "next_call_date",
        "next_call_time",
    )
    def _compute_panels(self):
        for wizard in self:
            call = wizard.call_id
            wizard.local_time = call._get_local_time()
            wizard.local_time_source = call._get_local_time_source()
            wizard.prompts = wizard._render_prompts()
            wizard.dossier = (
                call._render_identity(wizard.is_shut)
                if wizard.step == "call"
                else call._render_dossier(wizard.is_shut)
            )
            wizard.recap = False
            if wizard.step == "close":
                call = call.with_context(lang=call._get_lang())
                wizard.recap = self._render_paragraphs(call._get_recap_lines())

    @api.depends("step", "contact_id")
    @api.depends_context("lang")
    def _compute_purpose(self):
        for wizard in self:
            wizard.purpose = wizard.call_id._render_purpose()

    @api.depends("step", "outcome_id", "claim_ids", *PLAN_TERMS)
    def _compute_plan_preview(self):
        self.plan_preview = self.plan_error = self.plan_note = False
        for wizard in self:
            call = wizard.call_id
            if shown := call._get_shown_plans():
                schedules = [plan._render_schedule() for plan in shown]
                wizard.plan_preview = Markup("").join(schedules)
            elif wizard.outcome_id.solution == "plan" and call.state == "ongoing":
                wizard.plan_preview, wizard.plan_error = call._preview_plan(wizard)
                wizard.plan_note = wizard.plan_preview and call._get_plan_note()

    @api.depends("step", "contact_id", "phone", "policy_date", "policy_override_reason")
    def _compute_policy_note(self):
        now = fields.Datetime.now()
        found = self.call_id._get_policy_findings(now)
        for wizard in self:
            call = wizard.call_id
            note, mode = call.policy_note, call.policy_mode
            if wizard.step == "prepare":  # else it is dialled, or another number is
                finding = found.get(call)
                note = "\n".join(finding.sentences) if finding else False
                mode = note and finding.mode
            wizard.policy_note = note
            wizard.policy_is_block = mode == "block"
            wizard.is_shut = bool(note) and call._is_shut(wizard.policy_is_block)

    @api.depends("reason_id", "contact_id")
    def _compute_reason_answer(self):
        for wizard in self:
            reason = wizard.reason_id.with_context(lang=wizard.call_id._get_lang())
            wizard.reason_answer = reason.answer

    @api.depends("call_id")
    def _compute_colleagues(self):
        for wizard in self:
            others = wizard.call_id._get_other_ongoing_calls()
            wizard.colleagues = ", ".join(others.user_id.mapped("name"))

    def _render_prompts(self):
        """What to say in this step, in the language of the person on the line."""
        self.ensure_one()
        call = self.call_id
        scripts = self.env["collection.script"]
        prompts = scripts._get_prompts(call.company_id, step=self.step)
        if any(prompts.mapped("needs_online")) and not call._takes_online():
            prompts = prompts.filtered(lambda script: not script.needs_online)
        if self.step != "prepare":  # what is said before is said to the collector
            prompts = prompts.with_context(lang=call._get_lang())
        return self._render_paragraphs(prompts._render(call))

    @api.model
    def _render_paragraphs(self, texts):
        return Markup("").join(Markup("<p>%s</p>") % text for text in texts)

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._prepare_wizard_vals(vals) for vals in vals_list])

    def write(self, vals):
        if "call_id" in vals:
            raise UserError(self.env._("Open the other call by itself."))
        result = super().write(vals)
        self._reload()
        return result

    def _reload(self):
        """Read everything from the call again.

        For the sake of speed, Odoo doesn't tell transient records what has changed on
        others.
        """
        self.invalidate_recordset()

    def _prepare_wizard_vals(self, vals):
        """Start the call with a partner, unless an ongoing one is given.

        :raise AccessError: if it is a call that the user may not hold
        """
        vals = dict(vals)
        partner = self.env["res.partner"].browse(vals.pop("partner_id", None))
        if vals.get("call_id"):
            self.env["collection.call"].browse(vals["call_id"]).check_access("write")
            return vals
        if not partner:
            raise UserError(self.env._("Choose the debtor to call."))
        company = self.env.company
        person = partner._get_collection_callee_person(company)
        call = self.env["collection.call"]._start(partner, company, contact=person)
        return dict(vals, call_id=call.id)

    def action_next(self):
        """Go on to the next step.

        :raise ValidationError: if it is shut (steps 3 to 5 before verification) or
            something is missing in this one
        :raise UserError: if the contact policy is against the call
        """
        self.call_id._go(1)
        self._reload()
        return True

    def action_back(self):
        """Go back one step; nothing that was recorded is lost."""
        self.call_id._go(-1)
        self._reload()
        return True

    def action_end_with(self, outcome_id=None):
        """End the call where it is.

        A call-back takes place on the day that the screen shows.

        :param int outcome_id: how it ended; by default as it is recorded
        :raise ValidationError: if the outcome needs more than is recorded
        """
        if bounds.is_id(outcome_id) and not self._is_done():
            outcome = self.env["collection.call.outcome"].browse(outcome_id).exists()
            if outcome:
                self.call_id._record_outcome(outcome)
        return self.action_done()

    def action_confirm_contact(self):
        """Phone, e-mail and address are all right."""
        self.call_id.contact_confirmed = True
        self._reload()
        return True

    def action_done(self):
        """Close the call, with everything that follows from it.

        :raise ValidationError: if something is missing; nothing is closed then
        :raise UserError: if the contact policy is against the call
        """
        if self._is_done():
            return self._get_done_action()
        if self.step == "prepare":  # it was dialled a moment ago
            self.call_id._get_undialled()._check_policy(fields.Datetime.now())
        self.call_id.action_done()
        self._reload()
        return self._get_done_action()

    def _is_done(self):
        """Whether the call was closed already: somebody has clicked twice."""
        return self.call_id.state == "done"

    def action_discard(self):
        """Leave without having called."""
        self.call_id.action_discard()
        self._reload()
        return self._get_leave_action()

    def action_skip(self):
        """Take the next debtor of the session; what was begun with this one waits."""
        skipped_ids = [*(self.skipped_ids or []), self.call_id.case_id.id]
        self._drop_unheld()
        return self._get_next_action(skipped_ids)

    def action_pause(self):
        """Leave the session; it goes on with this call, unless nothing came of it."""
        self._drop_unheld()
        return self._get_leave_action()

    def _drop_unheld(self):
        """Take back the call if it was prepared only; leave it as it is otherwise."""
        if self.step == "prepare" and self.call_id._is_mine_and_unheld():
            self.call_id.action_discard()

    def action_note_wish(self):
        """Open the small form that notes what the debtor asks for."""
        return self.call_id.action_note_wish()

    def action_name_person(self):
        """Open the small form that records who is on the line."""
        return self.call_id.action_name_person()

    def action_reach_representative(self):
        """Prepare to call whoever represents the debtor, instead of the debtor."""
        self.call_id.action_reach_representative()
        self._reload()
        return True

    def action_open_payment_link(self):
        """Open Odoo's payment link for the oldest invoice that was spoken about."""
        return self.call_id.action_open_payment_link()

    def action_mail_payment_links(self):
        """Mail Odoo's payment links for the invoices that were spoken about."""
        return self.call_id.action_mail_payment_links()

    def action_send_link(self):
        """Send the debtor a link to what was agreed, to be signed while you talk."""
        action = self.call_id.action_send_link()
        self._reload()
        return action

    def action_take_back_link(self):
        """Take back what the debtor hasn't accepted yet, to agree on something else."""
        self.call_id.action_take_back_link()
        self._reload()
        return True

    def _get_done_action(self):
        """Say what was done, and go on."""
        call = self.call_id
        words = {
            "debtor": call.partner_id.name,
            "outcome": call.outcome_id.name,
            "call": call.name,
        }
        message = self.env._("%(debtor)s: %(outcome)s. %(call)s is closed.", **words)
        if call.next_call_date:
            message = self.env._(
                "%(debtor)s: %(outcome)s. %(call)s is closed. Next call: %(day)s.",
                day=format_date(self.env, call.next_call_date),
                **words,
            )
        skipped_ids = self.skipped_ids or []
        return {
            "type": "ir.actions.client",
            "tag": "collection_calls.closed",
            "params": {
                "message": message,
                "call_id": call.id,
                "can_undo": call._can_be_taken_back(),
                "is_session": self.is_session,
                "skipped_ids": skipped_ids,
                "next": self._get_next_action(skipped_ids),
            },
        }

    def _get_next_action(self, skipped_ids):
        """On to the next debtor of the session; back to the list without one."""
        if not self.is_session:
            return self._get_leave_action()
        return {
            "type": "ir.actions.client",
            "tag": "collection_calls.next",
            "params": {"skipped_ids": skipped_ids},
        }

    def _get_leave_action(self):
        return {"type": "ir.actions.client", "tag": "collection_calls.leave"}
