from odoo import fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

from ...engine import acceleration as engine
from .collection_plan import OPEN, RUNNING


class CollectionPlan(models.Model):
    """What people may decide about a plan, and when."""

    _inherit = "collection.plan"

    def action_schedule(self):
        """Build the installments of drafts anew, from the terms and what is open now.

        :raise UserError: if a plan is no draft any more
        :raise ValidationError: if there is no such schedule; the message says why
        """
        for plan in self:
            plan.check_access("write")
            if plan.state != "draft":
                raise UserError(
                    self.env._(
                        "%(plan)s was agreed: its schedule can't be changed any more.",
                        plan=plan.name,
                    )
                )
            plan._schedule()
        return True

    def action_offer(self):
        """Send the plan to the debtor, who has to agree to it.

        :raise UserError: if a plan is no draft
        :raise ValidationError: if claims or schedule don't fit any more
        """
        self._offer()
        for plan_sudo in self.sudo():  # letters are the addon's
            plan_sudo._write_letter("offer")
        return True

    def action_draft(self):
        """Take offers back to change them.

        :raise UserError: if a plan isn't offered
        """
        for plan in self:
            plan.check_access("write")
            plan._check_state(["offered"])
            plan.sudo().write({"state": "draft", "rule_label": False})
            plan.sudo()._compute_rule()
            plan.sudo()._drop_letters("offer")
        return True

    def action_activate(self):
        """Let plans run: the debtor agreed, on the telephone or in writing.

        Open promises on the claims are superseded, the claims protected, and the
        written plan goes out.

        Where one runs already, somebody has clicked twice: nothing is left to do.

        :raise UserError: if a plan is over, or was given notice
        :raise ValidationError: if claims or schedule don't fit any more
        """
        for plan in self:
            plan.check_access("write")
            if plan.state == engine.ACTIVE:
                continue
            plan._check_state(["draft", "offered"])
            plan._check_call_counts()
            plan._check_ready()
            plan.sudo()._activate()
        return True

    def action_send_notice(self):
        """Warn the debtor now: the rule asks for it before the rest falls due.

        :raise AccessError: if the rule doesn't ask for it yet and the user is no
            manager
        :raise UserError: if the rule knows no notice, or nothing is in arrears
        """
        for plan in self:
            plan.check_access("write")
            plan.sudo()._refresh_now()  # the day may be another one than at night
            plan._check_can_notice()
            plan.sudo()._give_notice(self.env._("Sent by hand."))
        return True

    def action_accelerate(self, reason):
        """Make the whole rest due now.

        Collectors may do so once the rule allows it, managers as soon as something is
        in arrears. Nobody skips the notice that the rule asks for.

        :param str reason: goes into the event and the letter's record
        :raise AccessError: if the rule doesn't allow it yet and the user is no manager
        :raise UserError: if there is no reason, nothing is in arrears, or the debtor
            has to be warned first
        """
        for plan in self:
            plan.check_access("write")
            plan.sudo()._refresh_now()
            plan._check_can_accelerate()
            plan.sudo()._accelerate(plan._check_reason(reason))
        return True

    def action_reinstate(self, reason, date_respite=None):
        """Let an accelerated plan run again.

        :param str reason: why
        :param date date_respite: day by which the arrears have to be paid, on the
            company's calendar; by default a week from today
        :raise AccessError: if the user is no manager
        :raise UserError: if there is no reason, or the rule allows no more
        """
        for plan in self:
            plan.check_access("write")
            plan._check_can_reinstate()
            why = plan._check_reason(reason)
            respite = plan._read_day(date_respite or plan._get_default_respite())
            if respite < plan._get_day():
                raise UserError(
                    self.env._("The arrears can't be paid in the past. Choose a day.")
                )
            plan.sudo()._reinstate(why, respite)
        return True

    def action_cancel(self, reason):
        """End plans: what is open on the claims is due as the invoices say.

        Drafts and offers by a collector, running plans by a manager.

        :param str reason: why
        :raise AccessError: if a plan runs and the user is no manager
        :raise UserError: if there is no reason, or a plan is over
        """
        for plan in self:
            plan.check_access("write")
            plan._check_can_cancel()
            plan.sudo()._cancel(plan._check_reason(reason))
        return True

    def action_complete_books(self):
        """Say that the books are complete: tonight's decision waits no longer.

        :raise AccessError: if the user is no manager
        """
        self.company_id.action_complete_collection_books()
        return True

    def _get_default_respite(self):
        """How long the debtor of a reinstated plan has to pay what is in arrears."""
        return fields.Date.add(self._get_day(), days=7)

    def _offer(self):
        """Let the debtor know of plans; how they are told is the caller's matter.

        :raise UserError: if a plan is no draft
        :raise ValidationError: if claims or schedule don't fit any more
        """
        for plan in self:
            plan.check_access("write")
            plan._check_state(["draft"])
            plan._check_ready()
            plan.sudo().state = "offered"
            plan._keep_labels()

    # ------------------------------------------------------- what may be done now

    def _check_can_notice(self):
        self._check_state([engine.ACTIVE])
        self._check_arrears()
        if not self.notice_days:
            raise UserError(
                self.env._(
                    "The rule of %(plan)s asks for no notice: the rest can be made"
                    " due at once.",
                    plan=self.name,
                )
            )
        self._check_triggered((engine.PROPOSE, engine.SEND_NOTICE))

    def _check_can_accelerate(self):
        self._check_state(RUNNING)
        self._check_posted()
        self._check_arrears()
        self._check_notice()
        self._check_triggered((engine.PROPOSE, engine.ACCELERATE))

    def _check_can_reinstate(self):
        self._check_manager(
            self.env._("Only a collection manager may reinstate a plan.")
        )
        self._check_state([engine.ACCELERATED])
        if not self._can_run_again():
            raise UserError(
                self.env._(
                    "%(plan)s was reinstated as often as its rule allows (%(count)s)."
                    " Make a new plan.",
                    plan=self.name,
                    count=self.reinstatement_count,
                )
            )
        self.claim_ids._check_free()

    def _check_can_cancel(self):
        self._check_state([*OPEN, *RUNNING, engine.ACCELERATED])
        if self.state not in OPEN:
            self._check_manager(
                self.env._("Only a collection manager may cancel a running plan.")
            )

    # ------------------------------------------------------------------- guards

    def _check_state(self, states):
        if self.state not in states:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(plan)s is “%(state)s”: this can't be done any more, or not yet.",
                    plan=self.name,
                    state=labels[self.state],
                )
            )

    def _check_manager(self, refusal):
        if not self.env["collection.call"]._is_manager():
            raise AccessError(refusal)

    def _check_reason(self, reason):
        """:return: the reason without blanks around it"""
        refusal = self.env._("Say why. The reason stays with the plan.")
        return self._read_reason(reason, refusal)

    def _check_posted(self):
        """Check that no invoice is being corrected: nobody knows what it will say.

        :raise UserError: if one is; the message names it
        """
        # sudo: who looks after the plan need not see the ledger.
        for item_sudo in self.sudo().claim_ids.move_line_id:
            if item_sudo.parent_state == "draft":
                raise UserError(
                    self.env._(
                        "%(invoice)s is set back to draft and being corrected. Wait"
                        " until it is posted again.",
                        invoice=item_sudo.move_id.display_name,
                    )
                )

    def _check_arrears(self):
        arrears = self.amount_arrears
        if self.currency_id.compare_amounts(arrears, self.tolerance_amount) <= 0:
            raise UserError(
                self.env._(
                    "%(plan)s is not in arrears: the debtor has paid what was due.",
                    plan=self.name,
                )
            )

    def _check_notice(self):
        if not self.notice_days:
            return
        if self.state == engine.ACTIVE:
            raise UserError(
                self.env._(
                    "The rule asks for a notice of %(days)s days first: send it.",
                    days=self.notice_days,
                )
            )
        if not self.date_cure or self._get_day() <= self.date_cure:
            until = format_date(self.env, self.date_cure) or "…"
            raise UserError(
                self.env._(
                    "The notice gives the debtor time until %(day)s. Wait until it is"
                    " over.",
                    day=until,
                )
            )

    def _check_triggered(self, steps):
        """Check that the rule asks for one of these steps now; managers may go ahead.

        :raise AccessError: if it doesn't; the message says why
        """
        if self.env["collection.call"]._is_manager():
            return
        plan_sudo = self.sudo()
        decision = plan_sudo._get_decisions()[plan_sudo]
        if decision.step not in steps:
            raise AccessError(
                self.env._(
                    "The rule doesn't ask for it yet: %(why)s A manager may do it.",
                    why=plan_sudo._explain(decision),
                )
            )

    def _check_ready(self):
        """Check that claims, rule and schedule still fit.

        :raise ValidationError: if they don't; the message says what to do
        """
        self.claim_ids._check_claims()
        self._check_rule()
        self._check_replaced()
        self._check_schedule()

    def _check_replaced(self):
        """Check that no debt that is due at once is put off along with these claims.

        A plan takes the place of an accelerated one as a whole; ending that one for
        what is left of it is a manager's decision.

        :raise ValidationError: if a collector would do so; the message says what to do
        """
        if self.env["collection.call"]._is_manager():
            return
        # sudo: a plan that the user can't see is replaced all the same.
        claims_sudo = self.sudo().claim_ids
        items = claims_sudo.move_line_id
        for older_sudo in claims_sudo._get_accelerated(items.ids).plan_id - self:
            left_sudo = older_sudo.claim_ids.filtered(
                lambda claim: claim._get_residual() and claim.move_line_id not in items
            )
            if left_sudo:
                raise ValidationError(
                    self.env._(
                        "%(plan)s made %(claims)s due at once, too. Take them into this"
                        " plan, or ask a manager, who may let them go.",
                        plan=older_sudo.name,
                        claims=", ".join(left_sudo.mapped("label")),
                    )
                )
