"""The debtor's page: who sees which agreement, what it shows, and what it costs."""

import re
from datetime import timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from lxml import html

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .common import FEW, LANGUAGES, MANY, TODAY, CollectionCallsPlanCommon

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)
MARKUP = "<script>alert(1)</script>"


class PortalCommon(CollectionCallsPlanCommon, HttpCase):
    """A debtor with an open page. :attr:`guest` has a login of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guest = cls._create_guest("guest", cls.contact)
        cls.other = cls._create_debtor("Other Ltd")
        cls.stranger = cls._create_guest("stranger", cls.other)

    @classmethod
    def _create_guest(cls, login, partner):
        """Somebody at a debtor's who has a login to the portal."""
        return new_test_user(
            cls.env,
            login,
            groups="base.group_portal",
            partner_id=partner.id,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _get_token(self, agreement):
        token = agreement.sudo()._portal_ensure_token()
        self.env.flush_all()
        return token

    def _open(self, agreement, token=None, suffix="", **params):
        token = self._get_token(agreement) if token is None else token
        if token:
            params["access_token"] = token
        self.env.flush_all()
        return self.url_open(
            agreement.access_url + suffix, params=params, allow_redirects=False
        )

    def _read_digest(self, page):
        found = re.search(r'name="digest" value="(\w+)"', page.text)
        return found and found[1]

    def _sign(self, agreement, digest=None, token=None, **vals):
        """Sign as the page does; without a digest, what is shown is opened before."""
        if digest is None:
            digest = self._read_digest(self._open(agreement, token)) or ""
        token = self._get_token(agreement) if token is None else token
        vals = {
            "digest": digest,
            "access_token": token or None,
            "name": "Anna Weber",
            "role": "Managing director",
            "signature": PNG,
            **vals,
        }
        answer = self.make_jsonrpc_request(f"{agreement.access_url}/accept", vals)
        self.env.invalidate_all()
        return answer

    def _decline(self, agreement, words, token=None, digest=None):
        page = self._open(agreement, token)
        csrf = re.search(r'name="csrf_token" value="(\w+)"', page.text)
        data = {
            "csrf_token": csrf[1] if csrf else "",
            "digest": self._read_digest(page) if digest is None else digest,
            "access_token": self._get_token(agreement) if token is None else token,
            "words": words,
        }
        answer = self.url_open(
            f"{agreement.access_url}/decline", data=data, allow_redirects=False
        )
        self.env.invalidate_all()
        return answer

    def _assert_nothing_written(self, agreement):
        self.assertFalse(agreement.acceptance_ids)
        self.assertFalse(agreement.answer_state)

    def _assert_refused(self, page, agreement):
        self.assertEqual(page.status_code, 403)
        self.assertIn("collection_portal_refused", page.text)
        self.assertNotIn(agreement.name, page.text)


@tagged("post_install", "-at_install")
class TestPortalPage(PortalCommon):
    def test_link_opens_the_plan(self):
        plan = self._agree()
        self._receive(self.invoice, 300)
        self.env.cr.flush()
        page = self._open(plan)
        self.assertEqual(page.status_code, 200)
        for shown in (plan.name, "700.00", "300.00", plan._get_clause()):
            self.assertIn(shown, page.text)
        self.assertEqual(page.text.count("badge rounded-pill text-bg-success"), 2)

    def test_link_opens_the_promise(self):
        promise = self._promise(self.invoice)
        page = self._open(promise)
        self.assertEqual(page.status_code, 200)
        self.assertIn(self.invoice.name, page.text)

    def test_nobody_else_gets_in(self):
        plan = self._agree()
        other = self._agree(self._create_claim(500, 10, self.other))
        for token in "", "nonsense", "tökén", self._get_token(other):
            with self.subTest(token):
                self._assert_refused(self._open(plan, token), plan)
        self.authenticate("stranger", "stranger")
        self._assert_refused(self._open(plan, ""), plan)
        missing = self.url_open("/my/plans/99999999?access_token=x")
        self.assertEqual(missing.status_code, 403, "as if it were somebody else's")

    def test_a_login_of_the_debtor_opens_it(self):
        plan = self._agree()
        self.authenticate("guest", "guest")
        self.assertIn(plan.name, self._open(plan, "").text)

    def test_a_login_in_another_company_does_not(self):
        plan = self._agree()
        other = self.setup_other_company()["company"]
        self.guest.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        self.authenticate("guest", "guest")
        self._assert_refused(self._open(plan, ""), plan)
        self.assertNotIn(plan.name, self.url_open("/my/agreements").text)

    def test_a_draft_has_no_page(self):
        plan = self._plan(self.invoice)
        self._assert_refused(self._open(plan), plan)

    def test_what_is_over_says_so(self):
        plan = self._agree()
        plan.with_user(self.manager).action_cancel("Wrong")
        page = self._open(plan)
        self.assertIn("This agreement has ended", page.text)
        self.assertNotIn("collection_calls.signature_form", page.text)
        self.assertNotIn("Wrong", page.text)

    def test_the_page_speaks_the_language_of_the_debtor(self):
        self.contact.lang, self.debtor.lang = "en_US", "de_DE"
        plan = self._agree()
        german = plan.with_context(lang="de_DE")._get_clause()
        page = self._open(plan).text
        self.assertIn(german, page)
        self.assertRegex(page, r'<html[^>]* lang="de-DE"')  # for what JavaScript adds
        plan.contact_id = self.contact
        page = self._open(plan).text
        self.assertNotIn(german, page)
        self.assertRegex(page, r'<html[^>]* lang="en-US"')

    def test_no_debt_in_the_title_nor_in_addresses(self):
        plan = self._agree()
        page = self._open(plan)
        title = re.search(r"<title>(.*?)</title>", page.text, re.S)[1]
        self.assertEqual(title.strip(), self.company.name)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        for url in re.findall(r'(?:href|action)="([^"]*/my/plans[^"]*)"', page.text):
            self.assertNotIn("1000", url)

    def _read(self, page, name):
        """The text of an element of the page, without what is around it."""
        found = page.xpath(f'//*[@name="{name}"]')
        return " ".join(" ".join(found[0].itertext()).split()) if found else ""

    def _open_on(self, agreement, days):
        token = self._get_token(agreement)
        with self._at(TODAY + timedelta(days)):
            return html.fromstring(self._open(agreement, token).text)

    def test_what_is_late_is_called_late(self):
        """Asked for is all that is late, since when; else what comes next."""
        plan = self._agree(rule=self.business)
        page = self._open_on(plan, 10)
        self.assertEqual(self._read(page, "next_day"), "to pay by 03/20/2026")
        self.assertEqual(self._read(page, "amount_next"), "$ 250.00")
        self.assertIn("Running", page.text_content())
        page = self._open_on(plan, 45)
        self.assertEqual(self._read(page, "next_day"), "overdue since 03/20/2026")
        self.assertEqual(self._read(page, "amount_next"), "$ 500.00")
        self.assertIn("In Arrears", page.text_content())
        self.assertNotIn("Running", page.text_content())
        self.assertEqual(page.text_content().count("Overdue"), 2)

    def test_nothing_is_late_before_the_next_bank_day(self):
        self.company.collection_bank_days = True
        plan = self._agree(days=11)  # a Saturday
        page = self._open_on(plan, 12)
        self.assertIn("Running", page.text_content())
        self.assertNotIn("Overdue", page.text_content())
        page = self._open_on(plan, 14)
        self.assertIn("In Arrears", page.text_content())

    def test_a_promise_that_is_late(self):
        promise = self._promise(self.invoice, days=2)
        page = self._open_on(promise, 2)
        self.assertIn("Agreed", page.text_content())
        self.assertIn("to pay by", self._read(page, "next_day"))
        page = self._open_on(promise, 3)
        self.assertEqual(self._read(page, "next_day"), "overdue since 03/12/2026")
        self.assertIn("Overdue", page.text_content())
        self.assertIn("Please pay it now", page.text_content())
        self.assertNotIn("You pay by", page.text_content())

    def test_an_offer_of_yesterday(self):
        plan = self._plan(self.invoice, days=2)
        plan.action_offer()
        page = self._open_on(plan, 3)
        self.assertIn("This offer is out of date", page.text_content())
        self.assertFalse(self._read(page, "next_day"))

    def test_on_whose_behalf_somebody_signs(self):
        plan = self._agree()
        self.assertIn("on behalf of", self._open(plan).text)
        person = self._create_debtor("Ada Private", is_company=False)
        own = self._agree(
            self._create_claim(500, 10, person), rule=self._create_rule_for_everybody()
        )
        page = self._open(own).text
        self.assertIn("you accept this agreement.", page)
        self.assertNotIn("on behalf of", page)

    def test_scripts_are_translated_on_the_page(self):
        modules = self.env["ir.http"]._get_translation_frontend_modules_name()
        self.assertIn("collection_calls", modules)

    def test_markup_in_names_is_text(self):
        self.debtor.name = MARKUP
        self.contact.name = MARKUP
        plan = self._agree(contact_id=self.contact.id)
        promise = self._promise(self._create_claim(300, 5))
        for agreement in (plan, promise):
            self.assertNotIn(MARKUP, self._open(agreement).text)

    def test_invoices_open_with_a_token_of_their_own(self):
        plan = self._agree()
        self.assertFalse(self.invoice.access_token)
        self._open(plan)
        self.assertFalse(self.invoice.access_token, "nobody asked for the invoice")
        answer = self._open(plan, suffix=f"/invoice/{self.invoice.id}")
        self.env.invalidate_all()
        location = answer.headers["Location"]
        self.assertIn(self.invoice.access_token, location)
        self.assertIn("report_type=pdf", location)

    def test_no_invoice_but_those_of_the_agreement(self):
        plan = self._agree()
        others = self._create_claim(100, 5, self.other), self._create_claim(100, 5)
        for move in others:
            self._assert_refused(self._open(plan, suffix=f"/invoice/{move.id}"), plan)
            self.assertFalse(move.access_token)

    def test_portal_users_read_nothing_past_the_page(self):
        plan, promise = self._agree(), self._promise(self._create_claim(300, 5))
        for record in (plan, promise, self.env["collection.acceptance"]):
            with self.assertRaises(AccessError):
                record.with_user(self.guest).check_access("read")
            with self.assertRaises(AccessError):
                record.with_user(self.guest).search([])

    def test_the_link_opens_no_chatter(self):
        plan = self._agree()
        token = self._get_token(plan)
        thread = self.env["collection.plan"].with_user(self.env.ref("base.public_user"))
        self.assertFalse(thread._get_thread_with_access(plan.id, token=token))
        mine = self.env["collection.plan"].with_user(self.collector)
        self.assertEqual(mine._get_thread_with_access(plan.id).id, plan.id)

    def test_pages_of_many_invoices_cost_the_same(self):
        counts = []
        for number in (2, MANY):
            debtor = self._create_debtor(f"Debtor of {number}")
            moves = self.env["account.move"]
            for _each in range(number):
                moves += self._create_claim(100, 30, debtor)
            plan = self._agree(moves, partner_id=debtor.id)
            self._receive(moves[0])
            self.env.cr.flush()
            self._get_token(plan)
            self._open(plan)  # warm
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self._open(plan).status_code, 200)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)
        self.assertLessEqual(counts[0], 60)

    # ----------------------------------------------------------------------- list

    def test_home_counts_and_the_list_shows_them(self):
        plan = self._agree()
        promise = self._promise(self._create_claim(300, 5))
        theirs = self._agree(self._create_claim(500, 10, self.other))
        self.authenticate("guest", "guest")
        counters = self.make_jsonrpc_request(
            "/my/counters",
            {"counters": ["agreement_count", "agreement_to_sign_count"]},
        )
        self.assertEqual(counters, {"agreement_count": 2, "agreement_to_sign_count": 2})
        self.assertIn("/my/agreements", self.url_open("/my/home").text)
        page = self.url_open("/my/agreements").text
        self.assertIn(plan.name, page)
        self.assertIn(promise.name, page)
        self.assertNotIn(theirs.name, page)
        only = self.url_open("/my/agreements?filterby=promises&sortby=left").text
        self.assertNotIn(plan.name, only)
        self.assertIn(promise.name, only)

    def test_the_list_takes_any_address(self):
        self._agree()
        self.authenticate("guest", "guest")
        for query in ("?sortby=x&filterby=y", "/page/99", "?sortby=next"):
            self.assertEqual(self.url_open(f"/my/agreements{query}").status_code, 200)

    def test_lists_of_many_cost_the_same(self):
        self.authenticate("guest", "guest")
        counts = []
        for number in (FEW, MANY):
            while (
                self.env["collection.plan"].search_count(
                    [("partner_id", "=", self.debtor.id)]
                )
                < number
            ):
                self._agree(self._create_claim(100, 5))
            self.url_open("/my/agreements")
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.url_open("/my/agreements")
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)


@tagged("post_install", "-at_install")
class TestPortalAnswer(PortalCommon):
    def test_a_plan_is_signed(self):
        plan = self._agree()
        text = plan.with_context(lang="en_US")._get_agreement_text()
        answer = self._sign(plan)
        self.assertIn("message=accepted", answer["redirect_url"])
        [acceptance] = plan.acceptance_ids.sudo()
        self.assertEqual(acceptance.kind, "accepted")
        self.assertEqual(acceptance.channel, "portal")
        self.assertEqual(acceptance.signer_name, "Anna Weber")
        self.assertEqual(acceptance.signer_role, "Managing director")
        self.assertEqual(acceptance.text, text)
        self.assertEqual(acceptance.text_hash, plan._get_agreement_digest(text))
        self.assertEqual(acceptance.lang, "en_US")
        self.assertTrue(acceptance.ip_address)
        self.assertFalse(acceptance.user_id, "the link was opened without a login")
        self.assertEqual(plan.answer_state, "accepted")
        self.assertEqual(plan.answer_channel, "portal")
        event = self._get_last_event(plan)
        self.assertEqual(event.kind, "accepted")
        self.assertIn("Anna Weber", event.reason)
        self.assertIn(acceptance.text_hash, event.evidence)
        page = self._open(plan)
        self.assertIn("Anna Weber", page.text)
        self.assertNotIn("collection_calls.signature_form", page.text)

    def test_an_offer_begins_when_it_is_signed(self):
        plan = self._plan(self.invoice)
        plan.action_offer()
        self._sign(plan)
        self._assert_plan(plan, "active", left=1000)
        kinds = plan.event_ids.sorted("id").mapped("kind")
        self.assertEqual(kinds, ["accepted", "activated"])
        self.assertTrue(self.invoice.no_followup)
        self.assertEqual(plan.answer_state, "accepted")

    def test_a_promise_is_signed(self):
        promise = self._promise(self.invoice)
        self._sign(promise)
        self.assertEqual(promise.answer_state, "accepted")
        self.assertIn("Anna Weber", promise.sudo().message_ids[0].body)

    def test_who_is_logged_in_is_noted(self):
        plan = self._agree()
        self.authenticate("guest", "guest")
        self._sign(plan, token="")
        self.assertEqual(plan.acceptance_ids.user_id, self.guest)

    def test_what_was_signed_stands(self):
        plan = self._agree()
        self._sign(plan)
        [acceptance] = plan.acceptance_ids.sudo()
        before = acceptance.text
        self.debtor.name = "Renamed"
        self.assertEqual(acceptance.text, before)
        self.assertIn("Müller Bau", self._open(plan).text)
        self._refused_to_change(acceptance)

    def _refused_to_change(self, acceptance):
        for change in (
            lambda: acceptance.write({"signer_name": "Somebody"}),
            lambda: acceptance.unlink(),
        ):
            with self._refused(Exception, "evidence"):
                change()
        with self.assertRaises(AccessError):
            acceptance.with_user(self.manager).create({"kind": "accepted"})

    def test_the_pdf_has_what_was_signed(self):
        plan, promise = self._agree(), self._promise(self._create_claim(300, 5))
        for agreement, report in (
            (plan, "report_plan_agreement"),
            (promise, "report_promise_agreement"),
        ):
            self._sign(agreement)
            self.debtor.name = "Renamed"
            html = str(
                self.env["ir.actions.report"]
                .sudo()
                ._render_qweb_html(f"collection_calls.{report}", agreement.ids)[0],
                "utf-8",
            )
            signed = agreement.acceptance_ids.sudo()
            self.assertIn(signed.text_hash, html)
            self.assertIn("Anna Weber", html)
            self.assertIn("Müller Bau", html)
            self.debtor.name = "Müller Bau GmbH"

    def test_the_pdf_is_downloaded_from_the_page(self):
        for agreement in self._agree(), self._promise(self._create_claim(300, 5)):
            page = self._open(agreement, report_type="pdf", download="true")
            self.assertEqual(page.status_code, 200)
            self.assertIn("attachment", page.headers["Content-Disposition"])
            self.assertIn(agreement.name, page.text)

    def test_twice_is_once(self):
        plan = self._agree()
        digest = self._read_digest(self._open(plan))
        for _click in range(2):
            answer = self._sign(plan, digest)
            self.assertIn("message=accepted", answer["redirect_url"])
        self.assertEqual(len(plan.acceptance_ids), 1)
        self.assertEqual(plan.event_ids.mapped("kind").count("accepted"), 1)

    def test_what_changed_meanwhile_is_shown_first(self):
        promise = self._promise(self.invoice)
        digest = self._read_digest(self._open(promise))
        self.debtor.name = "Müller & Sons"
        answer = self._sign(promise, digest)
        self.assertIn("message=changed", answer["redirect_url"])
        self._assert_nothing_written(promise)

    def test_an_offer_that_is_out_of_date_is_not_begun(self):
        plan = self._plan(self.invoice)
        plan.action_offer()
        self._receive(self.invoice, 100)
        self.env.cr.flush()
        self.assertIn("out of date", self._sign(plan)["error"])
        self._assert_nothing_written(plan)
        self.assertEqual(plan.state, "offered")

    def test_what_is_over_is_not_signed(self):
        plan = self._agree()
        digest = self._read_digest(self._open(plan))
        plan.with_user(self.manager).action_cancel("Wrong")
        self.assertIn("message=over", self._sign(plan, digest)["redirect_url"])
        self._assert_nothing_written(plan)

    def test_nobody_else_signs(self):
        plan = self._agree()
        digest = self._read_digest(self._open(plan))
        for token in ("wrong", "tökén", 7, {"a": 1}, ["x"]):
            self.assertIn("error", self._sign(plan, digest, token))
        self.authenticate("stranger", "stranger")
        self.assertIn("error", self._sign(plan, digest, ""))
        self.authenticate(self.collector.login, self.collector.login)
        self.assertIn("only the debtor", self._sign(plan, digest)["error"])
        self._assert_nothing_written(plan)

    def test_what_is_no_signature_is_none(self):
        plan = self._agree()
        digest = self._read_digest(self._open(plan))
        for vals in (
            {"name": ""},
            {"name": "  "},
            {"name": None},
            {"name": {"x": 1}},
            {"name": "x" * 201},
            {"name": "a\0b"},
            {"role": ""},
            {"signature": ""},
            {"signature": None},
            {"signature": "nonsense"},
            {"signature": "PHN2Zy8+"},  # an SVG
            {"signature": PNG + "A" * 1_000_000},
        ):
            with self.subTest(str(vals)[:50]):
                self.assertTrue(self._sign(plan, digest, **vals)["error"])
        self._assert_nothing_written(plan)

    def test_a_private_person_is_asked_for_no_role(self):
        person = self.env["res.partner"].create({"name": "Ada Private"})
        plan = self._agree(
            self._create_claim(500, 10, person),
            rule=self._create_rule_for_everybody(),
        )
        self._sign(plan, role="")
        self.assertEqual(plan.answer_state, "accepted")

    def test_markup_of_who_signs_is_text(self):
        plan = self._agree()
        self._sign(plan, name=MARKUP, role=MARKUP)
        self.assertEqual(plan.acceptance_ids.sudo().signer_name, MARKUP)
        self.assertNotIn(MARKUP, self._open(plan).text)

    # ------------------------------------------------------------------- declining

    def test_a_running_plan_is_declined_with_words(self):
        plan = self._agree()
        answer = self._decline(plan, f"Never said that {MARKUP}")
        self.assertIn("message=declined", answer.headers["Location"])
        [acceptance] = plan.acceptance_ids.sudo()
        self.assertEqual(acceptance.kind, "declined")
        self.assertEqual(acceptance.words, f"Never said that {MARKUP}")
        self.assertEqual(plan.state, "active", "a word ends no agreement by itself")
        self.assertEqual(plan.answer_state, "objected")
        [to_do] = plan.activity_ids
        self.assertEqual(to_do.user_id, self.collector)
        self.assertEqual(to_do.date_deadline, TODAY)
        self.assertEqual(self._get_last_event(plan).kind, "declined")

    def test_an_offer_that_is_declined_ends(self):
        plan = self._plan(self.invoice)
        plan.action_offer()
        self._decline(plan, "Too much")
        self.assertEqual(plan.state, "cancelled")

    def test_declined_twice_is_once(self):
        promise = self._promise(self.invoice)
        for _click in range(2):
            self._decline(promise, "No")
        self.assertEqual(len(promise.acceptance_ids), 1)
        self.assertEqual(len(promise.activity_ids), 1)

    def test_whoever_declined_can_sign_after_all(self):
        promise = self._promise(self.invoice)
        self._decline(promise, "No")
        self._sign(promise)
        self.assertEqual(promise.answer_state, "accepted")

    def test_nothing_typed_is_lost(self):
        plan = self._agree()
        page = self._decline(plan, "My own words", digest="stale")
        self.assertEqual(page.status_code, 200)
        self.assertIn("My own words", page.text)
        self.assertIn("has changed", page.text)
        self._assert_nothing_written(plan)

    def test_declining_takes_words_and_the_debtor(self):
        plan = self._agree()
        self.assertIn("Please say", self._decline(plan, "  ").text)
        self.assertEqual(self._decline(plan, "No", token="wrong").status_code, 400)
        self._assert_nothing_written(plan)

    # -------------------------------------------------------------------- evidence

    def test_it_is_sealed(self):
        plan = self._agree()
        self._sign(plan)
        links = self.env["collection.chain.link"].sudo()
        found = links.search(
            [
                ("res_model", "=", "collection.acceptance"),
                ("res_id", "=", plan.acceptance_ids.id),
            ]
        )
        self.assertEqual(len(found), 1)

    def test_who_signed_is_for_collectors(self):
        plan = self._agree()
        self._sign(plan)
        acceptance = plan.acceptance_ids
        clerk = self._create_user("account.group_account_invoice")
        self.assertEqual(acceptance.with_user(clerk).kind, "accepted")
        for name in ("signer_name", "words", "text", "ip_address", "signature"):
            with self.assertRaises(AccessError):
                acceptance.with_user(clerk).read([name])
            acceptance.with_user(self.collector).read([name])
        away = self._create_user(
            "group_collection_manager", self.setup_other_company()["company"]
        )
        with self.assertRaises(AccessError):
            acceptance.with_user(away).read(["kind"])

    # ----------------------------------------------------------------------- mails

    def test_mails_lead_to_the_page(self):
        plan = self._agree()
        link = plan._render_page_link()
        address = plan.sudo().get_portal_url()
        self.assertIn(f"{plan.get_base_url()}{address}", link.replace("&amp;", "&"))
        self.assertIn("See and Sign", link)
        self._sign(plan)
        self.assertIn("See It Online", plan._render_page_link())
        self.assertFalse(self._plan(self._create_claim(200, 5))._render_page_link())

    def test_templates_of_earlier_versions_get_the_link(self):
        """In every language, once, and nowhere else."""
        path = Path(__file__).parent.parent / "migrations/19.0.1.3.0/post-page_links.py"
        spec = spec_from_file_location("page_links", path)
        migration = module_from_spec(spec)
        spec.loader.exec_module(migration)
        for _run in range(2):
            migration.migrate(self.env.cr, "19.0.1.2.0")
        self.env.invalidate_all()
        for name in migration.LINKED:
            template = self.env.ref(f"collection_calls.{name}").sudo()
            for lang in ("en_US", *LANGUAGES):
                body = template.with_context(lang=lang).body_html
                links = body.count("_render_page_link")
                links += body.count("_render_page_and_payment")  # has it as well
                self.assertEqual(links, 1, (name, lang))
        plan = self._agree()
        letter = self._get_letters(plan, "agreement")
        token = plan.sudo().access_token
        self.assertIn(token, letter.body)
        self.assertNotIn(token, letter.subject)
