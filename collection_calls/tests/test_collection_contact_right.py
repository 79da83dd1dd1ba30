"""What debtors ask for: noted by collectors who may do nothing else, and obeyed."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged

from .common import MANY, TODAY, CollectionCallsWizardCommon

NUMBER = "+493023125043"  # of Frau Weber


class CollectionRightCommon(CollectionCallsWizardCommon):
    """Wishes, noted by the collector."""

    def _wish(self, kind="no_calls", user=None, **vals):
        return (
            self.env["collection.contact.right"]
            .with_user(user or self.collector)
            .create(
                {
                    "kind": kind,
                    "partner_id": self.debtor.id,
                    "company_id": self.company.id,
                    **vals,
                }
            )
        )

    def _note(self, wizard, kind=None, **vals):
        """What the buttons of the small form do: a few words, and one click."""
        action = wizard.action_note_wish()
        form = (
            self.env[action["res_model"]]
            .with_user(wizard.env.user)
            .with_context(**action["context"])
            .create(vals)
        )
        form.action_note(kind)
        return wizard.call_id.right_ids.sorted("id")[-1:]

    def _is_listed(self, number=NUMBER):
        return bool(self.env["phone.blacklist"].search([("number", "=", number)]))


@tagged("post_install", "-at_install")
class TestCollectionContactRight(CollectionRightCommon):
    WISH = "collection_calls.collection_contact_right_wizard_view_form"

    # ----------------------------------------------------- three wishes on the phone

    def test_three_wishes_while_talking(self):
        """A new collector, who has read one page, in the first steps of a call."""
        wizard = self._open()
        calls = self._note(wizard, "no_calls", wording="Leave me alone!")
        self.assertEqual(calls.partner_id, self.debtor)
        self.assertEqual(calls.user_id, self.collector)
        self.assertEqual(calls.call_id, wizard.call_id)
        self.assertEqual((calls.date_from, calls.is_verified), (TODAY, False))

        lawyer = self._note(
            wizard,
            kind="represented",
            representative_name="Dr. Kern",
            representative_email="kern@kanzlei.example",
            said_by="Her brother",
        )
        self.assertEqual(lawyer.representative_id.sudo().email, "kern@kanzlei.example")
        self.assertNotEqual(lawyer.representative_id.commercial_partner_id, self.debtor)

        hours = self._note(wizard, kind="hours", on_0=True, hour_from=14, hour_to=16)
        self.assertEqual(hours.hours_ids.mapped("weekday"), ["0"])

        note = wizard.right_note
        for text in ("Leave me alone!", "Dr. Kern", "Monday", self.collector.name):
            self.assertIn(text, note)
        self.assertIn("unverified", note)
        case = self.debtor.with_user(self.collector).collection_case_id
        self.assertEqual(case.right_note, note)
        self.assertEqual(
            self.debtor.with_user(self.collector)
            .with_company(self.company)
            .collection_right_note,
            note,
        )

    def test_three_wishes_in_two_clicks_each(self):
        """Press *They Ask…*, type what was said, and press the button that says it."""
        wizard = self._open()
        action = wizard.action_note_wish()
        forms = self.env[action["res_model"]].with_user(self.collector)
        forms = forms.with_context(**action["context"])
        with Form(forms, self.WISH) as form:
            form.wording = "Never before noon"
        form.save().action_note_hours("afternoons")
        with Form(forms, self.WISH) as form:
            form.representative_name = "Dr. Kern"
        form.save().action_note_represented("debt_advice")
        with Form(forms, self.WISH) as form:
            form.said_by = "The neighbour"
        form.save().action_note("not_at_number")
        hours, advice, number = wizard.call_id.right_ids.sorted("id")
        self.assertEqual(hours.hours_ids.mapped("weekday"), list("01234"))
        self.assertEqual(
            {(span.hour_from, span.hour_to) for span in hours.hours_ids}, {(12, 17)}
        )
        self.assertEqual(advice.representative_id.name, "Dr. Kern")
        self.assertEqual(advice.representative_role, "debt_advice")
        self.assertEqual(number.number, wizard.phone, "the one that rings")

    def test_hours_as_they_are_said(self):
        wizard = self._open()
        action = wizard.action_note_wish()
        forms = self.env[action["res_model"]].with_user(self.collector)
        forms = forms.with_context(**action["context"])
        typed = {"hour_from": 14, "hour_to": 16.5}
        for time, vals, days, hours in (
            ("mornings", {}, "01234", (8, 12)),
            ("evenings", {"on_1": True, "on_3": True}, "13", (17, 20)),
            (None, typed, "01234", (14, 16.5)),
            (None, {**typed, "on_5": True}, "5", (14, 16.5)),
        ):
            forms.create(vals).action_note_hours(time)
            [*_older, right] = wizard.call_id.right_ids.sorted("id")
            self.assertEqual(right.hours_ids.mapped("weekday"), list(days))
            found = {(span.hour_from, span.hour_to) for span in right.hours_ids}
            self.assertEqual(found, {hours})
        with self._refused(ValidationError, "begin before they end"):
            forms.create({"hour_from": 16, "hour_to": 14}).action_note_hours()

    def test_an_administrator_means_insolvency(self):
        wizard = self._open()
        action = wizard.action_note_wish()
        forms = self.env[action["res_model"]].with_user(self.collector)
        form = forms.with_context(**action["context"]).create(
            {"representative_name": "Amt"}
        )
        form.action_note_represented("administrator")
        right = wizard.call_id.right_ids
        self.assertEqual(right.kind, "insolvency")
        self.assertEqual(right.representative_id.name, "Amt")
        self.assertEqual(right.representative_role, "administrator")

    def test_number_that_is_proposed(self):
        """From the case or the debtor it is the one that a call would dial."""
        self.env.cr.flush()
        case = self.debtor.with_user(self.collector).collection_case_id
        for record, note in (
            (case, "action_note_wish"),
            (
                self.contact.with_user(self.collector).with_company(self.company),
                "action_note_collection_wish",
            ),
        ):
            action = getattr(record, note)()
            form = self.env[action["res_model"]].with_user(self.collector)
            form = form.with_context(**action["context"]).create({})
            form.action_note("not_at_number")
            rights = self.env["collection.contact.right"].with_user(self.collector)
            right = rights.search([], limit=1)
            self.assertEqual(right.number_e164, "+493023125043")

    def test_from_every_step(self):
        for step in ("prepare", "call", "understand", "solve", "close"):
            wizard = self._go_to(step)
            right = self._note(wizard, "no_email")
            self.assertEqual(right.is_verified, True, step)
            right.with_user(self.manager).action_end("Next step")
            wizard.action_back()

    def test_in_a_colleagues_call_and_in_a_closed_one(self):
        """It never fails for want of access."""
        wizard = self._go_to("close")
        wizard.outcome_id = self.no_commitment
        wizard.action_done()
        self.assertTrue(self._note(wizard, "by_post"))
        colleague = self._create_user("group_collection_user", login="colleague")
        self.assertTrue(self._wish(user=colleague, call_id=wizard.call_id.id))

    def test_for_one_person_only(self):
        wizard = self._open()
        right = self._note(wizard, "no_calls", for_whom="person")
        self.assertEqual(right.contact_id, self.contact)
        other = self.env["res.partner"].create(
            {"name": "Herr Krug", "parent_id": self.debtor.id, "phone": "030 23125044"}
        )
        self.assertTrue(self._log(contact_id=self.contact.id)._get_breaches())
        self.assertFalse(self._log(contact_id=other.id)._get_breaches())

    # ------------------------------------------------------------------ it is obeyed

    def test_call_is_refused_and_a_manager_may(self):
        self._wish(wording="Leave me alone!")
        wizard = self._open()
        self.assertTrue(wizard.is_shut and wizard.policy_is_block)
        with self._refused(UserError, "Leave me alone!"):
            wizard.action_next()
        managed = self._open(user=self.manager)
        managed.policy_override_reason = "She asked for this call"
        managed.action_next()
        self.assertEqual(managed.step, "call")
        self.assertIn("Leave me alone!", managed.policy_breaches)

    def test_every_kind_says_why(self):
        shut = {
            "no_calls": {},
            "not_at_number": {"number": "030 23125043"},
            "in_writing": {},
            "by_post": {},
            "no_contact": {},
            "represented": {},
            "insolvency": {},
        }
        for kind, vals in shut.items():
            right = self._wish(kind, **vals)
            breaches = self._log(contact_id=self.contact.id)._get_breaches()
            self.assertEqual(breaches[0], right._describe(), kind)
            self.assertIn("as long as that stands", breaches[-1])
            right.with_user(self.manager).action_end("Next one")
        self._wish("no_email")
        self.assertFalse(self._log(contact_id=self.contact.id)._get_breaches())

    def test_numbers_are_shown_as_calls_show_them(self):
        """And stay in the evidence as they were said."""
        said = {
            "030 23125043": "+49 30 23125043",
            "0049 (0)30/231250-43": "+49 30 23125043",
            "+1 312 555 2368": "+1 312-555-2368",
        }
        for kind, words in ("not_at_number", "Not at"), ("not_at_place", "Not there:"):
            for number, shown in said.items():
                with self.subTest(kind=kind, number=number):
                    right = self._wish(kind, number=number)
                    self.assertIn(f"{words} {shown}.", right.sentence)
                    self.assertEqual(right.number, number)

    def test_another_number_may_ring(self):
        self._wish("not_at_number", number="030 23125043")
        self.assertTrue(self._log(phone="030 23125043")._get_breaches())
        self.assertFalse(self._log(phone="030 23125042")._get_breaches())

    def test_hours_on_the_debtors_clock(self):
        """It is Tuesday, 10:00 in Berlin."""
        self._wish("hours", hours_ids=[(0, 0, self._span("1", 14, 16))])
        wish, when = self._log()._get_breaches()
        self.assertIn("Calls only Tuesday 14:00–16:00", wish)
        self.assertIn("Tuesday, March 10, 2026, 14:00 there (Berlin)", when)
        self.clock.move_to("2026-03-10 13:30:00")
        self.assertFalse(self._log()._get_breaches())

    def test_days_with_the_same_hours_are_said_together(self):
        spans = [(day, 17, 20) for day in "01234"] + [("6", 9, 12), ("6", 17, 20)]
        right = self._wish("hours", hours_ids=[(0, 0, self._span(*s)) for s in spans])
        self.assertIn(
            "Calls only Monday–Friday 17:00–20:00, Sunday 09:00–12:00,"
            " Sunday 17:00–20:00.",
            right._describe(),
        )
        spans = [("0", 9, 12), ("2", 9, 12), ("3", 9, 12.5)]
        right = self._wish("hours", hours_ids=[(0, 0, self._span(*s)) for s in spans])
        said = "Monday 09:00–12:00, Wednesday 09:00–12:00, Thursday 09:00–12:30."
        self.assertIn(said, right._describe())

    def test_hours_beside_those_of_the_policy(self):
        policies = self.env["collection.contact.policy"].sudo()
        hours = [(0, 0, self._span("2", 8, 10))]
        policies.create({"name": "Wednesdays", "hours_ids": hours})
        span = self._span("2", 9, 17)
        self._wish("hours", hours_ids=[(0, 0, {k: v for k, v in span.items()})])
        *_said, when = self._log()._get_breaches()
        self.assertIn("Wednesday, March 11, 2026, 9:00", when)

    def _span(self, weekday, start, end):
        return {"weekday": weekday, "hour_from": start, "hour_to": end}

    def test_session_leaves_them_out(self):
        cases = self.env["collection.case"].with_user(self.collector)
        self.env.cr.flush()
        case = self.debtor.with_user(self.collector).collection_case_id
        self.assertIn(case, cases.search(cases._get_my_work_domain()))
        right = self._wish("in_writing")
        self.assertNotIn(case, cases.search(cases._get_my_work_domain()))
        self.assertIn(case, cases.search([("has_wish", "=", True)]))
        self.assertNotIn(case, cases.search([("has_wish", "=", False)]))
        right.with_user(self.manager).action_end("Took it back")
        self.assertIn(case, cases.search(cases._get_my_work_domain()))

    def test_to_do_says_not_to_call(self):
        self._wish(wording="Leave me alone!")
        self.env.cr.flush()
        case = self.debtor.with_user(self.collector).collection_case_id
        activity = case._schedule_next_call(TODAY, self.collector, "Promise broken")
        self.assertNotEqual(
            activity.activity_type_id,
            self.env.ref("collection_calls.mail_activity_type_collection_call"),
        )
        self.assertIn("Leave me alone!", activity.note)

    def test_lists_cost_the_same_whatever_their_length(self):
        debtors = self.env["res.partner"].concat(
            *(self._create_debtor(f"Debtor {number}") for number in range(MANY))
        )
        for debtor in debtors:
            self._wish(partner_id=debtor.id)
        cases = self.env["collection.case"].with_user(self.collector)
        cases = cases._get_or_create(debtors, self.company)
        self._assert_same_queries(cases, ["right_note", "policy_note"])

    # ---------------------------------------------------------------- outcome, lists

    def test_outcome_notes_it_at_once(self):
        outcome = self.env.ref("collection_calls.collection_call_outcome_no_calls")
        wizard = self._open()
        wizard.action_next()
        wizard.action_end_with(outcome.id)
        right = wizard.call_id.right_ids
        self.assertEqual(right.kind, "no_calls")
        self.assertFalse(right.is_verified)
        self.assertTrue(self._log()._get_breaches())

    def test_blacklists_are_fed_and_left(self):
        """Neither collectors nor managers may see Odoo's blacklists."""
        self.assertFalse(self._is_listed())
        right = self._wish("by_post", contact_id=self.contact.id)
        self.assertTrue(self._is_listed())
        emails = self.env["mail.blacklist"]
        address = [("email", "=", "weber@mueller.example")]
        self.assertTrue(emails.search(address))
        other = self._wish(contact_id=self.contact.id)
        right.with_user(self.manager).action_end("Took it back")
        self.assertFalse(emails.search(address))
        self.assertTrue(self._is_listed(), "the other wish needs it")
        other.with_user(self.manager).action_end("Took it back")
        self.assertFalse(self._is_listed())

    def test_what_ends_by_itself_is_not_fed(self):
        self._wish(contact_id=self.contact.id, date_until=TODAY + timedelta(10))
        self.assertFalse(self._is_listed())

    def test_until(self):
        right = self._wish(date_until=TODAY)
        self.assertTrue(right.is_standing and self._log()._get_breaches())
        self.clock.move_to("2026-03-11 09:00:00")
        right.invalidate_recordset()
        self.assertFalse(right.is_standing or self._log()._get_breaches())

    # --------------------------------------------------------------------- evidence

    def test_never_changed_nor_deleted(self):
        for user in (self.collector, self.manager):
            right = self._wish(user=user)
            with self._refused((UserError, AccessError), ""):
                right.wording = "Call me any time"
            with self._refused((UserError, AccessError), ""):
                right.unlink()

    def test_ended_by_managers_with_a_reason(self):
        right = self._wish()
        with self._refused(AccessError, "Only a collection manager"):
            right.action_end("Don't care")
        managed = right.with_user(self.manager)
        with self._refused(UserError, "Say why"):
            managed.action_end(" ")
        managed.action_end("Took it back")
        self.assertEqual(
            (right.date_ended, right.ended_by_id, right.end_reason),
            (TODAY, self.manager, "Took it back"),
        )
        self.assertIn("Took it back", right.sentence)
        with self._refused(UserError, "ended already"):
            managed.action_end("Again")

    def test_who_noted_it_is_not_typed(self):
        right = self._wish(user_id=self.manager.id, is_verified=True, date_ended=TODAY)
        self.assertEqual(right.user_id, self.collector)
        self.assertFalse(right.is_verified or right.date_ended)

    def test_bad_input(self):
        stranger = self._create_debtor("Somebody Else")
        for message, vals in {
            "Nobody has asked for this on": {"date_from": TODAY + timedelta(1)},
            "before it began": {"date_until": TODAY - timedelta(1)},
            "at least one weekday": {"kind": "hours"},
            "Which number": {"kind": "not_at_number", "number": "12"},
            "Which place is it": {"kind": "not_at_place", "number": "12"},
            "begin before they end": {
                "kind": "hours",
                "hours_ids": [(0, 0, self._span("1", 12, 10))],
            },
            "doesn't belong to": {"contact_id": stranger.id},
            "Insolvency is about the debtor": {
                "kind": "insolvency",
                "contact_id": self.contact.id,
            },
            "Whose wish": {"partner_id": False},
        }.items():
            with self._refused(ValidationError, message):
                self._wish(**{"kind": "no_calls", **vals})
        with self._refused(ValidationError, "was held with"):
            self._wish(call_id=self._log(partner=stranger).id)

    def test_bad_input_in_the_form(self):
        """Nothing is noted, the message says what to do, and what was typed stays."""
        stranger = self._create_debtor("Somebody Else")
        person = self.env["res.partner"].create(
            {"name": "Their Clerk", "parent_id": stranger.id}
        )
        wizard = self._open()
        action = wizard.action_note_wish()
        forms = self.env[action["res_model"]].with_user(self.collector)
        forms = forms.with_context(**action["context"])
        for message, vals in {
            "at least one weekday": {"kind": "hours"},
            "begin before they end": {
                "kind": "hours",
                "on_1": True,
                "hour_from": 12,
                "hour_to": 10,
            },
            "before it began": {"date_until": TODAY - timedelta(1)},
            "Choose the person": {"for_whom": "person", "contact_id": False},
            "doesn't belong to": {"for_whom": "person", "contact_id": person.id},
            "Which place is it": {"kind": "not_at_place", "number": False},
            "Choose what they ask for": {"kind": False},
        }.items():
            form = forms.create({"wording": "Not today", **vals})
            with self._refused(ValidationError, message):
                form.action_note()
            self.assertEqual(form.wording, "Not today")
        self.assertFalse(wizard.call_id.right_ids)

    def test_place_that_is_noted_in_a_call(self):
        """The person on the line isn't the place."""
        right = self._note(self._open(), "not_at_place", number="030 23125042")
        self.assertFalse(right.contact_id)
        self.assertTrue(self._log(phone="030 23125042")._get_breaches())
        self.assertFalse(self._log(phone="030 23125043")._get_breaches())

    def test_invoicing_users_do_not_see_it(self):
        self._wish()
        accountant = self._create_user("account.group_account_invoice")
        with self.assertRaises(AccessError):
            self.env["collection.contact.right"].with_user(accountant).search([])

    def test_invoicing_users_note_it_all_the_same(self):
        """A bookkeeper picks up the phone: it is noted on the debtor, and obeyed. What
        anybody asked for stays out of their sight.
        """
        self._wish("represented", representative_id=self.contact.id)
        accountant = self._create_user("account.group_account_invoice")
        person = self.contact.with_user(accountant).with_company(self.company)
        view = person.get_view(view_type="form")["arch"]
        self.assertIn("action_note_collection_wish", view)
        self.assertNotIn("action_start_collection_call", view)
        action = person.action_note_collection_wish()
        forms = self.env[action["res_model"]].with_user(accountant)
        with Form(forms.with_context(**action["context"]), self.WISH) as form:
            self.assertFalse(form.known_representative_id)
            form.wording = "Leave me alone!"
            form.representative_name = "Dr. Roth"
        form.save().action_note("by_post")
        form.save().action_note_represented("lawyer")
        form.save().action_note_hours("evenings")
        rights = self.env["collection.contact.right"].with_user(self.collector)
        by_post, lawyer, hours = rights.search(
            [("user_id", "=", accountant.id)], order="id"
        )
        self.assertEqual(by_post.wording, "Leave me alone!")
        self.assertFalse(by_post.is_verified)
        self.assertEqual(lawyer.representative_id.name, "Dr. Roth")
        self.assertEqual(hours.hours_ids.mapped("weekday"), list("01234"))
        self.assertTrue(self._log()._get_breaches())
        own = by_post.with_user(accountant)
        for refused in (
            lambda: own.read(["kind"]),
            lambda: own.search([]),
            lambda: own.action_end("Mistake"),
            lambda: own.write({"wording": "Call me"}),
            lambda: person.read(["collection_right_note"]),
        ):
            with self._refused((AccessError, UserError), ""):
                refused()

    def test_nobody_else_notes_it(self):
        """Not employees, and not invoicing users of another company."""
        other = self.env["res.company"].create({"name": "Other"})
        for group, company in (
            ("base.group_user", self.company),
            ("account.group_account_invoice", other),
        ):
            user = self._create_user(group, company=company, login=group)
            with self.assertRaises(AccessError):
                self._wish(user=user)

    def test_other_companies(self):
        """Another company was not asked, and sees nothing of it."""
        other = self.env["res.company"].create({"name": "Other"})
        self._wish()
        outsider = self._create_user("group_collection_user", company=other)
        self.assertFalse(
            self.env["collection.contact.right"].with_user(outsider).search([])
        )
        gate = self.env["collection.contact.gate"]
        self.assertTrue(gate._get_rights(self.company, self.debtor)[self.debtor])
        self.assertFalse(gate._get_rights(other, self.debtor)[self.debtor])

    def test_never_for_want_of_access(self):
        """Collectors and managers, in a branch, about debtors of all companies and of
        the parent, with a name and a number that nobody had."""
        branch = self.env["res.company"].create(
            {"name": "Branch", "parent_id": self.company.id}
        )
        parents = self._create_debtor("Of the Parent", phone="030 23125050")
        parents.company_id = self.company
        gate = self.env["collection.contact.gate"]
        for group in "group_collection_user", "group_collection_manager":
            user = self._create_user(group, company=branch, login=f"branch_{group}")
            for debtor in self.debtor, parents:
                action = (
                    debtor.with_user(user)
                    .with_company(branch)
                    .action_note_collection_wish()
                )
                forms = self.env[action["res_model"]].with_user(user)
                forms = forms.with_context(
                    **action["context"], allowed_company_ids=branch.ids
                )
                forms.create(
                    {"representative_name": "Dr. Roth"}
                ).action_note_represented("lawyer")
                [*_older, right] = gate._get_rights(branch, debtor)[debtor]
                self.assertEqual(right.key.company_id, branch)
                self.assertEqual(right.key.user_id, user)
                self.assertEqual(right.representative.name, "Dr. Roth")

    def test_it_goes_along(self):
        """The debtor becomes part of another one: who asked is asked for."""
        right = self._wish()
        group = self._create_debtor("Müller Holding")
        self.debtor.write({"is_company": False, "parent_id": group.id})
        self.assertEqual(right.partner_id, group)
