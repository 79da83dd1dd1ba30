from datetime import datetime

from freezegun import freeze_time

from odoo.tests import tagged

from .common import FEW, MANY
from .test_collection_contact_policy import CollectionContactCommon


@tagged("post_install", "-at_install")
class TestCollectionCaseContact(CollectionContactCommon):
    """What the call list says about reaching a debtor: it is 10:00 in Berlin."""

    def _case(self, debtor=None, user=None):
        cases = self.env["collection.case"].with_user(user or self.collector)
        return cases._get_or_create(debtor or self.debtor, self.company)

    def _new_case(self, name="Debtor", **vals):
        return self._case(self._create_debtor(name, **vals))

    def _local_time(self, **vals):
        return self._new_case(**vals).local_time

    # ----------------------------------------------------------------------- clock

    def test_time_of_the_number(self):
        self.assertEqual(self._case().local_time, "Berlin 10:00")
        self.assertEqual(self._local_time(phone="+1 212 555 2368"), "New York 05:00")
        self.assertEqual(self._local_time(phone="+81 3 5321 1111"), "Tokyo 18:00")

    def test_time_of_the_debtor(self):
        debtor = {"phone": "+49 30 23125042", "country_id": self.usa.id}
        self.assertEqual(self._local_time(**debtor), "Berlin 10:00")
        debtor["tz"] = "America/Chicago"
        self.assertEqual(self._local_time(**debtor), "Chicago 04:00")
        self.assertEqual(self._local_time(**debtor, city="Peoria"), "Peoria 04:00")

    def test_time_zone_of_whoever_created_the_debtor(self):
        debtor = {"phone": "+1 212 555 2368", "country_id": self.usa.id}
        self.assertEqual(
            self._local_time(**debtor, tz="Europe/Berlin"), "New York 05:00"
        )

    def test_city_of_the_debtor(self):
        self.assertEqual(
            self._local_time(phone="040 23125042", city="Hamburg"), "Hamburg 10:00"
        )
        self.assertEqual(
            self._local_time(phone="+1 212 555 2368", city="Hamburg"),
            "New York 05:00",
            "not the hour in Hamburg",
        )

    def test_time_of_a_city_in_a_country_of_many_clocks(self):
        debtor = {"phone": "+1 212 555 2368", "country_id": self.usa.id}
        self.assertEqual(self._local_time(**debtor, city="Reno"), "New York 05:00")

    def test_number_in_many_time_zones(self):
        freephone = {"phone": "+1 800 555 2368"}
        self.assertFalse(self._local_time(**freephone, country_id=self.usa.id))
        self.assertFalse(self._local_time(**freephone, country_id=False))
        self.assertEqual(self._local_time(**freephone, city="Bonn"), "Bonn 10:00")
        freephone.update(tz="America/Denver", country_id=self.usa.id)
        self.assertEqual(self._local_time(**freephone), "Denver 03:00")

    def test_number_in_many_time_zones_with_the_same_clock(self):
        mobile = {"phone": "+44 7400 123456", "country_id": self.env.ref("base.uk").id}
        self.assertEqual(self._local_time(**mobile), "London 09:00")

    def test_time_without_a_number(self):
        self.assertEqual(self._local_time(), "Berlin 10:00")
        self.assertFalse(self._local_time(country_id=self.usa.id))
        self.assertFalse(self._local_time(country_id=False))

    def test_clocks_that_are_put_forward(self):
        case = self._new_case(phone="+1 212 555 2368")
        for moment, expected in (
            ("2026-03-08 06:59:00", "New York 01:59"),
            ("2026-03-08 07:00:00", "New York 03:00"),
            ("2026-11-01 05:59:00", "New York 01:59"),
            ("2026-11-01 06:00:00", "New York 01:00"),
        ):
            with freeze_time(moment):
                case.invalidate_recordset()
                self.assertEqual(case.local_time, expected, moment)

    # ---------------------------------------------------------------------- number

    def test_number_that_a_call_proposes(self):
        case = self._case()
        self.assertEqual(case.contact_number, "+49 30 23125043", "of Frau Weber")
        self.contact.phone = "ask reception"
        self.assertEqual(case.contact_number, "+49 30 23125042")
        self.debtor.phone = "12"
        self.assertFalse(case.contact_number)
        self.assertEqual(case.phone_problem, "invalid")
        people = self.env["res.partner"].create(
            [
                {"name": name, "parent_id": self.debtor.id, "phone": number}
                for name, number in (("Amal", "030 23125045"), ("Zoe", "030 23125046"))
            ]
        )
        self.assertEqual(case.contact_number, "+49 30 23125045")
        wizard = self.env["collection.call.wizard"].with_user(self.collector)
        call = wizard.create({"partner_id": self.debtor.id}).call_id
        self.assertEqual(call.phone_display, case.contact_number)
        people.active = False
        self.assertFalse(case.contact_number)

    # -------------------------------------------------------------------- problems

    def _search(self, *problems, operator="in"):
        cases = self.env["collection.case"].with_user(self.collector)
        return cases.search([("phone_problem", operator, list(problems))])

    def _set_up_problems(self):
        missing = self._new_case("Missing", phone=" ")
        invalid = self._new_case("Invalid", phone="12")
        warehouse = self._new_case("Warehouse")
        person = self._new_case("Person")
        self.env["res.partner"].create(
            [
                {
                    "name": case.partner_id.name,
                    "type": kind,
                    "parent_id": case.partner_id.id,
                    "phone": "030 23125045",
                }
                for case, kind in ((warehouse, "delivery"), (person, "invoice"))
            ]
        )
        # Odoo doesn't take it for valid; a call can dial it.
        unassigned = self._new_case("Unassigned", phone="+1 212 155 2368")
        self.assertFalse(unassigned.partner_id.phone_sanitized)
        return missing | warehouse, invalid, person | unassigned | self._case()

    def test_problems(self):
        missing, invalid, fine = self._set_up_problems()
        self.assertEqual(missing.mapped("phone_problem"), ["missing"] * 2)
        self.assertEqual(invalid.phone_problem, "invalid")
        self.assertEqual(fine.mapped("phone_problem"), [False] * 3)
        self.assertEqual(self._search("missing"), missing.sorted())
        self.assertEqual(self._search("invalid"), invalid)
        self.assertEqual(self._search(False), fine.sorted())
        bad = self._search(False, operator="not in")
        self.assertEqual(bad, (missing | invalid).sorted())
        self.assertEqual(self._search("missing", False, operator="not in"), invalid)

    def test_problems_are_read_from_a_column(self):
        missing, invalid, _fine = self._set_up_problems()
        self._search(False)  # fills caches of rights
        self.env.flush_all()
        with self.assertQueryCount(1):
            found = self._search("missing", "invalid")
        self.assertEqual(found, (missing | invalid).sorted())

    def _assert_problem(self, case, problem):
        """As everybody reads it once the transaction has ended."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(case.phone_problem, problem)

    def test_problem_follows_the_debtor(self):
        case = self._new_case(phone="030 23125045")
        debtor = case.partner_id.with_env(self.env)
        self._assert_problem(case, False)
        for number, problem in (("12", "invalid"), (" ", "missing")):
            debtor.phone = number
            self._assert_problem(case, problem)
        debtor.phone = "030 23125045"
        debtor.country_id = self.usa
        self._assert_problem(case, "invalid")
        debtor.phone = "212 555 2368"
        self._assert_problem(case, False)
        debtor.country_id = self.germany
        self._assert_problem(case, False)
        debtor.active = False
        self._assert_problem(case, False)

    def test_problem_follows_the_country_of_the_company(self):
        self.company.country_id = self.germany
        case = self._new_case(phone="030 23125045", country_id=False)
        self._assert_problem(case, False)
        self.company.country_id = self.usa
        self._assert_problem(case, "invalid")

    def test_problem_follows_the_people(self):
        case = self._new_case()
        self._assert_problem(case, "missing")
        people = self.env["res.partner"]
        office = people.create({"name": "Office", "parent_id": case.partner_id.id})
        vals = {"name": "Amal", "parent_id": office.id, "phone": "030 23125045"}
        person = people.create(vals)
        self._assert_problem(case, False)
        for change, back in (
            ({"phone": "12"}, {"phone": "030 23125045"}),
            ({"type": "delivery"}, {"type": "invoice"}),
            ({"is_company": True}, {"is_company": False}),
            ({"active": False}, {"active": True}),
        ):
            person.write(change)
            self._assert_problem(case, "invalid" if "phone" in change else "missing")
            person.write(back)
            self._assert_problem(case, False)
        person.unlink()
        self._assert_problem(case, "missing")

    def test_problem_follows_people_who_change_their_employer(self):
        old, new = self._new_case("Old"), self._new_case("New")
        person = self.env["res.partner"].create(
            {"name": "Amal", "parent_id": old.partner_id.id, "phone": "030 23125045"}
        )
        self._assert_problem(old, False)
        person.parent_id = new.partner_id
        self._assert_problem(old, "missing")
        self._assert_problem(new, False)

    def test_problem_after_debtors_are_merged(self):
        """As administrator: merging is theirs."""
        kept = self._new_case("Kept")
        gone = self._create_debtor("Gone")
        self.env["res.partner"].create(
            {"name": "Amal", "parent_id": gone.id, "phone": "030 23125045"}
        )
        merging = self.env["base.partner.merge.automatic.wizard"]
        debtor = kept.partner_id.with_env(self.env)
        merging._merge((debtor | gone).ids, debtor)
        self._assert_problem(kept, False)

    def _call_wrong_number(self, **vals):
        wrong = self.env.ref("collection_calls.collection_call_outcome_wrong_number")
        call = self._log(outcome=wrong, **vals)
        call.action_done()
        self.env.cr.flush()
        return call

    def test_wrong_number(self):
        case = self._case()
        self.debtor.phone = False
        call = self._call_wrong_number(contact_id=self.contact.id)
        self.assertEqual(call.phone_e164, "+493023125043")
        self._assert_problem(case, "wrong")
        self.assertEqual(self._search("wrong"), case)
        self.assertIn(case, self._search(False, operator="not in"))
        self.contact.phone = "0049 30 23125 043"
        self._assert_problem(case, "wrong")  # it is the same
        self.contact.phone = "030 23125099"
        self._assert_problem(case, False)
        self.contact.phone = call.phone
        self._assert_problem(case, "wrong")
        self.debtor.phone = "030 23125042"
        self._assert_problem(case, False)  # another one is dialled
        (self.contact | self.debtor).phone = False
        self._assert_problem(case, "missing")

    def test_the_next_number_is_proposed_with_its_person(self):
        """The switchboard, Weber and Zoe: three numbers, tried one after the other."""
        zoe = self.env["res.partner"].create(
            {"name": "Zoe", "parent_id": self.debtor.id, "phone": "030 23125046"}
        )
        case = self._case()
        wizard = self.env["collection.call.wizard"].with_user(self.collector)
        wrong = self.env.ref("collection_calls.collection_call_outcome_wrong_number")
        tried = []
        for minute in range(3):
            with freeze_time(f"2026-03-10 09:0{minute}:00"):
                call = wizard.create({"partner_id": self.debtor.id}).call_id
                tried.append((call.contact_id, call.phone_e164))
                self._assert_problem(case, False)
                self.assertEqual(case.contact_e164, call.phone_e164)
                call._record_outcome(wrong)
                call.action_done()
                self.env.cr.flush()
        self.assertEqual(
            tried,
            [
                (self.env["res.partner"], "+493023125042"),
                (self.contact, "+493023125043"),
                (zoe, "+493023125046"),
            ],
        )
        self._assert_problem(case, "wrong")
        marked = [row["is_wrong"] for row in call._get_dossier_contacts()]
        self.assertEqual(marked, [True] * 3)
        self.assertIn("somebody else has this number", case._render_sheet())
        self.contact.phone = "030 23125088"
        self._assert_problem(case, False)
        self.assertEqual(case.contact_e164, "+493023125088")

    def test_a_number_that_rang_right_later_is_right(self):
        case = self._case()
        self._call_wrong_number(
            contact_id=self.contact.id, date_start="2026-03-10 07:00:00"
        )
        self.assertEqual(case.contact_e164, "+493023125042")
        self._log(phone="030 23125043", outcome=self.no_answer).action_done()
        self.env.cr.flush()
        self.assertEqual(case.contact_e164, "+493023125043")

    def test_another_number_than_a_call_would_dial(self):
        self._call_wrong_number(phone="030 23125077")
        self._assert_problem(self._case(), False)

    def test_wrong_number_until_another_call(self):
        case = self._case()
        self.debtor.phone = False
        self._call_wrong_number(
            contact_id=self.contact.id, date_start="2026-03-10 08:00:00"
        )
        self._assert_problem(case, "wrong")
        self._log(direction="incoming").action_done()
        self.env.cr.flush()
        self._assert_problem(case, False)

    def test_wrong_number_of_a_cancelled_call(self):
        case = self._case()
        self.debtor.phone = False
        call = self._call_wrong_number(contact_id=self.contact.id)
        self._assert_problem(case, "wrong")
        call.with_user(self.manager).action_cancel("It was another debtor")
        self.env.cr.flush()
        self._assert_problem(case, False)

    def test_outcome_of_ones_own_for_wrong_numbers(self):
        case, no_answer = self._case(), self.no_answer.with_user(self.manager)
        self.debtor.phone = False
        wrong = no_answer.copy({"name": "Number is dead"})
        self._log(outcome=wrong, contact_id=self.contact.id).action_done()
        self.env.cr.flush()
        self._assert_problem(case, False)
        wrong.is_wrong_number = True
        self._assert_problem(case, "wrong")

    def test_problems_of_many_new_cases(self):
        """As many statements for FEW new cases as for MANY."""
        debtors = self.env["res.partner"].union(
            *(
                self._create_debtor(
                    f"Debtor {number}", phone="12" if number % 2 else False
                )
                for number in range(MANY)
            )
        )
        counts = []
        for some in debtors, debtors[:FEW], debtors:  # the first fills caches of rights
            cases = self.env["collection.case"].sudo()
            cases.search([("partner_id", "in", debtors.ids)]).unlink()
            cases = cases.create([{"partner_id": debtor.id} for debtor in some])
            self.env.flush_all()
            self.env.invalidate_all()
            cases.modified(["partner_id"])
            before = self.cr.sql_log_count
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
            found = cases.mapped("phone_problem")
            self.assertEqual(found, ["missing", "invalid"] * (len(some) // 2))
        self.assertEqual(counts[1], counts[2])

    # ---------------------------------------------------------------------- policy

    def test_nothing_against_a_call(self):
        self._policy(hours_ids=self._hours(*((day, 8, 20) for day in range(7))))
        self.assertFalse(self._case().policy_note)
        self.assertIsNone(self._get_permitted())

    def test_policy(self):
        self._policy(hours_ids=self._hours((2, 9, 10)), mode="block")
        case = self._case()
        self.assertEqual(
            case.policy_note,
            "It is Tuesday, 10:00 there (Berlin); calls are allowed Wednesday from 9:00"
            " to 10:00.\nThe next call is allowed from Wednesday, March 11, 2026, 9:00"
            " there (Berlin) on.",
        )
        self.assertEqual(self._get_permitted(), datetime(2026, 3, 11, 8))
        self.env["phone.blacklist"].create({"number": "+493023125043"})
        case.invalidate_recordset()
        self.assertIn("phone blacklist", case.policy_note)
        self.assertIsNone(self._get_permitted())

    def _get_permitted(self):
        """From when on nothing forbids a call, as the list's sentence says it."""
        policies = self.env["collection.contact.policy"].with_user(self.collector)
        findings = policies._get_debtor_findings(self.company, self.debtor)
        return findings[self.debtor].permitted

    def test_policy_after_clocks_are_put_forward(self):
        self._policy(hours_ids=self._hours((6, 9, 10)))
        with freeze_time("2026-03-28 12:00:00"):
            permitted = self._get_permitted()
        self.assertEqual(permitted, datetime(2026, 3, 29, 7), "not 8:00 UTC")

    def test_queries_do_not_depend_on_the_number_of_cases(self):
        self.european.active = True
        debtors = self.env["res.partner"].create(
            [
                {
                    "name": f"Debtor {number}",
                    "is_company": True,
                    "country_id": self.germany.id,
                    "phone": number % 2 and f"030 2312{number:04}",
                    "child_ids": [
                        (0, 0, {"name": f"Person {who}", "phone": who})
                        for who in range(number % 4)
                    ],
                }
                for number in range(MANY)
            ]
        )
        cases = self._case(debtors)
        names = ["contact_number", "local_time", "phone_problem", "policy_note"]
        self.assertTrue(all(cases._fields[name].compute for name in names))
        counts = []
        for some in cases, cases[:FEW], cases:  # the first fills caches of rights
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            some.read(names)
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
        self.assertLess(counts[2], 35)
