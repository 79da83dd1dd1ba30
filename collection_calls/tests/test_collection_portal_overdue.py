"""The page of what is overdue and not agreed on: who gets in, what is asked there."""

import re

from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .common import MANY
from .test_collection_portal_link import CollectionLinkCommon
from .test_collection_portal_requests import HTML, JPEG, RequestCommon


@tagged("post_install", "-at_install")
class TestPortalOverdue(RequestCommon, HttpCase):
    """A debtor who owes two invoices; :attr:`agreed` stands in a plan of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.guest = cls._create_guest("guest", cls.contact)
        cls.other = cls._create_debtor("Other Ltd")
        cls.stranger = cls._create_guest("stranger", cls.other)

    @classmethod
    def _create_guest(cls, login, partner):
        return new_test_user(
            cls.env,
            login,
            groups="base.group_portal",
            partner_id=partner.id,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def setUp(self):
        super().setUp()
        self.agreed = self._create_claim(500, 30)
        self.plan = self._agree(self.agreed)
        self.later = self._create_claim(200, 5)
        self.theirs = self._create_claim(77, 9, self.other)
        self.case = self.env["collection.case"]._get_or_create(
            self.debtor, self.company
        )
        self.url = f"/my/overdue/{self.case.id}"
        self.env.flush_all()

    def _log_in(self, login="guest"):
        self.env.flush_all()
        self.authenticate(login, login)

    def _send(self, wish, files=(), page=None, **typed):
        """Fill in a form as it is, and send it."""
        page = page or self.url_open(f"{self.url}/{wish}")
        hidden = dict(
            re.findall(r'name="(csrf_token|digest)" value="([^"]*)"', page.text)
        )
        answer = self.url_open(
            f"{self.url}/{wish}",
            data={**hidden, **typed},
            files=[("files", file) for file in files] or None,
            allow_redirects=False,
        )
        self.env.invalidate_all()
        return answer

    def _assert_done(self, answer, code):
        self.assertEqual(answer.status_code, 303, answer.text[:3000])
        self.assertIn(f"{self.url}?message={code}", answer.headers["Location"])

    # ---------------------------------------------------------------- what is shown

    def test_who_is_logged_in_is_led_to_what_isnt_agreed(self):
        self._log_in()
        page = self.url_open("/my/agreements")
        self.assertIn("nothing is agreed on them", page.text)
        page = self.url_open(f"/my/overdue?company_id={self.company.id}")
        self.assertTrue(page.url.endswith(self.url), page.url)
        self.assertIn(self.invoice.name, page.text)
        self.assertIn(self.later.name, page.text)
        self.assertIn("1,200.00", page.text)
        for move in (self.agreed, self.theirs):
            self.assertNotIn(move.name, page.text)
        title = re.search(r"<title>(.*?)</title>", page.text, re.S)[1]
        self.assertEqual(title.strip(), self.company.name)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")

    def test_nothing_overdue_is_said(self):
        self._pay(self.invoice + self.later, 1200)
        self._log_in()
        self.assertNotIn("/my/overdue", self.url_open("/my/agreements").text)
        self.assertTrue(self.url_open("/my/overdue").url.endswith("/my/agreements"))
        page = self.url_open(self.url)
        self.assertIn("Nothing is overdue", page.text)
        self.assertNotIn(f"{self.url}/promise", page.text)
        self.assertEqual(self._send("promise", page=page, day="x").status_code, 400)

    def test_pages_of_invoices_lead_there(self):
        self._log_in()
        self.assertIn('href="/my/overdue"', self.url_open("/my/invoices").text)
        lead = f"/my/overdue?company_id={self.company.id}"
        self.assertIn(lead, self.url_open(f"/my/invoices/{self.invoice.id}").text)
        page = self.url_open(f"/my/invoices/{self.agreed.id}").text
        self.assertNotIn("/my/overdue", page)
        token = self.invoice._portal_ensure_token()
        self._log_in("stranger")
        page = self.url_open(f"/my/invoices/{self.invoice.id}?access_token={token}")
        self.assertIn(self.invoice.name, page.text)
        self.assertNotIn("/my/overdue", page.text)

    def test_invoices_open_on_cores_page(self):
        self._log_in()
        answer = self.url_open(
            f"{self.url}/invoice/{self.invoice.id}", allow_redirects=False
        )
        self.assertIn(f"/my/invoices/{self.invoice.id}", answer.headers["Location"])
        for move in (self.agreed, self.theirs):
            page = self.url_open(f"{self.url}/invoice/{move.id}")
            self.assertEqual(page.status_code, 403)

    def test_many_invoices_cost_the_same(self):
        self._log_in()
        counts = []
        for _round in range(2):
            self.url_open(self.url)  # warm
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertEqual(self.url_open(self.url).status_code, 200)
            counts.append(self.env.cr.sql_log_count - before)
            for _each in range(MANY):
                self._create_claim(100, 30)
            self.env.flush_all()
        self.assertEqual(*counts)
        self.assertLessEqual(counts[0], 60)

    # ---------------------------------------------------------------- what is asked

    def test_a_day_within_the_limits_is_a_promise(self):
        self._log_in()
        form = self.url_open(f"{self.url}/promise")
        for _twice in range(2):
            answer = self._send("promise", page=form, day=str(self._in(9)), words="Ill")
            self._assert_done(answer, "promised")
        [promise] = self.env["collection.promise"].search(
            [("partner_id", "=", self.debtor.id)]
        )
        self.assertEqual(promise.amount, 1200)
        self.assertEqual(promise.line_ids.move_id, self.invoice + self.later)
        self.assertEqual(promise.contact_id, self.contact)
        self.assertEqual(promise.answer_state, "accepted")
        self.assertEqual(promise.answer_channel, "portal")
        self.assertEqual(promise.user_id, self.collector)
        self._assert_on_list_today(promise.name)
        self.assertIn("Nothing is overdue", self.url_open(self.url).text)

    def test_a_part_of_it(self):
        self._log_in()
        self._send("promise", day=str(self._in(9)), amount="1000")
        promise = self.env["collection.promise"].search([])
        self.assertEqual(promise.line_ids.move_id, self.invoice, "the oldest first")
        page = self.url_open(self.url).text
        self.assertIn(self.later.name, page)
        self.assertNotIn(self.invoice.name, page)

    def test_beyond_the_limits_a_collector_answers(self):
        self._log_in()
        answer = self._send("promise", day=str(self._in(40)), words="Then")
        self._assert_done(answer, "asked")
        offer = self.env["collection.offer"].search([])
        self.assertEqual(offer.case_id, self.case)
        self.assertEqual(offer.partner_id, self.debtor)
        self.assertEqual(offer.amount, 1200)
        self.assertEqual(offer.currency_id, self.company.currency_id)
        self._assert_on_list_today(offer.name)
        self.assertIn("Waiting for our answer", self.url_open(self.url).text)
        offer.with_user(self.collector).action_accept(self._in(20))
        self.assertEqual(offer.new_promise_id.date_promised, self._in(20))
        self.assertEqual(offer.new_promise_id.amount, 1200)
        page = self.url_open(self.url).text
        self.assertIn("Agreed otherwise", page)
        self.assertIn("Nothing is overdue", page)

    def test_own_installments(self):
        self._log_in()
        form = self.url_open(f"{self.url}/offer")
        self.assertNotIn("is_whole", form.text)
        typed = {"day": str(self._in(9)), "count": "3", "frequency": "monthly"}
        for _twice in range(2):
            self._assert_done(self._send("offer", page=form, **typed), "proposed")
        [offer] = self.env["collection.offer"].search([])
        self.assertEqual(offer.amount, 1200)
        self._assert_on_list_today(offer.name)
        action = offer.with_user(self.collector).action_make_plan()
        self.assertEqual(action["context"]["default_installment_count"], 3)

    def test_an_objection_with_a_photo(self):
        """The collector finds it on the list today, with the file."""
        self._log_in()
        answer = self._send(
            "object",
            [("photo.jpg", JPEG, "image/jpeg")],
            move_id=str(self.invoice.id),
            reason_id=str(self.quality.id),
            amount="300",
            words="It leaks",
        )
        self._assert_done(answer, "objected")
        dispute = self.env["collection.dispute"].search([])
        self.assertEqual(dispute.amount, 300)
        self.assertEqual(dispute.move_id, self.invoice)
        [file] = self.env["collection.case"]._get_files(dispute)
        self.assertEqual(file.raw, JPEG)
        to_do = self._assert_on_list_today(dispute.name)
        self.assertIn(str(dispute.id), to_do.note)
        self.assertIn("You objected to", self.url_open(self.url).text)

    def test_contact_data(self):
        self._log_in()
        self._assert_done(self._send("correct", phone="030 23125042"), "corrected")
        correction = self.env["collection.contact.correction"].sudo().search([])
        self.assertEqual(correction.case_id, self.case)
        self.assertEqual(correction.person_id, self.contact)

    def test_of_two_currencies_the_oldest_is_agreed_on_first(self):
        currency = self.setup_other_currency("CHF")
        foreign = self._create_claim(90, 60, currency_id=currency.id)
        self.env.flush_all()
        self._log_in()
        page = self.url_open(self.url).text
        self.assertIn(foreign.name, page)
        self.assertIn(self.invoice.name, page)
        self._assert_done(self._send("promise", day=str(self._in(9))), "promised")
        promise = self.env["collection.promise"].search([])
        self.assertEqual(promise.line_ids.move_id, foreign)
        self.assertEqual(promise.currency_id, foreign.currency_id)
        self._assert_done(self._send("promise", day=str(self._in(9))), "promised")
        self.assertEqual(self.env["collection.promise"].search_count([]), 2)

    def test_values_that_nobody_can_mean(self):
        self._log_in()
        day = str(self._in(9))
        for wish, typed in (
            ("promise", {"day": ""}),
            ("promise", {"day": "2026-13-40"}),
            ("promise", {"day": str(self._in(-1))}),
            ("promise", {"day": day, "amount": "-1"}),
            ("promise", {"day": day, "amount": "nan"}),
            ("promise", {"day": day, "amount": "1e308"}),
            ("promise", {"day": day, "amount": "1200.01"}),
            ("offer", {"day": day, "count": "99", "frequency": "monthly"}),
            ("offer", {"day": day, "count": "3", "frequency": "hourly"}),
            ("object", {"move_id": str(self.theirs.id), "reason_id": "1"}),
            ("object", {"move_id": str(self.agreed.id), "reason_id": "1"}),
            ("correct", {"phone": "", "email": ""}),
        ):
            with self.subTest(wish=wish, **typed):
                answer = self._send(wish, words="My words", **typed)
                self.assertEqual(answer.status_code, 422)
                self.assertIn("My words", answer.text)
        answer = self._send(
            "object",
            [("photo.jpg", HTML, "image/jpeg")],
            move_id=str(self.invoice.id),
            reason_id=str(self.quality.id),
        )
        self.assertIn("neither a photo", answer.text)
        self._assert_nothing_written()

    def _assert_nothing_written(self):
        for name in (
            "collection.promise",
            "collection.offer",
            "collection.dispute",
            "collection.contact.correction",
        ):
            self.assertFalse(self.env[name].sudo().search([]), name)

    def test_merged_debtors_keep_what_they_asked_for(self):
        twin = self._create_debtor("Mueller Bau")
        self._create_claim(60, 9, twin)
        case = self.env["collection.case"]._get_or_create(twin, self.company)
        offers = self.env["collection.offer"]
        for own in self.case, case:
            own.sudo()._note_page_event("opened")
            own.sudo()._request_day(self._in(40))
        merge = self.env["base.partner.merge.automatic.wizard"].sudo()
        merge._merge((self.debtor | twin).ids, self.debtor, extra_checks=False)
        self.env.invalidate_all()
        self.assertEqual(offers.search([]).case_id, self.case)
        self.assertEqual(offers.search([]).partner_id, self.debtor)
        self.assertEqual(len(offers.search([("state", "=", "open")])), 1)
        visit = self.env["collection.page.visit"].sudo().search([])
        self.assertEqual(visit.case_id, self.case)

    # ------------------------------------------------------------------ who gets in

    def test_nobody_else_gets_in(self):
        pages = (self.url, f"{self.url}/promise", f"{self.url}/invoice/1")
        plan_token = self.plan.sudo()._portal_ensure_token()
        self.env.flush_all()
        for login in (None, "stranger"):
            self._log_in(login) if login else None
            for page in (*pages, f"{self.url}?access_token={plan_token}"):
                with self.subTest(login=login, page=page):
                    answer = self.url_open(page)
                    self.assertEqual(answer.status_code, 403)
                    self.assertNotIn(self.invoice.name, answer.text)
        missing = self.url_open("/my/overdue/99999999")
        self.assertEqual(missing.status_code, 403, "as if it were somebody else's")
        self._assert_nothing_written()

    def test_a_login_in_another_company_does_not(self):
        other = self.setup_other_company()["company"]
        self.guest.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        self._log_in()
        self.assertEqual(self.url_open(self.url).status_code, 403)
        self.assertNotIn("/my/overdue", self.url_open("/my/agreements").text)
        self.assertNotIn(self.invoice.name, self.url_open("/my/overdue").text)

    def test_colleagues_look_and_ask_for_nothing(self):
        self._log_in(self.collector.login)
        self.assertIn(self.invoice.name, self.url_open(self.url).text)
        answer = self._send("promise", day=str(self._in(9)))
        self.assertIn("only the debtor", answer.text)
        self._assert_nothing_written()

    def test_forged_and_outdated_forms(self):
        self._log_in()
        form = self.url_open(f"{self.url}/promise")
        day = str(self._in(9))
        forged = self.url_open(f"{self.url}/promise", data={"day": day})
        self.assertEqual(forged.status_code, 400)
        self._receive(self.invoice, 100)
        self.env.flush_all()
        answer = self._send("promise", page=form, day=day, words="My words")
        self.assertEqual(answer.status_code, 409)
        self.assertIn("My words", answer.text)
        self._assert_nothing_written()


@tagged("post_install", "-at_install")
class TestPortalOverdueByLink(CollectionLinkCommon, HttpCase):
    """Who came by the link of a call, and has proven who they are."""

    def setUp(self):
        super().setUp()
        _wizard, self.link, token = self._send()
        self.later = self._create_claim(200, 5)
        self.plan = self.link.plan_ids
        self.case = self.link.call_id.case_id
        self.path = f"/my/overdue/{self.case.id}"
        self.url = f"/my/collection/{token}"
        self.env.flush_all()

    def _prove(self):
        page = self.url_open(self.url)
        csrf = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.text)[1]
        return self.url_open(self.url, data={"csrf_token": csrf, "proof": "10117"})

    def test_before_and_after_the_proof(self):
        self.assertEqual(self.url_open(self.path).status_code, 403)
        page = self._prove()
        self.assertIn(self.path, page.text)
        page = self.url_open(self.path)
        self.assertIn(self.later.name, page.text)
        self.assertNotIn("/my/agreements", page.text, "it leads to where they can't go")
        hidden = dict(
            re.findall(
                r'name="(csrf_token|digest)" value="([^"]*)"',
                self.url_open(f"{self.path}/promise").text,
            )
        )
        self.url_open(f"{self.path}/promise", data={**hidden, "day": "2026-03-20"})
        self.env.invalidate_all()
        made = self.env["collection.promise"].search([])
        self.assertEqual(made.line_ids.move_id, self.later, "the others are offered on")

    def test_where_nothing_was_agreed(self):
        """The link leads to what is overdue; the collector hears of the promise."""
        wizard = self._go_to("solve")
        wizard.outcome_id = self.no_commitment
        _wizard, link, token = self._send(wizard)
        self.url = f"/my/collection/{token}"
        self.env.flush_all()
        page = self._prove()
        self.assertTrue(page.url.endswith(self.path), page.url)
        self.assertIn(self.later.name, page.text)
        self.assertIn("looking at what is overdue", link._get_status()["sentence"])

    def test_of_nobody_else(self):
        self._prove()
        other = self._create_debtor("Other Ltd")
        move = self._create_claim(77, 9, other)
        case = self.env["collection.case"].sudo()._get_or_create(other, self.company)
        self.env.flush_all()
        page = self.url_open(f"/my/overdue/{case.id}")
        self.assertEqual(page.status_code, 403)
        self.assertNotIn(move.name, page.text)

    def test_a_link_of_an_agreement_leads_nowhere_else(self):
        token = self.plan.sudo()._portal_ensure_token()
        self.env.flush_all()
        page = self.url_open(f"{self.plan.access_url}?access_token={token}")
        self.assertIn(self.plan.name, page.text)
        self.assertNotIn("/my/overdue", page.text)
