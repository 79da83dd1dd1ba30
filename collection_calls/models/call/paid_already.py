from odoo import api, fields, models
from odoo.tools import format_date

from ..groups import COLLECTORS

TOLD = ("paid_date", "paid_amount", "paid_reference")


class CollectionCall(models.Model):
    """What the debtor says that they have paid: an accountant looks for the money."""

    _inherit = "collection.call"

    paid_date = fields.Date(
        string="Paid On",
        groups=COLLECTORS,
        help="Day on which the debtor says that they paid.",
    )
    paid_amount = fields.Monetary(
        string="Paid",
        currency_field="plan_currency_id",
        groups=COLLECTORS,
        help="What the debtor says that they paid, in the currency of the claims.",
    )
    paid_reference = fields.Char(
        string="Reference or Account",
        groups=COLLECTORS,
        help="What the bank statement shows: the reference of the payment, or the"
        " account that it came from.",
    )
    is_said_paid = fields.Boolean(
        compute="_compute_is_said_paid",
        help="Whether the debtor says that they have paid, or pays now: when, how much"
        " and with which reference is asked for.",
    )

    @api.depends("reason_id.is_said_paid", "outcome_id.solution")
    def _compute_is_said_paid(self):
        for call in self:
            reason_sudo = call.sudo().reason_id
            pays = call.outcome_id.solution == "pay_now"
            call.is_said_paid = reason_sudo.is_said_paid or pays

    def _make_commitments(self):
        result = super()._make_commitments()
        for call in self:
            call._ask_to_match()
        return result

    def _ask_to_match(self):
        """Ask an accountant to match the payment that the debtor tells of, if any."""
        self.ensure_one()
        # sudo: whoever closes the call, an accountant hears of the payment.
        call_sudo = self.sudo()
        told = any(call_sudo[name] for name in TOLD)
        move_sudo = call_sudo.claim_ids.move_id[:1]
        if not (call_sudo.is_said_paid and told and move_sudo):
            return
        company = call_sudo.company_id
        user = company._get_collection_accountant() or call_sudo.user_id
        move_sudo.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=company._get_collection_today(),
            user_id=user.id,
            summary=call_sudo.with_context(lang=user.lang)._say_paid(),
        )

    def _say_paid(self):
        """What the debtor says that they have paid, in the environment's language."""
        self.ensure_one()
        told = [
            self.paid_amount and self.plan_currency_id.format(self.paid_amount),
            self.paid_date and format_date(self.env, self.paid_date),
            self.paid_reference,
        ]
        return self.env._(
            "Match a payment: %(debtor)s says that it is paid (%(told)s). %(call)s",
            debtor=self.partner_id.name,
            told=", ".join(filter(None, told)),
            call=self.name,
        )


class ResCompany(models.Model):
    _inherit = "res.company"

    def _get_collection_accountant(self):
        """Who matches payments: the first accountant of the company, else whoever
        confirms what is beyond the limits.
        """
        self.ensure_one()
        # sudo: collectors may not read other users' groups and companies.
        users_sudo = self.env["res.users"].sudo().with_context(active_test=True)
        for xmlid in ("account.group_account_user", "account.group_account_manager"):
            found = users_sudo.search(
                [
                    ("all_group_ids", "in", self.env.ref(xmlid).ids),
                    ("company_ids", "in", self.ids),
                    ("share", "=", False),
                ],
                order="id",
                limit=1,
            )
            if found:
                return found.with_env(self.env)
        return self._get_collection_confirmer()
