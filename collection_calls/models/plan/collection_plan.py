from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ...engine import acceleration as engine
from ...engine import tolerance
from .acceleration_terms import TERMS as RULE_TERMS
from .collection_acceleration_rule import LONG_TERMS

OPEN = ("draft", "offered")
RUNNING = (engine.ACTIVE, engine.NOTICE)
JUDGED = (*RUNNING, engine.ACCELERATED)


class CollectionPlan(models.Model):
    """Several dated payments on one debtor's claims, governed by a rule.

    It lies over the claims and never touches them: what is paid, and what is left, is
    read from the ledger.
    """

    _name = "collection.plan"
    _description = "Installment Plan"
    _inherit = [
        "collection.guard",  # guards come before chatter
        "collection.evidence",
        "collection.confidential",
        "collection.agreement",
        "collection.acceleration.terms",
        "collection.plan.schedule",
        "collection.letter",
    ]
    _check_company_auto = True
    _order = "id desc"
    _kept_labels = {"rule_label": "rule_id"}

    contact_id = fields.Many2one(string="Agreed With")
    user_id = fields.Many2one(tracking=True)
    claim_ids = fields.One2many("collection.plan.claim", "plan_id", string="Claims")
    installment_ids = fields.One2many(
        "collection.plan.installment", "plan_id", string="Schedule"
    )
    event_ids = fields.One2many("collection.plan.event", "plan_id", string="Events")
    letter_ids = fields.One2many("collection.plan.letter", "plan_id", string="Letters")

    rule_id = fields.Many2one(
        "collection.acceleration.rule",
        compute="_compute_rule_id",
        store=True,
        readonly=False,
        check_company=True,
        ondelete="restrict",
        domain="[('fits_debtor_id', '=', partner_id)]",
        help="When missed installments make the rest due. The plan keeps it as it was"
        " when it was activated.",
    )
    rule_label = fields.Char(
        translate=True,
        readonly=True,
        copy=False,
        help="What the rule was called when the debtor heard of the plan.",
    )
    grace_days = fields.Integer(compute="_compute_rule", store=True)
    tolerance_amount = fields.Monetary(compute="_compute_rule", store=True)
    missed_count = fields.Integer(compute="_compute_rule", store=True)
    consecutive = fields.Boolean(compute="_compute_rule", store=True)
    min_arrears_percent = fields.Float(compute="_compute_rule", store=True)
    on_returned_payment = fields.Boolean(compute="_compute_rule", store=True)
    on_new_overdue = fields.Boolean(compute="_compute_rule", store=True)
    notice_days = fields.Integer(compute="_compute_rule", store=True)
    requires_acceptance = fields.Boolean(compute="_compute_rule", store=True)
    mode = fields.Selection(compute="_compute_rule", store=True)
    max_reinstatements = fields.Integer(compute="_compute_rule", store=True)
    rule_sentence = fields.Text(
        string="What It Means", compute="_compute_rule_sentence"
    )

    amount_total = fields.Monetary(
        string="Total",
        compute="_compute_amount_total",
        store=True,
        help="What was open on the claims when the plan was activated.",
    )
    amount_paid = fields.Monetary(
        string="Received",
        readonly=True,
        copy=False,
        help="Money received for the claims since the plan was activated.",
    )
    received_items = fields.Json(
        readonly=True,
        copy=False,
        help="Money received for the claims, in the plan's smallest unit, by journal"
        " item: what is missing of it later was taken back.",
    )
    amount_residual = fields.Monetary(
        string="Left to Pay",
        readonly=True,
        copy=False,
        help="What is open on the claims now.",
    )
    amount_open = fields.Monetary(
        string="Still to Pay",
        compute="_compute_amount_open",
        store=True,
        help="What is left to pay; of drafts and offers all that they are about, and of"
        " plans that are over nothing.",
    )
    amount_credited = fields.Monetary(
        string="Credited",
        compute="_compute_amount_credited",
        help="What credits took off the claims: the plan is shorter by that.",
    )
    amount_arrears = fields.Monetary(
        string="Arrears",
        readonly=True,
        copy=False,
        help="What should have been received by today and has not.",
    )
    progress = fields.Float(compute="_compute_progress")
    paid_count = fields.Integer(
        string="Installments Paid", compute="_compute_installments"
    )
    open_count = fields.Integer(string="Installments", compute="_compute_installments")
    next_installment_id = fields.Many2one(
        "collection.plan.installment",
        compute="_compute_installments",
    )
    amount_next = fields.Monetary(
        string="Next Installment Amount", compute="_compute_installments"
    )
    date_next = fields.Date(
        string="Next Payment", compute="_compute_date_next", store=True
    )

    state = fields.Selection(
        [
            ("draft", "Draft"),
            ("offered", "Offered"),
            (engine.ACTIVE, "Active"),
            (engine.NOTICE, "Notice"),
            (engine.ACCELERATED, "Accelerated"),
            ("completed", "Completed"),
            ("dissolved", "Dissolved"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        tracking=True,
        index=True,
        group_expand="_sort_states",
    )
    date_activated = fields.Date(string="Activated On", readonly=True, copy=False)
    date_accelerated = fields.Date(
        string="Due at Once Since", readonly=True, copy=False
    )
    date_cure = fields.Date(
        string="Time until",
        readonly=True,
        copy=False,
        help="Last day on which the debtor can pay the arrears after the notice. Empty"
        " as long as the notice has not arrived.",
    )
    date_reinstated = fields.Date(string="Reinstated On", readonly=True, copy=False)
    date_respite = fields.Date(
        string="Respite until",
        readonly=True,
        copy=False,
        help="Last day on which the arrears can be paid after the plan was reinstated.",
    )
    date_proposed = fields.Date(readonly=True, copy=False)
    reinstatement_count = fields.Integer(
        string="Times Reinstated", readonly=True, copy=False
    )
    date_noticed = fields.Date(
        string="Notice Sent On",
        readonly=True,
        copy=False,
        help="What was in arrears on that day cures the notice when it is paid.",
    )
    notice_letter_id = fields.Many2one(
        "collection.plan.letter", string="Notice", readonly=True, copy=False
    )
    next_activity_id = fields.Many2one(
        "mail.activity",
        string="Planned Call",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The call about what happened last. It goes when the arrears are paid.",
    )
    has_returned_payment = fields.Boolean(
        string="Payment Returned",
        readonly=True,
        copy=False,
        help="Money that had come in was taken back, and something is in arrears"
        " since.",
    )
    hold_code = fields.Char(readonly=True, copy=False)
    hold_note = fields.Char(
        string="Held Back",
        compute="_compute_hold_note",
        help="Why the rule isn't applied, though it asks for something.",
    )
    tonight = fields.Char(
        compute="_compute_tonight", help="What the next nightly run will do, and why."
    )
    incident_note = fields.Char(
        compute="_compute_incident_note",
        help="What is wrong, since when, how much, and what to do.",
    )

    _name_company_uniq = models.UniqueIndex(
        "(name, company_id)", "A plan with this number exists already."
    )
    _standing_idx = models.Index(
        "(company_id) WHERE state IN ('active', 'notice', 'accelerated')"
    )

    # ------------------------------------------------------------------ computes

    @api.depends("claim_ids.move_line_id")
    def _compute_currency_id(self):
        return super()._compute_currency_id()

    def _write_facts(self, vals):
        return super().write(vals)

    def _get_items(self):
        return self.claim_ids.move_line_id

    @api.depends("partner_id", "company_id")
    def _compute_rule_id(self):
        """Propose one that is made for the debtor, until the debtor knows of it."""
        for plan in self.filtered(lambda plan: plan.state == "draft"):
            if not plan.rule_id or not plan.rule_id._fits(plan.partner_id):
                company = plan.company_id or self.env.company
                plan.rule_id = plan.rule_id._get_default(company, plan.partner_id)

    @api.depends(
        "rule_id",
        "currency_id",
        "installment_ids.date_due",
        *(f"rule_id.{name}" for name in LONG_TERMS),
    )
    def _compute_rule(self):
        """Follow the rule until the debtor knows of the plan, and never again."""
        for plan in self.filtered(lambda plan: plan.state == "draft"):
            # The tolerance of shared rules is in the plan's company's currency, and a
            # round number in the plan's.
            rule = plan.rule_id.with_company(plan.company_id)
            for name in RULE_TERMS:
                plan[name] = rule[name]
            days = plan.installment_ids.filtered("date_due").mapped("date_due")
            plan.min_arrears_percent = rule._get_least_arrears_percent(days)
            plan.tolerance_amount = plan._convert_tolerance(rule)

    def _convert_tolerance(self, rule):
        """The tolerance of a rule in the plan's currency: as round as it was chosen."""
        currency = self.currency_id or rule.currency_id
        if currency == rule.currency_id:
            return rule.tolerance_amount
        day = self._get_day() if self.company_id else fields.Date.today()
        converted = rule.currency_id._convert(
            rule.tolerance_amount, currency, self.company_id, day, round=False
        )
        return max(
            currency.round(float(tolerance.round_amount(converted))),
            currency.rounding if converted else 0,
        )

    @api.depends(*RULE_TERMS, "currency_id")
    @api.depends_context("lang")
    def _compute_rule_sentence(self):
        for plan in self:
            plan.rule_sentence = plan._get_terms_sentence() if plan.rule_id else False

    @api.depends("claim_ids.amount")
    def _compute_amount_total(self):
        for plan in self:
            plan.amount_total = sum(plan.claim_ids.mapped("amount"))

    @api.depends("state", "amount_total", "amount_residual")
    def _compute_amount_open(self):
        for plan in self:
            if plan.state in OPEN:
                plan.amount_open = plan.amount_total
            else:
                is_over = plan.state in ("completed", "dissolved", "cancelled")
                plan.amount_open = 0 if is_over else plan.amount_residual

    @api.depends("amount_total", "amount_paid", "amount_residual", "date_activated")
    def _compute_amount_credited(self):
        for plan in self:
            missing = plan.amount_total - plan.amount_paid - plan.amount_residual
            plan.amount_credited = missing if plan.date_activated else 0

    @api.depends("amount_paid", "amount_residual")
    def _compute_progress(self):
        for plan in self:
            whole = plan.amount_paid + plan.amount_residual
            plan.progress = 100 * plan.amount_paid / whole if whole else 0

    @api.depends("installment_ids.state", "installment_ids.amount_residual")
    def _compute_installments(self):
        for plan in self:
            alive = plan.installment_ids.filtered(
                lambda part: part.state != "superseded"
            )
            unpaid = alive.filtered(lambda part: part.state != "paid")
            plan.open_count = len(alive)
            plan.paid_count = len(alive - unpaid)
            plan.next_installment_id = unpaid[:1]
            plan.amount_next = unpaid[:1].amount_residual

    @api.depends("state", "installment_ids.state", "installment_ids.date_due")
    def _compute_date_next(self):
        for plan in self:
            stands = plan.state in (*OPEN, *RUNNING)
            plan.date_next = stands and plan.next_installment_id.date_due

    @api.depends("state", "installment_ids.state", "amount_residual", "hold_code")
    @api.depends_context("lang")
    def _compute_tonight(self):
        words = {}
        running_sudo = self._origin.sudo().filtered(lambda plan: plan.state in RUNNING)
        for company, plans_sudo in running_sudo.grouped("company_id").items():
            day = self._get_run_day(company)
            ledgers = plans_sudo._get_ledgers(day)
            decisions = plans_sudo._get_decisions(ledgers, day)
            for plan_sudo, decision in decisions.items():
                arrears = plan_sudo._say_arrears(ledgers[plan_sudo], day)
                words[plan_sudo.id] = plan_sudo._describe_step(decision, arrears)
        for plan in self:
            plan.tonight = words.get(plan._origin.id, False)

    @api.depends("hold_code")
    @api.depends_context("lang")
    def _compute_hold_note(self):
        for plan in self:
            code = plan.hold_code
            decision = code and engine.Decision(engine.HOLD, code)
            plan.hold_note = plan._explain(decision) if decision else False

    @api.depends("state", "amount_arrears", "amount_residual", "date_cure")
    @api.depends_context("lang")
    def _compute_incident_note(self):
        for plan in self:
            plan.incident_note = plan._get_incident_note()

    # -------------------------------------------------------------------- checks

    @api.constrains("claim_ids")
    def _check_claims(self):
        for plan in self.filtered(lambda plan: plan.state in OPEN):
            if not plan.claim_ids:
                raise ValidationError(
                    self.env._(
                        "Choose what is paid by installments: an unpaid invoice."
                    )
                )
            plan.claim_ids._check_claims()

    @api.constrains("rule_id")
    def _check_chosen_rule(self):
        """Whoever becomes a private person later isn't kept from it by an offer: that
        is checked when it is accepted."""
        drafts = self.filtered(lambda plan: plan.state == "draft" and plan.rule_id)
        drafts._check_rule()

    def _check_rule(self):
        """Check that no private person is pressed without notice.

        :raise ValidationError: if a plan has a rule without notice, or one that is made
            for companies; the message says what to do
        """
        for plan in self:
            # What was offered stays as it was, whatever becomes of the rule.
            is_business = plan.state == "draft" and plan.rule_id.for_whom == "business"
            is_strict = is_business or not plan.notice_days
            if is_strict and plan.partner_id._is_collection_consumer():
                raise ValidationError(
                    self.env._(
                        "%(debtor)s is a private person: nothing falls due at once"
                        " without a written notice. Choose a rule that is made for"
                        " private persons.",
                        debtor=plan.partner_id.name,
                    )
                )

    # ---------------------------------------------------------- business methods

    @api.model
    def _sort_states(self, states, domain):
        """Columns in the order in which plans go through them, without empty ones."""
        ordered = self._fields["state"].get_values(self.env)
        return [state for state in ordered if state in states]

    def _activate(self):
        """Start the plan; rights and facts were checked."""
        self.ensure_one()
        self._get_case()._serialize()
        self._take_claims()
        self.claim_ids._remember_known_money()
        self.date_activated = self.date_activated or self._get_day()
        self._start(engine.ACTIVE)
        self._drop_letters("offer")
        self._refresh_now()
        self._log(
            "activated",
            self.amount_residual,
            self._get_acceptance(),
            day=self.date_activated,
        )
        is_import = self.date_activated < self._get_day()
        if not is_import and not self._is_confirmed_by_call():
            self._write_letter("agreement")

    def _take_claims(self):
        """Take the claims from promises, and from plans whose rest was due."""
        self._supersede_promises()
        items = self.claim_ids.move_line_id
        older = self.claim_ids._get_accelerated(items.ids)
        for plan in older.plan_id:
            plan._cancel(self.env._("%(plan)s takes its place.", plan=self.name))

    def _supersede_promises(self):
        """What is paid by installments isn't promised beside them."""
        items = self.claim_ids.move_line_id
        lines_sudo = self.env["collection.promise.line"]._take_from_older(items.ids)
        lines_sudo.superseded_by_plan_id = self.id
        lines_sudo.promise_id._evaluate()

    def _get_acceptance(self):
        if self.call_id:
            return self.env._("Agreed in %(call)s.", call=self.call_id.name)
        return self.env._("The debtor agreed.")

    def _is_confirmed_by_call(self):
        """Whether it is for an ongoing call to confirm the plan, if that is wanted."""
        return self.call_id.state == "ongoing"

    def _reinstate(self, reason, respite):
        self.write(
            {
                "reinstatement_count": self.reinstatement_count + 1,
                "date_respite": respite,
                "date_accelerated": False,
                "date_reinstated": self._get_day(),
                "has_returned_payment": False,  # forgiven
            }
        )
        self._get_case()._serialize()
        self._supersede_promises()
        self._start(engine.ACTIVE)
        self._drop_letters("acceleration")
        self._refresh_now()
        self._log("reinstated", self.amount_residual, reason)
        self._write_letter("reinstatement")

    def _cancel(self, reason):
        for plan in self:
            was_open = plan.state in OPEN
            plan._stop("cancelled")
            plan._drop_letters()
            if not was_open:
                plan._refresh_now()
                plan.amount_arrears = 0
            plan._log("cancelled", plan.amount_residual, reason)

    def _void(self, reason):
        """Take back plans of a call that is cancelled: promises stand again.

        Those that were paid off were kept: nothing takes that back.

        :param str reason: why
        """
        plans_sudo = self.sudo().filtered(lambda plan: plan.state != "completed")
        plans_sudo.filtered(lambda plan: plan.state != "cancelled")._cancel(reason)
        older_sudo = self.env["collection.promise.line"].sudo()
        older_sudo = older_sudo.search(
            [
                ("superseded_by_plan_id", "in", plans_sudo.ids),
                ("promise_id.is_withdrawn", "=", False),
            ]
        )
        older_sudo.superseded_by_plan_id = False
        older_sudo._stand_again()
        older_sudo.move_id._update_collection_protection()

    def _judge_touched(self, move_ids):
        touched = self._get_touched(move_ids)
        touched._evaluate()
        touched.claim_ids.move_id._update_collection_protection()

    def _get_claim_rows(self):
        return self.claim_ids

    @api.model
    def _get_unbooked_domain(self, company):
        return [("company_id", "=", company.id), ("hold_code", "=", "stale_books")]

    @api.model
    def _get_touched(self, move_ids):
        claims = self.env["collection.plan.claim"]
        return claims.search([("move_id", "in", list(move_ids))]).plan_id

    @api.model
    def _get_touched_sql(self, move_ids):
        return SQL(
            "SELECT plan_id FROM collection_plan_claim WHERE move_id = ANY(%s)",
            list(move_ids),
        )

    def _get_form_action(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    @api.model
    def _get_list_action(self, domain, **context):
        """Action that opens plans, those that are over included."""
        action = self.env["ir.actions.actions"]._for_xml_id(
            "collection_calls.collection_plan_action"
        )
        return dict(action, domain=domain, context=context)
