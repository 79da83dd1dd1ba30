from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...engine.contact_gate import EMAIL, PAYMENT_LINK


class CollectionCall(models.Model):
    """Paying online during the call, where somebody takes the money.

    Odoo's own payment link for an invoice; where something was agreed on it, the page
    of the agreement, which asks for what is due of it. Several invoices are one
    payment.
    """

    _inherit = "collection.call"

    online_note = fields.Char(
        string="Why Not Online",
        compute="_compute_online_note",
        help="Why nobody can pay online what was spoken about. Empty: they can.",
    )

    @api.depends("claim_ids", "partner_id", "company_id")
    @api.depends_context("lang")
    def _compute_online_note(self):
        for call in self:
            call.online_note = call._get_online_note()

    def _get_online_note(self):
        """Which amounts nobody takes online, in words, or False."""
        self.ensure_one()
        refused = [
            currency.format(amount)
            for currency, amount in self._get_sums_to_pay().items()
            if not self.company_id._takes_collection_online(
                self.partner_id, currency, amount
            )
        ]
        if not refused:
            return False
        return self.env._(
            "%(amounts)s can't be paid online: no payment provider of %(company)s takes"
            " it. Agree on a bank transfer.",
            amounts=", ".join(refused),
            company=self.company_id.name,
        )

    def _get_sums_to_pay(self):
        """What is left to pay of what the call is about: {currency: amount}"""
        rows = self._get_terms() if self.claim_ids else self._get_overdue_terms()
        sums = defaultdict(float)
        for row in rows:
            if row["left"]:
                sums[row["currency"]] += row["left"]
        return sums

    def _takes_online(self):
        """Whether all that the call is about can be paid online right now."""
        return bool(self._get_sums_to_pay()) and not self._get_online_note()

    def _check_takes_online(self):
        """Check that a link leads to a payment.

        :raise UserError: if no provider takes the amount in its currency
        """
        self._get_payable_moves()
        if note := self._get_online_note():
            raise UserError(note)

    def _bundle_payments(self):
        """Make one payment of several invoices: a promise to pay them today.

        Its page takes them all, and matches the money with each of them.
        """
        self.ensure_one()
        if self.state != "ongoing":
            return  # what was agreed in it stands
        loose = self._get_payable_moves().filtered(
            lambda move: not move._get_collection_agreement_sudo()
        )
        made = self._get_made_promises().line_ids.move_line_id
        for moves in loose.grouped("currency_id").values():
            claims = self.claim_ids.filtered(
                lambda claim, moves=moves: (
                    claim.move_id in moves
                    and claim.move_line_id not in made
                    and claim._get_undisputed()
                )
            )
            if len(claims.move_id) > 1:
                self.env["collection.promise"].create(
                    dict(
                        self._prepare_promise_vals(self._get_today(), claims),
                        line_ids=[
                            Command.create(
                                {
                                    "move_line_id": claim.move_line_id.id,
                                    "amount": claim._get_undisputed(),
                                }
                            )
                            for claim in claims
                        ],
                    )
                )

    def _get_today(self):
        return self.company_id._get_collection_today()

    def action_open_payment_link(self):
        """Open the one link that takes the payment, to take a card on the phone.

        Several invoices are paid by one link: what they pay today is a promise for
        today, and its page takes all of it.

        :raise UserError: if nobody takes the payment online, or it takes several links
        """
        self.ensure_one()
        self.check_access("write")
        self._check_takes_online()
        self._bundle_payments()
        links = self._get_payment_links()
        if len(links) > 1:
            raise UserError(
                self.env._(
                    "There is no one link for all of it: %(links)s. Mail the payment"
                    " links, or take off the call what isn't paid now.",
                    links=", ".join(self._say_link(link) for link in links),
                )
            )
        moves = self._get_payable_moves()
        if not links or "agreement" in links[0]:
            agreement_sudo = moves[0]._get_collection_agreement_sudo()
            url = links[0]["url"] if links else agreement_sudo.get_portal_url()
            return {"type": "ir.actions.act_url", "url": url, "target": "new"}
        action = self.env["ir.actions.actions"]._for_xml_id(
            "account_payment.action_invoice_order_generate_link"
        )
        move = links[0]["move"]
        return dict(
            action, context={"active_model": "account.move", "active_id": move.id}
        )

    def _say_link(self, link):
        amount = link["move"].currency_id.format(link["amount"])
        return f"{link['label']} ({amount})"

    def action_mail_payment_links(self):
        """Queue an e-mail with one payment link a currency.

        :raise UserError: if nobody takes the payment online, nobody can be written to,
            or nothing is left to pay
        """
        self.ensure_one()
        self.check_access("write")
        self._check_takes_online()
        self._bundle_payments()
        if not self._get_payment_links():
            raise UserError(
                self.env._(
                    "All that is to be paid now is on its way: there is nothing to ask"
                    " for."
                )
            )
        answer = self._ask_gate(EMAIL, PAYMENT_LINK)
        person = answer.recipient
        if answer.code == "no_address":
            raise UserError(
                self.env._(
                    "%(person)s has no e-mail address. Ask for it, or open the payment"
                    " link and take the card on the phone.",
                    person=person.name,
                )
            )
        if not answer.is_allowed:
            raise UserError(
                self.env._(
                    "No e-mail may be sent: %(why)s Open the payment link and take the"
                    " card on the phone.",
                    why=answer.reason,
                )
            )
        self._pass_gate(answer, EMAIL, self._post_payment_links, PAYMENT_LINK)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The payment links are on their way to %(email)s.",
                    email=person.email,
                ),
            },
        }

    def _post_payment_links(self, recipient):
        template = self.env.ref("collection_calls.mail_template_payment_links")
        to_whom = {"recipient_ids": [Command.set(recipient.ids)]}
        template.send_mail(self.id, force_send=False, email_values=to_whom)

    def _get_payment_links(self):
        """Where the debtor can pay each invoice, or what was agreed on them.

        :return: list of dictionaries with ``label``, ``amount`` in the currency of
            ``move``, which is the invoice or the oldest one of the agreement, and
            ``url``
        """
        links, agreements = [], []
        for move in self._get_payable_moves():
            if agreement_sudo := move._get_collection_agreement_sudo():
                if agreement_sudo not in agreements:
                    agreements.append(agreement_sudo)
                    links.append(agreement_sudo._get_payment_link())
                continue
            wizard = (
                self.env["payment.link.wizard"]
                .with_context(active_model="account.move", active_id=move.id)
                .create({})
            )
            links.append(
                {
                    "move": move,
                    "label": move.name,
                    "amount": wizard.amount,
                    "url": wizard.link,
                }
            )
        return [link for link in links if link]

    def _get_payable_moves(self):
        """Invoices of the call that are still open, the oldest first.

        :raise UserError: if there is none, or nobody was verified who may hear of them
        """
        if not self.right_party_verified:
            raise UserError(
                self.env._("Verify the person first: payment links name the invoices.")
            )
        moves = self.claim_ids.move_id.filtered(
            lambda move: move.is_invoice() and move.amount_residual > 0
        )
        if not moves:
            raise UserError(
                self.env._("Nothing is left to pay on the invoices of this call.")
            )
        return moves
