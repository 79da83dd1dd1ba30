"""Debtors at their screens, and the company that they owe to.

``SET_UP`` is for ``run_script``: a debtor owes 1,000 over three invoices, which a plan
asks for in four installments from tomorrow on; Odoo's demo provider takes the money.
It prints what :class:`Debtor` has to know.
"""

import json
import re
import time
import urllib.request
from html import unescape
from http.cookiejar import CookieJar
from urllib.parse import urlencode

SET_UP = """
import json
from datetime import timedelta
from odoo.fields import Command
company = env.company
env["collection.contact.policy"].search([]).active = False
company.collection_fresh_books = False
provider = env.ref("payment.payment_provider_demo").copy(
    {"name": "Demo", "company_id": company.id, "state": "test", "is_published": True}
)
method = env.ref("payment_demo.payment_method_demo")
provider.payment_method_ids = [Command.set(method.ids)]
method.active = True
today = company._get_collection_today()
debtor = env["res.partner"].create(
    {"name": "Weber Ltd", "email": "weber@debtor.example", "is_company": True}
)
moves = env["account.move"].create(
    [{"move_type": "out_invoice", "partner_id": debtor.id,
      "invoice_date": today - timedelta(days=age),
      "invoice_date_due": today - timedelta(days=age),
      "invoice_payment_term_id": False,
      "invoice_line_ids": [Command.create(
          {"name": "Work", "price_unit": amount, "tax_ids": [Command.clear()]})]}
     for age, amount in ((60, 100), (50, 100), (40, 800))]
)
moves.action_post()
rule = env.ref("collection_calls.collection_acceleration_rule_any_incident")
plan = env["collection.plan"].create({
    "partner_id": debtor.id,
    "claim_ids": [{"move_line_id": claim.id} for claim in
                  moves._get_collection_claims()],
    "rule_id": rule.id, "date_start": today + timedelta(days=1),
    "frequency": "monthly", "installment_count": 4,
})
plan.action_activate()
env.cr.commit()
print(json.dumps({"plan": plan.id, "token": plan._portal_ensure_token(),
                  "provider": provider.id, "method": method.id}))
env.cr.commit()
"""


class Refused(Exception):
    """What the server answers if something can't be done."""


class Debtor:
    """Somebody with a browser of their own, who has nothing but the link.

    :param str address: of the server
    :param dict facts: what :data:`SET_UP` printed
    """

    def __init__(self, address, facts):
        self.address, self.facts = address, facts
        self.path = f"/my/plans/{facts['plan']}"
        cookies = urllib.request.HTTPCookieProcessor(CookieJar())
        self.opener = urllib.request.build_opener(cookies)

    def open(self, **params):
        """The page of the plan, as text."""
        query = urlencode({"access_token": self.facts["token"], **params})
        with self.opener.open(f"{self.address}{self.path}?{query}", timeout=60) as page:
            return page.read().decode()

    def choose(self, code="next"):
        """Core's payment form for a choice, as it stands on the page."""
        form = re.search(r'<form id="o_payment_form".*?>', self.open(pay=code), re.S)
        found = re.findall(r'data-([a-z-]+)="(.*?)"', form[0])
        return {name: unescape(value) for name, value in found}

    def submit(self, form):
        """Send the payment form, as its script does.

        :return: the reference of the transaction
        :raise Refused: in the words that the debtor reads
        """
        values = self.call(
            form["transaction-route"],
            provider_id=self.facts["provider"],
            payment_method_id=self.facts["method"],
            token_id=None,
            amount=float(form["amount"]),
            flow="direct",
            tokenization_requested=False,
            landing_route=form["landing-route"],
            is_validation=False,
            access_token=form["access-token"],
            csrf_token="whatever",
        )
        return values["reference"]

    def answer(self, reference, state="done"):
        """The provider answers, and the browser asks what became of it."""
        self.call(
            "/payment/demo/simulate_payment",
            reference=reference,
            payment_details="1234",
            simulated_state=state,
        )
        return self.poll()

    def poll(self):
        """Ask what became of the payment, as core's page does: again if it is told to,
        because somebody else was at work in the same accounts."""
        for _time in range(20):
            try:
                return self.call("/payment/status/poll")
            except Refused as refused:
                if str(refused) != "retry":
                    raise
                time.sleep(0.5)
        raise Refused("retry")

    def read(self):
        """The digest of what the page shows, with which it is signed."""
        form = r'name="digest"[^>]*value="([0-9a-f]{64})"'
        return re.search(form, self.open())[1]

    def sign(self, digest):
        """Sign what was read."""
        return self.call(
            f"{self.path}/accept",
            access_token=self.facts["token"],
            digest=digest,
            name="Eva Weber",
            role="CFO",
            signature="iVBORw0KGgo=",
        )

    def call(self, path, **params):
        body = {"jsonrpc": "2.0", "method": "call", "params": params}
        request = urllib.request.Request(
            self.address + path,
            json.dumps(body).encode(),
            {"Content-Type": "application/json"},
        )
        with self.opener.open(request, timeout=60) as answer:
            result = json.load(answer)
        if "error" in result:
            raise Refused(result["error"]["data"]["message"])
        return result.get("result")
