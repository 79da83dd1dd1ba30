from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import format_date, str2bool

from ...engine import acceleration, online_payment
from ...engine import promise as promise_engine
from ..plan.collection_plan import JUDGED, RUNNING

# States of promises whose money is still wanted.
WANTED = (*promise_engine.STANDING, *promise_engine.FAILED)


class CollectionAgreement(models.AbstractModel):
    """What can be paid online of an agreement, and what is on its way.

    The amounts are read from the ledger whenever somebody asks: what is offered is in
    :mod:`...engine.online_payment`.
    """

    _inherit = "collection.agreement"

    online_note = fields.Char(
        string="Online Payment",
        compute="_compute_online_note",
        compute_sudo=True,
        help="What the debtor has paid online and isn't in the ledger yet.",
    )

    @api.depends("transaction_ids.state", "transaction_ids.payment_id")
    @api.depends_context("lang")
    def _compute_online_note(self):
        for agreement in self:
            notes = [
                agreement._describe_online(transaction)
                for transaction in agreement.transaction_ids._filter_under_way()
            ]
            agreement.online_note = " ".join(notes) or False

    def _describe_online(self, transaction_sudo):
        # The day is the company's, as all days are.
        day = fields.Datetime.context_timestamp(
            self.with_context(tz=self.company_id._get_collection_tz().zone),
            transaction_sudo.last_state_change,
        ).date()
        sentence = self.env._(
            "%(amount)s was paid online on %(day)s (%(reference)s) and is being"
            " processed: nobody is pressed for it."
        )
        if transaction_sudo.state == "authorized":
            sentence = self.env._(
                "%(amount)s was authorized online on %(day)s (%(reference)s) and has"
                " to be captured: nobody is pressed for it."
            )
        return sentence % {
            "amount": transaction_sudo.currency_id.format(
                transaction_sudo._get_amount_under_way()
            ),
            "day": format_date(self.env, day),
            "reference": transaction_sudo.reference,
        }

    # ------------------------------------------------------------- what can be paid

    @api.model
    def _is_paid_online(self):
        """Whether debtors may pay online at all: core's own setting for invoices."""
        parameters_sudo = self.env["ir.config_parameter"].sudo()
        return str2bool(
            parameters_sudo.get_param("account_payment.enable_portal_payment"), False
        )

    def _get_payment_offers(self, ledger=None):
        """What the debtor can pay of it at this moment.

        :param ledger: of a plan, as :meth:`_get_page_figures` has read it just now
        :return: :class:`...engine.online_payment.Offers`, in the smallest unit of the
            agreement's currency; without a choice where nothing is to be paid online
        """
        self.ensure_one()
        agreement_sudo = self.sudo()  # the debtor sees neither ledger nor payments
        items_sudo = agreement_sudo._get_payable_items()
        if not items_sudo or not self._is_paid_online():
            return online_payment.Offers()
        left = sum(items_sudo.mapped("amount_residual_currency"))
        return agreement_sudo._reckon_offers(
            residual=agreement_sudo._to_units(left),
            under_way=agreement_sudo._to_units(
                agreement_sudo._convert_under_way(agreement_sudo._get_online_money())
            ),
            unit=max(agreement_sudo._to_units(1), 1),
            ledger=ledger,
        )

    def _reckon_offers(self, residual, under_way, unit, ledger=None):
        """What the engine says to these facts, all in the smallest unit."""
        raise NotImplementedError

    def _get_payable_items(self):
        """Open claims that money which comes in online is matched with, oldest first.

        A payment is matched with claims on one account: those on the account of the
        oldest claim come first.
        """
        claims = self._get_wanted_items().filtered(
            lambda item: (
                item.parent_state == "posted"
                and not item.reconciled
                and item.amount_residual_currency > 0
            )
        )
        claims = claims.sorted(lambda item: (item.date_maturity or item.date, item.id))
        account = claims[:1].account_id
        return claims.filtered(lambda item: item.account_id == account)

    def _get_wanted_items(self):
        """Claims for which this agreement still wants money."""
        raise NotImplementedError

    def _get_payable_invoices(self, amount):
        """The invoices that an amount pays, the oldest claim first.

        Claims that aren't invoices, opening balances for instance, are matched when the
        money is there: see :meth:`payment.transaction._create_payment`.

        :param float amount: in the agreement's currency
        """
        invoices = self.env["account.move"]
        for item in self._get_payable_items():
            if self.currency_id.compare_amounts(amount, 0) <= 0:
                break
            if item.move_id.is_invoice(include_receipts=True):
                invoices |= item.move_id
            amount -= item.amount_residual_currency
        return invoices

    def _get_online_money(self):
        """Money under way that is meant for claims of this agreement, beyond doubt.

        :return: list of :class:`..ledger.money_under_way.UnderWay`
        """
        under_way = self._get_under_way(self._get_debtors(), self.company_id)
        own = {("transaction", each) for each in self.transaction_ids.ids}
        return [
            money
            for money in self._get_evident_money(under_way)
            if money.move_ids or (money.source, money.record_id) in own
        ]

    # -------------------------------------------------------------- what is chosen

    def _get_seen(self, code, offers=None):
        """Stands for a choice and for all that was offered beside it."""
        offers = offers or self._get_payment_offers()
        shown = online_payment.digest(
            offers, self._name, self.id, self.state, self.currency_id.name
        )
        return f"{code}-{shown}"

    def _choose_payment(self, seen, value):
        """What somebody wants to pay, if it is what is offered at this moment.

        :param str seen: as :meth:`_get_seen` gave it when the page was made
        :param value: the amount as it was posted
        :return: the code of what was chosen; the amount in the agreement's currency, or
            None; a code of :mod:`...engine.online_payment` if it can't be paid so
        """
        offers = self._get_payment_offers()
        code, _dash, _shown = str(seen or "").partition("-")
        units = online_payment.to_units(value, self.currency_id.rounding)
        fault = online_payment.find_fault(code, units, offers)
        if str(seen) != self._get_seen(code, offers):
            fault = online_payment.CHANGED
        amount = None if units is None else self._from_units(units)
        return code, amount, fault

    def _explain_payment_fault(self, fault, is_logged=False):
        """What to do about it, in the environment's language.

        :param bool is_logged: whether Odoo writes it to the server's log as well, as it
            does with whatever a route raises: then it tells nothing of the debt
        """
        offers = self._get_payment_offers()
        bounds = {
            "least": self.currency_id.format(self._from_units(offers.least)),
            "most": self.currency_id.format(self._from_units(offers.most)),
        }
        if fault == online_payment.CHANGED:
            return self.env._(
                "Something has changed since you opened this page, and nothing was"
                " charged. Open the page again, look at what is left to pay, and choose"
                " once more."
            )
        if not offers.most:
            return self.env._("There is nothing left to pay here. Nothing was charged.")
        if is_logged:
            return self.env._(
                "This amount can't be paid here. Nothing was charged. Open the page"
                " again: it says how much can be paid."
            )
        if fault == online_payment.NO_NUMBER:
            return self.env._(
                "This is no amount. Enter a number from %(least)s to %(most)s.",
                **bounds,
            )
        return self.env._(
            "You can pay from %(least)s to %(most)s. Nothing was charged.", **bounds
        )

    # ------------------------------------------------------------- the transaction

    def _get_payer(self, user):
        """On whose behalf a visitor of the page pays.

        :return: the visitor's own contact if it is the debtor's, else whoever agreed
        """
        debtor = self.partner_id
        if not user._is_public() and user.commercial_partner_id == debtor:
            return user.partner_id
        return self._get_person()

    def _prepare_transaction_vals(self, amount):
        """What a transaction over this amount is linked with."""
        return {
            "invoice_ids": [Command.set(self._get_payable_invoices(amount).ids)],
            self._get_transaction_field(): self.id,
        }

    @api.model
    def _get_transaction_field(self):
        return self._fields["transaction_ids"].inverse_name

    def _match_online_payment(self, payment):
        """Match what is left of a payment with what is open of the agreement.

        Core matches it with the invoices that were chosen when it was begun. They may
        have been paid meanwhile, and opening balances are no invoices.

        :param payment: an ``account.payment`` that was just posted
        """
        account = payment.destination_account_id
        receipt = payment.move_id.line_ids.filtered(
            lambda item: item.account_id == account and not item.reconciled
        )
        items = self._get_payable_items()
        if receipt and items.account_id == account:
            (receipt | items).reconcile()

    # ---------------------------------------------------------------- for the page

    def _prepare_payment_choices(self, ledger=None):
        """What the page offers: a list of dictionaries with ``code``, ``amount`` in the
        agreement's currency, ``due``, and ``seen``, as :meth:`_get_seen` says; the
        amounts from and to which another one can be chosen, and its ``seen``.

        :param ledger: as :meth:`_get_payment_offers` takes it
        """
        offers = self._get_payment_offers(ledger)
        return {
            "choices": [
                {
                    "code": offer.code,
                    "amount": self._from_units(offer.amount),
                    "due": offer.due,
                    "seen": self._get_seen(offer.code, offers),
                }
                for offer in offers.choices
            ],
            "least": self._from_units(offers.least),
            "most": self._from_units(offers.most),
            "under_way": self._from_units(offers.under_way),
            "seen_other": self._get_seen(online_payment.OTHER, offers),
        }

    def _take_off_under_way(self, figures, under_way):
        """What the page asks for: not for money that is on its way already.

        :param dict figures: as :meth:`_get_page_figures` returns
        :param float under_way: in the agreement's currency
        """
        if not under_way or not figures["amount_next"]:
            return figures
        rest = max(self.currency_id.round(figures["amount_next"] - under_way), 0)
        if rest:
            return {**figures, "amount_next": rest}
        return {
            **figures,
            "amount_next": 0,
            "is_late": False,
            "badge": ("info", self.env._("Payment on Its Way")),
            "status": self.env._("What was to be paid is on its way to us."),
        }

    def _get_payment_link(self):
        """Where the debtor pays what is to be paid first, and how much that is.

        :return: a dictionary like those of :meth:`collection.call._get_payment_links`;
            None if nothing is to be paid online
        """
        offers = self._get_payment_offers()
        if not offers.choices:
            return None
        first = offers.choices[0]
        amount = self._from_units(first.amount)
        if not self.company_id._takes_collection_online(
            self.partner_id, self.currency_id, amount
        ):
            return None
        query = f"&pay={first.code}"
        path = self.get_portal_url(
            query_string=query, anchor="collection_portal_payment"
        )
        return {
            "move": self._get_payable_items()[:1].move_id,
            "agreement": self,
            "label": self.name,
            "amount": amount,
            "url": self.get_base_url() + path,
        }

    def _get_portal_note(self):
        """What core's pages say of an invoice in this agreement, without amounts."""
        raise NotImplementedError


class CollectionPlan(models.Model):
    """A plan is paid installment by installment, or all at once."""

    _inherit = "collection.plan"

    transaction_ids = fields.One2many(
        "payment.transaction",
        "collection_plan_id",
        string="Online Payments",
        groups="account.group_account_invoice",
    )

    def _reckon_offers(self, residual, under_way, unit, ledger=None):
        ledger = ledger or self._get_ledgers()[self]
        return online_payment.of_plan(
            ledger.parts,
            min(residual, ledger.residual),
            under_way,
            self._get_day(),
            unit,
            ledger.bank_day,
            at_once=self.state == acceleration.ACCELERATED,
        )

    def _get_wanted_items(self):
        return self._get_items() if self.state in JUDGED else self._get_items()[:0]

    def _get_portal_note(self):
        last = self.installment_ids.filtered("amount_residual")[-1:]
        if self.state not in RUNNING or not last:
            return self.env._("In installments")
        return self.env._(
            "In installments until %(day)s", day=format_date(self.env, last.date_due)
        )


class CollectionPromise(models.Model):
    """A promise is paid as it was given, or all that is open on its claims."""

    _inherit = "collection.promise"

    transaction_ids = fields.One2many(
        "payment.transaction",
        "collection_promise_id",
        string="Online Payments",
        groups="account.group_account_invoice",
    )

    def _reckon_offers(self, residual, under_way, unit, ledger=None):
        return online_payment.of_promise(
            self._to_units(self.amount_missing),
            self.date_promised,
            residual,
            under_way,
            unit,
        )

    def _get_wanted_items(self):
        items = self._get_live_lines().move_line_id
        if self.state not in WANTED or self.is_withdrawn:
            return items[:0]
        if self.state in promise_engine.FAILED:
            items -= items._get_collection_protected()  # agreed on anew
        return items

    def _get_portal_note(self):
        return self.env._(
            "Promised for %(day)s", day=format_date(self.env, self.date_promised)
        )
