from odoo import models
from odoo.tools import formatLang

from ...engine import priority


class CollectionStrategySentence(models.AbstractModel):
    """A strategy as those who choose it read it, in the environment's language."""

    _name = "collection.strategy.sentence"
    _description = "Words of Strategies"

    def _say_strategy(self):
        """Who gets on the list, when they are called, by whom, and who comes first."""
        self.ensure_one()
        sentences = [
            self._say_debtors(),
            self._say_days(),
            self._say_assignment(),
            self._say_weights(),
        ]
        return " ".join(sentence for sentence in sentences if sentence)

    def _say_debtors(self):
        limits = [self._say_amount(), self._say_age()]
        given = {
            "debtors": self._say_kind(),
            "limits": ", ".join(limit for limit in limits if limit),
        }
        if not given["limits"]:
            return self.env._("%(debtors)s, whatever they owe.", **given)
        return self.env._("%(debtors)s, %(limits)s.", **given)

    def _say_kind(self):
        if (self.partner_domain or "[]").replace(" ", "") == "[]":
            return self.env._("All debtors")
        return self.env._("Debtors that fit the filter")

    def _say_amount(self):
        if not self.amount_min:
            return None
        amount = formatLang(self.env, self.amount_min, currency_obj=self.currency_id)
        return self.env._("from %(amount)s on", amount=amount)

    def _say_age(self):
        days = self.days_overdue_min
        if days == 1:
            return self.env._("from the first day overdue on")
        return days and self.env._("from %(days)s days overdue on", days=days)

    def _say_days(self):
        return self.env._(
            "The first call is %(first)s, the next one %(retry)s if nobody was reached,"
            " or %(follow_up)s if nothing was agreed.",
            first=self._say_first(),
            retry=self._say_retry(),
            follow_up=self._say_follow_up(),
        )

    def _say_first(self):
        days = max(self.first_call_days, self.days_overdue_min)
        if not days:
            return self.env._("on the due date")
        if days == 1:
            return self.env._("on the day after the due date")
        return self.env._("%(days)s days after the due date", days=days)

    def _say_retry(self):
        days = self.retry_days
        if days == 1:
            return self.env._("on the next working day")
        return self.env._("%(days)s working days later", days=days)

    def _say_follow_up(self):
        days = self.follow_up_days
        if days == 1:
            return self.env._("on the next day")
        return self.env._("%(days)s days later", days=days)

    def _say_assignment(self):
        if self.assignment == "collector" and self.user_id:
            return self.env._(
                "New cases go to %(collector)s.", collector=self.user_id.name
            )
        if self.assignment == "round_robin" and self.user_ids:
            return self.env._(
                "New cases go to whoever has the fewest: %(collectors)s.",
                collectors=", ".join(self.user_ids.mapped("name")),
            )
        return self.env._("A case belongs to whoever calls first.")

    def _say_weights(self):
        """What counts, in percent of all, the most important first."""
        weights = {code: self[f"weight_{code}"] for code in priority.CODES}
        total = sum(weights.values())
        if min(weights.values()) < 0 or not total:  # while being typed
            return None
        labels = self.fields_get([f"weight_{code}" for code in weights], ["string"])
        parts = [
            self.env._(
                "%(what)s %(percent)s %%",
                what=labels[f"weight_{code}"]["string"],
                percent=round(100 * weight / total),
            )
            for code, weight in sorted(weights.items(), key=lambda item: -item[1])
            if weight
        ]
        return self.env._("What counts: %(parts)s.", parts=", ".join(parts))
