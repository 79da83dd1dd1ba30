"""A link to sign what was agreed, sent while the call goes on."""

import base64
import re
from datetime import date, timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged

from odoo.addons.mail.tests.common import MailCase

from .common import CollectionCallsWizardCommon

ADDON = "odoo.addons.collection_calls"
SIGNATURE = base64.b64encode(b"\x89PNG\r\n\x1a\n signature").decode()


class CollectionLinkCommon(CollectionCallsWizardCommon):
    """A call in which six installments were agreed on, and its link."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor.zip = "10115"
        cls.contact.zip = "D-10117"
        cls.company.phone = "+49 30 555 0100"
        cls.installments = cls.env.ref("collection_calls.collection_call_outcome_plan")

    def _agree(self):
        wizard = self._go_to("solve")
        wizard.write(
            {
                "outcome_id": self.installments.id,
                "payment_date": date(2026, 3, 31),
                "plan_installment_count": 6,
            }
        )
        return wizard

    def _promise_in_call(self):
        wizard = self._go_to("solve")
        wizard.outcome_id = self.promise
        wizard.claim_ids.write(
            {"promised_amount": 1000, "promised_date": date(2026, 3, 20)}
        )
        return wizard

    def _send(self, wizard=None):
        """:return: (wizard, link, token as it was sent)"""
        wizard = wizard or self._agree()
        links = self.env.registry["collection.link"]
        sent = []
        get_url = links._get_url

        def keep_url(link, token):
            sent.append(token)
            return get_url(link, token)

        with patch.object(links, "_get_url", keep_url):
            wizard.action_send_link()
        return wizard, wizard.call_id.link_ids.sorted("id")[-1:].sudo(), sent[-1]

    def _plan_of(self, wizard):
        return wizard.call_id.plan_ids.filtered(lambda plan: plan.state != "cancelled")


@tagged("post_install", "-at_install")
class TestPortalLink(MailCase, CollectionLinkCommon):
    """What sending a link does, and what it leaves alone."""

    # ---------------------------------------------------------------------- sending

    def test_the_plan_is_offered_and_no_letter_goes_out(self):
        wizard, link, _token = self._send()
        plan = self._plan_of(wizard)
        self.assertEqual(plan.state, "offered")
        self.assertEqual(len(plan.installment_ids), 6)
        self.assertFalse(plan.letter_ids)
        self.assertEqual(link.plan_ids, plan)
        self.assertEqual(link.state, "sent")
        self.assertEqual(wizard.call_id.state, "ongoing")
        self.assertTrue(wizard.has_link)

    def test_closing_the_call_lets_the_offer_run(self):
        wizard, _link, _token = self._send()
        plan = self._plan_of(wizard)
        wizard.action_next()
        wizard.action_done()
        self.assertEqual(wizard.call_id.plan_ids, plan, "no second one")
        self.assertEqual(plan.state, "active")

    def test_a_promise_is_made_once(self):
        wizard, link, _token = self._send(self._promise_in_call())
        promise = wizard.call_id.promise_ids
        self.assertEqual(promise.amount, 1000)
        self.assertEqual(link.promise_ids, promise)
        wizard.action_next()
        wizard.action_done()
        self.assertEqual(wizard.call_id.promise_ids, promise)
        self.assertEqual(promise.state, "open")

    def test_a_promise_that_was_signed_says_what_was_signed(self):
        """Though the call goes on: until then, a slip of the tongue is corrected."""
        wizard, _link, _token = self._send(self._promise_in_call())
        promise = wizard.call_id.promise_ids
        line = promise.line_ids
        promise.date_promised = date(2026, 3, 21)
        page = promise.with_user(SUPERUSER_ID)
        page._accept(page._get_agreement_digest(), "Frau Weber", SIGNATURE, "CFO")
        for act in (
            lambda: promise.write({"date_promised": date(2026, 3, 30)}),
            lambda: line.write({"amount": 500}),
            lambda: line.unlink(),
            lambda: promise.unlink(),
            lambda: promise.with_user(self.manager).unlink(),
        ):
            with self._refused(UserError, "can't be changed"):
                act()
        wizard.action_next()
        wizard.action_done()
        self.assertEqual(promise.date_promised, date(2026, 3, 21))
        self.assertEqual(wizard.call_id.promise_ids, promise)

    def test_nothing_agreed_nothing_sent(self):
        """But where nothing is to be agreed, it leads to what is overdue."""
        wizard = self._go_to("solve")
        wizard.outcome_id = self.no_commitment
        agreed = self.env["collection.plan"].search([])
        _wizard, link, _token = self._send(wizard)
        self.assertFalse(link.plan_ids | agreed)
        self.assertFalse(link.promise_ids)
        self.assertEqual(link._get_pages(), [wizard.call_id.case_id])
        wizard.action_take_back_link()
        wizard.outcome_id = self.installments
        with self._refused(ValidationError, "On which day"):
            wizard.action_send_link()
        wizard.outcome_id = self.no_commitment
        self._pay(self.invoice, 0)
        with self._refused(UserError, "nothing to sign yet"):
            wizard.action_send_link()
        self.assertEqual(wizard.call_id.link_ids.sudo(), link)

    def test_the_mail_tells_nothing_of_the_debt(self):
        with self.mock_mail_gateway(mail_unlink_sent=True):
            wizard, link, token = self._send()
            link.mail_id.send()
        [mail] = self._mails
        text = mail["subject"] + mail["body"]
        self.assertIn(f"/my/collection/{token}", mail["body"])
        self.assertNotIn(token, mail["subject"])
        plan = self._plan_of(wizard)
        for secret in (plan.name, self.invoice.name, "1,000", "1000", "166"):
            self.assertNotIn(secret, text)
        self.assertEqual(mail["email_to"], ['"Frau Weber" <weber@mueller.example>'])
        self.assertFalse(link.mail_id, "it has left, and the token with it")

    def test_the_token_is_kept_nowhere(self):
        with self.mock_mail_gateway(mail_unlink_sent=True):
            wizard, link, token = self._send()
            link.mail_id.send()
        kept = str(link.read()) + str(wizard.call_id.sudo().message_ids.read())
        self.assertNotIn(token, kept)
        self.assertNotEqual(link.token_digest, token)
        self.env.cr.execute(
            "SELECT count(*) FROM mail_message WHERE body LIKE %s", [f"%{token}%"]
        )
        self.assertEqual(self.env.cr.fetchone(), (0,))

    def test_two_clicks_are_one_mail(self):
        wizard, link, _token = self._send()
        wizard.action_send_link()
        self.assertEqual(wizard.call_id.link_ids.sudo(), link)
        self.clock.tick(timedelta(minutes=2))
        _wizard, second, _token = self._send(wizard)
        self.assertEqual(link.state, "replaced")
        self.assertEqual(second.state, "sent")
        self.assertEqual(second.plan_ids, link.plan_ids, "the same offer")

    def test_who_wants_letters_gets_no_link(self):
        wizard = self._agree()
        self.env["collection.contact.right"].with_user(self.collector).create(
            {
                "kind": "by_post",
                "partner_id": self.debtor.id,
                "company_id": self.company.id,
            }
        )
        with self._refused(UserError, "No link may be sent"):
            wizard.action_send_link()
        self.assertFalse(wizard.call_id.plan_ids)

    def test_no_address_and_nothing_to_prove_with(self):
        wizard = self._agree()
        (self.debtor | self.contact).write({"zip": False, "ref": "1"})
        with self._refused(UserError, "neither a postcode nor a customer number"):
            wizard.action_send_link()
        self.contact.email = False
        with self._refused(UserError, "has no e-mail address"):
            wizard.action_send_link()

    def test_it_went_out_through_the_gate(self):
        wizard, _link, _token = self._send()
        logged = (
            self.env["collection.contact.log"]
            .sudo()
            .search([("partner_id", "=", self.debtor.id)])
        )
        self.assertEqual(logged.mapped("channel"), ["portal"])
        self.assertEqual(logged.document, "offer")
        self.assertEqual(logged.contact_id, wizard.contact_id)

    # ------------------------------------------------------------------ taking back

    def test_taken_back_something_else_is_agreed_on(self):
        wizard, link, _token = self._send()
        plan = self._plan_of(wizard)
        wizard.action_take_back_link()
        self.assertEqual(plan.state, "cancelled")
        self.assertEqual(link.state, "replaced")
        self.assertFalse(wizard.has_link)
        self.assertEqual(wizard.plan_installment_count, 6, "typed, and still there")
        wizard.plan_installment_count = 3
        _wizard, second, _token = self._send(wizard)
        self.assertEqual(len(second.plan_ids.installment_ids), 3)
        wizard.action_next()
        wizard.action_done()
        self.assertEqual(second.plan_ids.state, "active")
        self.assertEqual(plan.state, "cancelled")

    def test_a_promise_taken_back_is_void(self):
        wizard, _link, _token = self._send(self._promise_in_call())
        promise = wizard.call_id.promise_ids
        wizard.action_take_back_link()
        self.assertEqual(promise.state, "void")
        self.assertEqual(wizard.claim_ids.promised_amount, 1000)
        wizard.action_next()
        wizard.action_done()
        self.assertEqual(len(wizard.call_id.promise_ids), 2)

    def test_what_the_debtor_has_accepted_stays(self):
        wizard, link, _token = self._send()
        link.plan_ids._note_page_event("accepted")
        with self._refused(UserError, "has accepted this already"):
            wizard.action_take_back_link()
        self.assertEqual(link.state, "used")

    def test_a_call_that_ends_otherwise_takes_the_offer_back(self):
        wizard, link, _token = self._send()
        wizard.call_id.outcome_id = self.no_commitment
        wizard.call_id.action_done()
        self.assertEqual(link.plan_ids.state, "cancelled")

    # ----------------------------------------------------------------------- rights

    def test_a_colleague_sends_nothing(self):
        wizard = self._agree()
        other = self._create_user("group_collection_user", login="other_collector")
        with self.assertRaises(AccessError):
            wizard.call_id.with_user(other).action_send_link()

    def test_links_and_visits_are_evidence(self):
        _wizard, link, _token = self._send()
        link.plan_ids._note_page_event("opened")
        visit = link._get_visits()
        for record in link, visit:
            for user in (self.collector, self.manager):
                with self._refused(UserError, "can't be changed"):
                    record.with_user(user).write({"company_id": False})
                with self.assertRaises(AccessError):
                    record.with_user(user).unlink()
            with self._refused(UserError, "can't be deleted"):
                record.unlink()
        with self._refused(UserError, "can't be changed"):
            link.tries = 0
        with self._refused(UserError, "can't be changed"):
            visit.date_accepted = fields.Datetime.now()
        with self.assertRaises(AccessError):
            link.with_user(self.manager).read(["token_digest"])

    def test_another_company_sees_none_of_it(self):
        _wizard, link, _token = self._send()
        link.plan_ids._note_page_event("opened")
        other = self.setup_other_company()["company"]
        stranger = self._create_user("group_collection_user", other)
        for record in link, link._get_visits():
            with self.assertRaises(AccessError):
                record.with_user(stranger).read(["partner_id"])

    # ------------------------------------------------------------------ what is shown

    def test_the_collector_is_told_at_once_and_without_a_word_about_debt(self):
        wizard, link, _token = self._send()
        partner = self.collector.partner_id
        told = []
        users = self.env.registry["res.users"]

        def keep(users, kind, message, **_kw):
            told.append((users, kind, message))

        with patch.object(users, "_bus_send", keep):
            link._note_opened()
            link._note_opened()
            link._prove("10117")
            link.plan_ids._note_page_event("accepted")
        self.assertEqual(
            {user.partner_id for each in told for user in each[0]}, {partner}
        )
        self.assertEqual({each[1] for each in told}, {"collection_calls.page"})
        kinds = [each[2]["kind"] for each in told]
        self.assertEqual(kinds.count("opened"), 1, "once")
        self.assertEqual(kinds[-1], "accepted")
        for _users, _kind, message in told:
            self.assertEqual(message["call_id"], wizard.call_id.id)
            self.assertLessEqual(set(message), {"call_id", "kind", "model", "id"})

    def test_the_wizard_shows_how_far_the_debtor_has_come(self):
        wizard, link, _token = self._send()

        def status():
            wizard._reload()
            return wizard.link_status

        self.assertEqual(status()["tone"], "secondary")
        self.assertIn("weber@mueller.example", status()["sentence"])
        link._note_opened()
        self.assertIn("is asked for the postcode", status()["sentence"])
        link._prove("C 4711")
        self.assertIn("looking at what was agreed", status()["sentence"])
        self.assertFalse(status()["marks"][-1]["when"])
        link.plan_ids._note_page_event("accepted")
        self.assertEqual(status()["tone"], "success")
        self.assertEqual(
            [mark["label"] for mark in status()["marks"] if mark["when"]],
            ["Sent", "Opened", "Proven", "Accepted"],
        )
        self.assertEqual(
            status()["marks"][0]["when"], "10:00\N{NARROW NO-BREAK SPACE}AM"
        )

    def test_declined(self):
        """Nobody closes as agreed what the debtor has just declined."""
        wizard, link, _token = self._send()
        plan = link.plan_ids
        plan._decline(plan._get_agreement_digest(), "That is too much")
        self.assertEqual(plan.state, "cancelled")
        wizard._reload()
        self.assertEqual(wizard.link_status["tone"], "danger")
        self.assertEqual(link.state, "used")
        for button in wizard.action_next, wizard.action_done:
            with self._refused(ValidationError, "has declined this"):
                button()
        wizard.action_take_back_link()
        wizard.plan_installment_count = 12
        _wizard, second, _token = self._send(wizard)
        self.assertEqual(len(second.plan_ids.installment_ids), 12)
        wizard.action_next()
        wizard.action_done()
        self.assertEqual(second.plan_ids.state, "active")

    def test_signed_while_the_call_goes_on(self):
        wizard, link, _token = self._send()
        plan = link.plan_ids.with_user(SUPERUSER_ID)
        plan._accept(plan._get_agreement_digest(), "Frau Weber", SIGNATURE, "CFO")
        self.assertEqual(plan.state, "active")
        self.assertFalse(plan.letter_ids, "the call confirms it")
        wizard._reload()
        self.assertEqual(wizard.link_status["tone"], "success")
        wizard.action_next()
        wizard.action_done()
        self.assertEqual(wizard.call_id.plan_ids, plan)
        self.assertIn("accepted", plan.with_user(self.collector).page_note)

    def test_what_waits_for_the_debtor(self):
        wizard, link, _token = self._send()
        plan = link.plan_ids
        self.assertEqual(plan.answer_state, "awaited")
        mine = self.env["collection.overview"].with_user(self.collector)
        waiting = mine.get_figures(True)["waiting"]
        self.assertEqual(waiting["count"], 1)
        self.assertEqual([part["count"] for part in waiting["parts"]], [1, 0])
        self.assertEqual(waiting["parts"][0]["amount"], 1000)
        cases = self.env["collection.case"].with_user(self.collector)
        case = wizard.call_id.case_id
        self.assertEqual(cases.search(waiting["action"]["domain"]), case)
        self.assertTrue(case.is_waiting_for_debtor)
        plan._note_page_event("opened")
        self.assertIn("opened", case.with_user(self.collector).page_note)
        self.assertIn(plan.name, case.with_user(self.collector).page_note)
        plan._set_answer("accepted", "portal")
        case.invalidate_recordset()
        self.assertFalse(case.is_waiting_for_debtor)
        self.assertEqual(mine.get_figures(True)["waiting"]["count"], 0)


@tagged("post_install", "-at_install")
class TestPortalLinkPage(CollectionLinkCommon, HttpCase):
    """The page in front of the agreement: nothing of the debt before the proof."""

    def setUp(self):
        super().setUp()
        self.wizard, self.link, self.token = self._send()
        self.plan = self.link.plan_ids
        self.url = f"/my/collection/{self.token}"

    def _csrf(self, page):
        found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)
        return found and found.group(1)

    def _try(self, proof, page=None):
        page = page or self.url_open(self.url)
        answer = self.url_open(
            self.url, data={"csrf_token": self._csrf(page) or "", "proof": proof}
        )
        self.link.invalidate_recordset()  # it was written by another request
        return answer

    def _assert_silent(self, page):
        for secret in (self.plan.name, self.invoice.name, "1,000", "166", "Müller Bau"):
            self.assertNotIn(secret, page.text)

    def _assert_end(self, page, words):
        self._assert_silent(page)
        self.assertNotIn('name="proof"', page.text)
        self.assertIn(words, page.text)
        self.assertIn("+49 30 555 0100", page.text)

    def test_nothing_of_the_debt_before_the_proof(self):
        page = self.url_open(self.url)
        self.assertEqual(page.status_code, 200)
        self._assert_silent(page)
        title = re.search(r"<title>([^<]*)</title>", page.text).group(1)
        self.assertEqual(title.strip(), self.company.name)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertIn("no-store", page.headers["Cache-Control"])
        self.assertEqual(self.url_open(self.plan.access_url).status_code, 403)

    def test_a_scanner_of_emails_opens_nothing(self):
        page = self.url_open(self.url)
        self.assertIn(f'data-url="{self.url}/seen"', page.text)
        self.assertEqual(self.link.state, "sent")
        self._see(self.url)
        self.assertEqual(self.link.state, "opened")
        self.assertFalse(self._see(self.url + "x"))

    def test_a_scanner_of_emails_opens_no_page(self):
        """Who has nothing but the link counts once they touch the page."""
        url = self.plan.get_portal_url()
        page = self.url_open(url)
        self.assertIn(f'data-url="{self.plan.access_url}/seen"', page.text)
        self.assertFalse(self.link._get_visits().date_first)
        self.assertFalse(self._see(self.plan.access_url, access_token="wrong"))
        self.assertFalse(self.link._get_visits().date_first)
        token = self.plan.sudo().access_token
        self.assertTrue(self._see(self.plan.access_url, access_token=token))
        self.link.invalidate_recordset()
        self.assertTrue(self.link._get_visits().date_first)

    def _see(self, url, **params):
        """Somebody touches a page."""
        seen = self.make_jsonrpc_request(f"{url}/seen", params)
        self.env.invalidate_all()
        return seen

    def test_postcode_opens_the_plan(self):
        page = self._try("10117")
        self.assertEqual(page.status_code, 200)
        self.assertTrue(page.url.endswith(self.plan.access_url), page.url)
        self.assertNotIn(self.token, page.url)
        self.assertIn(self.plan.name, page.text)
        self.assertEqual(self.link.state, "proven")
        self.assertTrue(self.link.date_opened, "without JavaScript, too")
        self.assertTrue(self.link._get_visits().date_first, "they are known here")
        self.assertNotIn("/my/agreements", page.text, "it leads to where they can't go")
        again = self.url_open(self.url)
        self.assertIn(self.plan.name, again.text, "no second proof in this browser")

    def test_customer_number_after_a_wrong_try(self):
        page = self._try("99999")
        self._assert_silent(page)
        self.assertIn("2", page.text)
        self.assertEqual(self.link.tries, 1)
        self.assertIn(self.plan.name, self._try("c-4711", page).text)
        self.assertEqual(self.link.tries, 1)

    def test_sent_twice(self):
        form = self.url_open(self.url)
        for _time in range(2):
            self.assertIn(self.plan.name, self._try("10117", form).text)
        self.assertEqual(self.link.tries, 0)

    def test_three_wrong_tries_and_the_link_is_dead(self):
        form = self.url_open(self.url)
        for proof in "99999", "", "88888", "77777":
            page = self._try(proof, form)
        self.assertEqual(self.link.tries, 3, "nothing typed is no try")
        self.assertEqual(self.link.state, "dead")
        self._assert_end(page, "not right three times")
        page = self._try("10117", form)
        self._assert_end(page, "not right three times")
        self.assertFalse(self.link.date_proven)
        self.wizard._reload()
        self.assertEqual(self.wizard.link_status["tone"], "danger")

    def test_wrong_token(self):
        for token in ("nonsense", self.token[:-1], self.token + "x", "tökén", "%00"):
            page = self.url_open(f"/my/collection/{token}")
            self.assertEqual(page.status_code, 404, token)
            self._assert_silent(page)
        self.assertFalse(self.link.date_opened)

    def test_expired(self):
        self.clock.tick(timedelta(days=8))
        self._assert_end(self.url_open(self.url), "has expired")
        self.assertFalse(self.link.date_opened, "nothing is written")

    def test_expired_after_the_proof(self):
        self._try("10117")
        self.clock.tick(timedelta(hours=13))
        self.assertEqual(self.url_open(self.plan.access_url).status_code, 403)
        self.assertIn('name="proof"', self.url_open(self.url).text)
        self.clock.tick(timedelta(days=8))
        self._assert_end(self.url_open(self.url), "has expired")

    def test_used_elsewhere(self):
        self._try("10117")
        self.plan._note_page_event("accepted")
        self.assertIn(self.plan.name, self.url_open(self.url).text, "here it is shown")
        self.opener.cookies.clear()
        self._assert_end(self.url_open(self.url), "was used already")

    def test_taken_back(self):
        self._try("10117")
        self.wizard.action_take_back_link()
        self._assert_end(self.url_open(self.url), "no longer valid")
        self.assertEqual(self.url_open(self.plan.access_url).status_code, 403)

    def test_it_opens_no_other_agreement(self):
        self._try("10117")
        second = self._create_claim(500, days_overdue=5)
        other = (
            self.env["collection.plan"]
            .with_user(self.collector)
            .create(
                {
                    "partner_id": self.debtor.id,
                    "company_id": self.company.id,
                    "claim_ids": [
                        {"move_line_id": item.id}
                        for item in second._get_collection_claims()
                    ],
                    "date_start": date(2026, 3, 31),
                }
            )
        )
        other.action_activate()
        page = self.url_open(other.access_url)
        self.assertEqual(page.status_code, 403)
        self.assertNotIn(other.name, page.text)

    def test_too_many_requests_a_minute(self):
        with patch(f"{ADDON}.models.portal.rate_limit.PER_MINUTE", 3):
            codes = [self.url_open(self.url).status_code for _time in range(5)]
            self.assertEqual(codes, [200, 200, 200, 429, 429])
            self.clock.tick(timedelta(minutes=1))
            self.assertEqual(self.url_open(self.url).status_code, 200)

    def test_too_many_requests_for_the_agreement(self):
        self._try("10117")
        with patch(f"{ADDON}.models.portal.rate_limit.PER_MINUTE", 3):
            codes = [self.url_open(self.plan.access_url).status_code for _ in range(4)]
        self.assertEqual(codes, [200, 200, 403, 403], "one led there after the proof")

    def test_without_csrf_nothing_is_tried(self):
        page = self.url_open(self.url, data={"proof": "99999", "csrf_token": "x"})
        self.assertEqual(page.status_code, 400)
        self.assertEqual(self.link.tries, 0)

    def test_in_the_language_of_whoever_gets_it(self):
        self.assertEqual(self.link._get_page_lang(), "en_US")
        self.contact.lang = "de_DE"
        self.assertEqual(self.link._get_page_lang(), "de_DE")
        self.assertEqual(self.url_open(self.url).status_code, 200)

    def test_two_agreements(self):
        promise_call = self._open_second_promise()
        page = self._try("10117")
        self.assertIn(self.plan.name, page.text)
        self.assertIn(promise_call.name, page.text)
        self.assertEqual(self.url_open(promise_call.access_url).status_code, 200)

    def _open_second_promise(self):
        second = self._create_claim(500, days_overdue=5)
        promise = (
            self.env["collection.promise"]
            .with_user(self.collector)
            .create(
                {
                    "partner_id": self.debtor.id,
                    "company_id": self.company.id,
                    "date_promised": date(2026, 3, 20),
                    "line_ids": [
                        {"move_line_id": item.id}
                        for item in second._get_collection_claims()
                    ],
                }
            )
        )
        self.env.cr.execute(
            "INSERT INTO collection_link_collection_promise_rel VALUES (%s, %s)",
            [self.link.id, promise.id],
        )
        self.link.invalidate_recordset()
        return promise
