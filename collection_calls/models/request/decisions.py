from odoo import models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_date

from ...engine import acceleration
from ...engine import promise as promise_engine
from .collection_offer import DAY


class CollectionOffer(models.Model):
    """What becomes of an offer: a promise, a plan, a respite, or an answer in words."""

    _inherit = "collection.offer"

    def action_accept(self, day=None, answer=False):
        """Agree to a day that the debtor proposes, or to another one.

        On a running plan it is a respite: until then the rule isn't applied to what is
        in arrears. On other claims it becomes a promise; beyond the company's limits a
        manager confirms it, as always.

        :param date day: another day, on the company's calendar
        :param str answer: words for the debtor
        :raise UserError: if it is answered already, or isn't about a day
        """
        for each in self:
            each._check_answerable()
            if each.kind != DAY:
                raise UserError(
                    self.env._("Use “Make a Plan”: it fills in what was proposed.")
                )
            agreed = each._read_day(day or each.date_first)
            if agreed < each.company_id._get_collection_today():
                raise ValidationError(
                    self.env._(
                        "%(day)s is past. Choose a later day, or decline.",
                        day=format_date(self.env, agreed),
                    )
                )
            changed = agreed != each.date_first
            if each._is_about_running_plan():
                each._give_respite(agreed)
                each._close("accepted", answer, is_changed=changed)
            else:
                made = each._make_promise(agreed)
                each._close(
                    "accepted", answer, is_changed=changed, new_promise_id=made.id
                )
        return True

    def action_decline(self, answer):
        """Say no, in words that the debtor reads.

        :raise UserError: if there are no words, or it is answered already
        """
        answer = self._read_reason(
            answer, self.env._("Say why it is declined: the debtor reads it.")
        )
        self._check_answerable()
        self._close("declined", answer)
        return True

    def action_make_plan(self):
        """Open the terms of an installment plan, filled in with what was proposed.

        :raise UserError: if it is answered already, or its claims are in a plan
        """
        self.ensure_one()
        self._check_answerable()
        claims = self._get_claims()
        if not claims:
            raise UserError(
                self.env._(
                    "Nothing is left that could be paid by a new plan: the claims are"
                    " paid, or in a running plan. Cancel that plan first, or decline."
                )
            )
        debtor = self.partner_id
        action = debtor._get_collection_plan_action(
            self.company_id, self.contact_id or debtor._get_collection_contact(), claims
        )
        return dict(
            action,
            context={
                **action["context"],
                "default_offer_id": self.id,
                "default_date_start": self.date_first,
                "default_frequency": self.frequency or "monthly",
                "default_schedule_by": "count",
                "default_installment_count": self.installment_count or 1,
            },
        )

    # ---------------------------------------------------------- business methods

    def _is_about_running_plan(self):
        return self.plan_id.state in (acceleration.ACTIVE, acceleration.NOTICE)

    def _give_respite(self, day):
        """Wait with the arrears of a running plan until a day.

        :raise AccessError: if it is further ahead than collectors may promise
        :raise UserError: if the plan was given notice
        """
        plan = self.plan_id
        plan.check_access("write")
        if plan.state != acceleration.ACTIVE:
            raise UserError(
                self.env._(
                    "%(plan)s was given notice: what it asks for has to be paid in the"
                    " time that it gives. Decline with words, or put the case on hold.",
                    plan=plan.name,
                )
            )
        company_sudo = self.company_id.sudo()  # settings are nobody's to read
        most = company_sudo.collection_promise_horizon_days
        days = (day - self.company_id._get_collection_today()).days
        if most and days > most and not self.env["collection.call"]._is_manager():
            raise AccessError(
                self.env._(
                    "%(days)s days are more than the %(most)s that collectors may wait."
                    " Choose an earlier day, or ask a manager.",
                    days=days,
                    most=most,
                )
            )
        plan.sudo()._give_respite(
            day,
            self.env._("%(offer)s: the debtor asked for it.", offer=self.name),
        )

    def _make_promise(self, day):
        """The promise that a debtor proposed, on what is open and in no plan now."""
        self.ensure_one()
        claims = self._get_claims().filtered(
            lambda item: item.currency_id == self.currency_id
        )
        lines = self._get_agreement()._get_promise_lines(claims, self.amount)
        if not lines:
            raise UserError(
                self.env._(
                    "Nothing is left to promise: the claims are paid, or in a running"
                    " plan. Decline with words."
                )
            )
        return self.env["collection.promise"].create(
            {
                "partner_id": self.partner_id.id,
                "contact_id": self.contact_id.id,
                "company_id": self.company_id.id,
                "date_promised": day,
                "line_ids": [Command.create(line) for line in lines],
            }
        )

    def _answer_with_plan(self, plan):
        """A collector has made a plan of it, as proposed or changed."""
        proposed = (self.date_first, self.installment_count, self.frequency)
        made = (plan.date_start, plan.installment_count, plan.frequency)
        by_count = plan.schedule_by == "count" and not plan.down_payment
        self._close(
            "accepted",
            is_changed=not by_count or proposed != made,
            new_plan_id=plan.id,
        )
        former = self.plan_id
        if former.state == "offered" and former != plan:
            # Who proposes something else has refused the offer (§ 150 (2) BGB).
            former.action_cancel(
                self.env._(
                    "%(plan)s takes its place: the debtor proposed something else"
                    " (%(offer)s).",
                    plan=plan.name,
                    offer=self.name,
                )
            )


class CollectionPlan(models.Model):
    _inherit = "collection.plan"

    def _get_open_claims(self):
        return self._sort_open(self.claim_ids.move_line_id)

    def _give_respite(self, day, reason):
        """Don't apply the rule to what is in arrears until a day."""
        self.ensure_one()
        self.date_respite = max(day, self.date_respite or day)
        self._log("respite", self.amount_arrears, reason)
        self._refresh_now()


class CollectionPromise(models.Model):
    _inherit = "collection.promise"

    def _get_open_claims(self):
        """Claims that the promise is about; what a newer one took is that one's."""
        lines = self.line_ids.filtered(
            lambda line: line.state != promise_engine.SUPERSEDED
        )
        return self._sort_open(lines.move_line_id)
