from odoo import models
from odoo.fields import Domain
from odoo.tools import format_date, formatLang

from ...engine import next_call, priority


class CollectionCaseWords(models.AbstractModel):
    """Why a case stands where it stands, in the environment's language."""

    _name = "collection.case.words"
    _description = "Words of Cases"

    # ---------------------------------------------------------------------- priority

    def _say_priority(self):
        """A line for each reason, the most important first; they add up."""
        self.ensure_one()
        points = self.priority_points or {}
        ranked = sorted(
            points, key=lambda code: (-points[code], priority.CODES.index(code))
        )
        return "\n".join(
            f"{points[code]:>2}  {self._say_part(code)}" for code in ranked
        )

    def _say_part(self, code):
        words = {
            "amount": self._say_amount,
            "age": self._say_age,
            "broken_promises": self._say_broken_promises,
            "plan_incident": lambda: self.env._(
                "Installment plan: in arrears, under notice or due at once"
            ),
            "call_back": self._say_call_back,
            "silence": self._say_silence,
            "trust": self._say_trust,
        }
        return words[code]() if code in words else code

    def _say_amount(self):
        amount = formatLang(
            self.env, self.collectible_amount, currency_obj=self.currency_id
        )
        return self.env._("Amount: %(amount)s to collect", amount=amount)

    def _say_age(self):
        if self.days_overdue == 1:
            return self.env._("Age: one day overdue")
        return self.env._("Age: %(days)s days overdue", days=self.days_overdue)

    def _say_broken_promises(self):
        if self.broken_promise_count == 1:
            return self.env._("Promises: one not kept within twelve months")
        return self.env._(
            "Promises: %(count)s not kept within twelve months",
            count=self.broken_promise_count,
        )

    def _say_call_back(self):
        return self.env._(
            "Planned call: since %(day)s",
            day=format_date(self.env, self.next_call_date),
        )

    def _say_silence(self):
        if not self.last_contact_date:
            return self.env._("Silence: never spoken to")
        day = self.company_id._get_collection_day(self.last_contact_date)
        return self.env._(
            "Silence: last spoken to on %(day)s", day=format_date(self.env, day)
        )

    def _say_trust(self):
        kept, broken = self.kept_promise_count, self.broken_promise_count
        if not kept + broken:
            return self.env._("Trust: no promise to judge by yet")
        return self.env._(
            "Trust: %(kept)s of %(made)s promises kept", kept=kept, made=kept + broken
        )

    # --------------------------------------------------------------------- next call

    def _get_planned_summaries(self):
        """:return: {case's id: what the next planned call is about}"""
        # sudo: who sees the case sees when its next call is due, whoever will hold it.
        activities_sudo = self.env["mail.activity"].sudo()
        planned_sudo = activities_sudo.search(
            self._get_call_activity_domain() & Domain("res_id", "in", self.ids),
            order="date_deadline DESC, id DESC",
        )
        return {activity.res_id: activity.summary for activity in planned_sudo}

    def _say_next_call(self, summary):
        """:param summary: of the planned call, if there is one"""
        if self.next_call_code == next_call.PLANNED and summary:
            return summary
        attempts = self.attempt_count
        if self.next_call_code == next_call.RETRY and attempts > 1:
            return self.env._("Try again: %(count)s attempts so far", count=attempts)
        return {
            next_call.PLANNED: self.env._("Planned call"),
            next_call.PROMISE_BROKEN: self.env._("A promise was not kept"),
            next_call.PLAN_INCIDENT: self.env._("An installment plan is in trouble"),
            next_call.FIRST: self.env._("First call"),
            next_call.RETRY: self.env._("Try again: one attempt so far"),
            next_call.FOLLOW_UP: self.env._("Follow up on the last conversation"),
        }.get(self.next_call_code, False)
