from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .common import CollectionCallsCommon

RETURNED = (
    " So does a payment that is returned while something is in arrears, without"
    " waiting."
)
NEW_OVERDUE = (
    " So does another invoice that falls overdue while something is in arrears, without"
    " waiting."
)
LONG = " In plans of more than three years, it takes at least 5 % in arrears."
ONCE = " After that, a manager may let the plan run again once."


class TestCollectionAccelerationCommon(CollectionCallsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["collection.acceleration.rule"].with_user(cls.manager)
        cls.any_incident = cls._get_shipped("any_incident")
        cls.business = cls._get_shipped("business")
        cls.consumer = cls._get_shipped("consumer")

    @classmethod
    def _get_shipped(cls, name):
        xmlid = f"collection_calls.collection_acceleration_rule_{name}"
        return cls.env.ref(xmlid).with_user(cls.collector)

    def _create(self, **vals):
        return self.rules.create({"name": "Test", **vals})


@tagged("post_install", "-at_install")
class TestCollectionAccelerationWords(TestCollectionAccelerationCommon):
    def _assert_says(self, start, **vals):
        """What the preview of a rule with these terms begins with."""
        sentence, _dot, _rest = self._create(**vals).description.partition(".")
        self.assertEqual(sentence, start)

    def _assert_clause(self, clause, **vals):
        self.assertEqual(self._create(**vals)._get_clause(), clause)

    def test_previews_of_shipped_rules(self):
        self.assertEqual(
            self.any_incident.description,
            "One missed installment of more than $\N{NO-BREAK SPACE}5.00, 3 days after"
            " its date, makes the rest due at once." + RETURNED + NEW_OVERDUE + ONCE,
        )
        self.assertEqual(
            self.business.description,
            "One missed installment of more than $\N{NO-BREAK SPACE}5.00, 5 days after"
            " its date, makes the rest due after a written notice of 10 days." + ONCE,
        )
        self.assertEqual(
            self.consumer.description,
            "Two consecutive missed installments with at least 10 % in arrears, 3 days"
            " after their date, make the rest due after a written notice of 14 days; a"
            " collector is asked first." + LONG + ONCE,
        )

    def test_clauses_of_shipped_rules(self):
        self.assertEqual(
            self.any_incident._get_clause(),
            "If one installment is not paid in full within 3 days after its date, the"
            " whole rest falls due at once. The same applies as soon as one of your"
            " payments is returned while you are in arrears. The same applies as soon"
            " as another of our invoices falls overdue while you are in arrears.",
        )
        self.assertEqual(
            self.business._get_clause(),
            "If one installment is not paid in full within 5 days after its date, we"
            " may demand the whole rest after a written notice that gives you 10 days"
            " to pay what is in arrears.",
        )
        self.assertEqual(
            self.consumer._get_clause(),
            "If two consecutive installments are not paid in full within 3 days after"
            " their date and at least 10 % of the plan is in arrears, we may demand the"
            " whole rest after a written notice that gives you 14 days to pay what is"
            " in arrears.",
        )

    def test_preview_of_one_installment(self):
        self._assert_says(
            "One missed installment makes the rest due at once", grace_days=0
        )
        self._assert_says(
            "One missed installment, 1 day after its date, makes the rest due after a"
            " written notice of 1 day; a collector is asked first",
            grace_days=1,
            notice_days=1,
            mode="propose",
        )

    def test_preview_of_many_installments(self):
        self._assert_says(
            "3 consecutive missed installments, 1 day after their date, make the rest"
            " due after a written notice of 1 day",
            missed_count=3,
            grace_days=1,
            notice_days=1,
        )
        self._assert_says(
            "Two missed installments make the rest due at once",
            missed_count=2,
            consecutive=False,
            grace_days=0,
        )
        self._assert_says(
            "4 missed installments, 3 days after their date, make the rest due at once",
            missed_count=4,
            consecutive=False,
        )

    def test_preview_of_many_installments_with_a_tolerance(self):
        rule = self._create(missed_count=2, tolerance_amount=1000, grace_days=0)
        self.assertIn(
            "Two consecutive missed installments of more than"
            " $\N{NO-BREAK SPACE}1,000.00 each make the rest due at once.",
            rule.description,
        )

    def test_late_installments_count_only_where_many_are_counted(self):
        late = "Installments that were paid late count as missed"
        told = "Installments that you paid late count as well"
        rule = self._create(consecutive=False)
        self.assertNotIn(late, rule.description)
        self.assertNotIn(told, rule._get_clause())
        rule.missed_count = 2
        self.assertIn(late, rule.description)
        self.assertIn(told, rule._get_clause())

    def test_preview_of_percentages_and_reinstatements(self):
        rule = self._create(min_arrears_percent=12.5, max_reinstatements=0)
        self.assertIn("with at least 12.5 % in arrears", rule.description)
        self.assertIn("After that, the plan can't run again.", rule.description)
        rule.write({"min_arrears_percent": 100 / 3, "max_reinstatements": 3})
        self.assertIn("with at least 33.33 % in arrears", rule.description)
        self.assertIn("run again up to 3 times.", rule.description)
        rule.min_arrears_percent = 100
        self.assertIn("with at least 100 % in arrears", rule.description)

    def test_clauses(self):
        self._assert_clause(
            "If one installment is not paid in full on its date, we may demand the"
            " whole rest at once.",
            grace_days=0,
            mode="propose",
        )
        self._assert_clause(
            "If one installment is not paid in full within 1 day after its date, we may"
            " demand the whole rest after a written notice that gives you 1 day to pay"
            " what is in arrears.",
            grace_days=1,
            notice_days=1,
        )
        self._assert_clause(
            "If 3 consecutive installments are not paid in full within 1 day after"
            " their date, the whole rest falls due at once.",
            missed_count=3,
            grace_days=1,
        )
        late = (
            " Installments that you paid late count as well, as long as another one is"
            " not paid."
        )
        self._assert_clause(
            "If two installments are not paid in full on their date, the whole rest"
            " falls due at once." + late,
            missed_count=2,
            consecutive=False,
            grace_days=0,
        )
        self._assert_clause(
            "If 3 installments are not paid in full within 3 days after their date, the"
            " whole rest falls due at once." + late,
            missed_count=3,
            consecutive=False,
        )

    def test_debtor_is_not_told_the_tolerance(self):
        self.assertNotIn("5.00", self.any_incident._get_clause())

    def test_numbers_follow_the_language(self):
        rule = self._create(min_arrears_percent=12.5, tolerance_amount=7.5)
        german = rule.with_context(lang="de_DE")
        self.assertIn("12,5 %", german.description)
        self.assertIn("7,50", german.description)
        self.assertIn("12.5 %", rule.description)
        self.assertIn("12,5 %", german._get_clause())

    def test_preview_while_typing(self):
        with Form(self.rules) as form:
            form.name = "New"
            self.assertEqual(
                form.description,
                "One missed installment, 3 days after its date, makes the rest due at"
                " once." + ONCE,
            )
            form.missed_count = 2
            form.min_arrears_percent = 10
            form.min_arrears_percent_long = 5
            form.notice_days = 14
            form.mode = "propose"
            self.assertEqual(form.description, self.consumer.description)
            form.tolerance_amount = 5
            self.assertIn("$\N{NO-BREAK SPACE}5.00 each", form.description)
            form.on_returned_payment = True
            self.assertIn(RETURNED, form.description)
            form.on_new_overdue = True
            self.assertIn(NEW_OVERDUE, form.description)
            form.max_reinstatements = 0
            self.assertNotIn("once", form.description)


@tagged("post_install", "-at_install")
class TestCollectionAccelerationRule(TestCollectionAccelerationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoicing = cls._create_user("account.group_account_invoice")
        cls.employee = cls._create_user("base.group_user")
        cls.other = cls.setup_other_company()["company"]
        cls.stranger = cls._create_user("group_collection_manager", cls.other)

    def _get_default(self, company=None, user=None):
        rules = self.rules.with_user(user or self.collector)
        company = (company or self.company).with_user(rules.env.user)
        return rules._get_default(company)

    def test_collectors_and_invoicing_users_read(self):
        for user in self.collector, self.invoicing:
            rule = self.consumer.with_user(user)
            self.env.invalidate_all()
            self.assertIn("14 days", rule.description)
            self.assertIn("BGB", rule.note)
            for change in (
                lambda rule=rule: rule.write({"grace_days": 5}),
                lambda rule=rule: rule.create({"name": "New"}),
                lambda rule=rule: rule.unlink(),
            ):
                with self.assertRaises(AccessError):
                    change()

    def test_employees_see_nothing(self):
        with self.assertRaises(AccessError):
            self.consumer.with_user(self.employee).read(["name"])

    def test_manager_writes(self):
        self.consumer.with_user(self.manager).grace_days = 7
        self.assertIn("7 days after their date", self.consumer.description)
        rule = self._create()
        rule.active = False
        self.assertTrue(rule.unlink())

    def test_bad_values_are_refused(self):
        for vals, message in (
            ({"grace_days": -1}, "Days of grace and days of notice can't be negative"),
            ({"notice_days": -1}, "Enter 0 for none"),
            ({"max_reinstatements": -1}, "Enter 0 if a plan may never run again"),
            ({"tolerance_amount": -0.01}, "The tolerance can't be negative"),
            ({"missed_count": 0}, "Enter 1 or more"),
            ({"min_arrears_percent": -1}, "Enter a number from 0 to 100"),
            ({"min_arrears_percent": 100.01}, "Enter a number from 0 to 100"),
            ({"min_arrears_percent_long": -1}, "Enter a number from 0 to 100"),
            ({"min_arrears_percent_long": 100.01}, "Enter a number from 0 to 100"),
        ):
            with self._refused(ValidationError, message):
                self._create(**vals)
            with self._refused(ValidationError, message):
                self.business.with_user(self.manager).write(vals)

    def test_bounds_are_accepted(self):
        self.assertTrue(
            self._create(
                grace_days=0,
                notice_days=0,
                max_reinstatements=0,
                tolerance_amount=0,
                min_arrears_percent=100,
            )
        )

    def test_default_is_the_first_of_the_list(self):
        self.assertEqual(self._get_default(), self.any_incident)
        first = self._create(sequence=1)
        self.assertEqual(self._get_default(), first)
        first.active = False
        self.assertEqual(self._get_default(), self.any_incident)
        self.rules.search([]).active = False
        self.assertFalse(self._get_default())

    def test_default_from_the_settings(self):
        self.manager.group_ids += self.env.ref("base.group_system")
        with Form(self.env["res.config.settings"].with_user(self.manager)) as form:
            form.collection_acceleration_rule_id = self.business
        form.record.execute()
        self.assertEqual(self._get_default(), self.business)
        self.assertEqual(
            self._get_default(self.other, self.stranger), self.any_incident
        )
        self.business.with_user(self.manager).active = False
        self.assertEqual(self._get_default(), self.any_incident)

    def test_default_of_a_company_is_its_own_or_shared(self):
        theirs = self.rules.with_user(self.stranger).create(
            {"name": "Theirs", "company_id": self.other.id, "sequence": 1}
        )
        self.assertEqual(self._get_default(), self.any_incident)
        self.assertEqual(self._get_default(self.other, self.stranger), theirs)
        self.company.collection_acceleration_rule_id = theirs
        self.assertEqual(self._get_default(), self.any_incident)
        self.company.collection_acceleration_rule_id = self.business
        self.business.sudo().company_id = self.other
        self.assertEqual(self._get_default(), self.any_incident)

    def test_rules_of_another_company_are_out_of_sight(self):
        ours = self._create(company_id=self.company.id)
        theirs = self.rules.with_user(self.stranger)
        self.assertNotIn(ours, theirs.search([]))
        self.assertIn(self.any_incident, theirs.search([]))
        with self.assertRaises(AccessError):
            ours.with_user(self.stranger).grace_days = 1
        with self.assertRaises(AccessError):
            ours.with_user(self.stranger).read(["description"])

    def test_tolerance_is_in_the_currency_of_the_company(self):
        euro = self.env.ref("base.EUR")
        self.other.currency_id = euro
        rule = self._create(tolerance_amount=5)
        self.assertEqual(rule.currency_id, self.company.currency_id)
        theirs = rule.with_user(self.stranger)
        self.assertEqual(theirs.currency_id, euro)
        self.assertIn("5.00\N{NO-BREAK SPACE}€", theirs.description)
        self.assertIn("$\N{NO-BREAK SPACE}5.00", rule.description)
        rule.sudo().company_id = self.other
        self.assertIn("5.00\N{NO-BREAK SPACE}€", theirs.description)
