"""Debtors are told what became of what they asked for on the page."""

from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_collection_portal_link import CollectionLinkCommon
from .test_collection_portal_requests import RequestCommon

REPLY = "our answer to you"


@tagged("post_install", "-at_install")
class TestCollectionPortalReply(RequestCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor.email = "office@mueller.example"

    def _get_replies(self, thread):
        """E-mails that tell the debtor something, not sent yet."""
        mails = thread.sudo().message_ids.mail_ids
        return mails.filtered(lambda mail: REPLY in (mail.subject or ""))

    def _get_tellings(self, thread):
        to_dos = thread.sudo().activity_ids
        return to_dos.filtered(lambda to_do: "tell the debtor" in to_do.summary)

    def _ask_for_day(self, days=12):
        plan = self._agree(days=0)
        made, _new = self._on_page(plan)._request_day(self._in(days), words="Away")
        return plan, made.with_user(self.collector)

    # ------------------------------------------------------------------------ offers

    def test_declined_with_words(self):
        plan, offer = self._ask_for_day()
        offer.action_decline("Pay half <b>now</b>")
        [mail] = self._get_replies(plan)
        self.assertEqual(mail.state, "outgoing", "it goes after the commit")
        self.assertEqual(mail.recipient_ids, plan._get_recipient())
        self.assertIn("can't agree", mail.body_html)
        self.assertIn("03/22/2026", mail.body_html)
        self.assertIn("Pay half &lt;b&gt;now&lt;/b&gt;", mail.body_html)
        self.assertIn(f"/my/plans/{plan.id}", mail.body_html)
        for secret in (plan.name, "250", "1,000", self.invoice.name):
            self.assertNotIn(secret, mail.subject)
        log = self.env["collection.contact.log"].sudo().search([], limit=1)
        self.assertEqual((log.document, log.channel), ("confirmation", "email"))
        self.assertFalse(self._get_tellings(plan))

    def test_in_the_debtors_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        plan, offer = self._ask_for_day()
        plan._get_recipient().sudo().lang = "de_DE"
        offer.with_context(lang="en_US").action_decline("Nein")
        mails = plan.sudo().message_ids.mail_ids
        mail = mails.filtered(lambda each: "unsere Antwort" in each.subject)
        self.assertEqual(len(mail), 1)
        self.assertIn("22.03.2026", mail.body_html)

    def test_accepted_as_a_respite_and_changed(self):
        plan, offer = self._ask_for_day()
        offer.action_accept(day=self._in(8), answer="No longer")
        [mail] = self._get_replies(plan)
        self.assertIn("another day: 03/18/2026", mail.body_html)
        self.assertIn("No longer", mail.body_html)

    def test_accepted_as_a_promise(self):
        old = self._promise(self.invoice, days=2)
        self._on_page(old)._request_day(self._in(20))
        self.env.cr.flush()
        promise = self.env["collection.promise"].search([], limit=1, order="id desc")
        made, _new = self._on_page(promise)._request_day(self._in(31))
        made.with_user(self.manager).action_accept()
        [mail] = self._get_replies(promise)
        self.assertIn("04/10/2026", mail.body_html)
        self.assertIn(f"/my/promises/{made.new_promise_id.id}", mail.body_html)

    def test_made_a_plan_otherwise(self):
        promise = self._promise(self.invoice, days=2)
        made, _new = self._on_page(promise)._request_schedule(
            self._in(10), 3, "monthly"
        )
        plan = self._agree(days=10, count=2)
        made.with_user(self.collector)._answer_with_plan(plan)
        [mail] = self._get_replies(promise)
        self.assertIn("You proposed 3 installments", mail.body_html)
        self.assertIn("other installments", mail.body_html)
        self.assertIn(f"/my/plans/{plan.id}", mail.body_html)

    def test_of_what_is_overdue_without_an_agreement(self):
        case = self.env["collection.case"]._get_or_create(self.debtor, self.company)
        made, _new = self._on_page(case)._request_schedule(self._in(10), 3, "monthly")
        made.with_user(self.collector).action_decline("Too long")
        [mail] = self._get_replies(case)
        self.assertIn("Too long", mail.body_html)
        self.assertNotIn("/my/", mail.body_html.replace("/my/overdue", ""))

    def test_who_asks_for_something_else_hears_nothing_of_it(self):
        plan, _offer = self._ask_for_day()
        self._on_page(plan)._request_day(self._in(14))
        self.assertFalse(self._get_replies(plan))

    def test_who_wants_letters_is_told_by_the_collector(self):
        plan, offer = self._ask_for_day()
        self.env["collection.contact.right"].with_user(self.collector).create(
            {"kind": "by_post", "partner_id": self.debtor.id}
        )
        offer.action_decline("No")
        self.assertFalse(self._get_replies(plan))
        [to_do] = self._get_tellings(plan)
        self.assertEqual(to_do.user_id, self.collector)
        self.assertIn(offer.name, to_do.summary)

    def test_who_blocked_us_is_told_by_the_collector(self):
        plan, offer = self._ask_for_day()
        email = plan._get_recipient().email
        self.env["mail.blacklist"].sudo()._add(email)
        offer.action_decline("No")
        self.assertFalse(self._get_replies(plan))
        self.assertIn("blacklist", self._get_tellings(plan).note)

    def test_a_broken_template_stops_nobody(self):
        plan, offer = self._ask_for_day()
        name = "odoo.addons.collection_calls.models.agreement.collection_agreement"
        offers = self.env.registry["collection.offer"]
        broken = patch.object(offers, "_post_reply", side_effect=UserError("Broken"))
        with broken, mute_logger(name):
            offer.action_decline("No")
        self.assertEqual(offer.state, "declined")
        self.assertFalse(self._get_replies(plan))
        self.assertTrue(self._get_tellings(plan))

    # --------------------------------------------------------- objections, contact data

    def test_an_objection_that_is_rejected(self):
        plan = self._agree(days=10)
        dispute, _new = self._on_page(plan)._request_dispute(
            self.invoice, None, self.quality, "It leaks"
        )
        dispute.with_user(self.collector).action_reject("It was raining")
        [mail] = self._get_replies(dispute)
        self.assertIn(self.invoice.name, mail.body_html)
        self.assertIn("It was raining", mail.body_html)
        self.assertIn(f"/my/plans/{plan.id}", mail.body_html)
        self.assertNotIn(self.invoice.name, mail.subject)

    def test_an_objection_that_is_right(self):
        plan = self._agree(days=10)
        dispute, _new = self._on_page(plan)._request_dispute(
            self.invoice, 100, self.quality
        )
        dispute.with_user(self.manager).action_accept()
        [mail] = self._get_replies(dispute)
        self.assertIn("You are right", mail.body_html)

    def test_what_was_said_on_the_telephone_is_told_there(self):
        dispute = self.env["collection.dispute"].with_user(self.collector)
        dispute = dispute.create(
            {"move_id": self.invoice.id, "reason_id": self.quality.id}
        )
        dispute.action_reject("It was raining")
        self.assertFalse(self._get_replies(dispute))

    def test_contact_data(self):
        plan = self._agree(days=10)
        page = self._on_page(plan)
        made, _new = page._request_correction("", "new@mueller.example")
        made.with_user(self.collector).action_accept()
        [mail] = self._get_replies(plan)
        self.assertEqual(mail.recipient_ids.email, "new@mueller.example")
        self.assertIn("put them right", mail.body_html)

    # ----------------------------------------------------------------- nothing is left

    def test_an_offer_lapses_when_all_is_paid(self):
        promise = self._promise(self.invoice, days=2)
        made, _new = self._on_page(promise)._request_day(self._in(40))
        to_do = made.next_activity_id
        self._pay(self.invoice, 1000)
        self.env.cr.flush()
        self.assertEqual(promise.state, "kept")
        self.assertEqual(made.state, "lapsed")
        self.assertFalse(made.answered_by_id)
        self.assertFalse(to_do.exists())
        [shown] = self._on_page(promise)._get_page_requests()
        self.assertEqual(shown["answer"], "Nothing is left to pay. Thank you.")
        self.assertFalse(self._get_replies(promise))

    def test_an_offer_lapses_when_a_broken_promise_is_paid(self):
        promise = self._promise(self.invoice, days=2)
        self._evaluate_on(promise, self._in(9))
        self.assertEqual(promise.state, "broken")
        made, _new = self._on_page(promise)._request_day(self._in(60))
        self._pay(self.invoice, 1000)
        self.env.cr.flush()
        self.assertEqual(made.state, "lapsed")

    def test_an_offer_lapses_when_something_else_is_agreed(self):
        promise = self._promise(self.invoice, days=2)
        made, _new = self._on_page(promise)._request_day(self._in(40))
        self._agree(days=10)
        self.env.cr.flush()
        self.assertEqual(promise.state, "superseded")
        self.assertEqual(made.state, "lapsed")
        self.assertIn("Something else", made.sudo().answer)

    def test_an_offer_stands_while_something_is_owed(self):
        plan, offer = self._ask_for_day()
        plan.with_user(self.manager).action_cancel("Sold")
        self.env.cr.flush()
        self.assertEqual(plan.state, "cancelled")
        self.assertEqual(offer.state, "open")

    def test_what_is_overdue_without_an_agreement_is_paid(self):
        case = self.env["collection.case"]._get_or_create(self.debtor, self.company)
        made, _new = self._on_page(case)._request_schedule(self._in(10), 3, "monthly")
        self._pay(self.invoice, 1000)
        self.env.cr.flush()
        self.assertEqual(made.state, "lapsed")
        self.assertIn("Nothing is left", made.sudo().answer)

    def test_contact_data_are_checked_whatever_is_paid(self):
        promise = self._promise(self.invoice, days=2)
        made, _new = self._on_page(promise)._request_correction("030 23125042")
        self._pay(self.invoice, 1000)
        self.env.cr.flush()
        self.assertEqual(made.state, "open")


@tagged("post_install", "-at_install")
class TestCollectionLeftOpenPage(CollectionLinkCommon):
    """A call that closes by itself takes back what nobody but its link has shown."""

    def _leave(self, wizard):
        """The call isn't complete any more, and nobody closes it."""
        call = wizard.call_id
        call.outcome_id = False
        self.env.cr.flush()
        self.clock.tick(timedelta(days=9))
        call.sudo()._close_left()
        self.env.cr.flush()
        self.assertEqual(call.state, "done")
        return call

    def test_an_offer_that_nobody_signed(self):
        wizard, link, _token = self._send()
        plan = self._plan_of(wizard)
        call = self._leave(wizard)
        self.assertEqual(plan.state, "cancelled")
        event = plan.sudo().event_ids.sorted("id")[-1:]
        self.assertIn(f"{call.name} ended otherwise", event.reason)
        self.assertFalse(link._is_accepted())

    def test_a_plan_that_was_signed(self):
        wizard, _link, _token = self._send()
        plan = self._plan_of(wizard)
        plan.sudo()._note_page_event("accepted")
        plan.sudo()._begin()
        self._leave(wizard)
        self.assertEqual(plan.state, "active")

    def test_a_promise_that_nobody_confirmed(self):
        wizard, _link, _token = self._send(self._promise_in_call())
        promise = wizard.call_id.promise_ids
        self._leave(wizard)
        self.assertEqual(promise.state, "void")
