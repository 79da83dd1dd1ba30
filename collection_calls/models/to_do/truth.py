from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

from ...engine import acceleration, promise
from ...engine.topics import (
    ACCELERATED,
    AGREED,
    BROKEN,
    CREDIT_NOTE,
    FOLLOW_UP,
    LEFT_OPEN,
    MISSED,
    NOTICE,
    OBJECTED,
    PARTIAL,
    PROMISED,
    REJECTED,
    REMIND,
    WITHDRAWN,
    WRITE,
)


class CollectionPromise(models.Model):
    _name = "collection.promise"
    _inherit = ["collection.promise", "collection.to.do"]

    def _get_true_topics(self):
        """Nobody reminds of what is paid, nor insists on what was promised anew."""
        failed = {promise.BROKEN: {BROKEN}, promise.PARTIAL: {PARTIAL}}
        standing = {
            promise.OPEN: {REMIND, WRITE, PROMISED},
            promise.TO_CHECK: {REMIND},
        }
        items = self.line_ids.move_line_id
        left = items.filtered(lambda item: item.amount_residual > 0)
        unprotected = left - left._get_collection_protected()
        topics = {}
        for record in self:
            told = failed if record.state in failed else standing
            asked = unprotected if record.state in failed else left
            is_asked = record.line_ids.move_line_id & asked
            topics[record] = told.get(record.state, set()) if is_asked else set()
        return topics

    def _say_topic(self, topic):
        self.ensure_one()
        words = {
            BROKEN: self.env._("Promise broken: %(promise)s", promise=self.name),
            PARTIAL: self.env._("Promise partly kept: %(promise)s", promise=self.name),
            REMIND: self.env._(
                "Remind of %(promise)s, due on %(day)s",
                promise=self.name,
                day=format_date(self.env, self.date_promised),
            ),
            PROMISED: self.env._(
                "%(promise)s: promises to pay on %(day)s",
                promise=self.name,
                day=format_date(self.env, self.date_promised),
            ),
        }
        return words.get(topic, False)


class CollectionPlan(models.Model):
    _name = "collection.plan"
    _inherit = ["collection.plan", "collection.to.do"]

    def _get_true_topics(self):
        return {plan: plan._get_true_topics_of_one() for plan in self}

    def _get_true_topics_of_one(self):
        if self.state == acceleration.ACCELERATED:
            return {ACCELERATED}
        if self.state not in (acceleration.ACTIVE, acceleration.NOTICE):
            return set()
        topics = set()
        if self.currency_id.compare_amounts(self.amount_arrears, 0) > 0:
            topics.add(MISSED)
        if self.state == acceleration.NOTICE:
            topics.add(NOTICE)
        return topics

    def _say_topic(self, topic):
        self.ensure_one()
        words = {
            MISSED: self.env._("Installment missed: %(plan)s", plan=self.name),
            NOTICE: self.env._("Notice sent: %(plan)s", plan=self.name),
            ACCELERATED: self.env._("Rest due at once: %(plan)s", plan=self.name),
        }
        return words.get(topic, False)


class CollectionPlanInstallment(models.Model):
    _name = "collection.plan.installment"
    _inherit = ["collection.plan.installment", "collection.to.do"]

    def _get_true_topics(self):
        """Nobody reminds of what is paid, nor of a plan that is over."""
        running = acceleration.ACTIVE, acceleration.NOTICE
        return {
            part: {REMIND}
            if part.plan_id.state in running and part.amount_residual
            else set()
            for part in self
        }

    def _say_topic(self, topic):
        self.ensure_one()
        return topic == REMIND and self.env._(
            "Remind of %(plan)s, due on %(day)s",
            plan=self.plan_id.name,
            day=format_date(self.env, self.date_due),
        )


class CollectionDispute(models.Model):
    _name = "collection.dispute"
    _inherit = ["collection.dispute", "collection.to.do"]

    def _get_true_topics(self):
        """Nobody insists on an invoice that is paid or credited."""
        topics = {
            "open": {OBJECTED},
            "rejected": {REJECTED},
            "withdrawn": {WITHDRAWN},
        }
        return {
            dispute: dispute._get_topics_of_accepted()
            if dispute.state == "accepted"
            else topics.get(dispute.state, set())
            if dispute._is_still_owed()
            else set()
            for dispute in self
        }

    def _get_topics_of_accepted(self):
        self.ensure_one()
        made = self.credit_note_ids.filtered(lambda move: move.state != "cancel")
        return {CREDIT_NOTE} if self._is_creditable() and not made else set()

    def _is_still_owed(self):
        move = self.move_id
        left = move.currency_id.compare_amounts(move.amount_residual, 0)
        return move.state == "posted" and left > 0

    def _say_topic(self, topic):
        self.ensure_one()
        words = {
            REJECTED: self.env._(
                "%(dispute)s was rejected: tell the debtor", dispute=self.name
            ),
            OBJECTED: self.env._(
                "%(dispute)s: objects to %(invoice)s",
                dispute=self.name,
                invoice=self.move_id.name,
            ),
            WITHDRAWN: self.env._(
                "%(dispute)s was withdrawn: ask for the payment", dispute=self.name
            ),
        }
        return words.get(topic, False)


class CollectionCall(models.Model):
    _name = "collection.call"
    _inherit = ["collection.call", "collection.to.do"]

    def _get_true_topics(self):
        newer = self._get_later_promises()
        return {
            call: {
                *([LEFT_OPEN] if call.state == "done" else []),
                *([FOLLOW_UP] if call._is_follow_up_true(newer[call]) else []),
            }
            for call in self
        }

    def _say_topic(self, topic):
        self.ensure_one()
        return topic == FOLLOW_UP and self._get_next_call_summary()

    def _get_later_promises(self):
        """Whether the debtor promised something since, without this call.

        :return: {call: boolean}
        """
        standing = self.env["collection.promise"].search(
            Domain("partner_id", "in", self.partner_id.ids)
            & Domain("state", "in", promise.STANDING)
        )
        made = standing.grouped(lambda each: (each.partner_id, each.company_id))
        return {
            call: any(
                each.call_id != call and each.date_made >= call._get_day()
                for each in made.get((call.partner_id, call.company_id), ())
            )
            for call in self
        }

    def _is_follow_up_true(self, promised_since):
        """Whether the reason to call again is still one.

        A reminder ends with what it reminds of; a further try is needless once the
        debtor has promised something.
        """
        self.ensure_one()
        if self.state != "done":
            return False
        outcome = self.outcome_id
        agreed = self.promise_ids or self.plan_ids
        if outcome.solution in AGREED and agreed:
            standing = self.promise_ids.filtered(
                lambda each: each.state in promise.STANDING
            )
            running = self.plan_ids.filtered(
                lambda plan: plan.state in (acceleration.ACTIVE, acceleration.NOTICE)
            )
            return bool(standing or running)
        is_try = not self.right_party_verified and outcome.next_step == "retry"
        return not (is_try and promised_since)


class CollectionCase(models.Model):
    _inherit = "collection.case"

    @api.model
    def _drop_untrue_to_dos(self, debtor_ids):
        """Whatever changed, nobody is asked to tell what isn't true any more."""
        mine = self.env["collection.case.facts"]._get_mine(
            self.env.companies, debtor_ids
        )
        # sudo: to-dos go whoever made them untrue.
        models_sudo = self.sudo(), self.env["collection.dispute"].sudo()
        of_debtors = Domain.OR(
            Domain("res_model", "=", model_sudo._name)
            & Domain("res_id", "in", model_sudo._search(mine))
            for model_sudo in models_sudo
        )
        to_dos_sudo = self.env["mail.activity"].sudo()
        to_dos_sudo = to_dos_sudo.search(
            of_debtors & Domain("collection_topic", "!=", False)
        )
        to_dos_sudo._filter_untrue().unlink()
        return super()._drop_untrue_to_dos(debtor_ids)
