from odoo import models


class CollectionAccelerationClause(models.AbstractModel):
    """Acceleration terms as the debtor reads them.

    In the language of the environment: give it the debtor's.
    """

    _name = "collection.acceleration.clause"
    _description = "Acceleration Clause of a Plan"

    def _get_clause(self):
        """What the written plan says about the rest, in one or more sentences.

        The tolerance is left out: it is our patience, and no invitation to pay less.

        :rtype: str
        """
        self.ensure_one()
        sentences = [self._write_consequence(self._write_condition())]
        if self.on_returned_payment:
            sentences.append(
                self.env._(
                    "The same applies as soon as one of your payments is returned while"
                    " you are in arrears."
                )
            )
        if self.on_new_overdue:
            sentences.append(
                self.env._(
                    "The same applies as soon as another of our invoices falls overdue"
                    " while you are in arrears."
                )
            )
        if self.missed_count > 1 and not self.consecutive:
            sentences.append(
                self.env._(
                    "Installments that you paid late count as well, as long as another"
                    " one is not paid."
                )
            )
        return " ".join(sentences)

    def _write_condition(self):
        if self.missed_count > 1:
            condition = self._write_condition_of_many()
        else:
            condition = self._write_condition_of_one()
        if not self.min_arrears_percent:
            return condition
        return self.env._(
            "%(condition)s and at least %(percent)s %% of the plan is in arrears",
            condition=condition,
            percent=self._format_percent(),
        )

    def _write_condition_of_one(self):
        days = self.grace_days
        if not days:
            return self.env._("If one installment is not paid in full on its date")
        if days == 1:
            return self.env._(
                "If one installment is not paid in full within 1 day after its date"
            )
        return self.env._(
            "If one installment is not paid in full within %(days)s days after its"
            " date",
            days=days,
        )

    def _write_condition_of_many(self):
        installments = self._write_installments()
        days = self.grace_days
        if not days:
            return self.env._(
                "If %(installments)s are not paid in full on their date",
                installments=installments,
            )
        if days == 1:
            return self.env._(
                "If %(installments)s are not paid in full within 1 day after their"
                " date",
                installments=installments,
            )
        return self.env._(
            "If %(installments)s are not paid in full within %(days)s days after their"
            " date",
            installments=installments,
            days=days,
        )

    def _write_installments(self):
        count = self.missed_count
        if self.consecutive:
            if count == 2:
                return self.env._("two consecutive installments")
            return self.env._("%(count)s consecutive installments", count=count)
        if count == 2:
            return self.env._("two installments")
        return self.env._("%(count)s installments", count=count)

    def _write_consequence(self, condition):
        days = self.notice_days
        if days == 1:
            return self.env._(
                "%(condition)s, we may demand the whole rest after a written notice"
                " that gives you 1 day to pay what is in arrears.",
                condition=condition,
            )
        if days:
            return self.env._(
                "%(condition)s, we may demand the whole rest after a written notice"
                " that gives you %(days)s days to pay what is in arrears.",
                condition=condition,
                days=days,
            )
        if self.mode == "propose":
            return self.env._(
                "%(condition)s, we may demand the whole rest at once.",
                condition=condition,
            )
        return self.env._(
            "%(condition)s, the whole rest falls due at once.", condition=condition
        )
