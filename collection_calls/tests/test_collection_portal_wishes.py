"""The forms on which debtors ask for something: as a telephone sends them."""

import re

from odoo.tests import HttpCase, tagged

from .test_collection_portal_requests import HEIC, HTML, JPEG, SVG, RequestCommon

SUFFIXES = ("promise", "object", "correct", "offer")


@tagged("post_install", "-at_install")
class TestCollectionPortalWishes(RequestCommon, HttpCase):
    def setUp(self):
        super().setUp()
        self.plan = self._agree(days=0)
        self.env.flush_all()

    def _get_token(self, agreement):
        token = agreement.sudo()._portal_ensure_token()
        self.env.flush_all()
        return token

    def _open(self, agreement, suffix, token=None):
        token = self._get_token(agreement) if token is None else token
        return self.url_open(
            f"{agreement.access_url}/{suffix}", params={"access_token": token}
        )

    def _send(self, agreement, suffix, files=(), token=None, page=None, **typed):
        """Fill in a form as it is, and send it."""
        page = page or self._open(agreement, suffix)
        hidden = dict(
            re.findall(r'name="(csrf_token|digest)" value="([^"]*)"', page.text)
        )
        token = self._get_token(agreement) if token is None else token
        answer = self.url_open(
            f"{agreement.access_url}/{suffix}",
            data={**hidden, "access_token": token, **typed},
            files=[("files", file) for file in files] or None,
            allow_redirects=False,
        )
        self.env.invalidate_all()
        return answer

    def _count(self):
        """How much there is of all that a page can bring about."""
        names = (
            "collection.offer",
            "collection.promise",
            "collection.dispute",
            "collection.contact.correction",
            "mail.activity",
            "ir.attachment",
        )
        return {name: self.env[name].sudo().search_count([]) for name in names}

    def _assert_done(self, answer, code):
        self.assertEqual(answer.status_code, 303, answer.text[:3000])
        self.assertIn(f"message={code}", answer.headers["Location"])

    def _assert_said(self, answer, why, before, *typed):
        """Refused on the same form, which has what was typed; nothing is written."""
        self.assertEqual(answer.status_code, 422)
        self.assertIn(why, answer.text)
        for text in typed:
            self.assertIn(text, answer.text)
        self.assertEqual(self._count(), before)

    # ------------------------------------------------------------------------- works

    def test_each_form_opens(self):
        offered = self._plan(self._create_claim(600, days_overdue=10), count=2)
        offered.action_offer()
        for agreement in self.plan, offered:
            for suffix in SUFFIXES:
                with self.subTest(f"{agreement.state} {suffix}"):
                    page = self._open(agreement, suffix)
                    self.assertEqual(page.status_code, 200)
                    self.assertIn("collection_portal_request", page.text)
                    title = re.search(r"<title>(.*?)</title>", page.text, re.S)[1]
                    self.assertNotIn(agreement.name, title)
                    self.assertIn("no-store", page.headers["Cache-Control"])

    def test_a_day_on_a_running_plan(self):
        answer = self._send(
            self.plan, "promise", day=str(self._in(12)), words="<b>Away</b>"
        )
        self._assert_done(answer, "asked")
        offer = self.env["collection.offer"].search([])
        self.assertEqual(offer.with_user(self.collector).statement, "<b>Away</b>")
        page = self.url_open(answer.headers["Location"])
        self.assertIn("We have got your proposal", page.text)
        self.assertIn("Waiting for our answer", page.text)
        before = self._count()
        answer = self._send(
            self.plan, "promise", day=str(self._in(12)), words="<b>Away</b>"
        )
        self._assert_done(answer, "asked")
        self.assertEqual(self._count(), before)

    def test_a_day_on_a_promise_sent_twice(self):
        promise = self._promise(self._create_claim(600, days_overdue=10), days=2)
        page = self._open(promise, "promise")
        for _twice in range(2):
            answer = self._send(
                promise, "promise", page=page, day=str(self._in(20)), amount="600,00"
            )
            self._assert_done(answer, "promised")
        promises = self.env["collection.promise"].search([])
        self.assertEqual(promises.mapped("amount"), [600, 600])
        self.assertEqual(len(promises), 2)

    def test_an_objection_with_a_photo(self):
        files = [("a.jpg", JPEG, "text/html"), ("b.heic", HEIC, "image/heic")]
        typed = {
            "move_id": str(self.invoice.id),
            "reason_id": str(self.quality.id),
            "amount": "300.50",
            "words": "It leaks",
        }
        before = self._count()
        for _twice in range(2):
            answer = self._send(self.plan, "object", files, **typed)
            self._assert_done(answer, "objected")
        after = self._count()
        self.assertEqual(after["collection.dispute"], 1)
        self.assertEqual(after["ir.attachment"], before["ir.attachment"] + 2)
        dispute = self.env["collection.dispute"].search([])
        self.assertEqual(dispute.amount, 300.5)
        files = self.env["ir.attachment"].search(
            [("res_model", "=", dispute._name), ("res_id", "=", dispute.id)]
        )
        for file in files:
            page = self.url_open(f"/web/content/{file.id}")
            self.assertNotEqual(page.status_code, 200, "the public sees no file")

    def test_contact_data(self):
        answer = self._send(self.plan, "correct", phone="030 23125042", email="")
        self._assert_done(answer, "corrected")
        self.assertNotEqual(self.debtor.phone, "+49 30 23125042")

    def test_own_installments(self):
        offered = self._plan(self._create_claim(600, days_overdue=10), count=2)
        offered.action_offer()
        answer = self._send(
            offered, "offer", day=str(self._in(9)), count="3", frequency="monthly"
        )
        self._assert_done(answer, "proposed")
        offer = self.env["collection.offer"].search([])
        self.assertEqual((offer.installment_count, offer.amount), (3, 600))

    # ----------------------------------------------------------------------- refused

    def test_what_was_typed_is_still_there(self):
        before = self._count()
        for day, amount in (
            ("0001-01-01", ""),
            ("9999-12-31", ""),
            ("2026-02-30", ""),
            (str(self._in(5)), "NaN"),
            (str(self._in(5)), "-5"),
            (str(self._in(5)), "1e308"),
            (str(self._in(5)), "much"),
            (str(self._in(5)), "99999"),
        ):
            with self.subTest(f"{day} {amount}"):
                answer = self._send(
                    self.plan, "promise", day=day, amount=amount, words="<i>Sorry</i>"
                )
                self._assert_said(
                    answer, "alert-danger", before, "&lt;i&gt;Sorry&lt;/i&gt;"
                )
                self.assertNotIn("<i>Sorry", answer.text)
                self.assertIn(f'value="{day}"', answer.text)

    def test_wrong_files(self):
        before = self._count()
        typed = {
            "move_id": str(self.invoice.id),
            "reason_id": str(self.quality.id),
            "words": "It leaks",
        }
        for name, content, why in (
            ("photo.jpg", SVG, "neither a photo"),
            ("photo.svg", SVG, "neither a photo"),
            ("photo.jpg", HTML, "neither a photo"),
            ("photo.jpg", JPEG + bytes(50 * 1024 * 1024), "larger than 10 MB"),
        ):
            with self.subTest(f"{name} {len(content)}"):
                file = (name, content, "image/jpeg")
                good = ("good.jpg", JPEG, "image/jpeg")
                answer = self._send(self.plan, "object", [good, file], **typed)
                self._assert_said(answer, why, before, "It leaks", "choose them once")

    def test_wrong_invoices_and_amounts(self):
        foreign = self._create_claim(
            500, days_overdue=30, partner=self._create_debtor("Somebody else")
        )
        before = self._count()
        for move_id, amount in (
            (str(foreign.id), ""),
            ("9" * 30, ""),
            ("x", ""),
            ("", ""),
            (str(self.invoice.id), "nan"),
            (str(self.invoice.id), "1000.01"),
        ):
            with self.subTest(f"{move_id} {amount}"):
                answer = self._send(
                    self.plan,
                    "object",
                    move_id=move_id,
                    reason_id=str(self.quality.id),
                    amount=amount,
                    words="It leaks",
                )
                self._assert_said(answer, "alert-danger", before, "It leaks")
                self.assertNotIn(foreign.name, answer.text)

    def test_nobody_else_gets_in(self):
        other = self._agree(
            self._create_claim(500, 30, partner=self._create_debtor("Somebody else"))
        )
        pages = {suffix: self._open(self.plan, suffix) for suffix in SUFFIXES}
        before = self._count()
        for token in ("", "nonsense", self._get_token(other)):
            for suffix in SUFFIXES:
                with self.subTest(f"{suffix} {token}"):
                    page = self._open(self.plan, suffix, token)
                    self.assertEqual(page.status_code, 403)
                    answer = self._send(
                        self.plan,
                        suffix,
                        page=pages[suffix],
                        token=token,
                        day=str(self._in(5)),
                        phone="030 23125042",
                    )
                    self.assertEqual(answer.status_code, 403)
                    self.assertNotIn(self.plan.name, answer.text)
        self.assertEqual(self._count(), before)

    def test_a_cancelled_plan(self):
        pages = {suffix: self._open(self.plan, suffix) for suffix in SUFFIXES}
        self.plan.with_user(self.manager).action_cancel("Sold")
        self.env.flush_all()
        before = self._count()
        for suffix, page in pages.items():
            with self.subTest(suffix):
                answer = self._send(
                    self.plan, suffix, page=page, day=str(self._in(5)), phone="030 2312"
                )
                self.assertIn(answer.status_code, (409, 422, 403))
        self.assertEqual(self._count(), before)

    def test_without_the_token_against_forged_forms(self):
        before = self._count()
        answer = self.url_open(
            f"{self.plan.access_url}/promise",
            data={
                "access_token": self._get_token(self.plan),
                "day": str(self._in(5)),
            },
        )
        self.assertEqual(answer.status_code, 400)
        self.assertEqual(self._count(), before)

    def test_what_has_changed_meanwhile_is_shown_first(self):
        page = self._open(self.plan, "promise")
        before = self._count()
        answer = self.url_open(
            f"{self.plan.access_url}/promise",
            data={
                "csrf_token": re.search(
                    r'name="csrf_token" value="([^"]*)"', page.text
                )[1],
                "digest": "of yesterday",
                "access_token": self._get_token(self.plan),
                "day": str(self._in(5)),
                "words": "Sorry",
            },
        )
        self.assertEqual(answer.status_code, 409)
        self.assertIn("has changed meanwhile", answer.text)
        self.assertIn("Sorry", answer.text)
        self.assertEqual(self._count(), before)

    def test_a_colleague_asks_for_nothing(self):
        self.collector.sudo().password = "a-long-password"
        self.env.flush_all()
        self.authenticate(self.collector.login, "a-long-password")
        before = self._count()
        answer = self._send(self.plan, "promise", day=str(self._in(5)))
        self._assert_said(answer, "only the debtor answers here", before)
