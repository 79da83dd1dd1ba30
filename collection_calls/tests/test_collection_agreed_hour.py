from datetime import timedelta

from freezegun import freeze_time

from odoo.tests import tagged

from .common import TODAY, CollectionCallsWizardCommon

TOMORROW = TODAY + timedelta(1)


@tagged("post_install", "-at_install")
class TestCollectionAgreedHour(CollectionCallsWizardCommon):
    """The debtor asked for a call today at 15:00; it is 10:00, then 11:00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(f"{TODAY} 10:00:00"))

    def setUp(self):
        super().setUp()
        with freeze_time(f"{TODAY} 09:00:00"):
            self.first = self._call_back(TODAY, 15.0)
        self.agreed = self.first.next_activity_id

    def _call_back(self, day, hour):
        wizard = self._open()
        wizard.write({"call_back_date": day, "next_call_time": hour})
        wizard.action_end_with(self.call_back.id)
        return wizard.call_id

    def _try(self, outcome=None):
        wizard = self._open()
        wizard.action_end_with((outcome or self.voicemail).id)
        return wizard.call_id

    def _get_planned(self):
        return self.first.case_id._get_call_activities()

    def test_failed_try_leaves_it(self):
        call = self._try()
        self.assertEqual(self._get_planned(), self.agreed)
        self.assertEqual(call.next_activity_id, self.agreed)
        self.assertEqual((call.next_call_date, call.next_call_time), (TODAY, 15.0))
        self.assertEqual(self._get_next_call(call.case_id), TODAY)
        self._try(self.no_answer)
        self.assertEqual(self._get_planned(), self.agreed, "nor does another one")

    def test_session_waits_for_it(self):
        self._try()
        self.env.cr.flush()
        cases = self.env["collection.case"].with_user(self.collector)
        self.assertFalse(cases._take_next())
        with freeze_time(f"{TODAY} 14:00:00"):
            self.assertEqual(cases._take_next(), self.first.case_id)

    def test_is_over_at_its_hour(self):
        with freeze_time(f"{TODAY} 14:00:00"):  # 15:00 in Berlin
            self._try()
        self.assertFalse(self._get_planned() & self.agreed)
        self.assertGreater(self._get_planned().date_deadline, TODAY)

    def test_right_party_settles_it(self):
        self._go_to("close").action_done()
        self.assertFalse(self._get_planned() & self.agreed)

    def test_another_time_is_agreed_besides(self):
        call = self._call_back(TOMORROW, 9.0)
        self.assertEqual(self._get_planned(), self.agreed | call.next_activity_id)
        self.assertEqual(call.next_activity_id.date_deadline, TOMORROW)

    def test_without_an_hour(self):
        """A call that was planned for any hour of today is what the try was."""
        self._call_back(TODAY, 0)
        self.first.next_activity_id.unlink()
        self._try()
        self.assertGreater(self._get_planned().date_deadline, TODAY)

    def test_cancelled_try_leaves_it(self):
        self._try().with_user(self.manager).action_cancel("Wrong debtor")
        self.assertEqual(self._get_planned(), self.agreed)
