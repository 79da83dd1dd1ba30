from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...engine import acceleration as engine
from ...engine import allocation
from ...engine.contact_gate import EMAIL, NOTICE, UNREAD_ANSWER
from .collection_plan import JUDGED, OPEN, RUNNING

OPTIONS = ("notice", "accelerate", "reinstate", "cancel")


class CollectionPlan(models.Model):
    """What may be decided about a plan now, and what would come of it, in words."""

    _inherit = "collection.plan"

    can_notice = fields.Boolean(compute="_compute_options")
    can_accelerate = fields.Boolean(compute="_compute_options")
    can_reinstate = fields.Boolean(compute="_compute_options")
    can_cancel = fields.Boolean(compute="_compute_options")

    @api.depends(
        "state",
        "amount_arrears",
        "amount_residual",
        "date_cure",
        "reinstatement_count",
    )
    @api.depends_context("uid")
    def _compute_options(self):
        for plan in self:
            for option in OPTIONS:
                plan[f"can_{option}"] = plan._origin._allows(option)

    def _allows(self, option):
        """Whether the user may decide this now: what is refused isn't offered."""
        if not self or not self.has_access("write"):
            return False
        try:
            getattr(self, f"_check_can_{option}")()
        except UserError:  # AccessError is one, too
            return False
        return True

    def action_call(self):
        """Open the five steps of a call about what the plan pays."""
        self.ensure_one()
        call = self.env["collection.call"]._start(
            self.partner_id,
            self.company_id,
            contact=self.contact_id or self.partner_id._get_collection_contact(),
            claims=self._get_open_items(),
        )
        return call.action_resume()

    # ---------------------------------------------------------------- consequences

    def _get_consequences(self, option, date_respite=None):
        """What a decision does, in the environment's language.

        :param str option: one of :data:`OPTIONS`
        :param date date_respite: when reinstated, the day by which arrears are paid
        :raise AccessError: if the user may not see the plan
        """
        self.ensure_one()
        self.check_access("read")  # what the cache holds may be somebody else's
        sentences = {
            "notice": self._get_consequences_of_notice,
            "accelerate": self._get_consequences_of_acceleration,
            "reinstate": lambda: self._get_consequences_of_reinstatement(date_respite),
            "cancel": self._get_consequences_of_cancellation,
        }[option]()
        if option != "cancel":
            sentences.append(self._describe_delivery())
        return "\n".join(sentences)

    def _get_consequences_of_notice(self):
        return [
            self.env._(
                "%(debtor)s is warned in writing: %(arrears)s has to be paid within"
                " %(days)s days of its delivery, or %(left)s falls due at once.",
                debtor=self.partner_id.name,
                arrears=self.currency_id.format(self.amount_arrears),
                days=self.notice_days,
                left=self.currency_id.format(self.amount_residual),
            )
        ]

    def _get_consequences_of_acceleration(self):
        sentences = [
            self.env._(
                "%(left)s falls due today. The installments that are left no longer"
                " count.",
                left=self.currency_id.format(self.amount_residual),
            ),
            self.env._(
                "The plan protects its invoices no more: reminders are sent again."
            ),
        ]
        if self._can_run_again():
            sentences.append(self.env._("A manager can let the plan run again later."))
        else:
            sentences.append(
                self.env._("The rule doesn't let the plan run again after that.")
            )
        return sentences + self._get_objections()

    def _get_objections(self):
        """What would hold the rule back tonight, and holds back no manager."""
        plan_sudo = self.sudo()  # the ledger and disputes are not everybody's
        obstacles = plan_sudo._get_obstacles()[plan_sudo]
        objections = []
        if obstacles["is_on_hold"]:
            objections.append(
                self.env._(
                    "Attention: %(debtor)s is on hold, and is pressed all the same.",
                    debtor=self.partner_id.name,
                )
            )
        if obstacles["is_disputed"]:
            objections.append(
                self.env._("Attention: a dispute about these invoices is open.")
            )
        if obstacles["obstacle"] == UNREAD_ANSWER:
            objections.append(
                self.env._(
                    "Attention: the debtor has answered, and nobody has read it yet."
                )
            )
        if self.requires_acceptance and not self._is_accepted():
            objections.append(
                self.env._(
                    "Attention: the debtor hasn't accepted the plan in writing, as the"
                    " rule wants it."
                )
            )
        if obstacles["pending"]:
            objections.append(
                self.env._(
                    "Attention: %(amount)s of this debtor isn't matched yet, and may be"
                    " meant for this plan.",
                    amount=self.currency_id.format(
                        self._from_units(obstacles["pending"])
                    ),
                )
            )
        return objections

    def _get_consequences_of_reinstatement(self, date_respite):
        today = self._get_day()
        plan_sudo = self.sudo()  # what came in is the ledger's to tell
        ledger = plan_sudo._get_ledgers()[plan_sudo]
        parts = ledger.parts
        arrears = self._from_units(allocation.arrears(parts, today, ledger.bank_day))
        sentences = [
            self.env._(
                "The installments count again, and the invoices are protected: no"
                " reminders are sent."
            )
        ]
        if arrears:
            sentences.append(
                self.env._(
                    "%(arrears)s is in arrears by today. It has to be paid by %(day)s;"
                    " then the rule applies to it again.",
                    arrears=self.currency_id.format(arrears),
                    day=format_date(
                        self.env, date_respite or self._get_default_respite()
                    ),
                )
            )
        following = [part for part in parts if part.residual and part.due >= today]
        if following:
            sentences.append(
                self.env._(
                    "The next installment is %(amount)s on %(day)s.",
                    amount=self.currency_id.format(
                        self._from_units(following[0].residual)
                    ),
                    day=format_date(self.env, following[0].due),
                )
            )
        return sentences

    def _get_consequences_of_cancellation(self):
        if self.state == "draft":
            return [self.env._("The plan is dropped. Nobody is written to.")]
        if self.state in OPEN:
            return [
                self.env._(
                    "The offer is taken back. Nobody is written to: tell %(debtor)s.",
                    debtor=self.partner_id.name,
                )
            ]
        return [
            self.env._(
                "The plan ends. %(left)s is open and due as the invoices say, and"
                " reminders are sent again.",
                left=self.currency_id.format(self.amount_residual),
            ),
            self.env._(
                "Nobody is written to: tell %(debtor)s.", debtor=self.partner_id.name
            ),
        ]

    def _describe_delivery(self):
        """How the debtor will hear of it."""
        answer = self._ask_gate(EMAIL, NOTICE)
        person = answer.recipient
        if answer.is_allowed:
            return self.env._(
                "%(person)s gets an e-mail at %(email)s.",
                person=person.name,
                email=person.email_normalized,
            )
        if answer.code != "no_address":
            return self.env._(
                "%(person)s gets no e-mail, print the letter and post it: %(why)s",
                person=person.name,
                why=answer.reason,
            )
        return self.env._(
            "%(person)s has no e-mail address: print the letter and post it.",
            person=person.name,
        )

    def _can_run_again(self):
        """Whether the rule lets the plan be reinstated once more."""
        return self.reinstatement_count < self.max_reinstatements

    # ---------------------------------------------------------------------- words
    # How plans stand, in words for whoever looks at the debtor.

    def _get_note(self):
        """How these plans stand, in one line; False if none does."""
        standing = self.filtered(lambda plan: plan.state in JUDGED)
        standing = standing.with_prefetch(self._prefetch_ids)
        return " ".join(plan._describe() for plan in standing) or False

    def _describe(self):
        """How a plan stands, in one sentence."""
        self.ensure_one()
        values = {
            "plan": self.name,
            "arrears": self.currency_id.format(self.amount_arrears),
            "left": self.currency_id.format(self.amount_residual),
            "next": self.currency_id.format(self.next_installment_id.amount_residual),
            "day": format_date(self.env, self.date_next),
            "until": format_date(self.env, self.date_cure),
            "since": format_date(self.env, self.date_accelerated),
        }
        if self.state == engine.ACCELERATED:
            return self.env._(
                "%(plan)s was broken: %(left)s is due at once since %(since)s.",
                **values,
            )
        if self.state == engine.NOTICE and self.date_cure:
            return self.env._(
                "%(plan)s: notice sent, %(arrears)s to be paid by %(until)s.", **values
            )
        if self.state == engine.NOTICE:
            return self.env._(
                "%(plan)s: notice sent, %(arrears)s in arrears.", **values
            )
        if self.amount_arrears:
            return self.env._("%(plan)s: %(arrears)s in arrears.", **values)
        return self.env._(
            "On installment plan %(plan)s: next %(next)s on %(day)s.", **values
        )

    def _get_incident_note(self):
        """What is wrong with a plan and what to do, or False."""
        self.ensure_one()
        values = {
            "arrears": self.currency_id.format(self.amount_arrears),
            "left": self.currency_id.format(self.amount_residual),
            "until": format_date(self.env, self.date_cure),
            "since": format_date(self.env, self.date_accelerated),
        }
        if self.state == engine.ACCELERATED:
            last = self.event_ids.filtered(lambda event: event.kind == "accelerated")
            values["why"] = last.sorted("id")[-1:].reason or ""
            if self._can_run_again():
                return self.env._(
                    "%(why)s So %(left)s is due at once since %(since)s. Call the"
                    " debtor; a manager can reinstate the plan.",
                    **values,
                )
            return self.env._(
                "%(why)s So %(left)s is due at once since %(since)s. Call the debtor;"
                " only a new plan can take its place.",
                **values,
            )
        if self.state == engine.NOTICE and self.date_cure:
            return self.env._(
                "%(arrears)s is in arrears. The notice gives the debtor time until"
                " %(until)s; then the rest falls due. Call the debtor before.",
                **values,
            )
        if self.state == engine.NOTICE:
            return self.env._(
                "%(arrears)s is in arrears. The time to pay runs as soon as the notice"
                " has arrived: look at the letters.",
                **values,
            )
        if self.state in RUNNING and self.amount_arrears and self._has_respite():
            return self.env._(
                "%(arrears)s is in arrears. The debtor has time until %(respite)s to"
                " pay it.",
                respite=format_date(self.env, self.date_respite),
                **values,
            )
        if self.state in RUNNING and self.amount_arrears:
            return self.env._(
                "%(arrears)s is in arrears. Call the debtor before the rest falls due.",
                **values,
            )
        return False

    def _describe_step(self, decision, arrears=None):
        """What the next nightly run does, and why.

        :param str arrears: as :meth:`_explain` takes it
        """
        why = self._explain(decision, arrears)
        steps = {
            engine.NOTHING: self.env._("Nothing to do: %(why)s"),
            engine.COMPLETE: self.env._("Close the plan: %(why)s"),
            engine.DISSOLVE: self.env._("Dissolve the plan: %(why)s"),
            engine.CURE: self.env._("Take the notice back: %(why)s"),
            engine.HOLD: self.env._("Held back: %(why)s"),
            engine.PROPOSE: self.env._("Ask the collector: %(why)s"),
            engine.SEND_NOTICE: self.env._("Send the notice: %(why)s"),
            engine.ACCELERATE: self.env._("Accelerate: %(why)s"),
        }
        return steps[decision.step] % {"why": why}

    # -------------------------------------------------------------------- payment
    # Odoo's own payment dialog, for the next installment.

    def action_register_payment(self):
        """Open Odoo's payment dialog with what is due next; it matches the claims.

        :raise UserError: if nothing is left to pay
        """
        self.ensure_one()
        self.check_access("read")
        items = self._get_open_items()
        if not items:
            raise UserError(
                self.env._(
                    "Nothing is left to pay on the claims of %(plan)s.", plan=self.name
                )
            )
        action = items.action_register_payment()
        amount = self._get_amount_to_pay()
        return dict(
            action,
            context={
                **action["context"],
                "default_group_payment": True,
                "default_communication": self.name,  # what letters ask debtors to write
                "default_amount": amount,
                "default_custom_user_amount": amount,
                "default_custom_user_currency_id": self.currency_id.id,
                "dont_redirect_to_payments": True,
            },
        )

    def _get_open_items(self):
        """Journal items of the claims that are still open, oldest first."""
        items = self.claim_ids.move_line_id
        return items.filtered(
            lambda item: item.parent_state == "posted" and not item.reconciled
        ).sorted(lambda item: (item.date_maturity or item.date, item.id))

    def _get_amount_to_pay(self):
        """What is due: the arrears, else the next installment, else all that is left.

        In the plan's currency.
        """
        self.ensure_one()
        return (
            self.amount_arrears
            or self.next_installment_id.amount_residual
            or self.amount_residual
        )
