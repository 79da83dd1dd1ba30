import psycopg2

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...engine import contact_gate
from ..letter.collection_confirmation import UNSETTLED
from ..letter.collection_letter import KINDS

# What each kind of letter is to the gate.
DOCUMENTS = {
    "offer": contact_gate.OFFER,
    "agreement": contact_gate.CONFIRMATION,
    "notice": contact_gate.NOTICE,
    "acceleration": contact_gate.ACCELERATION,
    "reinstatement": contact_gate.REINSTATEMENT,
}
# What the debtor is asked to accept.
ANSWERED = ("offer", "agreement")


class CollectionPlanLetter(models.Model):
    """What a debtor got in writing about a plan, and whether it arrived."""

    _name = "collection.plan.letter"
    _description = "Letter of an Installment Plan"
    _inherit = [
        "collection.evidence",
        "collection.confirmation",
        "collection.letter",
        "collection.guard",
    ]
    _order = "id desc"
    _rec_name = "subject"

    plan_id = fields.Many2one(
        "collection.plan", required=True, readonly=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True)
    partner_id = fields.Many2one(related="plan_id.partner_id", store=True)
    contact_id = fields.Many2one("res.partner", string="Written To", readonly=True)
    user_id = fields.Many2one(related="plan_id.user_id")
    kind = fields.Selection(KINDS, string="Letter", required=True, readonly=True)
    date = fields.Date(
        string="Written On", readonly=True, help="On the company's calendar."
    )
    lang = fields.Char(string="Language", readonly=True)
    subject = fields.Char(readonly=True)
    body = fields.Html(readonly=True, sanitize=False)
    currency_id = fields.Many2one(related="plan_id.currency_id")
    amount_to_pay = fields.Monetary(
        string="To Pay",
        readonly=True,
        help="What was due when the letter was written: its payment slip asks for that,"
        " whenever it is printed.",
    )
    is_obsolete = fields.Boolean(
        string="Out of Date",
        readonly=True,
        help="Its reason was gone before it left: nobody has to post it any more.",
    )

    # ------------------------------------------------------------------- actions

    def action_print(self):
        """Print these letters."""
        self.check_access("write")
        self._note_printed()
        report = self.env.ref("collection_calls.action_report_plan_letter")
        return report.report_action(self, config=False)

    def action_open_plan(self):
        """Open the plan that the letter is about."""
        self.ensure_one()
        return self.plan_id._get_form_action()

    # ------------------------------------------------------------------- sending

    @api.model_create_multi
    def create(self, vals_list):
        letters = super().create(vals_list)
        for letter in letters:
            plan = letter.plan_id
            recipient = letter._get_recipient()
            letter.write(
                {
                    "contact_id": recipient.id,
                    "lang": recipient.lang or plan.partner_id.lang or self.env.lang,
                    "amount_to_pay": plan._get_amount_to_pay(),
                    "date": letter.company_id._get_collection_today(),
                }
            )
        return letters

    def write(self, vals):
        self._check_writable(vals)
        return super().write(vals)

    def _check_deletable(self):
        raise UserError(
            self.env._("A letter is what the debtor got: it can't be deleted.")
        )

    @api.model
    def _get_refusal(self, names):
        return self.env._("A letter is what the debtor got: it can't be changed.")

    def _send(self):
        """Write the letter and send it; nothing that goes wrong holds up the plan."""
        self.ensure_one()
        failure = f"{self.plan_id.name}: the letter could not be written"
        # A conflict with another transaction passes: Odoo runs the whole request again.
        if self.plan_id._attempt(
            self._compose, failure, let_pass=psycopg2.OperationalError
        ):
            self._confirm()
        else:
            self._ask_for_letter("failed", self.env._("The e-mail template is broken."))

    def _drop(self):
        """Their reason is gone: what has not left yet isn't posted any more.

        An e-mail that is on its way goes on; if it fails, no letter takes its place.
        """
        dropped = self.filtered(lambda letter: letter.confirmation_state in UNSETTLED)
        dropped.is_obsolete = True
        # sudo: it may be assigned to a colleague.
        dropped.sudo().confirmation_activity_id.filtered("active").unlink()

    def _ask_for_letter(self, state, reason):
        if not self.is_obsolete:
            return super()._ask_for_letter(state, reason)
        vals = {"confirmation_state": state, "confirmation_channel": "letter"}
        return self._write_confirmation(vals)

    @api.model
    def _get_confirmable_domain(self):
        by_email = Domain("confirmation_channel", "=", "email")
        return Domain("is_obsolete", "=", False) | by_email

    def _compose(self):
        """Fix what the letter says, in the language of whom it is written to."""
        plan_id = self.plan_id.id
        # Once for both: it takes a while to find out who is written to.
        by_lang = self._get_template()._classify_per_lang([plan_id])
        [[template, _plan_ids]] = by_lang.values()
        texts = {
            name: template._render_field(name, [plan_id])[plan_id]
            for name in ("subject", "body_html")
        }
        # sudo: users fill in what it says by sending it.
        self.sudo().write({"subject": texts["subject"], "body": texts["body_html"]})

    def _get_template(self):
        return self.env.ref(f"collection_calls.mail_template_plan_{self.kind}")

    def _post_confirmation(self, **options):
        if not self.body:
            self._compose()
        sender = self.user_id.email_formatted or self.company_id.email_formatted
        return self.plan_id.with_context(lang=self.lang).message_post(
            body=self.body,
            subject=self.subject,
            email_from=sender,
            mail_auto_delete=False,
            force_email_lang=self.lang,
            **options,
        )

    def _get_person(self):
        return self.plan_id._get_person()

    def _get_document(self):
        return DOCUMENTS[self.kind]

    def _get_case(self):
        return self.plan_id._get_case()

    def _has_reply_slip(self):
        """Whether the letter asks the debtor to sign and to send something back."""
        return self.kind in ANSWERED and self.plan_id._has_reply_slip()

    def _await_answers(self):
        if self.kind in ANSWERED:
            self.plan_id._await_answer(anew=self.kind == "offer")

    def _get_letter_name(self):
        return self.plan_id.name

    def _get_letter_payments(self):
        return self.plan_id._get_letter_payments(self.amount_to_pay)

    def _write_confirmation(self, vals):
        """The time that a notice gives runs from its delivery; a bounce stops it."""
        # sudo: users tell that a letter is in the post, and write nothing else.
        result = super(CollectionPlanLetter, self.sudo())._write_confirmation(vals)
        for letter in self.filtered(lambda letter: letter.kind == "notice"):
            plan_sudo = letter.sudo().plan_id
            if plan_sudo.notice_letter_id == letter.sudo():
                plan_sudo._follow_notice(letter.sudo()._get_delivery_day())
        return result

    def _get_delivery_day(self):
        """When the debtor has it: an e-mail at once, a letter some days after.

        :return: day on the company's calendar; False if it has not left
        """
        day = self.confirmation_date
        if not day or self.confirmation_channel != "letter":
            return day
        return fields.Date.add(day, days=self.company_id.collection_plan_postal_days)
