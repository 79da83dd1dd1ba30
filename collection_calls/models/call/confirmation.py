from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...engine import contact_gate
from ...engine.acceleration import ACTIVE, NOTICE
from ..groups import COLLECTORS
from .terms import GONE

CONFIRMATION = "collection_calls.mail_template_call_confirmation"
RUNNING = (ACTIVE, NOTICE)  # plans that still ask for their installments


class CollectionCall(models.Model):
    """What was agreed, in writing: one confirmation covers all of a call."""

    _inherit = "collection.call"

    confirmation_subject = fields.Char(readonly=True, copy=False, groups=COLLECTORS)
    confirmation_body = fields.Html(
        string="What Was Confirmed",
        readonly=True,
        copy=False,
        sanitize=False,
        groups=COLLECTORS,
        help="The text of the e-mail that was sent, or of the letter as it was printed"
        " last before it was posted.",
    )
    confirmation_attachment_ids = fields.Many2many(
        "ir.attachment",
        "collection_call_confirmation_attachment_rel",
        string="Confirmed With",
        readonly=True,
        copy=False,
        groups=COLLECTORS,
        help="Files that went out with the confirmation.",
    )

    def action_print_confirmation(self):
        """Print the letters that confirm these calls.

        :raise UserError: if nothing is to be confirmed in one of them
        """
        self.check_access("write")
        for call in self:
            if call.state != "done" or not call.confirmation_state:
                raise UserError(
                    self.env._(
                        "%(call)s has no letter: nothing is to be confirmed in"
                        " writing. Take it out of the selection.",
                        call=call.name,
                    )
                )
        self._note_printed()
        report = self.env.ref("collection_calls.action_report_call_letter")
        return report.report_action(self, config=False)

    def _send_confirmation(self):
        """Confirm what was agreed, if that is wanted and anything was."""
        self.ensure_one()
        wanted = self.right_party_verified and self.send_confirmation
        binding = self.step == "close" or self._has_commitments()
        if wanted and binding:
            self._confirm()

    def _post_confirmation(self, **options):
        template = self.env.ref(CONFIRMATION)
        # sudo: templates belong to the administrator.
        if not template.sudo().partner_to:
            options["partner_ids"] = []  # whoever wrote it wants nobody to get it
        message = self.message_post_with_source(template, **options)
        self._keep_confirmation(message)
        return message

    def _get_document(self):
        return contact_gate.CONFIRMATION

    def _keep_confirmation(self, message):
        """Keep what is sent: templates change later."""
        message_sudo = message.sudo()  # it may have been sent in another's name
        self._write_closed(
            {
                "confirmation_subject": message_sudo.subject,
                "confirmation_body": message_sudo.body,
                "confirmation_attachment_ids": message_sudo.attachment_ids.ids,
                "confirmation_print_date": False,  # a letter would be another one
            }
        )

    def _keep_letter(self):
        """Keep what the letter says, as it is printed now."""
        for call in self:
            lang = call._get_lang()
            text = self.env["ir.qweb"]._render(
                "collection_calls.report_call_letter_document",
                {"call": call, "lang": lang, "text_only": True},
                lang=lang,
            )
            call._write_closed({"confirmation_body": text})

    def _get_kept_letter(self):
        """The text of a letter that was printed to be posted, else nothing."""
        self.ensure_one()
        is_letter = self.confirmation_channel == "letter"
        is_kept = self.confirmation_print_date or self.confirmation_state == "posted"
        return is_letter and is_kept and self.confirmation_body

    def _get_case(self):
        return self.case_id

    @api.model
    def _get_confirmable_domain(self):
        return Domain("state", "=", "done")

    def _write_confirmation(self, vals):
        return self._write_closed(vals)

    def _get_letter_name(self):
        return self.name

    # ----------------------------------------------------------------------- parts
    # Of what confirms a call, in the environment's language; the sums are in ``terms``.

    def _get_letter_plans(self):
        """Plans of the call that run."""
        return self.plan_ids.filtered(lambda plan: plan.state in RUNNING)

    def _get_letter_agreements(self):
        """Plans of the call that run, and promises that count.

        :rtype: list
        """
        promises = self.promise_ids.filtered(lambda p: p.state not in GONE)
        return [*self._get_letter_plans(), *promises]

    def _render_page_links(self):
        """Where what was agreed is seen and signed, as HTML for an e-mail."""
        return Markup("").join(
            agreement._render_page_link() for agreement in self._get_letter_agreements()
        )

    def _get_slip_agreements(self):
        """What the letter asks the debtor to sign and to send back.

        :rtype: list
        """
        return [
            agreement
            for agreement in self._get_letter_agreements()
            if agreement._has_reply_slip()
        ]

    def _render_plans(self):
        """What is paid when, and where to, plan by plan, as HTML."""
        parts = [
            part
            for plan in self._get_letter_plans()
            for part in (plan._render_schedule(), plan._render_payment_details())
        ]
        return Markup("").join(parts)

    def _render_terms(self):
        """How to pay what was agreed, by plan or by invoice, as HTML for an e-mail."""
        return self._render_plans() + self._render_how_to_pay()

    def _render_how_to_pay(self):
        """Account, references, amounts and codes of what isn't paid by installments.

        :return: nothing where nothing was agreed on it
        """
        planned = {plan.name for plan in self._get_letter_plans()}
        if not (self._get_letter_payments() and self._asks_to_pay()):
            return Markup("")
        slips = [
            {**slip, "payments": payments}
            for slip in self._get_payment_slips()
            if (
                payments := [
                    payment
                    for payment in slip["payments"]
                    if payment["reference"] not in planned
                ]
            )
        ]
        return self._render_slips(slips)

    def _asks_to_pay(self):
        """Whether the debtor agreed to pay something, not by installments."""
        solutions = ("promise", "pay_now", "dispute")
        promised = any(row["promised"] for row in self._get_terms())
        return promised or self.outcome_id.solution in solutions
