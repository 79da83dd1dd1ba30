"""What there is to tell a debtor: done when they heard it, gone when it isn't so."""

from datetime import timedelta

from odoo.tests import tagged

from ..engine.topics import TO_TELL
from .common import TODAY, CollectionCallsPlanCommon

TOMORROW = TODAY + timedelta(1)


@tagged("post_install", "-at_install")
class TestCollectionToDo(CollectionCallsPlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quality = cls.env.ref("collection_calls.collection_reason_quality")
        cls.third_party = cls.env.ref(
            "collection_calls.collection_call_outcome_third_party"
        )
        cls.wrong_number = cls.env.ref(
            "collection_calls.collection_call_outcome_wrong_number"
        )
        cls.no_commitment = cls.env.ref(
            "collection_calls.collection_call_outcome_no_commitment"
        )
        cls.case = cls.env["collection.case"]._get_or_create(cls.debtor, cls.company)

    def _reject(self, move=None):
        dispute = (
            self.env["collection.dispute"]
            .with_user(self.collector)
            .create(
                {
                    "move_id": (move or self.invoice).id,
                    "reason_id": self.quality.id,
                }
            )
        )
        dispute.action_reject("The delivery note is signed")
        self.env.cr.flush()
        return dispute

    def _get_planned(self):
        self.env.cr.flush()
        return self.case.sudo()._get_call_activities().sorted("date_deadline")

    def _get_topics(self):
        """What is to be told, as (topic, name of its source)."""
        sources = self._get_planned()._get_collection_sources()
        return {
            (to_do.collection_topic, source.name)
            for to_do, source in sources.items()
            if to_do.collection_topic in TO_TELL
        }

    def _call(self, outcome, **vals):
        call = self._log(outcome=outcome, contact_id=self.contact.id, **vals)
        call.action_done()
        self.env.cr.flush()
        return call

    # ----------------------------------------------------------------- why a call

    def test_a_call_keeps_why_it_was_held(self):
        dispute = self._reject()
        call = self._log()
        rejected = f"{dispute.name} was rejected: tell the debtor"
        self.assertEqual(call._get_occasion_lines(), [rejected])
        self.assertEqual(call.occasion_note, rejected)
        call.action_done()
        self._get_planned().unlink()
        self.assertEqual(call._get_occasion_lines(), [rejected], "whatever comes later")

    def test_the_reason_is_told_in_the_readers_language(self):
        dispute = self._reject()
        call = self._log()
        said = dispute.with_context(lang="de_DE")._say_topic("rejected")
        told = call.with_context(lang="de_DE")._get_occasion_lines()
        self.assertEqual(told, [said])

    def test_without_a_to_do_the_list_says_why(self):
        self.env.cr.flush()
        self.assertEqual(self._log()._get_occasion_lines(), ["First call"])

    def test_what_a_person_planned_is_a_reason(self):
        self._plan_by_hand("Ask for the new address")
        self.assertEqual(self._log()._get_occasion_lines(), ["Ask for the new address"])

    def _plan_by_hand(self, summary):
        self.env["mail.activity"].with_user(self.collector).create(
            {
                "res_model_id": self.env["ir.model"]._get_id("collection.case"),
                "res_id": self.case.id,
                "activity_type_id": self.case._get_call_activity_type_id(),
                "summary": summary,
                "date_deadline": TODAY,
                "user_id": self.collector.id,
            }
        )

    def test_who_calls_us_has_reasons_of_their_own(self):
        self._reject()
        self.assertFalse(self._log(direction="incoming")._get_occasion_lines())

    # ------------------------------------------------------- done when it was heard

    def test_nobody_but_the_right_party_settles_it(self):
        dispute = self._reject()
        for outcome in self.third_party, self.no_answer, self.third_party:
            call = self._call(outcome)
            self.assertEqual(self._get_topics(), {("rejected", dispute.name)})
            planned = self._get_planned()
            self.assertEqual(
                set(planned.mapped("date_deadline")), {call.next_call_date}
            )
            shown = self.case.with_user(self.collector)
            self.assertIn("was rejected", shown.next_call_reason, "on top")

    def test_it_stays_where_no_further_call_is_planned(self):
        dispute = self._reject()
        self._call(self.wrong_number)
        self.assertEqual(self._get_topics(), {("rejected", dispute.name)})
        self.assertEqual(self._get_planned().date_deadline, TODAY)

    def test_the_right_party_settles_it(self):
        self._reject()
        self._call(self.third_party)
        self._live_until(TODAY + timedelta(2))
        self._call(self.no_commitment, verified_by="address")
        self.assertFalse(self._get_topics())

    def test_a_conversation_alone_is_no_answer(self):
        """What the debtor asked for on the page waits for our answer, whoever spoke."""
        offer = self._request()
        for outcome, verified_by in (
            (self.third_party, False),
            (self.no_commitment, "address"),
        ):
            self._call(outcome, verified_by=verified_by)
            self.assertIn(("requested", offer.name), self._get_topics())
            self._live_until(self._get_planned()[-1:].date_deadline)
        self._decline(offer)
        self.env.cr.flush()
        self.assertNotIn(("requested", offer.name), self._get_topics())

    def test_what_a_person_planned_stays_until_it_was_asked(self):
        self._plan_by_hand("Ask for the new address")
        self._call(self.third_party)
        self.assertIn("Ask for the new address", self._get_planned().mapped("summary"))
        self.assertEqual(self._get_planned()[:1].date_deadline, TOMORROW)
        self._live_until(TOMORROW)
        self._call(self.no_commitment, verified_by="address")
        self.assertNotIn(
            "Ask for the new address", self._get_planned().mapped("summary")
        )

    def test_a_failed_try_is_no_reason_of_its_own(self):
        self._call(self.no_answer)
        self._live_until(TOMORROW)
        self._call(self.no_answer)
        self.assertEqual(len(self._get_planned()), 1)

    def test_one_piece_of_news_does_not_replace_another(self):
        dispute = self._reject()
        promise = self._promise(self._create_claim(100, 5), days=1)
        self._evaluate_on(promise, TODAY + timedelta(9))
        self.assertEqual(
            self._get_topics(), {("rejected", dispute.name), ("broken", promise.name)}
        )

    def test_several_broken_promises_are_one_piece_of_news(self):
        claims = [self._create_claim(100 + number, 5) for number in range(3)]
        promises = [self._promise(claim, days=1) for claim in claims]
        self._evaluate_on(
            self.env["collection.promise"].union(*promises), TODAY + timedelta(9)
        )
        self.assertEqual({promise.state for promise in promises}, {"broken"})
        [[topic, name]] = self._get_topics()
        self.assertEqual(topic, "broken")
        self.assertIn(name, [promise.name for promise in promises])

    # ----------------------------------------------------------- gone when it isn't so

    def test_all_that_ends_a_to_do(self):
        """A line for each to-do and each event that ends it."""
        walked = {
            "broken": (self._break_promise, self._END_OF_PROMISE),
            "partial": (self._half_keep_promise, self._END_OF_PROMISE),
            "missed": (self._miss_installment, self._END_OF_PLAN),
            "notice": (self._give_notice, self._END_OF_PLAN),
            "accelerated": (self._accelerate, self._END_OF_ACCELERATED),
            "rejected": (self._reject, self._END_OF_DISPUTE),
            "withdrawn": (self._withdraw, self._END_OF_DISPUTE),
            "remind": (self._remind, self._END_OF_REMINDER),
            "objected": (self._object, self._END_OF_OBJECTION),
            "requested": (self._request, self._END_OF_REQUEST),
        }
        self.assertEqual(set(walked), set(TO_TELL), "every topic is walked over")
        for topic, (begin, ends) in walked.items():
            for end in ends:
                with self.subTest(topic=topic, end=end), self.cr.savepoint() as undo:
                    source = begin()
                    self.assertIn((topic, source.name), self._get_topics())
                    getattr(self, end)(source)
                    self.assertNotIn((topic, source.name), self._get_topics())
                    undo.rollback()
                self.env.invalidate_all()
                self.clock.move_to(f"{TODAY} 09:00:00")

    _END_OF_PROMISE = ("_pay_it", "_credit_it", "_void_promise", "_promise_anew")
    _END_OF_PLAN = ("_pay_it", "_credit_it", "_cancel_plan")
    _END_OF_ACCELERATED = ("_pay_it", "_cancel_plan", "_reinstate")
    _END_OF_DISPUTE = ("_pay_it", "_credit_it")
    _END_OF_REMINDER = ("_pay_it", "_credit_it", "_void_promise", "_promise_anew")

    _END_OF_OBJECTION = ("_reject_it", "_withdraw_it")
    _END_OF_REQUEST = ("_decline", "_ask_for_another_day")

    def _break_promise(self):
        promise = self._promise(self.invoice, days=1)
        self._evaluate_on(promise, TODAY + timedelta(9))
        return promise

    def _half_keep_promise(self):
        promise = self._promise(self.invoice, days=1)
        self._pay(self.invoice.with_user(self.accountant), 400, payment_date=TODAY)
        self._evaluate_on(promise, TODAY + timedelta(9))
        return promise

    def _remind(self):
        promise = self._promise(self.invoice, days=8)
        with self._at(TODAY + timedelta(7)):
            promise.sudo()._plan_reminding_call()
        return promise

    def _miss_installment(self):
        plan = self._agree(rule=self.business)
        self._run_on(TODAY + timedelta(11))
        plan.sudo()._miss(plan.sudo().installment_ids[:1])
        return plan

    def _give_notice(self):
        plan = self._agree(rule=self.business)
        self._run_on(TODAY + timedelta(20))
        return plan

    def _accelerate(self):
        plan = self._agree()
        self._run_on(TODAY + timedelta(20))
        return plan

    def _withdraw(self):
        dispute = (
            self.env["collection.dispute"]
            .with_user(self.collector)
            .create({"move_id": self.invoice.id, "reason_id": self.quality.id})
        )
        dispute.action_withdraw()
        return dispute

    def _object(self):
        dispute = (
            self.env["collection.dispute"]
            .with_user(self.collector)
            .create({"move_id": self.invoice.id, "reason_id": self.quality.id})
        )
        promise = self._promise(self._create_claim(100, 5))
        promise.sudo()._ask_collector_to_look(dispute.sudo(), "objected")
        return dispute

    def _reject_it(self, dispute):
        dispute.with_user(self.collector).action_reject("The delivery note is signed")
        self.env.cr.flush()

    def _withdraw_it(self, dispute):
        dispute.with_user(self.collector).action_withdraw()
        self.env.cr.flush()

    def _request(self):
        return self._offer_day(TODAY + timedelta(60))

    def _offer_day(self, day):
        promise = self.env["collection.promise"].search([], order="id desc", limit=1)
        promise = promise or self._promise(self.invoice)
        offers = self.env["collection.offer"].sudo()
        offer, _is_new = offers._ask(
            {
                "promise_id": promise.id,
                "kind": "day",
                "amount": promise.amount,
                "date_first": day,
                "installment_count": 1,
                "contact_id": self.contact.id,
            }
        )
        return offer

    def _decline(self, offer):
        offer.with_user(self.collector).action_decline("That is too late")

    def _ask_for_another_day(self, offer):
        self._offer_day(TODAY + timedelta(70))

    def _pay_it(self, source):
        with self._at(TODAY + timedelta(21)):
            self._pay(self.invoice.with_user(self.accountant), 0, payment_date=TODAY)
            self._settle_everything()

    def _credit_it(self, source):
        with self._at(TODAY + timedelta(21)):
            day = TODAY + timedelta(21)
            self._credit(self.invoice, self.invoice.amount_residual, day)
            self._settle_everything()

    def _settle_everything(self):
        self.env.cr.flush()
        plans = self.env["collection.plan"].sudo()
        plans.search(plans._get_to_run_domain(), order="id")._run_scheduled()
        self.env.cr.flush()

    def _void_promise(self, promise):
        promise.with_user(self.manager).action_void("Another debtor's")

    def _promise_anew(self, promise):
        new = self._promise(self.invoice, days=40)
        if new.needs_confirmation:  # after a broken one, it holds nothing before
            self.env.cr.flush()
            new.with_user(self.manager).action_confirm()
        self.env.cr.flush()

    def _cancel_plan(self, plan):
        plan.with_user(self.manager).action_cancel("They pay at once")

    def _reinstate(self, plan):
        with self._at(TODAY + timedelta(21)):
            plan.with_user(self.manager).action_reinstate("They paid us a visit")

    def test_no_further_try_after_a_promise_on_the_page(self):
        self._call(self.no_answer)
        self.assertTrue(self._get_planned())
        self._promise(self.invoice)
        self.assertFalse(self._get_planned())

    def test_a_reminder_ends_with_the_promise_of_its_call(self):
        call = self._call(
            self.promise,
            verified_by="address",
            payment_date=TODAY + timedelta(10),
            claim_ids=self._as_claims(self.invoice),
        )
        self.assertTrue(self._get_planned())
        self._promise_anew(call.promise_ids)
        self.assertFalse(self._get_planned())

    def test_a_credit_note_is_asked_for_until_it_is_there(self):
        dispute = self.env["collection.dispute"].with_user(self.manager)
        dispute = dispute.create(
            {"move_id": self.invoice.id, "reason_id": self.quality.id}
        )
        dispute.action_accept()
        self.env.cr.flush()
        to_do = dispute.sudo().activity_ids
        self.assertEqual(to_do.collection_topic, "credit_note")
        reversal = (
            self.env["account.move.reversal"]
            .with_user(self.accountant)
            .with_context(
                active_model="account.move",
                active_ids=self.invoice.ids,
                default_collection_dispute_id=dispute.id,
            )
            .create({"journal_id": self.invoice.journal_id.id})
        )
        reversal.refund_moves()
        self.env.cr.flush()
        self.assertFalse(to_do.exists())

    def test_nothing_is_told_of_another_company(self):
        """Whoever owns an activity writes what it is about, as they like."""
        dispute = self._reject()
        [to_do] = self._get_planned()
        self.assertEqual(to_do._get_collection_sources(), {to_do: dispute.sudo()})
        other = self.env["res.company"].sudo().create({"name": "Another Company"})
        self.env.cr.execute(
            "UPDATE collection_dispute SET company_id = %s WHERE id = %s",
            [other.id, dispute.id],
        )
        self.env.invalidate_all()
        self.assertFalse(to_do._get_collection_sources())
        to_do.sudo().collection_source_model = "res.partner"
        to_do.sudo().collection_source_id = self.debtor.id
        self.assertFalse(to_do._get_collection_sources())
        self.assertEqual(to_do._say_collection_summaries(), {to_do: to_do.summary})

    def test_what_is_true_is_asked_in_few_queries(self):
        for number in range(3):
            self._reject(self._create_claim(100 + number, 5))
        self.env.cr.flush()
        counts = []
        for to_dos in self._get_planned()[:1], self._get_planned():
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.assertFalse(to_dos._filter_untrue())
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts)

    # ------------------------------------------------------- promised on the same day

    def test_who_promised_today_is_not_on_the_list(self):
        """With something else left to collect: tomorrow, not today."""
        self._create_claim(100, 5)
        self.env.cr.flush()
        self.assertLess(self.case.next_call_date, TODAY)
        self._promise(self.invoice)
        self.env.cr.flush()
        self.assertGreater(self.case.next_call_date, TODAY)
        progress = self.case.with_user(self.collector).get_calling_progress()
        self.assertEqual(progress["left"], 0)

    def test_a_promise_for_tomorrow_is_not_reminded_today(self):
        for days in 0, 1:
            with self.subTest(days=days), self.cr.savepoint() as undo:
                call = self._call(
                    self.promise,
                    verified_by="address",
                    payment_date=TODAY + timedelta(days),
                    claim_ids=self._as_claims(self.invoice),
                )
                self.assertFalse(call.next_call_date)
                self.assertFalse(self._get_planned())
                undo.rollback()

    def test_a_promise_of_friday_for_saturday(self):
        friday = TODAY + timedelta(3)
        self._live_until(friday)
        call = self._call(
            self.promise,
            verified_by="address",
            payment_date=friday + timedelta(1),
            claim_ids=self._as_claims(self.invoice),
        )
        self.assertFalse(call.next_call_date)
        said = " ".join(call._get_recap_lines())
        self.assertNotIn("We call you again", said)
