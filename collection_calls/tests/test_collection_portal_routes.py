"""Every route of the debtor's side, those of tomorrow included: who may not gets a page
that says what to do, and nothing is written."""

import re

from odoo.fields import Command
from odoo.tests import tagged
from odoo.tests.common import JsonRpcException
from odoo.tools import mute_logger

from .test_collection_portal_page import PortalCommon

ADDON = "odoo.addons.collection_calls.controllers"
KINDS = {"plans": "plan", "promises": "promise", "overdue": "case"}
# What pages bring about.
WRITTEN = (
    "collection.acceptance",
    "collection.contact.correction",
    "collection.dispute",
    "collection.offer",
    "collection.plan.event",
    "collection.promise",
    "ir.attachment",
    "mail.activity",
    "mail.message",
    "payment.transaction",
)


@tagged("post_install", "-at_install")
class TestPortalRoutes(PortalCommon):
    def setUp(self):
        super().setUp()
        self.plan = self._agree()
        self.promise = self._promise(self._create_claim(300, 5))
        self.case = self.plan.sudo()._get_case()
        self.theirs = self._agree(self._create_claim(500, 10, self.other))
        self.env.flush_all()

    # ----------------------------------------------------------------- all of them

    def _get_rules(self):
        """The addon's routes that need no login and are about what somebody owes."""
        rules = self.env["ir.http"].routing_map().iter_rules()
        ours = [
            rule
            for rule in rules
            if rule.endpoint.func.__module__.startswith(ADDON)
            and rule.endpoint.routing["auth"] == "public"
            and rule.rule.startswith("/my/")
            and "/my/collection/" not in rule.rule  # has tests of its own
        ]
        self.assertGreater(len(ours), 15)
        return ours

    def _get_urls(self):
        """:return: list of (address, routing), each about the debtor's own"""
        urls = []
        for rule in self._get_rules():
            for kind, field in KINDS.items():
                url = rule.rule
                if "<any(plans" in url:
                    url = re.sub(r"<any\(plans[^>]*>", kind, url)
                elif not url.startswith(f"/my/{kind}/"):
                    continue
                url = re.sub(r"<int:move_id>", str(self.invoice.id), url)
                url = re.sub(r"<string:seen>", "seen", url)
                url = re.sub(r"<int:\w+>", str(getattr(self, field).id), url)
                wish = re.search(r"<any\(([\w,]+)\):wish>", url)
                for name in wish[1].split(",") if wish else [""]:
                    address = re.sub(r"<any\([\w,]+\):wish>", name, url)
                    self.assertNotIn("<", address, "the test knows all parameters")
                    urls.append((address, rule.endpoint.routing))
        return urls

    def _count(self):
        self.env.invalidate_all()
        return {name: self.env[name].sudo().search_count([]) for name in WRITTEN}

    def _ask(self, url, routing, token):
        """Ask for it in each way it can be asked for.

        :return: list of answers; None for an error
        """
        if routing["type"] == "jsonrpc":
            params = {"access_token": token}
            try:
                with mute_logger("odoo.http"):
                    return [self.make_jsonrpc_request(url, params)]
            except JsonRpcException:
                return [None]
        answers, methods = [], routing.get("methods") or ("GET", "POST")
        if "GET" in methods:
            answers.append(self.url_open(url, params={"access_token": token}))
        if "POST" in methods:
            data = {"csrf_token": self.csrf, "access_token": token, "words": "No"}
            answers.append(self.url_open(url, data=data))
        return answers

    def _read_csrf(self):
        """The forms' own token, so that it isn't that which is refused."""
        page = self.url_open("/my/collection/nonsense")
        self.csrf = re.search(r'csrf_token: "(.*?)"', page.text)[1]

    def _assert_all_refused(self, *tokens):
        self._read_csrf()
        before = self._count()
        for url, routing in self._get_urls():
            for token in tokens:
                with self.subTest(f"{url} {token}"):
                    for answer in self._ask(url, routing, token):
                        if isinstance(answer, dict):
                            self.assertIn("link isn't valid", answer["error"])
                        elif hasattr(answer, "status_code"):
                            self.assertEqual(answer.status_code, 403)
                            self.assertIn("collection_portal_refused", answer.text)
                            for secret in (self.plan.name, self.invoice.name, "1,000"):
                                self.assertNotIn(secret, answer.text)
        self.assertEqual(self._count(), before)

    def test_a_wrong_token_or_that_of_another_debtor(self):
        self._assert_all_refused("", "nonsense", self._get_token(self.theirs))

    def test_the_login_of_another_debtor(self):
        self.authenticate("stranger", "stranger")
        self._assert_all_refused("")

    def test_the_login_in_another_company(self):
        other = self.setup_other_company()["company"]
        self.guest.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        self.env.flush_all()
        self.authenticate("guest", "guest")
        self._assert_all_refused("")

    def test_nothing_comes_of_what_is_over(self):
        """With the right token, in whatever way it is asked for, and twice."""
        tokens = {
            "plans": self._get_token(self.plan),
            "promises": self._get_token(self.promise),
        }
        self.plan.with_user(self.manager).action_cancel("Wrong")
        self.promise.with_user(self.manager).action_void("Wrong")
        self.env.flush_all()
        self._read_csrf()
        before = self._count()
        for url, routing in self._get_urls() * 2:
            token = tokens.get(url.split("/")[2])
            if not token or "/invoice/" in url:  # core's own document
                continue
            for answer in self._ask(url, routing, token):
                if hasattr(answer, "status_code"):
                    self.assertLess(answer.status_code, 500, url)
        self.assertEqual(self._count(), before)
