"""§ 498 BGB in Odoo: what the engine can't see. A test a sentence.

Which arrears are enough is tested in ``tests/engine/test_law_bgb_498.py``.
"""

from datetime import date, timedelta

from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CollectionCallsPlanCommon

NOTICED = date(2026, 4, 24)  # the installment of 20 April is three days late
TALK = "we offer you a talk about how this can be settled by agreement"


@tagged("post_install", "-at_install")
class TestLawBgb498(CollectionCallsPlanCommon):
    """A private person owes 3,800.00 and pays in monthly installments."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.person = cls._create_debtor(
            "Erika Muster",
            is_company=False,
            email="erika@muster.example",
            lang="en_US",
        )
        cls.debt = cls._create_claim(3800, 30, partner=cls.person)
        cls.company.sudo().collection_plan_max_days = 0

    def _owe(self, count, **vals):
        return self._plan(self.debt, count=count, rule=self.consumer, **vals)

    def _text_of(self, letter):
        return " ".join(letter.body.striptags().split())

    def _give_notice(self):
        """A plan of which two installments are missed, and its notice."""
        plan = self._activate(self._owe(10))
        self._run_until(NOTICED, first=NOTICED - timedelta(1))
        with self._at(NOTICED):
            plan.action_send_notice()
        return plan, self._get_letters(plan, "notice")

    def test_paragraph_1_sentence_1_number_1_letter_b_up_to_three_years(self):
        """36 months from the first to the last installment are not more than three
        years."""
        plan = self._owe(37)
        days = plan.installment_ids.mapped("date_due")
        self.assertEqual((days[0], days[-1]), (date(2026, 3, 20), date(2029, 3, 20)))
        self._activate(plan)
        self.assertEqual(plan.min_arrears_percent, 10)
        self.assertIn("at least 10 % in arrears", plan.rule_sentence)
        self.assertIn("at least 10 % of the plan is in arrears", plan._get_clause())

    def test_paragraph_1_sentence_1_number_1_letter_b_beyond_three_years(self):
        plan = self._owe(38)
        self.assertEqual(plan.min_arrears_percent, 5, "as the offer says")
        self._activate(plan)
        self.assertEqual(plan.min_arrears_percent, 5)
        self.assertNotIn("three years", plan.rule_sentence)
        clause = "at least 5 % of the plan is in arrears"
        self.assertIn(clause, plan._get_clause())
        [agreement] = self._get_letters(plan, "agreement")
        self.assertIn(clause, self._text_of(agreement))
        self.consumer.sudo().min_arrears_percent_long = 50
        self.assertEqual(plan.min_arrears_percent, 5, "as it was when it was agreed")
        self.assertEqual(plan._get_terms().min_arrears_percent, 5)

    def test_paragraph_1_sentence_1_number_1_letter_b_follows_the_schedule(self):
        """Until the plan is agreed, its duration says which percentage it is."""
        plan = self._owe(38)
        plan.installment_count = 12
        self.assertEqual(plan.min_arrears_percent, 10)
        plan.installment_count = 38
        self.assertEqual(plan.min_arrears_percent, 5)
        plan.installment_ids[-1].date_due = date(2029, 3, 20)
        self.assertEqual(plan.min_arrears_percent, 10)

    def test_paragraph_1_sentence_1_number_1_letter_b_decides(self):
        """Two of 38 are 5.3 %: the collector is asked, for nobody is pressed alone."""
        plan = self._activate(self._owe(38))
        self._run_on(NOTICED)
        self.assertTrue(plan.date_proposed)
        self.assertEqual(plan.state, "active")

    def test_paragraph_1_sentence_1_number_2_two_weeks(self):
        """They run from the delivery, and only what is overdue has to be paid."""
        plan, notice = self._give_notice()
        self.assertEqual(plan.state, "notice")
        self.assertFalse(plan.date_cure, "it has not arrived")
        delivered = NOTICED + timedelta(1)
        with self._at(delivered):
            self._deliver(notice)
        self.assertEqual(plan.date_cure, delivered + timedelta(14))
        with self._at(plan.date_cure):
            with self._refused(UserError, "The notice gives the debtor time until"):
                plan.with_user(self.manager).action_accelerate("Too early")
        with self._at(plan.date_cure + timedelta(1)):
            plan.with_user(self.manager).action_accelerate("In vain")
        self._assert_plan(plan, "accelerated", arrears=3800)

    def test_paragraph_1_sentence_1_number_2_declaration(self):
        """It says how much is overdue, until when, and that else all is demanded."""
        _plan, notice = self._give_notice()
        text = self._text_of(notice)
        for part in (
            "You are in arrears with $ 760.00",
            "Please pay this amount within 14 days after you receive this notice",
            "If you don't, the whole rest of $ 3,800.00 falls due at once",
        ):
            self.assertIn(part, text.replace("\N{NO-BREAK SPACE}", " "))

    def test_paragraph_1_sentence_2_offer_of_a_talk(self):
        """With the deadline at the latest, in the debtor's language; companies are
        asked to call as before."""
        self.company.sudo().phone = "+49 30 23125 000"
        _plan, notice = self._give_notice()
        self.assertIn(TALK, self._text_of(notice))
        self.assertIn("Please call us: +49 30 23125 000", self._text_of(notice))
        business = self._agree(self._create_claim(1000, 30), rule=self.business)
        self._run_on(NOTICED)
        [notice] = self._get_letters(business, "notice")
        self.assertNotIn(TALK, self._text_of(notice))
        self.assertIn("please call us", self._text_of(notice))
