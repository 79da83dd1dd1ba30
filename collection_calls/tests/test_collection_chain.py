from datetime import timedelta
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.base.tests.test_ir_cron import CronMixinCase

from ..engine import chain as engine
from ..models.retention import collection_chain_link
from .common import TODAY, CollectionCallsPlanCommon


class ChainCommon(CollectionCallsPlanCommon, CronMixinCase):
    """A company whose evidence begins with this test."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.links = cls.env["collection.chain.link"].sudo()
        cls.no_commitment = cls.env.ref(
            "collection_calls.collection_call_outcome_no_commitment"
        )

    def _hold(self, statement="The roof leaks", **vals):
        """A closed call, sealed and in the chain."""
        call = self._log(
            outcome=self.no_commitment,
            verified_by="address",
            statement=statement,
            **{"next_call_date": False, **vals},
        )
        call.action_done()
        self.env.cr.flush()
        return call

    def _chain(self):
        self.env.cr.flush()
        self._run_cron("ir_cron_chain_evidence")

    def _get_links(self, record=None):
        domain = [("company_id", "=", self.company.id)]
        if record is not None:
            domain += [("res_model", "=", record._name), ("res_id", "=", record.id)]
        return self.links.search(domain, order="id")

    def _check(self, user=None):
        """What a manager is told: the sentences of what was found."""
        checks = self.env["collection.chain.check"].with_user(user or self.manager)
        action = checks.action_check()
        check = checks.browse(action["res_id"])
        self.assertEqual(check.finding_count, len(check.finding_ids))
        self.assertEqual(check.state, "broken" if check.finding_ids else "whole")
        return check.finding_ids.mapped("description")

    def _forge(self, query, *args):
        """What somebody does who may write to the database."""
        self.env.flush_all()
        self.env.cr.execute(query, args)
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestCollectionChain(ChainCommon):
    def test_a_closed_call_is_sealed_at_once_and_chained_soon(self):
        with self.capture_triggers("collection_calls.ir_cron_chain_evidence") as soon:
            call = self._hold()
        self.assertTrue(soon.records)
        link = self._get_links(call)
        self.assertEqual(link.kind, "closed")
        self.assertFalse(link.sequence)
        self.assertNotIn("roof", str([link.facts, link.salts]))
        self.assertEqual(self._check(), [])
        self._chain()
        self.assertEqual(link.sequence, 1)
        self.assertEqual(link.predecessor, engine.START)
        self.assertEqual(self._check(), [])

    def test_an_ongoing_call_is_nobodys_evidence(self):
        call = self._log(statement="Not yet said to the end")
        self.env.cr.flush()
        self.assertFalse(self._get_links(call))
        self.assertEqual(self._check(), [])

    def test_a_call_that_comes_in_as_done_is_sealed_whole(self):
        call = self._log(state="done", statement="Imported")
        self.env.cr.flush()
        self.assertEqual(len(self._get_links(call)), 1)
        self.assertEqual(self._check(), [])

    def test_each_link_follows_the_one_before(self):
        calls = [self._hold(statement=f"Number {number}") for number in range(3)]
        self._chain()
        links = self._get_links()
        self.assertEqual(links.mapped("res_id"), [call.id for call in calls])
        self.assertEqual(links.mapped("sequence"), [1, 2, 3])
        self.assertEqual(
            links.mapped("predecessor"), [engine.START, *links[:2].mapped("digest")]
        )
        self._hold(statement="Later")
        self._chain()
        self.assertEqual(self._get_links()[-1].predecessor, links[-1].digest)
        self.assertEqual(self._check(), [])

    def test_a_cancelled_call_gets_another_link(self):
        call = self._hold()
        self._chain()
        call.with_user(self.manager).action_cancel("Wrong customer")
        self.env.cr.flush()
        self.assertEqual(self._get_links(call).mapped("kind"), ["closed", "cancelled"])
        self._chain()
        self.assertEqual(self._check(), [])
        self._forge("UPDATE collection_call SET cancel_reason = 'Other'")
        [finding] = self._check()
        self.assertIn(call.name, finding)

    def test_events_of_plans_are_sealed(self):
        plan = self._agree()
        self._run_on(plan.installment_ids[0].date_due + timedelta(5))
        events = plan.event_ids
        self.assertGreaterEqual(len(events), 2)
        sealed = self._get_links().filtered(lambda link: link.res_model != "x")
        self.assertLessEqual(set(events.ids), set(sealed.mapped("res_id")))
        self._chain()
        self.assertEqual(self._check(), [])
        self._forge(
            "UPDATE collection_plan_event SET amount = amount + 1 WHERE id = %s",
            events[-1].id,
        )
        [finding] = self._check()
        self.assertIn("Amount", finding)
        self.assertIn(f"{plan.display_name}: Accelerated (", finding)

    def test_every_fact_that_is_changed_is_named(self):
        call = self._hold(contact_email="weber@mueller.example")
        self._chain()
        for column, value, label in (
            ("statement", "We agreed", "What Was Said"),
            ("date_start", "2026-03-09 08:00:00", "Started"),
            ("debt_acknowledged", "yes", "Acknowledges the Debt"),
            ("contact_email", "else@mueller.example", "Email"),
            ("user_id", self.manager.id, "Collector"),
            ("state", "cancelled", "State"),
        ):
            with self.subTest(column), self.cr.savepoint() as savepoint:
                self._forge(
                    f"UPDATE collection_call SET {column} = %s WHERE id = %s",
                    value,
                    call.id,
                )
                [finding] = self._check()
                self.assertIn(call.name, finding)
                self.assertIn(f"“{label}”", finding)
                savepoint.rollback()
                self.env.invalidate_all()
        self.assertEqual(self._check(), [])

    def test_changed_claims_and_answers_are_named(self):
        call = self._log(
            outcome=self.no_commitment,
            verified_by="address",
            reason_id=self.env.ref("collection_calls.collection_reason_no_money").id,
            claim_ids=self._as_claims(self.invoice),
            next_call_date=False,
        )
        call.answer_ids[0].answer_text = "On the 15th"
        call.action_done()
        self._chain()
        self.assertEqual(self._check(), [])
        self._forge(
            "UPDATE collection_call_claim SET amount_residual = 1 WHERE call_id = %s",
            call.id,
        )
        self.assertIn("“Claims Spoken About”", self._check()[0])
        self._forge(
            "UPDATE collection_call_answer SET answer_text = 'Never'"
            " WHERE call_id = %s",
            call.id,
        )
        self.assertEqual(len(self._check()), 2)

    def test_deleted_evidence_and_evidence_past_the_addon(self):
        call, other = self._hold(), self._hold()
        self._chain()
        self._forge("UPDATE collection_case SET last_call_id = NULL")
        self._forge("DELETE FROM collection_call WHERE id = %s", call.id)
        self.assertRegex(self._check()[0], f"number {call.id} was deleted")
        self._forge("DELETE FROM collection_chain_link WHERE res_id = %s", other.id)
        # The check before this one remembers that there were two links.
        self.assertEqual(len(self._check()), 3)

    def test_links_deleted_in_the_middle_changed_or_put_in_another_order(self):
        calls = [self._hold() for _number in range(4)]
        self._chain()
        second = self._get_links(calls[1])
        for query, message in (
            ("DELETE FROM collection_chain_link WHERE id = %s", "2 to 2 .* deleted"),
            (
                "UPDATE collection_chain_link SET moment = moment - interval '1 day'"
                " WHERE id = %s",
                "2 of the chain was changed",
            ),
            (
                "UPDATE collection_chain_link SET predecessor = 'abc' WHERE id = %s",
                "2 of the chain doesn't follow",
            ),
        ):
            with self.subTest(message), self.cr.savepoint() as savepoint:
                self._forge(query, second.id)
                self.assertRegex("\n".join(self._check()), message)
                savepoint.rollback()
                self.env.invalidate_all()
        self._forge(
            "UPDATE collection_chain_link SET sequence = -sequence"
            " WHERE company_id = %s AND sequence IN (2, 3)",
            self.company.id,
        )
        self._forge(
            "UPDATE collection_chain_link SET sequence = sequence + 5"
            " WHERE company_id = %s AND sequence < 0",
            self.company.id,
        )
        self.assertIn("another order", "\n".join(self._check()))

    def test_a_chain_that_was_shortened_is_known_from_earlier_checks(self):
        self._hold()
        last = self._hold()
        self._chain()
        self.assertEqual(self._check(), [])
        self._forge("UPDATE collection_case SET last_call_id = NULL")
        self._forge("DELETE FROM collection_chain_link WHERE res_id = %s", last.id)
        self._forge("DELETE FROM collection_call WHERE id = %s", last.id)
        [finding] = self._check()
        self.assertIn("Number 2", finding)
        self.assertIn("shortened", finding)

    def test_calls_follow_their_debtor_with_a_link(self):
        call = self._hold()
        self._chain()
        holding = self._create_debtor("Müller Holding AG")
        self.debtor.write({"parent_id": holding.id, "is_company": False})
        self.env.cr.flush()
        self.assertEqual(call.partner_id, holding)
        self.assertEqual(self._get_links(call)[-1].kind, "moved")
        self._chain()
        self.assertEqual(self._check(), [])

    def test_calls_of_merged_debtors_get_a_link(self):
        call = self._hold()
        self._chain()
        double = self._create_debtor("Müller Bau")
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((self.debtor | double).ids, double)
        self.env.cr.flush()
        self.assertEqual(call.partner_id, double)
        self.assertEqual(self._check(), [])

    def test_nobody_writes_links(self):
        call = self._hold()
        link = self._get_links(call)
        with self._refused(UserError, "nobody adds or changes"):
            link.kind = "noted"
        with self._refused(UserError, "nobody adds or changes"):
            link.unlink()
        with self._refused(UserError, "nobody adds or changes"):
            link.copy()
        with self._refused(UserError, "nobody adds or changes"):
            link.with_user(self.manager).write({"kind": "noted"})
        with self._refused(AccessError, ""):
            link.with_user(self.collector).read(["facts"])
        with self._refused(AccessError, ""):
            link.with_user(self.manager).read(["salts"])

    def test_checks_are_for_managers_and_stay(self):
        with self._refused(AccessError, ""):
            self._check(self.collector)
        self._check()
        check = self.env["collection.chain.check"].sudo().search([], limit=1)
        self.assertRegex(check.display_name, "^Check of ")
        with self._refused(UserError, "stay as they were"):
            check.finding_count = 0
        with self._refused(UserError, "stay as they were"):
            check.unlink()

    def test_a_company_has_a_chain_of_its_own(self):
        self._hold()
        other = self.setup_other_company()["company"]
        stranger = self._create_user("group_collection_manager", other)
        call = (
            self.env["collection.call"]
            .with_user(stranger)
            .create(
                {
                    "partner_id": self._create_debtor("Elsewhere").id,
                    "outcome_id": self.no_answer.id,
                    "company_id": other.id,
                    "next_call_date": False,
                }
            )
        )
        call.action_done()
        self._chain()
        links = self.links.search([("company_id", "=", other.id)])
        self.assertEqual(links.mapped("sequence"), [1])
        self.assertEqual(self._check(stranger), [])
        self.assertFalse(self.links.with_user(stranger).search([]) - links)

    def test_sealing_costs_the_same_for_one_event_and_for_many(self):
        plan = self._agree()
        self._chain()
        counts = []
        for number in (2, 2, 12):  # the first fills caches
            self.env["collection.plan.event"].sudo().create(
                [
                    {"plan_id": plan.id, "kind": "cured", "date": TODAY, "amount": each}
                    for each in range(number)
                ]
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.env.cr.flush()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts[1:])

    def test_a_step_that_another_server_takes_is_left_to_it(self):
        self._hold()
        with (
            patch.object(
                type(self.links), "_get_head", lambda self, company_id: (0, "abc")
            ),
            self.assertNoLogs("odoo.sql_db", "ERROR"),
        ):
            self.assertEqual(self.links._chain_next(self.company.id), 1)
            self._hold()
            # It saw the chain as it was before the other one appended to it.
            self.assertEqual(self.links._chain_next(self.company.id), 0)
        self.assertEqual(len(self._get_links().filtered("sequence")), 1)

    def test_the_chain_goes_on_where_a_run_was_stopped(self):
        for _number in range(5):
            self._hold()
        with patch.object(collection_chain_link, "BATCH", 2):
            self.assertEqual(self.links._chain_next(self.company.id), 2)
        self._chain()
        self.assertEqual(self._get_links().mapped("sequence"), [1, 2, 3, 4, 5])
        self.assertEqual(self._check(), [])

    def test_what_was_confirmed_and_what_it_was_called_are_sealed(self):
        call = self._log(
            outcome=self.no_commitment,
            contact_id=self.contact.id,
            verified_by="address",
            reason_id=self.env.ref("collection_calls.collection_reason_no_money").id,
            next_call_date=False,
        )
        call.action_done()
        file = self.env["ir.attachment"].create(
            {"name": "Terms.txt", "raw": b"Terms", "res_model": "mail.template"}
        )
        template = self.env.ref("collection_calls.mail_template_call_confirmation")
        template.attachment_ids = file
        self.contact.email = "weber@mueller.example"
        call._confirm()
        self._chain()
        self.assertTrue(call.confirmation_body and call.confirmation_subject)
        self.assertEqual(self._check(), [])
        self.no_commitment.sudo().name = "Renamed later"
        self.assertEqual(self._check(), [])
        own = f"id = {call.id}"
        in_german = """jsonb_build_object('en_US', 'Other', 'de_DE', 'Anders')"""
        for query, label in (
            (f"collection_call SET outcome_label = {in_german} WHERE {own}", "Outcome"),
            (f"collection_call SET reason_label = {in_german} WHERE {own}", "Reason"),
            (f"collection_call SET confirmation_subject = 'x' WHERE {own}", "Subject"),
            (f"collection_call SET confirmation_body = 'x' WHERE {own}", "Confirmed"),
            (
                "ir_attachment SET checksum = 'x' WHERE id ="
                f" {call.confirmation_attachment_ids.id}",
                "Confirmed With",
            ),
        ):
            with self.subTest(query), self.cr.savepoint() as savepoint:
                self._forge(f"UPDATE {query}")
                [finding] = self._check()
                self.assertIn(label, finding)
                savepoint.rollback()
                self.env.invalidate_all()
        self.assertEqual(self._check(), [])

    def test_a_letter_that_was_printed_is_sealed(self):
        self.contact.email = False
        self.debtor.email = False
        call = self._hold(contact_id=self.contact.id)
        call._confirm()
        call.action_print_confirmation()
        self.env.cr.flush()
        self.assertEqual(self._get_links(call)[-1].kind, "confirmed")
        self.assertEqual(self._check(), [])
        self._forge("UPDATE collection_call SET confirmation_body = 'x'")
        [finding] = self._check()
        self.assertIn("What Was Confirmed", finding)

    def _dispute(self, invoice, **vals):
        disputes = self.env["collection.dispute"].with_user(self.collector)
        reason = self.env.ref("collection_calls.collection_reason_quality")
        return disputes.create({"move_id": invoice.id, "reason_id": reason.id, **vals})

    def _assert_found(self, forgeries):
        """Check that each change past Odoo is named, and nothing else.

        :param forgeries: iterable of tuples: what is updated, and how the changed
            field is called
        """
        self._chain()
        self.assertEqual(self._check(), [])
        for query, label in forgeries:
            with self.subTest(query), self.cr.savepoint() as savepoint:
                self._forge(f"UPDATE {query}")
                [finding] = self._check()
                self.assertIn(f"“{label}”", finding)
                savepoint.rollback()
                self.env.invalidate_all()
        self.assertEqual(self._check(), [])

    def test_closed_disputes_are_sealed_with_the_name_of_their_reason(self):
        dispute = self._dispute(self.invoice, statement="Two tiles are broken")
        self.env.cr.flush()
        self.assertFalse(self._get_links(dispute))
        self.assertEqual(self._check(), [])
        dispute.action_reject("They were whole")
        self.env.cr.flush()
        self.assertEqual(self._get_links(dispute).mapped("kind"), ["closed"])
        self.assertNotIn("broken", str(self._get_links(dispute).mapped("facts")))
        dispute.reason_id.sudo().name = "Renamed later"
        label = """jsonb_build_object('en_US', 'Other')"""
        own = f"WHERE id = {dispute.id}"
        self._assert_found(
            (
                (
                    f"collection_dispute SET reason_label = {label} {own}",
                    "Reason Label",
                ),
                (f"collection_dispute SET amount = 1 {own}", "Disputed"),
                (f"collection_dispute SET resolution = 'x' {own}", "Why Rejected"),
                (
                    f"collection_dispute SET statement = 'x' {own}",
                    "What the Debtor Says",
                ),
                (f"collection_dispute SET state = 'accepted' {own}", "State"),
            )
        )

    def test_agreed_plans_are_sealed_with_terms_schedule_and_name_of_the_rule(self):
        plan = self._plan(self.invoice)
        plan.action_offer()
        self.env.cr.flush()
        self.assertFalse(self._get_links(plan), "Offers are taken back")
        plan.action_activate()
        self.env.cr.flush()
        self.assertEqual(self._get_links(plan).mapped("kind"), ["noted"])
        plan.rule_id.sudo().name = "Renamed later"
        label = """jsonb_build_object('en_US', 'Other')"""
        own = f"WHERE id = {plan.id}"
        part = plan.installment_ids[0]
        self._assert_found(
            (
                (f"collection_plan SET rule_label = {label} {own}", "Rule Label"),
                (f"collection_plan SET grace_days = 90 {own}", "Days of Grace"),
                (
                    "collection_plan_installment SET amount = amount + 1"
                    f" WHERE id = {part.id}",
                    "Schedule",
                ),
            )
        )

    def test_plans_go_on_without_another_link(self):
        """What the ledger says about a plan changes each night, what was agreed not."""
        plan = self._agree()
        self._run_on(plan.installment_ids[0].date_due + timedelta(5))
        self.env.cr.flush()
        self.assertEqual(len(self._get_links(plan)), 1)
        plan.with_user(self.manager).action_cancel("Another plan")
        self.env.cr.flush()
        self.assertEqual(self._get_links(plan)[-1].kind, "cancelled")
        self._chain()
        self.assertEqual(self._check(), [])

    def test_plans_go_along_with_their_debtor(self):
        plan = self._agree()
        twin = self._create_debtor("Müller Beteiligungen AG")
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((self.debtor | twin).ids, twin)
        self.env.cr.flush()
        self.env.invalidate_all()
        self.assertEqual(plan.partner_id, twin)
        self.assertEqual(self._check(), [])

    def test_letters_of_plans_are_sealed_as_they_were_written(self):
        plan = self._agree()
        self.env.cr.flush()
        [letter] = plan.letter_ids
        self.assertTrue(letter.body)
        self.assertNotIn(plan.name, str(self._get_links(letter).mapped("facts")))
        letter.sudo().is_obsolete = True  # not what it says
        self.env.cr.flush()
        self.assertEqual(len(self._get_links(letter)), 1)
        own = f"WHERE id = {letter.id}"
        self._assert_found(
            (
                (f"collection_plan_letter SET body = 'x' {own}", "Body"),
                (f"collection_plan_letter SET subject = 'x' {own}", "Subject"),
                (f"collection_plan_letter SET amount_to_pay = 1 {own}", "To Pay"),
                (f"collection_plan_letter SET kind = 'notice' {own}", "Letter"),
            )
        )
        self._forge("UPDATE collection_plan SET notice_letter_id = NULL")
        self._forge(f"DELETE FROM collection_plan_letter {own}")
        [finding] = self._check()
        self.assertIn(f"number {letter.id} was deleted", finding)

    def _wish(self, **vals):
        rights = self.env["collection.contact.right"].with_user(self.collector)
        wish = rights.create(
            {"kind": "no_calls", "partner_id": self.debtor.id, "wording": "No!", **vals}
        )
        self.env.cr.flush()
        return wish

    def test_what_debtors_ask_for_is_sealed(self):
        monday = {"weekday": "0", "hour_from": 14, "hour_to": 16}
        wish = self._wish(kind="hours", hours_ids=[Command.create(monday)])
        self.assertEqual(self._get_links(wish).mapped("kind"), ["noted"])
        self._chain()
        self.assertEqual(self._check(), [])
        for query, label in (
            ("collection_contact_right SET wording = 'Yes'", "Wording"),
            ("collection_contact_right SET date_ended = '2026-03-10'", "Ended On"),
            ("collection_contact_right SET kind = 'no_email'", "Asked For"),
            ("collection_contact_hours SET hour_to = 20", "Only Between"),
        ):
            with self.subTest(query), self.cr.savepoint() as savepoint:
                column = "right_id" if "hours" in query.split()[0] else "id"
                self._forge(f"UPDATE {query} WHERE {column} = %s", wish.id)
                [finding] = self._check()
                self.assertIn(label, finding)
                savepoint.rollback()
                self.env.invalidate_all()
        wish.with_user(self.manager).action_end("She called back")
        self.env.cr.flush()
        self.assertEqual(self._get_links(wish).mapped("kind"), ["noted", "ended"])
        self._chain()
        self.assertEqual(self._check(), [])
        self._forge("DELETE FROM collection_contact_hours WHERE right_id = %s", wish.id)
        self._forge("DELETE FROM collection_contact_right WHERE id = %s", wish.id)
        [finding] = self._check()
        self.assertIn("was deleted", finding)

    def test_what_counts_in_all_companies_is_sealed_in_the_first_ones_chain(self):
        wish = self._wish(company_id=False)
        links = self.links.search(
            [("res_model", "=", wish._name), ("res_id", "=", wish.id)]
        )
        first = self.env["res.company"].sudo().search([], order="id", limit=1)
        self.assertEqual(links.company_id, first)
        self.assertEqual(self._check(), [])
        self._forge("DELETE FROM collection_chain_link WHERE id = %s", links.id)
        [finding] = self._check()
        self.assertIn("is not in the chain", finding)

    def test_what_debtors_ask_for_goes_along(self):
        wish = self._wish()
        holding = self._create_debtor("Müller Holding AG")
        self.debtor.write({"parent_id": holding.id, "is_company": False})
        self.env.cr.flush()
        self.assertEqual(wish.partner_id, holding)
        self.assertEqual(self._check(), [])
        twin = self._create_debtor("Müller Beteiligungen AG")
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((holding | twin).ids, twin)
        self.env.cr.flush()
        self.env.invalidate_all()
        self.assertEqual(wish.partner_id, twin)
        self.assertEqual(self._check(), [])

    def test_evidence_of_earlier_versions_is_taken_in(self):
        call, plan = self._hold(), self._agree()
        dispute = self._dispute(self._create_claim(300, 5))
        dispute.action_withdraw()
        self._forge("DELETE FROM collection_chain_link")
        # A call, a dispute, a plan, and what happened to it.
        told = len(plan.event_ids) + len(plan.letter_ids)
        self.assertEqual(len(self._check()), 3 + told)
        self.links._seal_all()
        self.assertEqual(self._get_links(call).kind, "first")
        self.links._seal_all()
        for record in call, dispute, plan, plan.event_ids[0], plan.letter_ids[0]:
            self.assertEqual(len(self._get_links(record)), 1, record)
        self._chain()
        self.assertEqual(self._check(), [])
