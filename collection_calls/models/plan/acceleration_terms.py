from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang

TERMS = (
    "grace_days",
    "tolerance_amount",
    "missed_count",
    "consecutive",
    "min_arrears_percent",
    "on_returned_payment",
    "on_new_overdue",
    "notice_days",
    "requires_acceptance",
    "mode",
    "max_reinstatements",
)


class CollectionAccelerationTerms(models.AbstractModel):
    """When missed installments make the rest due.

    Rules have these terms, and a plan keeps its own copy of them: ``TERMS`` names the
    fields. Who inherits says in which currency the tolerance is.
    """

    _name = "collection.acceleration.terms"
    _description = "When Missed Installments Make the Rest Due"
    _inherit = "collection.entry"

    currency_id = fields.Many2one("res.currency")
    grace_days = fields.Integer(
        string="Days of Grace",
        default=3,
        help="Days after the date of an installment that the payment may take to reach"
        " us. The installment is missed on the day after.",
    )
    tolerance_amount = fields.Monetary(
        string="Tolerance",
        help="An installment is missed if more than this amount of it is unpaid. Keeps"
        " bank fees and differences of rounding from ending a plan.",
    )
    missed_count = fields.Integer(
        string="Missed Installments",
        default=1,
        help="How many installments have to be missed.",
    )
    consecutive = fields.Boolean(
        string="At the Same Time",
        default=True,
        help="Only installments that are missed at the same time count; those follow"
        " each other, as money pays the earliest first. Otherwise installments that"
        " were paid late count as well, as long as another one is missed.",
    )
    min_arrears_percent = fields.Float(
        string="Least Arrears",
        digits=(5, 2),
        help="Percentage of the plan's total that has to be in arrears when"
        " installments are missed. 0: any missed installment is enough.",
    )
    on_returned_payment = fields.Boolean(
        string="A Payment Is Returned",
        help="A payment of the debtor that goes back while something is in arrears is"
        " enough: without days of grace, and however few installments are missed.",
    )
    on_new_overdue = fields.Boolean(
        string="Another Invoice Falls Overdue",
        help="Another invoice of the debtor that falls overdue while something is in"
        " arrears is enough: without days of grace, and however few installments are"
        " missed.",
    )
    notice_days = fields.Integer(
        string="Days of Notice",
        help="Days from the delivery of a written notice that the debtor has to pay"
        " what is in arrears, before the rest falls due. 0: no notice.",
    )
    requires_acceptance = fields.Boolean(
        help="Neither a notice nor acceleration before the debtor has accepted the plan"
        " in writing: signed it online or on paper, or agreed by e-mail.",
    )
    mode = fields.Selection(
        [("automatic", "Automatically"), ("propose", "After asking a collector")],
        string="Next Step",
        required=True,
        default="automatic",
        help="Whether the notice is sent, or the rest made due, by itself, or only once"
        " a collector has decided so.",
    )
    max_reinstatements = fields.Integer(
        string="Reinstatements",
        default=1,
        help="How many times a manager may let the same plan run again after the rest"
        " fell due. 0: never.",
    )

    @api.constrains(
        "grace_days", "notice_days", "max_reinstatements", "tolerance_amount"
    )
    def _check_not_negative(self):
        for terms in self:
            if min(terms.grace_days, terms.notice_days) < 0:
                raise ValidationError(
                    self.env._(
                        "Days of grace and days of notice can't be negative. Enter 0"
                        " for none."
                    )
                )
            if terms.max_reinstatements < 0:
                raise ValidationError(
                    self.env._(
                        "The number of reinstatements can't be negative. Enter 0 if a"
                        " plan may never run again."
                    )
                )
            if terms.tolerance_amount < 0:
                raise ValidationError(
                    self.env._(
                        "The tolerance can't be negative. Enter 0 if every cent counts."
                    )
                )

    @api.constrains("missed_count")
    def _check_missed_count(self):
        if any(terms.missed_count < 1 for terms in self):
            raise ValidationError(
                self.env._(
                    "At least one installment has to be missed. Enter 1 or more as the"
                    " number of missed installments."
                )
            )

    @api.constrains("min_arrears_percent")
    def _check_min_arrears_percent(self):
        for terms in self:
            terms._check_percent(terms.min_arrears_percent)

    def _check_percent(self, percent):
        if not 0 <= percent <= 100:
            raise ValidationError(
                self.env._(
                    "The least arrears are a percentage of the plan's total. Enter a"
                    " number from 0 to 100."
                )
            )

    def _format_percent(self, percent):
        """Percentages with as many decimals as they have: 10, 12.5 or 33.33."""
        percent = round(percent, 2)
        decimals = len(f"{percent:.2f}".rstrip("0").split(".")[1])
        return formatLang(self.env, percent, digits=decimals)

    # --------------------------------------------------------------------- clause
    # Acceleration terms as the debtor reads them.
    #
    # In the language of the environment: give it the debtor's.

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
            percent=self._format_percent(self.min_arrears_percent),
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

    # ------------------------------------------------------------------- sentence
    # Acceleration terms as those who choose them read them.
    #
    # In the language of the environment. Translators get whole clauses. What is put
    # into one is the subject of its sentence, and one installment is told apart from
    # many.

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
        if self.requires_acceptance:
            sentences.append(
                self.env._(
                    "Nothing of this happens before the debtor has accepted the plan in"
                    " writing."
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
                percent=self._format_percent(self.min_arrears_percent),
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
