from odoo import models
from odoo.tools import formatLang


class CollectionAccelerationSentence(models.AbstractModel):
    """Acceleration terms as those who choose them read them.

    In the language of the environment. Translators get whole clauses. What is put into
    one is the subject of its sentence, and one installment is told apart from many.
    """

    _name = "collection.acceleration.sentence"
    _description = "Preview of an Acceleration Rule"

    def _get_terms_sentence(self):
        """What the terms do, in one or more sentences.

        :rtype: str
        """
        self.ensure_one()
        sentences = [self._say_rule()]
        if self.on_returned_payment:
            sentences.append(
                self.env._(
                    "So does a payment that is returned while something is in arrears,"
                    " without waiting."
                )
            )
        if self.on_new_overdue:
            sentences.append(
                self.env._(
                    "So does another invoice that falls overdue while something is in"
                    " arrears, without waiting."
                )
            )
        if self.missed_count > 1 and not self.consecutive:
            sentences.append(
                self.env._(
                    "Installments that were paid late count as missed, as long as"
                    " another one is missed."
                )
            )
        sentences.append(self._say_reinstatements())
        return " ".join(sentences)

    def _say_rule(self):
        rule = self._say_consequence(self._say_incident())
        if self.mode == "propose":
            return self.env._("%(rule)s; a collector is asked first.", rule=rule)
        return self.env._("%(rule)s.", rule=rule)

    def _say_incident(self):
        """The subject of the sentence: which installments, how much, since when."""
        incident = self._say_tolerance(self._say_missed_installments())
        if self.min_arrears_percent:
            incident = self.env._(
                "%(incident)s with at least %(percent)s %% in arrears",
                incident=incident,
                percent=self._format_percent(),
            )
        return self._say_grace(incident)

    def _say_missed_installments(self):
        count = self.missed_count
        if count <= 1:
            return self.env._("One missed installment")
        if self.consecutive:
            if count == 2:
                return self.env._("Two consecutive missed installments")
            return self.env._("%(count)s consecutive missed installments", count=count)
        if count == 2:
            return self.env._("Two missed installments")
        return self.env._("%(count)s missed installments", count=count)

    def _say_tolerance(self, incident):
        currency = self.currency_id or self.env.company.currency_id
        if currency.is_zero(self.tolerance_amount):
            return incident
        amount = formatLang(self.env, self.tolerance_amount, currency_obj=currency)
        if self.missed_count > 1:
            return self.env._(
                "%(incidents)s of more than %(amount)s each",
                incidents=incident,
                amount=amount,
            )
        return self.env._(
            "%(incident)s of more than %(amount)s", incident=incident, amount=amount
        )

    def _say_grace(self, incident):
        days = self.grace_days
        if not days:
            return incident
        if self.missed_count > 1:
            if days == 1:
                return self.env._(
                    "%(incidents)s, 1 day after their date,", incidents=incident
                )
            return self.env._(
                "%(incidents)s, %(days)s days after their date,",
                incidents=incident,
                days=days,
            )
        if days == 1:
            return self.env._("%(incident)s, 1 day after its date,", incident=incident)
        return self.env._(
            "%(incident)s, %(days)s days after its date,", incident=incident, days=days
        )

    def _say_consequence(self, incident):
        if self.missed_count > 1:
            return self._say_consequence_of_many(incident)
        days = self.notice_days
        if not days:
            return self.env._(
                "%(incident)s makes the rest due at once", incident=incident
            )
        if days == 1:
            return self.env._(
                "%(incident)s makes the rest due after a written notice of 1 day",
                incident=incident,
            )
        return self.env._(
            "%(incident)s makes the rest due after a written notice of %(days)s days",
            incident=incident,
            days=days,
        )

    def _say_consequence_of_many(self, incidents):
        days = self.notice_days
        if not days:
            return self.env._(
                "%(incidents)s make the rest due at once", incidents=incidents
            )
        if days == 1:
            return self.env._(
                "%(incidents)s make the rest due after a written notice of 1 day",
                incidents=incidents,
            )
        return self.env._(
            "%(incidents)s make the rest due after a written notice of %(days)s days",
            incidents=incidents,
            days=days,
        )

    def _say_reinstatements(self):
        count = self.max_reinstatements
        if not count:
            return self.env._("After that, the plan can't run again.")
        if count == 1:
            return self.env._("After that, a manager may let the plan run again once.")
        return self.env._(
            "After that, a manager may let the plan run again up to %(count)s times.",
            count=count,
        )
