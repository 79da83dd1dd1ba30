from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from ...engine import contact_gate
from ...engine.acceleration import ACTIVE, NOTICE
from ..groups import COLLECTORS

CONFIRMATION = "collection_calls.mail_template_call_confirmation"
GONE = ("superseded", "void")  # promises that count no more
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

    # --------------------------------------------------------------------- letter
    # What the letter says that confirms a call, in the environment's language.

    def _get_letter_claims(self):
        """What is open now, and what was promised, claim by claim.

        :return: list of dictionaries with ``item``, ``move``, ``currency``, ``label``,
            ``due``, ``open``, ``promised`` (amounts in ``currency``) and ``pays_on``
        """
        self.ensure_one()
        lines = self.promise_ids.line_ids.filtered(lambda line: line.state not in GONE)
        promised = lines.grouped("move_line_id")
        rows = [
            self._prepare_letter_claim(
                claim, promised.pop(claim.move_line_id, lines[:0])
            )
            for claim in self.claim_ids
        ]
        return rows + [
            self._prepare_letter_claim(group[0], group) for group in promised.values()
        ]

    def _prepare_letter_claim(self, claim, promise_lines):
        """:param claim: a claim spoken about, or a line of a promise"""
        item = claim.move_line_id
        # What was open at the call is all that is left if accounting took it back.
        residual = item.amount_residual_currency if item else claim.amount_residual
        days = promise_lines.promise_id.mapped("date_promised")
        return {
            "item": item,
            "move": claim.move_id,
            "currency": claim.currency_id,
            "label": claim.label,
            "due": format_date(self.env, claim.date_maturity),
            "open": max(residual, 0),
            "promised": sum(promise_lines.mapped("amount")),
            "pays_on": format_date(self.env, min(days)) if days else "",
        }

    def _get_letter_payments(self):
        """What is due of plans; else what was promised or is open, by invoice."""
        self.ensure_one()
        plans = self._get_letter_plans()
        planned = plans.claim_ids.move_line_id
        amounts = {}
        for row in self._get_letter_claims():
            if row["item"] and row["item"] in planned:
                continue
            move = row["move"]
            reference = move.payment_reference or move.name or row["label"]
            key = move, row["currency"], reference
            asked, still_open = amounts.get(key, (0, 0))
            asked += min(row["promised"] or row["open"], row["open"])
            amounts[key] = asked, still_open + row["open"]
        # Nobody is asked to pay what they object to.
        return [
            payment for plan in plans for payment in plan._get_letter_payments()
        ] + [
            (*key, min(asked, still_open - key[0].collection_disputed_amount))
            for key, (asked, still_open) in amounts.items()
        ]

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
