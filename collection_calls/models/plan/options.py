from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...engine import allocation
from .drafting import OPEN

OPTIONS = ("notice", "accelerate", "reinstate", "cancel")


class CollectionPlanOptions(models.AbstractModel):
    """What may be decided about a plan now, and what would come of it, in words."""

    _name = "collection.plan.options"
    _description = "Options on Installment Plans"

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
        parts = plan_sudo._get_ledgers()[plan_sudo].parts
        arrears = self._from_units(allocation.arrears(parts, today))
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
        person = self._get_person()
        if self._can_be_mailed():
            return self.env._(
                "%(person)s gets an e-mail at %(email)s.",
                person=person.name,
                email=person.email_normalized,
            )
        return self.env._(
            "%(person)s has no e-mail address: print the letter and post it.",
            person=person.name,
        )

    def _can_run_again(self):
        """Whether the rule lets the plan be reinstated once more."""
        return self.reinstatement_count < self.max_reinstatements
