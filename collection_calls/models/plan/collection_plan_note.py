from odoo import models
from odoo.tools import format_date

from ...engine import acceleration as engine
from .nightly_run import JUDGED, RUNNING


class CollectionPlanNote(models.AbstractModel):
    """How plans stand, in words for whoever looks at the debtor."""

    _name = "collection.plan.note"
    _description = "Installment Plans in Words"

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

    def _describe_step(self, decision):
        """What the next nightly run does, and why."""
        why = self._explain(decision)
        steps = {
            engine.NOTHING: self.env._("Nothing to do: %(why)s"),
            engine.COMPLETE: self.env._("Close the plan: %(why)s"),
            engine.CURE: self.env._("Take the notice back: %(why)s"),
            engine.HOLD: self.env._("Held back: %(why)s"),
            engine.PROPOSE: self.env._("Ask the collector: %(why)s"),
            engine.SEND_NOTICE: self.env._("Send the notice: %(why)s"),
            engine.ACCELERATE: self.env._("Make the rest due at once: %(why)s"),
        }
        return steps[decision.step] % {"why": why}
