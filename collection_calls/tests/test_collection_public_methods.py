"""Nobody who only reads writes, mails or costs anything by calling what is public."""

import base64
from contextlib import closing
from datetime import timedelta
from inspect import signature
from types import NoneType

import psycopg2

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Command
from odoo.service.model import get_public_method
from odoo.tests import new_test_user, tagged

from .common import CollectionCallsPlanCommon, CollectionCallsProvider, walk

ALLOWED = {
    # Who makes credit notes admits that a debtor is right: that is their right.
    ("collection.dispute", "action_accept", "invoicing"),
    # Who is asked not to call notes it, whoever it is; nobody else reads it.
    ("collection.contact.right.wizard", "action_note", "invoicing"),
    ("collection.contact.right.wizard", "action_note_hours", "invoicing"),
    ("collection.contact.right.wizard", "action_note_represented", "invoicing"),
    # Debtors are everybody's, the call is the stranger's own company's.
    ("res.partner", "action_start_collection_call", "stranger"),
    ("res.partner", "action_take_collection_call", "stranger"),
    ("collection.finder", "find", "stranger"),
}
OPEN = {  # what opens a window, in which everybody is asked for their rights
    ("account.move", "action_log_collection_call"),
    ("account.move", "action_open_collection_dispute"),
    ("account.move", "action_plan_collection_installments"),
    ("account.move", "action_view_collection_calls"),
    ("account.move", "action_view_collection_promises"),
    ("collection.case", "action_correct_phone"),
    ("collection.dispute", "action_view_credit_notes"),
    ("res.partner", "action_log_collection_call"),
    ("res.partner", "action_note_collection_wish"),
    ("res.partner", "action_plan_collection_installments"),
    ("res.partner", "action_set_collection_legal_hold"),
    ("res.partner", "action_view_collection_calls"),
    ("res.partner", "action_view_collection_disputes"),
    ("res.partner", "action_view_collection_plans"),
    ("res.partner", "action_view_collection_promises"),
    ("res.partner", "action_view_collection_rights"),
}
JUNK = (
    ["a"],
    {"a": 1},
    "x\0y",
    "nonsense",
    "x" * 100_000,
    float("nan"),
    10**12,
    -1,
    True,
    False,
    "9999-12-31",
    "0001-01-01",
)
ROUTES = {  # function: who may call it
    "download": "user",
    "portal_my_agreements": "user",
    "portal_my_overdue": "user",
    # A login of the debtor's, or whoever has proven on a call who they are.
    "portal_overdue_invoice": "public",
    "portal_overdue_page": "public",
    # Whoever has the link of a call; what it is about is shown after the proof.
    "portal_collection_link": "public",
    "portal_collection_link_seen": "public",
    # Whoever has the link of an agreement, or a login of the debtor's.
    "portal_agreement_request": "public",
    "portal_plan_accept": "public",
    "portal_plan_decline": "public",
    "portal_plan_invoice": "public",
    "portal_plan_page": "public",
    "portal_plan_pay": "public",
    "portal_plan_seen": "public",
    "portal_plan_transaction": "public",
    "portal_promise_accept": "public",
    "portal_promise_decline": "public",
    "portal_promise_invoice": "public",
    "portal_promise_page": "public",
    "portal_promise_pay": "public",
    "portal_promise_seen": "public",
    "portal_promise_transaction": "public",
}


class PublicMethodsCommon(CollectionCallsProvider, CollectionCallsPlanCommon):
    """A record of all that there is, and users who read all of it or are elsewhere."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if cls.env.ref("payment_demo.payment_method_demo", False):
            # Links to pay are sent where somebody takes the money.
            cls._create_provider(cls.company)
        other = cls.setup_other_company()["company"]
        cls.readers = {
            "reader": cls._create_reader(),
            "invoicing": cls._create_user("account.group_account_invoice"),
            "stranger": cls._create_user("group_collection_user", other),
        }
        cls.outsiders = {
            "employee": cls._create_user("base.group_user"),
            "portal": cls._create_portal_user(),
        }
        cls.silent = cls._create_debtor("Schmidt Holz GmbH")  # no e-mail address
        cls.elsewhere = cls._create_debtor("Elsewhere Ltd")
        cls.gone = cls._create_debtor("Gone Ltd")  # owes nothing any more
        cls.invoices = [cls._create_claim(1000, days_overdue=30) for _ in range(9)]
        cls.theirs = cls._create_claim(1000, days_overdue=30, partner=cls.silent)
        cls.no_commitment = cls.env.ref(
            "collection_calls.collection_call_outcome_no_commitment"
        )

    @classmethod
    def _create_portal_user(cls):
        """The debtor's own login."""
        return new_test_user(
            cls.env,
            "test_debtor",
            groups="base.group_portal",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            partner_id=cls.debtor.id,
        )

    @classmethod
    def _create_reader(cls):
        """Somebody who reads all there is, and may fill in every dialog."""
        group = cls.env["res.groups"].create({"name": "Reads collections"})
        cls.env["ir.model.access"].create(
            [
                {
                    "name": f"{model._name} reader",
                    "model_id": cls.env["ir.model"]._get_id(model._name),
                    "group_id": group.id,
                    "perm_read": True,
                    **dict.fromkeys(
                        ("perm_write", "perm_create", "perm_unlink"), model._transient
                    ),
                }
                for transient in (False, True)
                for model in walk.walk_models(cls.env, transient)
            ]
        )
        reader = new_test_user(
            cls.env,
            "test_reader",
            groups="account.group_account_readonly",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        reader.group_ids |= group
        return reader

    def setUp(self):
        """All that something can be done with, a week after an installment was due."""
        super().setUp()
        rules = {"late": self.any_incident, "noticed": self.business}
        rules["failed"] = self.any_incident
        moves = iter(self.invoices)
        self.plans = {
            name: self._agree(next(moves), rule=rule) for name, rule in rules.items()
        }
        self.clock.move_to("2026-03-27 09:00:00")
        for plan in self.plans.values():
            plan.sudo()._refresh_now()
        self.plans["failed"].with_user(self.manager).action_accelerate("Missed")
        for name in "draft", "offered":
            self.plans[name] = self._plan(next(moves))
        self.plans["offered"].action_offer()
        self.broad = self._promise(next(moves), days=60)
        self.open = self._promise(next(moves))
        self.disputed = self._dispute(next(moves)), self._dispute(next(moves))
        self.disputed[1].sudo()._close({"state": "accepted"})
        self.ongoing = self._speak()
        self.prepared = self._log(outcome=self.no_answer)
        self.slipped = self._log(user=self.manager, outcome=self.no_answer)
        self.slipped.action_done()
        self.held = self._speak(claim_ids=self._as_claims(self.invoice))
        self.letter_call = self._speak(partner=self.silent, step="close")
        (self.held + self.letter_call).action_done()
        self.letter = self._agree(self.theirs).letter_ids
        self.silent.email = "holz@example.com"
        self.answers = {name: self._answer(name) for name in ("agrees", "asks")}
        self.right = self._wish()
        self._ask_on_pages()
        self.represented = self._prepare_call_with_representative()
        self.legal_hold = self._hold_by_law()
        self.finding = self._find_something(self.held)
        self.speaking, self.shown = self._promise_in_call(), self._promise_in_call()
        self.shown.action_send_link()
        self.env.cr.flush()

    def _speak(self, **vals):
        return self._log(
            outcome=self.no_commitment,
            right_party_verified=True,
            verified_by="address",
            **vals,
        )

    def _promise_in_call(self):
        """An ongoing call in which something was promised that isn't made yet."""
        debtor = self._create_debtor("Weber KG", email="w@example.com", zip="10115")
        day = self.company._get_collection_today()
        move = self._create_claim(1000, days_overdue=9, partner=debtor)
        call = self._log(
            partner=debtor,
            outcome=self.env.ref("collection_calls.collection_call_outcome_promise"),
            right_party_verified=True,
            verified_by="address",
            claim_ids=self._as_claims(move),
        )
        call.claim_ids.write({"promised_amount": 1000, "promised_date": day})
        return call

    def _dispute(self, move):
        disputes = self.env["collection.dispute"].with_user(self.collector)
        reason = self.env.ref("collection_calls.collection_reason_quality")
        vals = {"reason_id": reason.id, "user_id": self.manager.id}
        return disputes.create({"move_id": move.id, **vals})

    def _answer(self, text):
        """What the debtor of a plan has answered by e-mail."""
        # sudo: the mail gateway takes answers in.
        plan_sudo = self.plans["noticed"].sudo()
        answers_sudo = self.env["collection.answer"].sudo()
        message = plan_sudo.message_post(
            body=text, email_from="office@mueller.example", message_type="email"
        )
        answer_sudo = answers_sudo._receive(plan_sudo, message)
        return answer_sudo.with_user(self.collector)

    def _wish(self):
        """What somebody asked for whom nobody calls in these tests."""
        rights = self.env["collection.contact.right"].with_user(self.collector)
        return rights.create(
            {
                "kind": "no_email",
                "partner_id": self.elsewhere.id,
                "company_id": self.company.id,
            }
        )

    def _ask_on_pages(self):
        """What debtors ask for on the pages of two plans."""
        page = self.plans["late"].with_user(self.env.ref("base.user_root"))
        day = self.company._get_collection_today() + timedelta(days=9)
        self.day_offer, _new = page._request_day(day)
        self.correction, _new = page._request_correction("030 23125042")
        page = self.plans["offered"].with_env(page.env)
        self.schedule_offer, _new = page._request_schedule(day, 2, "monthly")

    def _hold_by_law(self):
        holds = self.env["collection.legal.hold"].with_user(self.manager)
        return holds.create({"partner_id": self.elsewhere.id, "reason": "Lawsuit"})

    def _find_something(self, record):
        """What a check of the chain might have found at a record."""
        # sudo: the addon alone writes checks.
        finding = {"description": "Changed", "res_model": record._name}
        finding["res_id"] = record.id
        checks = self.env["collection.chain.check"].sudo()
        check = checks.create(
            {
                "company_id": self.company.id,
                "finding_count": 1,
                "finding_ids": [Command.create(finding)],
            }
        )
        return check.finding_ids

    def _prepare_call_with_representative(self):
        debtor = self._create_debtor("Represented")
        lawyer = self.env["res.partner"].create({"name": "Dr. Kern"})
        call = self._log(partner=debtor)
        rights = self.env["collection.contact.right"].with_user(self.collector)
        rights.create(
            {
                "kind": "represented",
                "partner_id": debtor.id,
                "company_id": self.company.id,
                "representative_id": lawyer.id,
            }
        )
        return call


@tagged("post_install", "-at_install")
class TestPublicMethods(PublicMethodsCommon):
    """Each public method is called for real: by a manager, who can do it, and by users
    who read all of it and write nothing.

    A method that is new needs a line in :meth:`_get_cases`: a manager can do it.
    """

    def _get_cases(self):
        """What a manager can do: {(model, method): (records or values, arguments)}.

        Values are those of a dialog, which each user fills in.
        """
        plans, case = self.plans, self.ongoing.case_id
        other_case = self.letter_call.case_id
        day = self.company._get_collection_today() + timedelta(days=9)
        posting = self.env["collection.posting"].browse(2 * self.letter_call.id)
        move, debtor = self.invoice, self.debtor
        call = {"call_id": self.ongoing.id}
        decide = {"case_ids": [Command.set(other_case.ids)], "reason": "Why"}
        plan = {
            "partner_id": debtor.id,
            "company_id": self.company.id,
            "claim_ids": [Command.set(move._get_collection_claims().ids)],
            "rule_id": self.any_incident.id,
            "date_start": day,
            "installment_count": 2,
        }
        phones = {"case_id": case.id}
        row = self.env["collection.call.report"].browse(self.held.id)
        wish = {
            "partner_id": self.elsewhere.id,
            "company_id": self.company.id,
            "kind": "no_calls",
        }
        return {
            ("account.move", "action_log_collection_call"): (move, ()),
            ("account.move", "action_open_collection_dispute"): (move, ()),
            ("account.move", "action_plan_collection_installments"): (move, ()),
            ("account.move", "action_start_collection_call"): (move, ()),
            ("account.move", "action_view_collection_calls"): (move, ()),
            ("account.move", "action_view_collection_disputes"): (move, ()),
            ("account.move", "action_view_collection_plans"): (move, ()),
            ("account.move", "action_view_collection_promises"): (move, ()),
            ("res.company", "action_complete_collection_books"): (self.company, ()),
            ("res.partner", "action_log_collection_call"): (debtor, ()),
            ("res.partner", "action_download_collection_data"): (debtor, ()),
            ("res.partner", "action_note_collection_wish"): (debtor, ()),
            ("res.partner", "action_plan_collection_installments"): (debtor, ()),
            ("res.partner", "action_set_collection_legal_hold"): (debtor, ()),
            ("res.partner", "action_start_collection_call"): (debtor, ()),
            ("res.partner", "action_take_collection_call"): (debtor, ()),
            ("res.partner", "action_view_collection_calls"): (debtor, ()),
            ("res.partner", "action_view_collection_disputes"): (debtor, ()),
            ("res.partner", "action_view_collection_plans"): (debtor, ()),
            ("res.partner", "action_view_collection_promises"): (debtor, ()),
            ("res.partner", "action_view_collection_rights"): (debtor, ()),
            ("collection.answer", "action_accept"): (self.answers["agrees"], ()),
            ("collection.answer", "action_note"): (self.answers["asks"], ()),
            ("collection.answer", "action_open_document"): (self.answers["asks"], ()),
            ("collection.answer", "action_record_dispute"): (self.answers["asks"], ()),
            ("collection.answer", "action_record_promise"): (self.answers["asks"], ()),
            ("collection.reply.slip", "action_confirm"): (
                {
                    "plan_id": plans["noticed"].id,
                    "date": self.company._get_collection_today(),
                    "signer_name": "Eva Weber",
                    "scan": base64.b64encode(b"%PDF-1.4 signed"),
                },
                (),
            ),
            ("collection.call", "action_cancel"): (self.held, ("By mistake",)),
            ("collection.call", "action_discard"): (self.prepared, ()),
            ("collection.call", "action_done"): (self.ongoing, ()),
            ("collection.call", "action_mail_payment_links"): (self.held, ()),
            ("collection.call", "action_mark_posted"): (self.letter_call, ()),
            ("collection.call", "action_name_person"): (self.ongoing, ()),
            ("collection.call", "action_note_wish"): (self.ongoing, ()),
            ("collection.call", "action_reach_representative"): (self.represented, ()),
            ("collection.call", "action_open_payment_link"): (self.held, ()),
            ("collection.call", "action_print_confirmation"): (self.letter_call, ()),
            ("collection.call", "action_resend_confirmation"): (self.letter_call, ()),
            ("collection.call", "action_resume"): (self.ongoing, ()),
            ("collection.call", "action_send_link"): (self.speaking, ()),
            ("collection.call", "action_take_back"): (self.slipped, ()),
            ("collection.call", "action_take_back_link"): (self.shown, ()),
            ("collection.call", "action_view_disputes"): (self.held, ()),
            ("collection.call.cancel", "action_confirm"): (
                {"call_ids": [Command.set(self.held.ids)], "reason": "By mistake"},
                (),
            ),
            ("collection.call.person", "action_record"): (
                {"call_id": self.ongoing.id, "name": "Eva Roth"},
                (),
            ),
            ("collection.call.report", "action_open"): (row, ()),
            ("collection.call.wizard", "action_back"): (call, ()),
            ("collection.call.wizard", "action_confirm_contact"): (call, ()),
            ("collection.call.wizard", "action_discard"): (
                {"call_id": self.prepared.id},
                (),
            ),
            ("collection.call.wizard", "action_done"): (call, ()),
            ("collection.call.wizard", "action_end_with"): (call, ()),
            ("collection.call.wizard", "action_mail_payment_links"): (
                {"call_id": self.held.id},
                (),
            ),
            ("collection.call.wizard", "action_name_person"): (call, ()),
            ("collection.call.wizard", "action_next"): (call, ()),
            ("collection.call.wizard", "action_note_wish"): (call, ()),
            ("collection.call.wizard", "action_reach_representative"): (
                {"call_id": self.represented.id},
                (),
            ),
            ("collection.call.wizard", "action_open_payment_link"): (
                {"call_id": self.held.id},
                (),
            ),
            ("collection.call.wizard", "action_pause"): (call, ()),
            ("collection.call.wizard", "action_send_link"): (
                {"call_id": self.speaking.id},
                (),
            ),
            ("collection.call.wizard", "action_skip"): (call, ()),
            ("collection.call.wizard", "action_take_back_link"): (
                {"call_id": self.shown.id},
                (),
            ),
            ("collection.case", "action_call_next"): (case.browse(), ()),
            ("collection.case", "action_correct_phone"): (case, ()),
            ("collection.case", "action_hold"): (case, ("hardship", "Ill")),
            ("collection.case", "action_include_left_out"): (case, ()),
            ("collection.case", "action_log_call"): (case, ()),
            ("collection.case", "action_note_wish"): (case, ()),
            ("collection.case", "action_reassign"): (
                case,
                (self.collector.id, "Holidays"),
            ),
            ("collection.case", "action_release"): (
                self._hold(other_case),
                ("Well again",),
            ),
            ("collection.case", "action_set_legal_hold"): (case, ()),
            ("collection.case", "action_snooze"): (other_case, (day, "Away")),
            ("collection.case", "action_start_call"): (case, ()),
            ("collection.case", "action_start_calling"): (case.browse(), ()),
            ("collection.case", "action_view_answers"): (case, ()),
            ("collection.case", "action_view_calls"): (case, ()),
            ("collection.case", "action_view_claims"): (case, ()),
            ("collection.case", "action_view_disputes"): (case, ()),
            ("collection.case", "action_view_plans"): (case, ()),
            ("collection.case", "action_view_promises"): (case, ()),
            ("collection.case", "action_view_rights"): (case, ()),
            ("collection.case", "get_calling_progress"): (case.browse(), ()),
            ("collection.case.decision.wizard", "action_confirm"): (
                {**decide, "kind": "snooze", "day": day},
                (),
            ),
            ("collection.case.rebalance", "action_rebalance"): (
                {
                    "company_id": self.company.id,
                    "scope": "all",
                    "user_ids": [Command.set(self.manager.ids)],
                },
                (),
            ),
            ("collection.chain.check", "action_check"): (
                self.env["collection.chain.check"],
                (),
            ),
            ("collection.chain.finding", "action_open"): (self.finding, ()),
            ("collection.contact.correction", "action_accept"): (self.correction, ()),
            ("collection.contact.correction", "action_decline"): (self.correction, ()),
            ("collection.contact.right", "action_end"): (
                self.right,
                ("Taken back",),
            ),
            ("collection.contact.right.end", "action_confirm"): (
                {
                    "right_ids": [Command.set(self.right.ids)],
                    "reason": "Taken back",
                },
                (),
            ),
            ("collection.contact.right.wizard", "action_note"): (wish, ()),
            ("collection.contact.right.wizard", "action_note_hours"): (wish, ()),
            ("collection.contact.right.wizard", "action_note_represented"): (
                wish,
                ("lawyer",),
            ),
            ("collection.dispute", "action_accept"): (self.disputed[0], ()),
            ("collection.dispute", "action_create_credit_note"): (
                self.disputed[1],
                (),
            ),
            ("collection.dispute", "action_reject"): (self.disputed[0], ("No",)),
            ("collection.dispute", "action_view_credit_notes"): (self.disputed[1], ()),
            ("collection.dispute", "action_withdraw"): (self.disputed[0], ()),
            ("collection.dispute.reject", "action_confirm"): (
                {"dispute_ids": [Command.set(self.disputed[0].ids)], "reason": "No"},
                (),
            ),
            ("collection.erasure", "action_erase"): (
                {"partner_id": self.gone.id, "reason": "Asked by letter"},
                (),
            ),
            ("collection.export", "action_download"): ({"kind": "performance"}, ()),
            ("collection.finder", "find"): (
                self.env["collection.finder"],
                ("Schmidt",),
            ),
            ("collection.legal.hold", "action_lift"): (self.legal_hold, ()),
            ("collection.offer", "action_accept"): (self.day_offer, ()),
            ("collection.offer", "action_decline"): (self.day_offer, ("No",)),
            ("collection.offer", "action_make_plan"): (self.schedule_offer, ()),
            ("collection.offer.answer", "action_confirm"): (
                {"offer_id": self.day_offer.id, "kind": "decline", "answer": "No"},
                (),
            ),
            ("collection.overview", "get_figures"): (
                self.env["collection.overview"],
                (),
            ),
            ("collection.phone.correction", "action_confirm"): (phones, ()),
            ("collection.plan", "action_accelerate"): (plans["late"], ("Why",)),
            ("collection.plan", "action_activate"): (plans["draft"], ()),
            ("collection.plan", "action_call"): (plans["late"], ()),
            ("collection.plan", "action_cancel"): (plans["late"], ("Why",)),
            ("collection.plan", "action_complete_books"): (plans["late"], ()),
            ("collection.plan", "action_draft"): (plans["offered"], ()),
            ("collection.plan", "action_offer"): (plans["draft"], ()),
            ("collection.plan", "action_open_page"): (plans["late"], ()),
            ("collection.plan", "action_register_payment"): (plans["late"], ()),
            ("collection.plan", "action_reinstate"): (plans["failed"], ("Why",)),
            ("collection.plan", "action_schedule"): (plans["draft"], ()),
            ("collection.plan", "action_send_notice"): (plans["noticed"], ()),
            ("collection.plan.decision.wizard", "action_confirm"): (
                {"plan_id": plans["late"].id, "kind": "cancel", "reason": "Why"},
                (),
            ),
            ("collection.plan.installment", "action_open_plan"): (
                plans["late"].installment_ids[0],
                (),
            ),
            ("collection.plan.letter", "action_mark_posted"): (self.letter, ()),
            ("collection.plan.letter", "action_open_plan"): (self.letter, ()),
            ("collection.plan.letter", "action_print"): (self.letter, ()),
            ("collection.plan.letter", "action_resend_confirmation"): (
                self.letter,
                (),
            ),
            ("collection.forecast.report", "action_open"): (
                self.env["collection.forecast.report"].browse(2 * self.open.id),
                (),
            ),
            ("collection.plan.report", "action_open"): (
                self.env["collection.plan.report"].browse(plans["late"].id),
                (),
            ),
            ("collection.plan.simulation", "action_simulate"): (
                self.env["collection.plan.simulation"],
                (),
            ),
            ("collection.plan.simulation.line", "action_open_plan"): (
                {
                    "simulation_id": self._create_simulation,
                    "plan_id": plans["late"].id,
                },
                (),
            ),
            ("collection.plan.wizard", "action_agree"): (plan, ()),
            ("collection.plan.wizard", "action_offer"): (plan, ()),
            ("collection.plan.wizard", "action_save"): (plan, ()),
            ("collection.posting", "action_mark_posted"): (posting, ()),
            ("collection.posting", "action_open_source"): (posting, ()),
            ("collection.posting", "action_print"): (posting, ()),
            ("collection.posting", "action_resend_confirmation"): (posting, ()),
            ("collection.promise", "action_call"): (self.open, ()),
            ("collection.promise", "action_complete_books"): (self.open, ()),
            ("collection.promise", "action_confirm"): (self.broad, ()),
            ("collection.promise", "action_evaluate"): (self.open, ()),
            ("collection.promise", "action_open_page"): (self.open, ()),
            ("collection.promise", "action_void"): (self.open, ("By mistake",)),
            ("collection.promise.report", "action_open"): (
                self.env["collection.promise.report"].browse(self.open.id),
                (),
            ),
            ("collection.promise.void", "action_confirm"): (
                {"promise_ids": [Command.set(self.open.ids)], "reason": "By mistake"},
                (),
            ),
            ("collection.retention.preview", "action_preview"): (
                self.env["collection.retention.preview"],
                (),
            ),
        }

    def _hold(self, case):
        case.sudo().write({"hold": "other", "hold_reason": "Abroad"})
        return case

    def _create_simulation(self, user):
        return self.env["collection.plan.simulation"].with_user(user).create({}).id

    # ----------------------------------------------------------------------- calls

    def test_every_method_has_a_case(self):
        methods = set(walk.walk_methods(self.env))
        self.assertFalse(methods - set(self._get_cases()), "Add what a manager can do")
        self.assertFalse(set(self._get_cases()) - methods, "These are gone")

    def test_readers_change_nothing(self):
        self.assertEqual(list(self._find_unguarded(self._get_cases())), [])

    def test_an_unguarded_method_is_found(self):
        """The walk has teeth: with the guard taken away, it says so."""
        about = self.plans["draft"]

        def action_annotate(plans):
            plans.sudo().hold_code = "dispute"

        def action_shout(plans):
            plans.sudo().message_post(body="Loud")
            raise UserError(plans.env._("Not today"))

        cls = type(about)
        for method in action_annotate, action_shout:
            self.addCleanup(delattr, cls, method.__name__)
            setattr(cls, method.__name__, method)
        cases = {
            ("collection.plan", "action_annotate"): (about, ()),
            ("collection.plan", "action_shout"): (about, ()),
        }
        found = list(self._find_unguarded(cases))
        self.assertEqual(len(found), 4, found)
        self.assertIn("reader changes something", found[0])
        self.assertIn("fails for a manager", found[3])

    def test_outsiders_are_refused(self):
        """Whoever has nothing to do with collections calls none of it, not even what
        only reads."""
        told = set()
        for (model, method), (about, args) in self._get_cases().items():
            for label, user in self.outsiders.items():
                refusal, changed = self._call(user, model, method, about, args)
                if not isinstance(refusal, (AccessError, MissingError)):
                    told.add((model, method))
                    with self.subTest(f"{model}.{method} by {label}"):
                        self.assertFalse(changed)
        self.assertEqual(told, OPEN)

    def test_every_argument_gets_an_answer(self):
        """Whatever a client sends: it is done, or somebody is told what is wrong."""
        count = 0
        for (model, method), (about, args) in self._get_cases().items():
            names = list(signature(getattr(type(self.env[model]), method)).parameters)
            for position in range(len(names) - 1):  # the first one are the records
                for junk in JUNK:
                    count += 1
                    given = [*args, *[None] * (position + 1 - len(args))]
                    given[position] = junk
                    error, _changed = self._call(
                        self.manager, model, method, about, given
                    )
                    with self.subTest(f"{model}.{method}", junk=repr(junk)[:40]):
                        self.assertIsInstance(error, (UserError, NoneType))
        self.assertGreater(count, 200)

    def _find_unguarded(self, cases):
        """What is wrong, in words, each method called for each user."""
        for (model, method), (about, args) in cases.items():
            name = f"{model}.{method}"
            error, written = self._call(self.manager, model, method, about, args)
            if error:
                yield f"{name} fails for a manager: {error}"
                continue
            for label, user in self.readers.items():
                if (model, method, label) in ALLOWED:
                    continue
                refusal, changed = self._call(user, model, method, about, args)
                if not refusal and changed:
                    yield f"{name}: {label} changes something: {changed[0]}"
                elif written and not isinstance(refusal, (AccessError, MissingError)):
                    yield f"{name}: {label} isn't refused for lack of rights: {refusal}"

    def _call(self, user, model, method, about, args):
        """Call a method as a client does, and take back what it did.

        :return: the error if it failed, and the statements that wrote something
        """
        self.env.cr.flush()
        self.env.invalidate_all()
        function = get_public_method(self.env[model], method)
        records = self.env[model].with_user(user)
        records = records.with_context(allowed_company_ids=user.company_ids.ids)
        with closing(self.env.cr.savepoint(flush=False)):
            try:
                if isinstance(about, dict):
                    vals = {k: v(user) if callable(v) else v for k, v in about.items()}
                    records = records.create(vals)
                elif not getattr(function, "_api_model", False):
                    records = records.browse(about.ids)
                self.env.cr.flush()
                with walk.watch_writes(self.env.cr) as written:
                    function(records, *args)
                    self.env.cr.flush()
                return None, [text for text in written if not self._is_dialog(text)]
            except (
                UserError,
                LookupError,
                ValueError,
                TypeError,
                AttributeError,
                OverflowError,
                RecursionError,
                psycopg2.Error,
            ) as error:
                return error, []
            finally:
                self.env.cr.clear()

    def _is_dialog(self, statement):
        """Whether a statement writes a dialog, which is its user's own."""
        dialogs = walk.walk_models(self.env, transient=True)
        return any(f'"{model._table}"' in statement for model in dialogs)

    # ---------------------------------------------------------------------- routes

    def test_routes_are_for_users(self):
        routes = {f.__name__: routing["auth"] for f, routing in walk.walk_routes()}
        self.assertEqual(routes, ROUTES)
