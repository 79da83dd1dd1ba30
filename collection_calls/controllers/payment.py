from odoo import http
from odoo.exceptions import ValidationError
from odoo.http import request

from odoo.addons.account_payment.controllers.payment import (
    PaymentPortal as InvoicePaymentPortal,
)
from odoo.addons.account_payment.controllers.portal import PortalAccount
from odoo.addons.payment.controllers.portal import PaymentPortal
from odoo.addons.payment.controllers.post_processing import PaymentPostProcessing

from ..engine.online_payment import OTHER
from .portal import PLAN, PROMISE, REFUSED, CollectionPortal

FLOWS = ("redirect", "direct", "token")


class CollectionPaymentPortal(CollectionPortal, PaymentPortal):
    """Paying on the page of a plan or a promise, by core's payment form.

    What is paid is chosen first, without JavaScript; then the page has core's form for
    that amount. Both times the amount is what the ledger says at that moment.
    """

    # ------------------------------------------------------------------ the page

    def _prepare_agreement_values(self, agreement_sudo, access_token=None, **kw):
        values = super()._prepare_agreement_values(
            agreement_sudo, access_token=access_token, **kw
        )
        ledger = values["figures"].get("ledger")  # of this moment, too
        pay = agreement_sudo._prepare_payment_choices(ledger)
        values["pay"] = pay if self._is_offered(agreement_sudo, pay) else None
        values["figures"] = agreement_sudo._take_off_under_way(
            values["figures"], pay["under_way"]
        )
        # sudo: the debtor is told what became of their own payments.
        transactions_sudo = agreement_sudo.sudo().transaction_ids
        values["last_transaction"] = transactions_sudo._get_last_to_tell()
        wanted = (kw.get(name) for name in ("pay", "seen", "amount"))
        chosen = self._get_chosen(agreement_sudo, pay, *wanted)
        if chosen and chosen.get("fault"):
            values["pay_fault"] = chosen["fault"]
            values["pay_typed"] = kw.get("amount")
        elif chosen:
            values.update(
                self._prepare_form_values(agreement_sudo, access_token, chosen)
            )
        return values

    def _is_offered(self, agreement_sudo, choices):
        """Whether somebody takes the money, if there is something to pay."""
        amounts = [choice["amount"] for choice in choices["choices"]]
        if not amounts:
            return agreement_sudo._is_paid_online()
        return agreement_sudo.company_id._takes_collection_online(
            agreement_sudo.partner_id, agreement_sudo.currency_id, min(amounts)
        )

    def _get_chosen(self, agreement_sudo, choices, pay=None, seen=None, typed=None):
        """What somebody chose to pay: one of the choices, or an amount of their own.

        :param str pay: code of a choice, as links have it
        :param str seen: what a form was made of in which an amount was typed
        :return: ``code``, ``amount`` and ``seen``, or else ``fault``: what to do; None
            if nothing is chosen yet
        """
        if seen:
            code, amount, fault = agreement_sudo._choose_payment(seen, typed)
            if fault:
                return {"fault": agreement_sudo._explain_payment_fault(fault)}
            return {"code": code, "amount": amount, "seen": seen}
        if not pay or pay == OTHER:
            return None
        found = (choice for choice in choices["choices"] if choice["code"] == pay)
        outdated = request.env._(
            "This isn't to be paid any more: it was paid or has changed since the link"
            " was made. You see here what is left to pay."
        )
        return next(found, {"fault": outdated})

    @http.route(
        "/my/plans/<int:plan_id>/pay",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def portal_plan_pay(self, plan_id, access_token=None, **kw):
        return self._choose(PLAN, plan_id, access_token, kw)

    @http.route(
        "/my/promises/<int:promise_id>/pay",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
        sitemap=False,
    )
    def portal_promise_pay(self, promise_id, access_token=None, **kw):
        return self._choose(PROMISE, promise_id, access_token, kw)

    def _choose(self, model, res_id, access_token, posted):
        """Show the page with the payment form for an amount that somebody chose."""
        try:
            agreement_sudo = self._get_agreement_sudo(model, res_id, access_token)
        except REFUSED:
            return self._refuse()
        return self._render_page(
            agreement_sudo,
            access_token,
            seen=posted.get("seen") or OTHER,
            amount=posted.get("amount"),
        )

    def _prepare_form_values(self, agreement_sudo, access_token, chosen):
        """What core's payment form has to know to take what was chosen."""
        amount = chosen["amount"]
        payer_sudo = agreement_sudo._get_payer(request.env.user).sudo()
        report = {}
        providers_sudo, methods_sudo = self._get_payment_ways(
            agreement_sudo, payer_sudo, amount, report
        )
        is_own = self._is_own_login(payer_sudo)
        company = agreement_sudo.company_id
        return {
            "chosen": chosen["code"],
            "can_answer": False,  # the form to sign would take the focus
            "amount": amount,
            "currency": agreement_sudo.currency_id,
            "reference_prefix": agreement_sudo.name,
            "partner_id": payer_sudo.id,
            "providers_sudo": providers_sudo,
            "payment_methods_sudo": methods_sudo,
            "tokens_sudo": self._get_own_tokens(payer_sudo, providers_sudo),
            "show_tokenize_input_mapping": {
                provider.id: shown and is_own
                for provider, shown in zip(
                    providers_sudo,
                    self._compute_show_tokenize_input_mapping(providers_sudo).values(),
                    strict=True,
                )
            },
            "availability_report": report,
            "company_mismatch": not self._can_pay_in(payer_sudo, company),
            "expected_company": company,
            "transaction_route": self._get_page_url(
                agreement_sudo, suffix=f"/transaction/{chosen['seen']}"
            ),
            "landing_route": self._get_page_url(agreement_sudo, access_token),
            "access_token": access_token,
        }

    def _get_payment_ways(self, agreement_sudo, payer_sudo, amount, report=None):
        """Providers of the agreement's company that take this amount, and their
        methods."""
        company, currency = agreement_sudo.company_id, agreement_sudo.currency_id
        # sudo: visitors read neither providers nor methods; what isn't published stays
        # hidden, as that depends on the user.
        providers_sudo = request.env["payment.provider"].sudo()
        providers_sudo = providers_sudo._get_compatible_providers(
            company.id, payer_sudo.id, amount, currency_id=currency.id, report=report
        )
        methods_sudo = request.env["payment.method"].sudo()
        methods_sudo = methods_sudo._get_compatible_payment_methods(
            providers_sudo.ids, payer_sudo.id, currency_id=currency.id, report=report
        )
        return providers_sudo, methods_sudo

    def _is_own_login(self, payer_sudo):
        """Whether the visitor is logged in as whoever pays: a link alone neither uses
        nor keeps a payment method."""
        user = request.env.user
        return not user._is_public() and user.partner_id == payer_sudo

    def _get_own_tokens(self, payer_sudo, providers_sudo):
        # sudo: core has no rights for portal users on what belongs to them.
        tokens_sudo = request.env["payment.token"].sudo()
        if not self._is_own_login(payer_sudo):
            return tokens_sudo
        return tokens_sudo._get_available_tokens(providers_sudo.ids, payer_sudo.id)

    @staticmethod
    def _can_pay_in(payer_sudo, company):
        """As core asks it, but a branch's customer may be its parent's."""
        return not payer_sudo.company_id or payer_sudo.company_id in (
            company | company.parent_ids
        )

    # ------------------------------------------------------------ the transaction

    @http.route(
        [
            "/my/plans/<int:plan_id>/transaction",
            "/my/plans/<int:plan_id>/transaction/<string:seen>",
        ],
        type="jsonrpc",
        auth="public",
    )
    def portal_plan_transaction(self, plan_id, access_token=None, **kwargs):
        return self._begin_payment(PLAN, plan_id, access_token, kwargs)

    @http.route(
        [
            "/my/promises/<int:promise_id>/transaction",
            "/my/promises/<int:promise_id>/transaction/<string:seen>",
        ],
        type="jsonrpc",
        auth="public",
    )
    def portal_promise_transaction(self, promise_id, access_token=None, **kwargs):
        return self._begin_payment(PROMISE, promise_id, access_token, kwargs)

    def _begin_payment(self, model, res_id, access_token, kwargs):
        """Create a draft transaction for what was chosen, and say how to go on.

        :param dict kwargs: what core's form sends, and ``seen``, which stands for the
            choice and for all that the page offered
        :return: what core's payment form needs to go on
        :rtype: dict
        :raise ValidationError: if that can't be paid now; the message says what to do
        """
        self._validate_transaction_kwargs(
            kwargs, additional_allowed_keys=("payment_reference", "seen")
        )
        try:
            agreement_sudo = self._get_agreement_sudo(model, res_id, access_token)
        except REFUSED as error:
            raise ValidationError(
                request.env._(
                    "This link isn't valid any more. Nothing was charged. Open the link"
                    " of our last message once more."
                )
            ) from error
        # One after the other: who comes second sees what the first one did.
        agreement_sudo._get_case()._serialize()
        _code, amount, fault = agreement_sudo._choose_payment(
            kwargs.get("seen"), kwargs.get("amount")
        )
        if fault:
            raise ValidationError(
                agreement_sudo._explain_payment_fault(fault, is_logged=True)
            )
        payer_sudo = agreement_sudo._get_payer(request.env.user).sudo()
        way = self._check_way(agreement_sudo, payer_sudo, amount, kwargs)
        transaction_sudo = self._find_doubled(agreement_sudo, payer_sudo, amount, way)
        if not transaction_sudo:
            transaction_sudo = self._create_transaction(
                **way,
                amount=amount,
                currency_id=agreement_sudo.currency_id.id,
                partner_id=payer_sudo.id,
                tokenization_requested=self._is_own_login(payer_sudo)
                and bool(kwargs.get("tokenization_requested")),
                landing_route=self._get_page_url(agreement_sudo, access_token),
                reference_prefix=agreement_sudo.name,
                custom_create_values=agreement_sudo._prepare_transaction_vals(amount),
            )
        return transaction_sudo._get_processing_values()

    def _check_way(self, agreement_sudo, payer_sudo, amount, kwargs):
        """By whom and how it is paid, if the company takes this amount that way.

        :return: ``provider_id``, ``payment_method_id``, ``token_id`` and ``flow``
        """
        providers_sudo, methods_sudo = self._get_payment_ways(
            agreement_sudo, payer_sudo, amount
        )
        flow = kwargs.get("flow")
        provider_sudo = providers_sudo.filtered(
            lambda provider: provider.id == kwargs.get("provider_id")
        )
        if flow == "token":
            tokens_sudo = self._get_own_tokens(payer_sudo, provider_sudo)
            chosen = tokens_sudo.filtered(lambda t: t.id == kwargs.get("token_id"))
        else:
            chosen = methods_sudo.filtered(
                lambda method: (
                    method.id == kwargs.get("payment_method_id")
                    and provider_sudo in method.provider_ids
                )
            )
        if flow not in FLOWS or not provider_sudo or not chosen:
            raise ValidationError(
                request.env._(
                    "This payment method can't be used here. Nothing was charged. Open"
                    " the page again and choose another one."
                )
            )
        is_token = flow == "token"
        return {
            "provider_id": provider_sudo.id,
            "payment_method_id": None if is_token else chosen.id,
            "token_id": chosen.id if is_token else None,
            "flow": flow,
        }

    def _find_doubled(self, agreement_sudo, payer_sudo, amount, way):
        # sudo: visitors read no transactions; this one is of the same agreement.
        doubled_sudo = request.env["payment.transaction"].sudo()
        if way["flow"] == "token":  # it was charged at once, and that was looked at
            return doubled_sudo
        doubled_sudo = doubled_sudo._find_doubled(
            {
                agreement_sudo._get_transaction_field(): agreement_sudo.id,
                "provider_id": way["provider_id"],
                "payment_method_id": way["payment_method_id"],
                "partner_id": payer_sudo.id,
                "currency_id": agreement_sudo.currency_id.id,
                "amount": amount,
                "operation": f"online_{way['flow']}",
            }
        )
        if doubled_sudo:
            PaymentPostProcessing.monitor_transaction(doubled_sudo)
        return doubled_sudo


class CollectionInvoicePortal(PortalAccount):
    """Core's pages of invoices leave alone what was agreed on."""

    def _invoice_get_page_view_values(self, invoice, access_token, **kwargs):
        values = super()._invoice_get_page_view_values(invoice, access_token, **kwargs)
        agreement_sudo = invoice._get_collection_agreement_sudo()
        if agreement_sudo:  # core has made the values as the superuser
            values["collection_url"] = agreement_sudo._get_login_url(request.env.user)
        return values

    def _get_overdue_invoices_domain(self, partner_id=None):
        domain = super()._get_overdue_invoices_domain(partner_id)
        return [*domain, ("collection_is_agreed", "=", False)]


class CollectionOverduePayment(InvoicePaymentPortal):
    """*Pay overdue* on a page that is older than an agreement."""

    @http.route()
    def overdue_invoices_transaction(self, payment_reference, **kwargs):
        overdue = request.env["account.move"]
        if not request.env.user._is_public() and not overdue.search_count(
            self._get_overdue_invoices_domain(), limit=1
        ):
            raise ValidationError(
                request.env._(
                    "None of your invoices is overdue any more. Nothing was charged."
                    " Open the page again to see what is left to pay."
                )
            )
        return super().overdue_invoices_transaction(payment_reference, **kwargs)
