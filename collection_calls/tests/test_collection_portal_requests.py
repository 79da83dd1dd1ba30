"""What debtors ask for on the page, and what becomes of it."""

import io
from datetime import date, timedelta

from werkzeug.datastructures import FileStorage

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import CollectionCallsPlanCommon
from .common.ledger import TODAY

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06"
    + bytes(60)
)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(60)
WEBP = b"RIFF\x24\x00\x00\x00WEBPVP8 " + bytes(60)
HEIC = b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic" + bytes(60)
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(60)
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + bytes(60)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><text>Bill</text></svg>'
HTML = b"<!DOCTYPE html><html><body>Bill</body></html>"
EXE = b"MZ\x90\x00" + bytes(60)
ZIP = b"PK\x03\x04" + bytes(60)


class RequestCommon(CollectionCallsPlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quality = cls.env.ref("collection_calls.collection_reason_quality")

    def _on_page(self, agreement):
        """The agreement as the page has it: as superuser, in the debtor's language."""
        return agreement.with_user(self.env.ref("base.user_root")).with_context(
            lang="en_US", collection_page=True
        )

    def _in(self, days):
        return TODAY + timedelta(days)

    def _get_case_to_dos(self):
        case = self.invoice.env["collection.case"].sudo()
        case = case.search(
            [
                ("partner_id", "=", self.debtor.id),
                ("company_id", "=", self.company.id),
            ]
        )
        return case.activity_ids.filtered(lambda activity: activity.active)

    def _assert_on_list_today(self, summary):
        """One to-do about it for the collector, and the case is called today."""
        self.env.cr.flush()
        to_do = self._get_case_to_dos().filtered(lambda a: summary in (a.summary or ""))
        self.assertEqual(len(to_do), 1, self._get_case_to_dos().mapped("summary"))
        self.assertEqual(to_do.date_deadline, TODAY)
        self.assertEqual(to_do.user_id, self.collector)
        case = self.env["collection.case"].browse(to_do.res_id)
        self.env.invalidate_all()
        self.assertEqual(case.next_call_date, TODAY)
        return to_do

    def _upload(self, content, name="photo.jpg"):
        return FileStorage(stream=io.BytesIO(content), filename=name)


@tagged("post_install", "-at_install")
class TestCollectionPortalRequests(RequestCommon):
    # -------------------------------------------------------------------- another day

    def test_a_day_within_the_limits_is_a_promise(self):
        old = self._promise(self.invoice, days=2)
        made, is_new = self._on_page(old)._request_day(self._in(20), words="<b>Ill</b>")
        self.assertTrue(is_new)
        self.assertEqual(made._name, "collection.promise")
        self.assertEqual(made.date_promised, self._in(20))
        self.assertEqual(made.amount, 1000)
        self.assertEqual(made.user_id, self.collector)
        self.assertEqual(
            (made.answer_state, made.answer_channel), ("accepted", "portal")
        )
        self.assertFalse(made.needs_confirmation)
        self.env.cr.flush()
        self.assertEqual(old.state, "superseded")
        self.assertIn("&lt;b&gt;Ill&lt;/b&gt;", str(made.message_ids[0].body))
        self._assert_on_list_today(made.name)

    def test_sent_twice_it_is_one_promise(self):
        old = self._promise(self.invoice, days=2)
        page = self._on_page(old)
        first, _new = page._request_day(self._in(20))
        self.env.cr.flush()
        self.assertEqual(first.state, "open")
        again, is_new = page._request_day(self._in(20))
        self.assertEqual(again, first)
        self.assertFalse(is_new)
        self._assert_on_list_today(first.name)

    def test_beyond_a_limit_it_is_an_offer_that_holds_nothing(self):
        cases = {
            "too far ahead": (self._in(31), None, "31 days"),
            "too small a part": (self._in(5), 100.0, "10 %"),
        }
        old = self._promise(self.invoice, days=2)
        for name, (day, amount, note) in cases.items():
            with self.subTest(name):
                made, is_new = self._on_page(old)._request_day(day, amount)
                self.assertTrue(is_new)
                self.assertEqual(made._name, "collection.offer")
                self.assertEqual((made.kind, made.state), ("day", "open"))
                self.assertIn(note, made.limit_note)
                self.env.cr.flush()
                self.assertEqual(old.state, "open")  # nothing changed
                self._assert_on_list_today("proposes to pay")  # the newer one alone
        self.assertEqual(
            self.env["collection.offer"].search([]).mapped("state"),
            ["open", "superseded"],
        )

    def test_who_promises_after_all_asks_for_nothing_more(self):
        old = self._promise(self.invoice, days=2)
        asked, _new = self._on_page(old)._request_day(self._in(31))
        made, _new = self._on_page(old)._request_day(self._in(20))
        self.assertEqual(made._name, "collection.promise")
        self.assertEqual(asked.state, "superseded")
        self._assert_on_list_today(made.name)
        self.assertFalse(asked.next_activity_id)

    def test_nobody_puts_off_for_ever(self):
        promise = self._promise(self.invoice, days=2)
        second, _new = self._on_page(promise)._request_day(self._in(4))
        self.assertEqual(second._name, "collection.promise")
        self.env.cr.flush()
        third, _new = self._on_page(second)._request_day(self._in(6))
        self.assertEqual(third._name, "collection.offer")
        self.assertIn("promise number 3", third.limit_note)

    def test_on_a_running_plan_it_is_an_offer_and_becomes_a_respite(self):
        plan = self._agree(days=0)
        made, _new = self._on_page(plan)._request_day(self._in(12), words="Away")
        self.assertEqual(made._name, "collection.offer")
        self.assertEqual(made.amount, 250)
        self.assertEqual(made.plan_id, plan)
        to_do = self._assert_on_list_today(made.name)
        offer = made.with_user(self.collector)
        self.assertEqual(offer.statement, "Away")
        offer.action_accept(answer="Until then, no longer")
        self.assertEqual(offer.state, "accepted")
        self.assertEqual(offer.answered_by_id, self.collector)
        self.assertFalse(to_do.active)
        self.assertEqual(plan.date_respite, self._in(12))
        self.assertEqual(self._get_events(plan)[-1], "respite")
        self._run_until(self._in(12))
        self._assert_plan(plan, "active", arrears=250)
        self._run_on(self._in(13))
        self._assert_plan(plan, "accelerated")

    def test_a_respite_is_limited_for_collectors(self):
        plan = self._agree(days=0)
        made, _new = self._on_page(plan)._request_day(self._in(45))
        with self.assertRaises(AccessError):
            made.with_user(self.collector).action_accept()
        self.assertEqual(made.state, "open")
        made.with_user(self.manager).action_accept()
        self.assertEqual(plan.date_respite, self._in(45))

    def test_an_offer_becomes_a_promise_that_a_manager_confirms(self):
        old = self._promise(self.invoice, days=2)
        made, _new = self._on_page(old)._request_day(self._in(40))
        offer = made.with_user(self.collector)
        offer.action_accept(day=self._in(35))
        self.assertTrue(offer.is_changed)
        promise = offer.new_promise_id
        self.assertEqual(promise.date_promised, self._in(35))
        self.assertEqual(promise.user_id, self.collector)
        self.assertTrue(promise.needs_confirmation)
        with self._refused(UserError, "answered already"):
            offer.action_accept()

    def test_it_is_declined_with_words_for_the_debtor(self):
        plan = self._agree(days=0)
        made, _new = self._on_page(plan)._request_day(self._in(12))
        offer = made.with_user(self.collector)
        with self._refused(UserError, "Say why"):
            offer.action_decline("  ")
        dialog = self.env["collection.offer.answer"].with_user(self.collector)
        dialog.create(
            {"offer_id": offer.id, "kind": "decline", "answer": "Pay half of it now"}
        ).action_confirm()
        self.assertEqual(offer.state, "declined")
        [shown] = self._on_page(plan)._get_page_requests()
        self.assertEqual(shown["answer"], "Pay half of it now")
        self.assertEqual(shown["state"], "Declined")

    def test_values_that_nobody_can_mean(self):
        promise = self._promise(self.invoice, days=2)
        page = self._on_page(promise)
        nan = float("nan")
        for day, amount, why in (
            ("0001-01-01", None, "On which day"),
            ("9999-12-31", None, "On which day"),
            ("tomorrow", None, "On which day"),
            ("", None, "On which day"),
            (self._in(-1), None, "past"),
            (self._in(5), nan, "above zero"),
            (self._in(5), float("inf"), "above zero"),
            (self._in(5), -5.0, "above zero"),
            (self._in(5), 0.0, "above zero"),
            (self._in(5), 0.001, "above zero"),
            (self._in(5), 1000.01, "more than"),
            (self._in(5), 1e300, "above zero"),
        ):
            with self.subTest(f"{day} {amount}"), self._refused(UserError, why):
                page._request_day(day, amount)
        with self._refused(UserError, "more than 5000"):
            page._request_day(self._in(5), words="x" * 5001)
        with self._refused(UserError, "can't be read"):
            page._request_day(self._in(5), words="a\0b")
        self.env.cr.flush()
        self.assertFalse(page.env["collection.offer"].search_count([]))
        self.assertEqual(promise.state, "open")

    def test_what_is_over_is_over(self):
        plan = self._agree(days=0)
        plan.with_user(self.manager).action_cancel("Sold")
        page = self._on_page(plan)
        for ask in (
            lambda: page._request_day(self._in(5)),
            lambda: page._request_schedule(self._in(5), 2, "monthly"),
            lambda: page._request_dispute(self.invoice, None, self.quality),
            lambda: page._request_correction("030 23125042"),
        ):
            with self._refused(UserError, "is over"):
                ask()

    # ------------------------------------------------------------------- own schedule

    def test_installments_within_the_limits_wait_for_a_collector(self):
        plan = self._plan(self.invoice, count=2)
        plan.action_offer()
        page = self._on_page(plan)
        made, is_new = page._request_schedule(self._in(20), 4, "monthly", words="Slow")
        self.assertTrue(is_new)
        self.assertEqual(made.amount, 1000)
        self.assertEqual(
            page._request_schedule(self._in(20), 4, "monthly", "Slow")[1], 0
        )
        self._assert_on_list_today("proposes 4 installments")
        action = made.with_user(self.collector).action_make_plan()
        wizard = self.env["collection.plan.wizard"].with_user(self.collector)
        wizard = wizard.with_context(**action["context"]).create({})
        self.assertFalse(wizard.error)
        wizard.action_offer()
        wizard.action_offer()  # twice
        self.assertEqual(made.state, "accepted")
        self.assertFalse(made.is_changed)
        new = made.new_plan_id
        self.assertEqual((new.state, new.installment_count), ("offered", 4))
        self.assertEqual(new.date_start, self._in(20))
        self.assertEqual(plan.state, "cancelled")

    def test_a_collector_changes_it(self):
        plan = self._plan(self.invoice, count=2)
        plan.action_offer()
        made, _new = self._on_page(plan)._request_schedule(self._in(20), 6, "monthly")
        action = made.with_user(self.collector).action_make_plan()
        wizard = self.env["collection.plan.wizard"].with_user(self.collector)
        wizard = wizard.with_context(**action["context"]).create({})
        wizard.installment_count = 5
        wizard.action_save()
        self.assertEqual((made.state, made.is_changed), ("accepted", True))
        self.assertEqual(made.new_plan_id.state, "draft")

    def test_installments_beyond_the_limits_are_refused(self):
        self.company.sudo().collection_offer_min_amount = 200
        plan = self._plan(self.invoice, count=2)
        plan.action_offer()
        page = self._on_page(plan)
        for first, count, frequency, why in (
            (self._in(5), 7, "monthly", "from 1 to 5"),
            (self._in(5), 0, "monthly", "from 1 to 5"),
            (self._in(5), 6, "monthly", "at least"),
            (self._in(31), 2, "monthly", "Pay the first"),
            (self._in(5), 2, "hourly", "How often"),
            (date(9999, 12, 31), 2, "monthly", "On which day"),
        ):
            with self.subTest(f"{first} {count}"), self._refused(UserError, why):
                page._request_schedule(first, count, frequency)
        self.company.sudo().collection_offer_max_count = 0
        with self._refused(UserError, "can't be proposed"):
            page._request_schedule(self._in(5), 2, "monthly")
        self.assertFalse(page._can_be_rescheduled())

    def test_no_installments_beside_a_running_plan(self):
        page = self._on_page(self._agree(days=0))
        self.assertFalse(page._can_be_rescheduled())
        with self._refused(UserError, "in a plan already"):
            page._request_schedule(self._in(5), 2, "monthly")

    # ---------------------------------------------------------------------- objection

    def test_an_objection_with_a_photo(self):
        plan = self._agree(days=0)
        page = self._on_page(plan)
        files = self.env["collection.request.file"]._read_uploads(
            [self._upload(JPEG), self._upload(HEIC, "img.heic"), self._upload(b"", "")]
        )
        dispute, is_new = page._request_dispute(
            self.invoice, 300.0, self.quality, "<script>Leaks</script>", files
        )
        self.assertTrue(is_new)
        self.assertEqual((dispute.amount, dispute.channel), (300, "portal"))
        self.assertEqual(dispute.statement, "<script>Leaks</script>")
        attachments = page._get_files(dispute)
        self.assertEqual(
            sorted(attachments.mapped("mimetype")), ["image/heic", "image/jpeg"]
        )
        self.assertFalse(any(attachments.mapped("public")))
        seen = attachments.with_user(self.collector)
        self.assertEqual(len(seen.mapped("raw")), 2)
        body = str(dispute.message_ids.sorted("id")[-1].body)
        self.assertIn("&lt;script&gt;", body)
        self._assert_on_list_today(dispute.name)
        again = page._request_dispute(
            self.invoice, 300.0, self.quality, "<script>Leaks</script>", files
        )
        self.assertEqual(again, (dispute, False))
        self.assertEqual(page._get_files(dispute), attachments)

    def test_what_comes_later_is_added(self):
        plan = self._agree(days=0)
        page = self._on_page(plan)
        dispute, _new = page._request_dispute(self.invoice, None, self.quality, "Leaks")
        self.assertEqual(dispute.amount, 1000)
        files = [("b.png", "image/png", PNG)]
        for expected in (True, False):
            added = page._request_dispute(
                self.invoice, None, self.quality, "Here is a photo", files
            )
            self.assertEqual(added, (dispute, expected))
        self.assertEqual(len(page._get_files(dispute)), 1)

    def test_only_an_open_invoice_of_the_agreement_and_no_more_than_is_open(self):
        plan = self._agree(days=0)
        page = self._on_page(plan)
        foreign = self._create_claim(
            500, days_overdue=30, partner=self._create_debtor("Somebody else")
        )
        own = self._create_claim(500, days_overdue=30)
        other = self.env.ref("collection_calls.collection_reason_no_money")
        for move, amount, reason, why in (
            (foreign, None, self.quality, "Choose the invoice"),
            (own, None, self.quality, "Choose the invoice"),
            (self.env["account.move"], None, self.quality, "Choose the invoice"),
            (self.env["account.move"].browse(2**31), None, self.quality, "Choose the"),
            (self.invoice, None, other, "Choose what is wrong"),
            (self.invoice, None, None, "Choose what is wrong"),
            (self.invoice, 1000.01, self.quality, "more than"),
            (self.invoice, -1.0, self.quality, "above zero"),
            (self.invoice, float("nan"), self.quality, "above zero"),
        ):
            with self.subTest(why), self._refused(UserError, why):
                page._request_dispute(move, amount, reason, "Leaks")
        self.assertFalse(page.env["collection.dispute"].search_count([]))

    def test_files_by_what_is_in_them(self):
        files = self.env["collection.request.file"]
        for content, kind in (
            (PNG, "image/png"),
            (JPEG, "image/jpeg"),
            (WEBP, "image/webp"),
            (HEIC, "image/heic"),
            (PDF, "application/pdf"),
        ):
            with self.subTest(kind):
                [(_name, found, _raw)] = files._read_uploads([self._upload(content)])
                self.assertEqual(found, kind)
        for content in (SVG, HTML, EXE, ZIP, MP4, b"GIF89a" + bytes(9), b"", b"text"):
            with (
                self.subTest(content[:8]),
                self._refused(UserError, "neither a photo"),
            ):
                files._read_uploads([self._upload(content, "photo.jpg")])
        big = JPEG + bytes(10 * 1024 * 1024)
        with self._refused(UserError, "larger than 10 MB"):
            files._read_uploads([self._upload(big)])
        with self._refused(UserError, "too many"):
            files._read_uploads([self._upload(PNG)] * 6)

    def test_names_of_files(self):
        files = self.env["collection.request.file"]
        for name, expected in (
            ("photo.JPG", "photo.JPG"),
            ("page.html", "page.html.jpg"),
            ("../../etc/passwd", "passwd.jpg"),
            ("C:\\photos\\a.jpg", "a.jpg"),
            ("a\nb.jpg", "ab.jpg"),
            ("x" * 300, "x" * 100 + ".jpg"),
        ):
            [(found, _kind, _raw)] = files._read_uploads([self._upload(JPEG, name)])
            self.assertEqual(found, expected)

    # ------------------------------------------------------------------- contact data

    def test_contact_data_is_checked_before_it_is_written(self):
        plan = self._agree(days=0)
        page = self._on_page(plan)
        before = self.debtor.read(["phone", "email"])
        made, is_new = page._request_correction("030 23125042", "new@mueller.example")
        self.assertTrue(is_new)
        self.assertEqual(self.debtor.read(["phone", "email"]), before)
        self.assertFalse(
            page._request_correction("030 23125042", "new@mueller.example")[1]
        )
        self._assert_on_list_today("check new contact data")
        made.with_user(self.collector).action_accept()
        self.assertEqual(self.debtor.phone, "+49 30 23125042")
        self.assertEqual(self.debtor.email, "new@mueller.example")
        self.assertEqual(made.state, "accepted")

    def test_contact_data_that_reaches_nobody(self):
        page = self._on_page(self._agree(days=0))
        for number, email, why in (
            ("", "", "Enter the telephone number"),
            ("12", "", "12"),
            ("call me", "", "call me"),
            ("", "nobody", "no e-mail address"),
            ("", "a@example.com, b@example.com", "no e-mail address"),
            ("", "a" * 300 + "@example.com", "no e-mail address"),
        ):
            with self.subTest(number or email), self._refused(UserError, why):
                page._request_correction(number, email)
        self.assertFalse(page.env["collection.contact.correction"].search_count([]))

    def test_contact_data_can_be_left_as_it_is(self):
        page = self._on_page(self._agree(days=0))
        made, _new = page._request_correction("030 23125042")
        made.with_user(self.collector).action_decline()
        self.assertNotEqual(self.debtor.phone, "+49 30 23125042")
        self.assertEqual(made.state, "declined")

    # ------------------------------------------------------------------------- rights

    def test_nobody_writes_what_a_debtor_asked_for(self):
        made, _new = self._on_page(self._agree(days=0))._request_day(self._in(12))
        offer = made.with_user(self.collector)
        for change in (
            lambda: offer.write({"date_first": self._in(1)}),
            lambda: offer.write({"state": "accepted"}),
            lambda: offer.with_user(self.manager).write({"statement": "No"}),
            lambda: offer.env["collection.offer"].create(
                {"kind": "day", "date_first": self._in(1)}
            ),
            lambda: offer.with_user(self.manager).unlink(),
            lambda: made.unlink(),
        ):
            with self.assertRaises(UserError):  # or one for lack of rights
                change()
        stranger = self._create_user(
            "group_collection_user", self.setup_other_company()["company"]
        )
        offers = self.env["collection.offer"].with_user(stranger)
        self.assertFalse(offers.search([]))

    def test_the_dossier_tells_of_it(self):
        plan = self._agree(days=0)
        page = self._on_page(plan)
        page._request_day(self._in(12), words="Away")
        page._request_dispute(self.invoice, 300.0, self.quality, "Leaks")
        page._request_correction("030 23125042")
        call = self._log()
        dossier = call._get_dossier()
        told = [(entry["text"], entry["said"]) for entry in dossier["history"]]
        self.assertEqual(len([said for _text, said in told if said == "Away"]), 1)
        self.assertTrue(any("objected to" in text for text, _said in told))
        self.assertTrue(any("contact data" in text for text, _said in told))
        self.assertTrue(
            any("proposes to pay" in line for line in dossier["commitments"])
        )
