from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import CollectionCallsCommon


class CollectionContactCommon(CollectionCallsCommon):
    """Tuesday, 10 March 2026, 10:00 in Berlin; policies are made by the manager."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.policies = cls.env["collection.contact.policy"].with_user(cls.manager)
        cls.european = cls.policies.env.ref(
            "collection_calls.collection_contact_policy_business"
        )
        cls.regulation_f = cls.policies.env.ref(
            "collection_calls.collection_contact_policy_regulation_f"
        )
        cls.usa = cls.env.ref("base.us")

    def _policy(self, **vals):
        """A policy without any limit unless told otherwise."""
        return self.policies.create({"name": "Test", "hours_ids": False, **vals})

    @classmethod
    def _hours(cls, *spans):
        """:param spans: (weekday, from, to)"""
        names = "weekday", "hour_from", "hour_to"
        return [
            Command.create(dict(zip(names, (str(day), *span), strict=True)))
            for day, *span in spans
        ]


@tagged("post_install", "-at_install")
class TestCollectionContactPolicy(CollectionContactCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.setup_other_company()["company"]
        cls.stranger = cls._create_user("group_collection_manager", cls.other)

    def _get(self, debtor=None, company=None):
        policies = self.policies.with_user(self.collector)
        debtor = debtor or self.debtor
        return policies._get_policies(company or self.company, debtor)[debtor]

    def _assert_says(self, expected, **vals):
        sentence, _dot, _rest = self._policy(**vals).description.partition(".")
        self.assertEqual(sentence, expected)

    def test_shipped_policies(self):
        self.assertFalse(self.regulation_f.active)
        self.assertEqual(
            self.european.description,
            "Up to 5 attempts in 7 days, Monday to Saturday from 8:00 to 20:00 at the"
            " debtor's, not on public holidays. Whoever calls otherwise gives a"
            " reason.",
        )
        self.assertEqual(
            self.regulation_f.description,
            "Up to 7 attempts in 7 days, 7 days after a conversation, from 8:00 to"
            " 21:00 at the debtor's. Only a manager may call otherwise, and gives a"
            " reason.",
        )
        self.assertIn("12 CFR 1006.14(b)(2)", self.regulation_f.note)
        self.assertIn("12 CFR 1006.14(b)(3)", self.regulation_f.note)
        self.assertIn("stricter in two ways", self.regulation_f.note)
        self.assertIn("2005/29/EC", self.european.note)
        self.assertEqual(self.european.name, "Business hours")

    def test_shipped_default_is_what_a_new_company_gets(self):
        self.european.active = True
        self.assertEqual(self._get(), self.european)
        debtor = self._create_debtor("Jane", is_company=False, country_id=self.usa.id)
        self.assertEqual(self._get(debtor), self.european)
        self.regulation_f.active = True
        self.assertEqual(self._get(debtor), self.regulation_f)
        debtor.is_company = True
        self.assertEqual(self._get(debtor), self.european)

    def test_previews(self):
        self._assert_says("Any number of attempts, at any hour")
        self._assert_says(
            "One attempt a day, at any hour", max_attempts=1, attempt_days=1
        )
        self._assert_says(
            "Up to 2 attempts a day, at any hour", max_attempts=2, attempt_days=1
        )
        self._assert_says(
            "One attempt in 7 days, not twice on the day of a conversation, at any"
            " hour",
            max_attempts=1,
            days_after_contact=1,
        )
        self._assert_says(
            "Any number of attempts, Monday to Wednesday from 8:00 to 12:00 and from"
            " 13:30 to 17:00, Friday from 9:00 to 24:00 at the debtor's",
            hours_ids=self._hours(
                *((day, 8, 12) for day in range(3)),
                *((day, 13.5, 17) for day in range(3)),
                (4, 9, 24),
            ),
        )

    def test_preview_while_typing(self):
        with Form(self.policies) as form:
            form.name = "New"
            self.assertIn("Monday to Saturday from 8:00 to 20:00", form.description)
            form.max_attempts = 3
            form.attempt_days = 14
            form.mode = "block"
            self.assertIn("Up to 3 attempts in 14 days", form.description)
            self.assertIn("Only a manager", form.description)
            with form.hours_ids.edit(0) as line:
                line.hour_to = 12
            self.assertIn("Monday from 8:00 to 12:00, Tuesday to", form.description)

    def test_the_policy_with_the_most_conditions_counts(self):
        self.assertFalse(self._get())
        shared = self._policy(sequence=1)
        self.assertEqual(self._get(), shared)
        businesses = self._policy(applies_to="businesses")
        self.assertEqual(self._get(), businesses)
        german = self._policy(country_ids=self.germany.ids)
        self.assertEqual(self._get(), businesses, "the first of the list")
        german.sequence = 5
        self.assertEqual(self._get(), german)
        ours = self._policy(
            company_id=self.company.id, country_ids=self.germany.ids, sequence=99
        )
        self.assertEqual(self._get(), ours)
        ours.active = False
        self.assertEqual(self._get(), german)

    def test_conditions_that_a_debtor_does_not_meet(self):
        self._policy(country_ids=self.usa.ids)
        self._policy(applies_to="consumers")
        self._policy(company_id=self.company.id, applies_to="consumers")
        self.assertFalse(self._get())
        person = self._create_debtor("Jane Doe", is_company=False)
        self.assertEqual(self._get(person).company_id, self.company)
        self.assertFalse(self._get(person, self.other).company_id)

    def test_many_debtors_at_once(self):
        german = self._policy(country_ids=self.germany.ids)
        american = self._policy(country_ids=self.usa.ids)
        jane = self._create_debtor("Jane", country_id=self.usa.id)
        nobody = self._create_debtor("Nobody", country_id=False)
        debtors = self.debtor | jane | nobody
        found = self.policies._get_policies(self.company, debtors)
        self.assertEqual(found[self.debtor], german)
        self.assertEqual(found[jane], american)
        self.assertFalse(found[nobody])

    def test_collectors_read_and_managers_write(self):
        policy = self._policy(hours_ids=self._hours((0, 8, 12)))
        mine = policy.with_user(self.collector)
        self.env.invalidate_all()
        self.assertIn("Monday from 8:00", mine.description)
        for change in (
            lambda: mine.write({"max_attempts": 9}),
            lambda: mine.hours_ids.write({"hour_to": 24}),
            lambda: mine.create({"name": "New"}),
            lambda: mine.unlink(),
        ):
            with self.assertRaises(AccessError):
                change()
        for group in "account.group_account_invoice", "base.group_user":
            with self.assertRaises(AccessError):
                policy.with_user(self._create_user(group)).read(["name"])
        policy.max_attempts = 3
        self.assertTrue(policy.unlink())

    def test_policies_of_another_company_are_out_of_sight(self):
        ours = self._policy(
            company_id=self.company.id, hours_ids=self._hours((0, 8, 12))
        )
        shared = self._policy(hours_ids=self._hours((0, 8, 12)))
        theirs = self.policies.with_user(self.stranger)
        self.assertEqual(theirs.search([]), shared)
        hours = theirs.env["collection.contact.hours"].search([])
        self.assertFalse(hours & ours.hours_ids)
        for policy in ours, ours.hours_ids:
            with self.assertRaises(AccessError):
                policy.with_user(self.stranger).read(["display_name"])

    def test_bad_values_are_refused(self):
        for vals, message in (
            ({"max_attempts": -1}, "Enter 0 for none"),
            ({"days_after_contact": -1}, "Enter 0 for none"),
            ({"attempt_days": 0}, "over 1 day or more"),
        ):
            with self._refused(ValidationError, message):
                self._policy(**vals)
        for span in (0, 12, 8), (0, 8, 8), (0, -1, 8), (0, 8, 24.5):
            with self._refused(ValidationError, "begin before they end"):
                self._policy(hours_ids=self._hours(span))
