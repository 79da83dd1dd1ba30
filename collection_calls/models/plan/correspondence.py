from odoo import models


class CollectionPlanCorrespondence(models.AbstractModel):
    """What the debtor gets in writing, and the parts that it is made of."""

    _name = "collection.plan.correspondence"
    _description = "Correspondence about Installment Plans"
    _inherit = "collection.letter"

    def _write_letter(self, kind):
        """Write to the debtor: by e-mail after the commit, or ask for the letter.

        :param str kind: as :data:`..letter.collection_letter.KINDS`
        :return: the letter
        """
        self.ensure_one()
        letter = self.env["collection.plan.letter"].create(
            {"plan_id": self.id, "kind": kind}
        )
        if kind == "notice":
            self.notice_letter_id = letter
        letter._send()
        return letter

    def _drop_letters(self, *kinds):
        """Leave letters unposted whose reason is gone.

        :param kinds: as :data:`..letter.collection_letter.KINDS`; by default all
        """
        self.letter_ids.filtered(
            lambda letter: not kinds or letter.kind in kinds
        )._drop()

    # ------------------------------------------ parts of letters, in the env's language

    def _render_schedule(self):
        """The installments that are still to be paid, as an HTML table."""
        return self._render_part(
            "plan_schedule",
            installments=self.installment_ids.filtered(
                lambda part: part.state not in ("paid", "superseded")
            ),
        )

    def _has_respite(self):
        """Whether the time that a reinstatement gave for the arrears still runs."""
        return bool(self.date_respite and self._get_day() <= self.date_respite)

    def _get_last_day(self, installment):
        """The day by which the debtor is asked to pay an installment."""
        if self._has_respite() and installment.date_due < self._get_day():
            return self.date_respite
        return installment.date_due

    def _render_arrears(self):
        """The installments in arrears, as an HTML table."""
        today = self._get_day()
        return self._render_part(
            "plan_schedule",
            is_missed=not self._has_respite(),
            installments=self.installment_ids.filtered(
                lambda part: part.amount_residual and part.date_due < today
            ),
        )

    def _render_open_claims(self):
        """The claims that are still open, as an HTML table."""
        return self._render_part(
            "plan_claims", claims=self.claim_ids.filtered("amount_residual")
        )

    def _render_payment_details(self):
        """On which account to pay, and with which reference, as HTML."""
        move = self.claim_ids.move_id[:1]
        return self._render_part(
            "plan_payment_details", bank=self._get_letter_bank(move, self.currency_id)
        )

    def _render_part(self, template, **values):
        values.update(plan=self, company=self.company_id.sudo())
        return self.env["ir.qweb"]._render(f"collection_calls.{template}", values)

    def _get_letter_payments(self, amount=None):
        """What the payment slip of a letter asks for.

        The plan's number is the reference: one for all installments, whatever invoice
        they pay.

        :param float amount: what was due when the letter was written, in the plan's
            currency; by default what is due now
        """
        self.ensure_one()
        if amount is None:
            amount = self._get_amount_to_pay()
        move = self.claim_ids.move_id[:1]
        return [(move, self.currency_id, self.name, amount)] if amount else []
