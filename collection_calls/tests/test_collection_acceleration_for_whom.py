"""Which acceleration rule is proposed to whom, and which nobody is given."""

from datetime import date, timedelta

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import CollectionCallsPlanCommon, CollectionCallsWizardCommon

REFUSED = "is a private person: nothing falls due at once without a written notice"


class ForWhomCommon(CollectionCallsPlanCommon):
    """A company and a private person in Germany, and one in France."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.france = cls.env.ref("base.fr")
        cls.person = cls._create_debtor("Erika Muster", is_company=False)
        cls.camille = cls._create_debtor(
            "Camille Martin", is_company=False, country_id=cls.france.id
        )
        cls.debt = cls._create_claim(900, 30, partner=cls.person)
        cls.rules = cls.env["collection.acceleration.rule"].with_user(cls.manager)

    def _create(self, **vals):
        return self.rules.create({"name": "Test", **vals})

    def _get_default(self, debtor=None):
        rules = self.rules.with_user(self.collector)
        return rules._get_default(self.company.with_user(self.collector), debtor)

    def _offered(self, debtor):
        """What the collector can choose from, as the fields of plans ask for it."""
        rules = self.rules.with_user(self.collector)
        return rules.search([("fits_debtor_id", "=", debtor.id)])

    def _plan_of_person(self, **vals):
        vals = {"rule_id": False, "count": 3, **vals}
        return self._plan(self.debt, **vals)


@tagged("post_install", "-at_install")
class TestRuleForWhom(ForWhomCommon):
    def test_shipped_rules(self):
        self.assertEqual(self.any_incident.for_whom, "business")
        self.assertEqual(self.business.for_whom, "business")
        self.assertEqual(self.consumer.for_whom, "consumer")
        self.assertEqual(self.consumer.min_arrears_percent_long, 5)

    def test_first_that_fits_is_proposed(self):
        self.assertEqual(self._get_default(self.debtor), self.any_incident)
        self.assertEqual(self._get_default(self.person), self.consumer)
        both = self._create(sequence=1, notice_days=7)
        self.assertEqual(both.for_whom, "both")
        self.assertEqual(self._get_default(self.debtor), both)
        self.assertEqual(self._get_default(self.person), both)

    def test_countries(self):
        french = self._create(
            sequence=1, notice_days=30, country_ids=[Command.set(self.france.ids)]
        )
        self.assertEqual(self._get_default(self.camille), french)
        self.assertEqual(self._get_default(self.person), self.consumer)
        nobody_knows_where = self._create_debtor("N.", country_id=False)
        self.assertEqual(self._get_default(nobody_knows_where), self.any_incident)
        self.assertNotIn(french, self._offered(nobody_knows_where))

    def test_address_of_a_private_person(self):
        """Where they get their post, they are no company either."""
        address = self.env["res.partner"].create(
            {"name": "At work", "parent_id": self.person.id, "type": "invoice"}
        )
        self.assertEqual(self._get_default(address), self.consumer)

    def test_a_tax_number_makes_no_company(self):
        """Who trades under their own name is entered as a company; until then, the
        law that protects persons counts.
        """
        self.person.vat = "DE136695976"
        self.assertEqual(self._get_default(self.person), self.consumer)
        self.person.is_company = True
        self.assertEqual(self._get_default(self.person), self.any_incident)

    def test_a_country_and_the_kind_of_debtor(self):
        """Both must fit, and the first one that does counts, however narrow others."""
        austria = self.env.ref("base.at")
        countries = [Command.set((self.france | austria).ids)]
        narrow = self._create(sequence=1, for_whom="business", country_ids=countries)
        french = self._create_debtor("Martin SARL", country_id=self.france.id)
        viennese = self._create_debtor("Wiener AG", country_id=austria.id)
        self.assertEqual(self._get_default(french), narrow)
        self.assertEqual(self._get_default(viennese), narrow)
        self.assertEqual(self._get_default(self.camille), self.consumer)
        self.assertEqual(self._get_default(self.debtor), self.any_incident)
        wide = self._create(sequence=0, for_whom="business")
        self.assertEqual(self._get_default(french), wide)
        self.assertIn(narrow, self._offered(french), "it can be chosen")
        wide.active = False
        self.assertEqual(self._get_default(french), narrow)

    def test_contacts_stand_for_their_debtor(self):
        self.assertFalse(self.contact.is_company)
        self.assertEqual(self._get_default(self.contact), self.any_incident)

    def test_default_of_the_company_only_if_it_fits(self):
        self.company.collection_acceleration_rule_id = self.business
        self.assertEqual(self._get_default(self.debtor), self.business)
        self.assertEqual(self._get_default(self.person), self.consumer)
        self.company.collection_acceleration_rule_id = self.consumer
        self.assertEqual(self._get_default(self.debtor), self.any_incident)
        self.assertEqual(self._get_default(), self.consumer, "nobody is known yet")

    def test_what_can_be_chosen(self):
        to_person, to_company = map(self._offered, (self.person, self.debtor))
        self.assertEqual(to_person, self.consumer)
        self.assertEqual(to_company, self.any_incident | self.business)
        everything = self.rules.search([])
        self.assertEqual(self._offered(self.person.browse()), everything)
        either = [("fits_debtor_id", "in", (self.person | self.debtor).ids)]
        self.assertEqual(self.rules.search(either), everything)

    def test_without_notice_for_companies_alone(self):
        self.assertEqual(self._create().for_whom, "business")
        for for_whom in "both", "consumer":
            with self._refused(ValidationError, "has no days of notice"):
                self._create(for_whom=for_whom)
        rule = self._create(notice_days=7)
        rule.notice_days = 0
        self.assertEqual(rule.for_whom, "business")
        with self._refused(ValidationError, "or make it a rule for companies"):
            rule.for_whom = "both"
        with self._refused(ValidationError, "“Consumer” has no days of notice"):
            self.consumer.with_user(self.manager).notice_days = 0

    def test_for_whom_while_typing(self):
        with Form(self.rules) as form:
            form.name = "New"
            self.assertEqual(form.for_whom, "business")
            form.notice_days = 14
            form.for_whom = "consumer"
            form.country_ids.add(self.france)
        self.assertEqual(form.record.for_whom, "consumer")
        self.assertEqual(self._get_default(self.camille), form.record)

    def test_sentence_of_long_plans(self):
        long = "In plans of more than three years"
        rule = self._create(min_arrears_percent=10, min_arrears_percent_long=2.5)
        self.assertIn(f"{long}, it takes at least 2.5 % in arrears.", rule.description)
        rule.min_arrears_percent_long = 10
        self.assertNotIn(long, rule.description)
        rule.min_arrears_percent_long = 0
        self.assertNotIn(long, rule.description)


@tagged("post_install", "-at_install")
class TestPlanForWhom(ForWhomCommon):
    def test_plan_of_a_private_person(self):
        plan = self._plan_of_person()
        self.assertEqual(plan.rule_id, self.consumer)
        self._activate(plan)
        self.assertEqual((plan.notice_days, plan.mode), (14, "propose"))

    def test_nobody_gives_a_private_person_a_rule_without_notice(self):
        for user in self.collector, self.manager, self.env.ref("base.user_root"):
            for rule in self.any_incident, self.business, self._create():
                with self._refused(ValidationError, REFUSED):
                    self._plan_of_person(rule=rule, rule_id=rule.id, user=user)
        plan = self._plan_of_person()
        with self._refused(ValidationError, REFUSED):
            plan.rule_id = self.any_incident
        self.assertEqual(plan.rule_id, self.consumer)

    def test_a_company_may_have_the_better_rule(self):
        plan = self._agree(rule=self.consumer)
        self.assertEqual(plan.notice_days, 14)

    def test_no_rule_fits(self):
        self.consumer.sudo().active = False
        with self._refused(UserError, "If none is made for this debtor, ask a manager"):
            self._plan_of_person()

    def test_rule_follows_the_debtor_until_one_is_chosen(self):
        plans = self.env["collection.plan"].with_user(self.collector)
        form = Form(plans)
        self.assertEqual(form.rule_id, self.any_incident, "nobody is known yet")
        form.partner_id = self.person
        self.assertEqual(form.rule_id, self.consumer)
        self.assertIn("14 days", form.rule_sentence)
        form.partner_id = self.debtor
        self.assertEqual(form.rule_id, self.any_incident)
        form.rule_id = self.business
        form.partner_id = self._create_debtor("Another company")
        self.assertEqual(form.rule_id, self.business, "it fits as well")

    def test_who_became_a_private_person(self):
        """A draft gets another rule; an offer has to be changed; what runs, runs."""
        shop = self._create_debtor("Petra Klein Schneiderei")
        draft, offer, running = (
            self._plan(self._create_claim(100, 30, partner=shop)) for _time in "abc"
        )
        offer.action_offer()
        self._activate(running)
        shop.is_company = False
        with self._refused(ValidationError, REFUSED):
            draft.action_activate()
        with self._refused(ValidationError, REFUSED):
            offer.action_activate()
        offer.action_draft()
        for plan in draft, offer:
            plan.rule_id = self.consumer
            self._activate(plan)
        self.assertEqual((running.state, running.notice_days), ("active", 0))

    def test_no_plan_keeps_a_debtor_from_changing(self):
        """A shop that is no company any more is its owner's: who is asked later."""
        shop = self._create_debtor("Shop 7", parent_id=self.person.id)
        claims = [self._create_claim(100, 30, partner=shop) for _time in "ab"]
        draft, offer = (self._plan(claim) for claim in claims)
        offer.action_offer()
        shop.is_company = False
        self.env.cr.flush()
        self.env.invalidate_all()
        self.assertEqual((draft | offer).partner_id, self.person)
        self.assertEqual(draft.rule_id, self.consumer)
        self.assertEqual(offer.rule_id, self.any_incident)
        with self._refused(ValidationError, REFUSED):
            offer.action_activate()

    def test_a_rule_that_changes_changes_no_offer(self):
        rule = self._create(notice_days=7)
        plan = self._plan_of_person(rule=rule, rule_id=rule.id)
        plan.action_offer()
        rule.for_whom = "business"
        self._activate(plan)
        self.assertEqual(plan.notice_days, 7)

    def test_a_rule_that_changes_changes_drafts(self):
        rule = self._create(notice_days=7)
        plan = self._plan_of_person(rule=rule, rule_id=rule.id)
        rule.notice_days = 0
        with self._refused(ValidationError, REFUSED):
            plan.action_offer()


@tagged("post_install", "-at_install")
class TestCallForWhom(CollectionCallsWizardCommon):
    """What is proposed and refused while somebody talks, or types."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        rule = "collection_calls.collection_acceleration_rule_%s"
        cls.any_incident = cls.env.ref(rule % "any_incident")
        cls.consumer = cls.env.ref(rule % "consumer")
        cls.person = cls._create_debtor("Erika Muster", is_company=False, ref="C1")
        cls.debt = cls._create_claim(900, 30, partner=cls.person)
        cls.installments = cls.env.ref("collection_calls.collection_call_outcome_plan")

    def _solve(self):
        wizard = self._go_to("solve", self._open(self.person))
        wizard.outcome_id = self.installments
        wizard.payment_date = date(2026, 3, 31)
        return wizard

    def test_call_with_a_private_person(self):
        wizard = self._solve()
        call = wizard.call_id
        self.assertEqual(call.plan_rule_id, self.consumer)
        self.assertIn("14 days", wizard.plan_rule_description)
        self.assertFalse(wizard.plan_error)
        wizard.action_next()
        wizard.action_done()
        self.assertEqual(call.plan_ids.rule_id, self.consumer)

    def test_call_says_why_a_rule_is_not_for_them(self):
        wizard = self._solve()
        wizard.plan_rule_id = self.any_incident
        self.assertIn(REFUSED, wizard.plan_error)
        with self._refused(ValidationError, REFUSED):
            wizard.action_next()
            wizard.action_done()
        self.assertFalse(wizard.call_id.plan_ids)
        self.assertEqual(wizard.call_id.plan_installment_count, 3, "nothing is lost")

    def _open_dialog(self, moves):
        action = moves.with_user(self.collector).action_plan_collection_installments()
        dialogs = self.env[action["res_model"]].with_user(self.collector)
        return Form(dialogs.with_context(**action["context"]))

    def test_dialog(self):
        form = self._open_dialog(self.debt)
        self.assertEqual(form.rule_id, self.consumer)
        form.date_start = date(2026, 3, 31)
        self.assertFalse(form.error)
        form.rule_id = self.any_incident
        self.assertIn(REFUSED, form.error)
        with self.assertRaisesRegex(ValidationError, REFUSED):
            form.save().action_agree()
        form.rule_id = self.consumer
        action = form.save().action_agree()
        plan = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(plan.state, "active")

    def test_dialog_of_a_company(self):
        form = self._open_dialog(self.invoice)
        self.assertEqual(form.rule_id, self.any_incident)
        form.date_start = date.today() + timedelta(days=10)
        self.assertFalse(form.error)
