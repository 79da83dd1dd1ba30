"""Paying online, as a debtor does on the page of a plan or a promise."""

import logging
import re
import unittest
from html import unescape

from odoo.fields import Command
from odoo.tests.common import JsonRpcException

_logger = logging.getLogger(__name__)


class CollectionCallsProvider:
    """Mix it into a class with a ledger: somebody takes the money that is paid online,
    where payment_demo is installed."""

    def _take_online(self, **vals):
        """From now on the company's debtors can pay online."""
        if not self.env.ref("payment_demo.payment_method_demo", False):
            self.skipTest("payment_demo isn't installed")
        return self._create_provider(self.company, **vals)

    @classmethod
    def _create_provider(cls, company, **vals):
        """The demo provider of a company, and of nobody else's."""
        demo = cls.env.ref("payment.payment_provider_demo").sudo()
        provider = demo.with_company(company).copy(
            {
                "name": f"Demo of {company.name}",
                "company_id": company.id,
                "state": "test",
                "is_published": True,
                **vals,
            }
        )
        provider.payment_method_ids = [
            Command.set(cls.env.ref("payment_demo.payment_method_demo").ids)
        ]
        provider.payment_method_ids.active = True
        return provider


class CollectionCallsOnline(CollectionCallsProvider):
    """Mix it into a class with a ledger and ``HttpCase``. Odoo's demo provider takes
    the money: it answers what it is told to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if not cls.env.ref("payment_demo.payment_method_demo", False):
            _logger.warning(
                "%s is NOT TESTED: install payment_demo beside the addon", cls.__name__
            )
            raise unittest.SkipTest("payment_demo isn't installed")
        cls.provider = cls._create_provider(cls.company)
        cls.method = cls.provider.payment_method_ids

    def _open(self, agreement, token=None, data=None, path="", **params):
        """The page as a debtor gets it, without a login unless there is one."""
        if token is None:
            token = agreement.sudo()._portal_ensure_token()
        self.env.cr.flush()
        params["access_token"] = token
        return self.url_open(agreement.access_url + path, data=data, params=params)

    def _get_form(self, page):
        """What core's payment form on a page would send; None if there is no form."""
        form = re.search(r'<form id="o_payment_form".*?>', page.text, re.S)
        if not form:
            return None
        return {
            name: unescape(value)
            for name, value in re.findall(r'data-([a-z-]+)="(.*?)"', form[0])
        }

    def _send(self, form, token=None, **values):
        """Send core's payment form, as its script does."""
        params = {
            "provider_id": self.provider.id,
            "payment_method_id": self.method.id,
            "token_id": None,
            "amount": float(form["amount"]),
            "flow": "direct",
            "tokenization_requested": False,
            "landing_route": form["landing-route"],
            "is_validation": False,
            "access_token": token or form.get("access-token"),
            "csrf_token": "whatever",
            **values,
        }
        values = self.make_jsonrpc_request(form["transaction-route"], params)
        return self._get_transaction(values["reference"])

    def _get_transaction(self, reference):
        self.env.invalidate_all()
        transactions = self.env["payment.transaction"].sudo()
        return transactions.search([("reference", "=", reference)])

    def _answer(self, transaction, state="done"):
        """What the provider answers, and what the browser then does; where nobody
        waits for it any more, what the scheduled action does."""
        self.make_jsonrpc_request(
            "/payment/demo/simulate_payment",
            {
                "reference": transaction.reference,
                "payment_details": "1234",
                "simulated_state": state,
            },
        )
        status = self.make_jsonrpc_request("/payment/status/poll", {})
        self.env.invalidate_all()
        if not transaction.is_post_processed:
            transaction._post_process()
        self.env.cr.flush()
        self.env.invalidate_all()
        return status

    def _pay_online(self, agreement, code="next", state="done"):
        """Choose, pay, and wait for the provider's answer."""
        form = self._get_form(self._open(agreement, pay=code))
        transaction = self._send(form)
        self._answer(transaction, state)
        return transaction

    def _choose(self, agreement, amount, seen=None, **params):
        """Post an amount of one's own: the page with the form, or one that refuses."""
        seen = seen or agreement.sudo()._get_seen("other")
        self.env.cr.flush()
        page = self.url_open("/web/login")
        token = re.search(r'csrf_token: "(.*?)"', page.text)[1]
        return self.url_open(
            f"{agreement.access_url}/pay",
            data={
                "csrf_token": token,
                "access_token": agreement.sudo()._portal_ensure_token(),
                "seen": seen,
                "amount": amount,
                **params,
            },
        )

    def _assert_refused(self, message, form, **values):
        """The transaction is refused in words, and nothing is written."""
        transactions = self.env["payment.transaction"].sudo()
        before = transactions.search_count([])
        with (
            self.assertRaises(JsonRpcException),
            self.assertLogs("odoo.http", "WARNING") as log,
        ):
            self._send(form, **values)
        self.assertRegex("".join(log.output), message)
        self.assertEqual(transactions.search_count([]), before)
