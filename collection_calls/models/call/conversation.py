from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tools import format_date

from ...engine import dialogue
from ..groups import COLLECTORS
from .collection_script import STEPS
from .contact import TICKS

AFTER_VERIFICATION = ("understand", "solve", "close")
ONLY_RIGHT_PARTY = (
    "debt_acknowledged",
    "reason_id",
    "payment_date",
    "plan_installment_count",
    "plan_installment_amount",
    "plan_down_payment",
    "improvement",
    "paid_date",
    "paid_amount",
    "paid_reference",
    "dispute_ids",
)
# What holds for one conversation only. Disputes are commitments, see below.
OF_ONE_DAY = {
    "outcome_id",
    "verified_by",
    "policy_override_reason",
    *ONLY_RIGHT_PARTY,
} - {"dispute_ids"}


class CollectionCall(models.Model):
    """The five steps of a call and what they bring to light."""

    _inherit = "collection.call"

    step = fields.Selection(STEPS, required=True, default="prepare", copy=False)
    reason_id = fields.Many2one(
        "collection.reason",
        string="Reason of Non-Payment",
        groups=COLLECTORS,
        index="btree_not_null",
        ondelete="restrict",
    )
    reason_label = fields.Char(
        translate=True,
        readonly=True,
        copy=False,
        groups=COLLECTORS,
        help="What the reason was called when the call was closed.",
    )
    answer_ids = fields.One2many(
        "collection.call.answer",
        "call_id",
        string="Questions",
        compute="_compute_answer_ids",
        store=True,
        readonly=False,
        groups=COLLECTORS,
    )
    payment_date = fields.Date(
        string="Pays On",
        groups=COLLECTORS,
        help="Day of the payment that was agreed, on the company's calendar. Proposed:"
        " the day after the debtor's payday.",
    )
    right_party_verified = fields.Boolean(
        compute="_compute_right_party_verified",
        store=True,
        readonly=False,
        help="The person proved to be allowed to hear about the debt.",
    )
    verified_by = fields.Selection(
        [
            ("customer_number", "Customer number"),
            ("document_number", "Number of an invoice or order"),
            ("address", "Address"),
            ("position", "Position in the company"),
            ("known_person", "Known to the collector"),
            ("call_back", "Called back on a known number"),
            ("other", "Other"),
        ],
    )

    @api.depends("reason_id")
    def _compute_answer_ids(self):
        for call in self:
            asked = call.answer_ids.question_id
            wanted = call.reason_id.question_ids._filter_fitting(call.partner_id)
            gone = call.answer_ids.filtered(
                lambda answer: not answer._is_answered()
            ).filtered(lambda answer, wanted=wanted: answer.question_id not in wanted)
            call.answer_ids = [Command.delete(answer.id) for answer in gone] + [
                Command.create({"question_id": question.id})
                for question in wanted - asked
            ]

    @api.constrains("step", "right_party_verified")
    def _check_step(self):
        for call in self:
            if call.step in AFTER_VERIFICATION and not call.right_party_verified:
                raise ValidationError(
                    self.env._(
                        "First make sure that you speak with the right person, and say"
                        " how they proved it (“Verified By”). If you can't, end the"
                        " call: no answer, voicemail, wrong number, third party or call"
                        " back."
                    )
                )

    @api.constrains("right_party_verified", *ONLY_RIGHT_PARTY)
    def _check_right_party_said_it(self):
        for call in self.filtered(lambda call: not call.right_party_verified):
            said = [name for name in ONLY_RIGHT_PARTY if call[name]]
            if said:
                label = self._fields[said[0]].get_description(self.env)["string"]
                raise ValidationError(
                    self.env._(
                        "Only the right party can say this: fill in “Verified By”"
                        " first, or empty “%(field)s”.",
                        field=label,
                    )
                )

    def _go(self, distance):
        """Move ``distance`` steps, as far as there are steps.

        :raise ValidationError: if the step is shut, or something is missing in the one
            that is left
        :raise UserError: if the contact policy is against the call that is about to be
            dialled
        """
        for call in self:
            if distance > 0 and call.step == "prepare":
                call._check_dialling()
            elif distance > 0:
                call._get_undialled()._check_policy()
            if distance > 0 and call.step == "solve":
                call._check_solution()
            steps = [step for step, _label in STEPS]
            position = min(max(steps.index(call.step) + distance, 0), len(steps) - 1)
            came_from, call.step = call.step, steps[position]
            call._enter_step(came_from)

    def _enter_step(self, came_from):
        """Lay out what the step works on."""
        self.ensure_one()
        if self.step == "call" and came_from == "prepare" and not self.verified_by:
            self.date_start = fields.Datetime.now()  # preparing is not talking
        elif self.step == "understand":
            self._add_overdue_claims()
        elif self.step == "close":
            self._prefill_contact()

    def _add_overdue_claims(self):
        """By default a conversation is about everything that is overdue."""
        self.ensure_one()
        if not self.claim_ids:
            self._add_claims(
                self.partner_id._get_collection_overdue_claims(self.company_id)
            )

    def _add_claims(self, items):
        """Put journal items on the call."""
        if items:
            self.claim_ids = [
                Command.create({"move_line_id": item.id}) for item in items
            ]

    def _propose_payment_date(self, weekday):
        """Take the day after the debtor's payday as the day of the payment.

        :param str weekday: the payday, "0" for Monday
        """
        self.ensure_one()
        called = self.company_id._get_collection_day(self.date_start)
        self.payment_date = dialogue.payment_day(called, int(weekday))

    def _check_solution(self):
        """Check that the step Solve came to an end.

        :raise ValidationError: if the outcome is missing or needs a day
        """
        self.ensure_one()
        if not self.outcome_id:
            raise ValidationError(
                self.env._(
                    "Choose what was agreed. If nothing was, choose the outcome that"
                    " says so, such as “No commitment”."
                )
            )
        self._check_payment_date()
        self._check_promises()
        self._check_plan()
        self._check_disputes()

    def _check_payment_date(self):
        """Check the day on which the debtor shall pay; that of a plan is checked there.

        :raise ValidationError: if it is past
        """
        self.ensure_one()
        if self._is_plan_noted():
            return
        today = self.company_id._get_collection_today()
        if self.payment_date and self.payment_date < today:
            raise ValidationError(
                self.env._("The payment can't lie in the past. Correct “Pays On”.")
            )

    def _get_prompt_values(self, lang):
        """What can stand in a prompt, by placeholder, as texts in ``lang``."""
        self.ensure_one()
        call = self.with_context(lang=lang)
        company = call.company_id
        return {
            "collector": call.user_id.name,
            "company": company.name,
            "company_phone": company.phone,
            "contact": call.contact_id.name or call.partner_id.name,
            "debtor": call.partner_id.name,
            **call._get_prompt_figures(),
        }

    def _get_prompt_figures(self):
        """What the call is about: the chosen claims, else all that is overdue."""
        rows = self._get_terms() if self.claim_ids else self._get_overdue_terms()
        claims = self.claim_ids
        labels = list(dict.fromkeys(claims.mapped("label")))
        amounts = self._say_sums(rows) or self.company_id.currency_id.format(0)
        days = [row["date_maturity"] for row in rows if row["date_maturity"]]
        oldest = min(days, default=False)
        invoices = {row["move"].id or row["label"] for row in rows}
        today = self.company_id._get_collection_today()
        return {
            "amount": amounts,
            "invoice_count": str(len(invoices)),
            "invoices": self._shorten(labels, 3),
            # The month in words: everywhere else 1/9 is another day.
            "oldest_due_date": format_date(self.env, oldest, date_format="long"),
            "days_overdue": str(max((today - oldest).days, 0)) if oldest else "",
        }

    @api.model
    def _shorten(self, texts, most):
        return ", ".join(texts[:most]) + (" …" if len(texts) > most else "")

    def _get_recap_lines(self):
        """What was said, to be read out or written, in the environment's language.

        :return: list of sentences
        """
        self.ensure_one()
        lines = [self._get_recap_subject(), self._get_recap_deductions()]
        acknowledged = {
            "yes": self.env._("You acknowledge the claim."),
            "partly": self.env._("You acknowledge a part of the claim."),
            "no": self.env._("You do not acknowledge the claim."),
        }
        lines.append(acknowledged.get(self.debt_acknowledged))
        lines.append(self.outcome_id.recap)
        lines += self._get_dispute_sentences()
        lines += self._get_promise_sentences() + self._get_plan_sentences()
        if self.next_call_date:
            lines.append(self._get_recap_next_call())
        return [line for line in lines if line]

    def _get_recap_subject(self):
        claims = self.claim_ids
        if not claims:
            return self.env._("We spoke about your account with us.")
        return self.env._(
            "We spoke about %(invoices)s, of which %(amounts)s is open.",
            invoices=self._shorten(list(dict.fromkeys(claims.mapped("label"))), 5),
            amounts=self._say_sums(self._get_spoken_terms()),
        )

    def _get_spoken_terms(self):
        """Those of :meth:`_get_terms` that are about claims of the call."""
        items, labels = self.claim_ids.move_line_id, self.claim_ids.mapped("label")
        return [
            row
            for row in self._get_terms()
            if row["item"] in items or (not row["item"] and row["label"] in labels)
        ]

    def _get_recap_deductions(self):
        return self._say_deductions(self._get_spoken_terms())

    def _get_recap_next_call(self):
        day = self._format_day(self._get_next_call_day())
        if not self.next_call_time:
            return self.env._("We call you again on %(day)s.", day=day)
        return self.env._(
            "We call you again on %(day)s at %(hour)s.",
            day=day,
            hour=self._say_hour(),
        )

    # --------------------------------------------------------------- verification
    # Whether the person on the line may hear about the debt, and how we know.

    @api.depends("verified_by")
    def _compute_right_party_verified(self):
        for call in self:
            call.right_party_verified = bool(call.verified_by)

    @api.constrains("state", "outcome_id", "right_party_verified", "verified_by")
    def _check_right_party(self):
        for call in self.filtered(lambda call: call.outcome_id):
            reached = call.outcome_id.reached
            if reached == "right_party" and not call.right_party_verified:
                raise ValidationError(
                    self.env._(
                        "“%(outcome)s” needs the right party: say how the person proved"
                        " who they are (“Verified By”), or choose an outcome without a"
                        " conversation about the debt.",
                        outcome=call.outcome_id.name,
                    )
                )
            if reached in ("nobody", "third_party") and call.right_party_verified:
                raise ValidationError(
                    self.env._(
                        "“%(outcome)s” says that the right party was not reached, but"
                        " the person was verified. Change the outcome or empty"
                        " “Verified By”.",
                        outcome=call.outcome_id.name,
                    )
                )

    @api.constrains("state", "outcome_id", "right_party_verified", "verified_by")
    def _check_complete(self):
        for call in self.filtered(lambda call: call.state == "done"):
            if not call.outcome_id:
                raise ValidationError(
                    self.env._("Choose the outcome before you close the call.")
                )
            if call.right_party_verified and not call.verified_by:
                raise ValidationError(
                    self.env._("Say how you verified the right party (“Verified By”).")
                )

    # -------------------------------------------------------------------- restart
    # Calls that were left on an earlier day and are held today after all.
    #
    # Who was verified then isn't on the line now, and what the contact policy said then
    # says nothing about today. That somebody dialled stays, and what was against it:
    # such a call ends with an outcome, and with a reason that is given once more. A
    # call out of which something binding came is evidence of its day and stays as it
    # is.

    def _is_outdated(self):
        """Whether the call was left on an earlier day of the company's calendar."""
        self.ensure_one()
        started = self.company_id._get_collection_day(self.date_start)
        today = self.company_id._get_collection_today()
        return self.state == "ongoing" and started < today

    def _restart_outdated(self):
        """Start calls of an earlier day anew; what they are about stays.

        :raise AccessError: if a colleague holds one, unless the user is a manager
        """
        for call in self:
            if call._is_outdated() and not call._has_commitments():
                call._restart()

    def _restart(self):
        self.ensure_one()
        self._check_open_to_edits()
        self._note_earlier_day()
        self.write(
            {
                **dict.fromkeys(OF_ONE_DAY | set(TICKS), False),
                "right_party_verified": False,
                "date_start": fields.Datetime.now(),
                "date_end": False,
                "step": "prepare",
            }
        )
        self._write_closed({"policy_date": False})
        self._note_occasion()

    def _note_earlier_day(self):
        """Keep in the chatter what holds for the earlier day only."""
        self.ensure_one()
        lines = [
            f"{field.get_description(self.env)['string']}: {value}"
            for field in map(self._fields.get, sorted(OF_ONE_DAY))
            if (value := field.convert_to_export(self[field.name], self))
        ]
        if lines:
            title = self.env._(
                "Started anew. Noted on %(day)s:",
                day=self._format_day(
                    self.company_id._get_collection_day(self.date_start)
                ),
            )
            rows = Markup("").join(Markup("<br/>%s") % line for line in lines)
            self._message_log(body=Markup("%s%s") % (title, rows))
