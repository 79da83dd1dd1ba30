from odoo.exceptions import AccessError, ValidationError
from odoo.tests import Form, tagged

from .common import CollectionCallsCommon


@tagged("post_install", "-at_install")
class TestCollectionPhoneCorrection(CollectionCallsCommon):
    """Nobody can call Müller Bau: both numbers on file are wrong."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor.phone = "12"
        cls.contact.phone = "call reception"
        cls.cases = cls.env["collection.case"].with_user(cls.collector)
        cls.case = cls.cases._get_or_create(cls.debtor, cls.company)

    def _dialog(self, case=None, user=None):
        case = (case or self.case).with_user(user or self.collector)
        action = case.action_correct_phone()
        return Form(self._get_model(action, case.env))

    def _get_model(self, action, env):
        return env[action["res_model"]].with_context(**action["context"])

    def _type(self, dialog, **numbers):
        """Type numbers on the lines, by their position."""
        for position, number in numbers.items():
            with dialog.line_ids.edit(int(position[1:])) as line:
                line.number = number
        return dialog

    def test_what_the_dialog_shows(self):
        dialog = self._dialog()
        self.assertEqual(dialog.partner_id, self.debtor)
        self.assertEqual(dialog.country_id, self.germany)
        lines = [
            (line["partner_id"], line["number"], line["problem"])
            for line in dialog.line_ids._records
        ]
        self.assertEqual(
            lines,
            [
                (self.debtor.id, "12", "“12” is too short, or lacks its area code."),
                (
                    self.contact.id,
                    "call reception",
                    "“call reception” is not a telephone number.",
                ),
            ],
        )

    def test_corrected(self):
        self.assertFalse(self.collector.has_group("base.group_partner_manager"))
        self.assertEqual(self.case.phone_problem, "invalid")
        dialog = self._type(self._dialog(), n0="030/23125-099")
        with dialog.line_ids.edit(0) as line:
            self.assertFalse(line.problem)
        action = dialog.save().action_confirm()
        self.assertEqual(action["type"], "ir.actions.act_window_close")
        self.assertEqual(self.debtor.phone, "+49 30 23125099")
        self.assertEqual(self.contact.phone, "call reception", "left as it was")
        self.assertFalse(self.case.phone_problem)
        self.assertEqual(self.case.contact_number, "+49 30 23125099")
        self.assertFalse(self.cases.search([("phone_problem", "!=", False)]))

    def test_what_was_corrected_is_told(self):
        case = self.case.with_context(tracking_disable=False, mail_notrack=False)
        self.env.flush_all()
        self.cr.precommit.run()
        self._type(self._dialog(case), n1="+33 4 72 00 12 34").save().action_confirm()
        self.env.flush_all()
        self.cr.precommit.run()
        tracked = self.contact.sudo().message_ids.tracking_value_ids
        self.assertIn("+33 4 72 00 12 34", tracked.mapped("new_value_char"))

    def test_invalid_number_is_refused_and_kept(self):
        correction = self._type(
            self._dialog(), n0="030 23125 099", n1="+49 30 1" + "9" * 20
        ).save()
        with self._refused(ValidationError, "(?s)too many digits .*what you typed"):
            correction.action_confirm()
        self.assertEqual(self.debtor.phone, "12", "all of them or none")
        self.assertEqual(correction.line_ids[0].number, "030 23125 099")
        correction.line_ids[1].number = "call reception"
        correction.action_confirm()
        self.assertEqual(self.debtor.phone, "+49 30 23125099")

    def test_stump_of_a_number(self):
        correction = self._type(self._dialog(), n0="030 1").save()
        with self._refused(ValidationError, "too few digits for Germany"):
            correction.action_confirm()

    def test_number_that_is_not_known_to_be_in_use(self):
        dialog = self._dialog()
        self.assertFalse(dialog.is_doubtful)
        self._type(dialog, n0="+1 212 155 2368")
        self.assertTrue(dialog.is_doubtful)
        correction = dialog.save()
        with self._refused(ValidationError, "(?s)not known to be in use.*if you are"):
            correction.action_confirm()
        correction.keep_doubtful = True
        correction.action_confirm()
        self.assertEqual(self.debtor.phone, "+1 212-155-2368")
        self.assertFalse(self.case.phone_problem, "it can be dialled")

    def test_nothing_typed(self):
        dialog = self._type(self._dialog(), n0=False, n1=" call reception")
        dialog.save().action_confirm()
        self.assertEqual(self.debtor.phone, "12")

    def test_missing_number(self):
        (self.debtor | self.contact).phone = False
        self.assertEqual(self.case.phone_problem, "missing")
        dialog = self._dialog()
        with dialog.line_ids.edit(0) as line:
            self.assertEqual(line.problem, "There is no number.")
        self._type(dialog, n1="030 23125 099").save().action_confirm()
        self.assertEqual(self.contact.phone, "+49 30 23125099")
        self.assertFalse(self.case.phone_problem)

    def test_country_of_the_debtor(self):
        usa = self.env.ref("base.us")
        self.debtor.country_id = usa
        dialog = self._dialog()
        self.assertEqual(dialog.country_id, usa)
        self._type(dialog, n0="555 2368")
        with dialog.line_ids.edit(0) as line:
            self.assertIn("lacks its area code", line.problem)
        self._type(dialog, n0="(212) 555-2368").save().action_confirm()
        self.assertEqual(self.debtor.phone, "+1 212-555-2368")
        self.debtor.country_id = False
        self.assertEqual(self._dialog().country_id, self.company.country_id)

    def test_problems_in_plain_words(self):
        words = self.env["collection.contact.correction"]
        nowhere = self.env["res.country"]
        for number, country, expected in (
            ("0" + "1" * 17, self.germany, "too many digits for Germany"),
            ("030 23125042", nowhere, "needs the code of its country"),
            ("+999 123456", self.germany, "a code that no country has"),
            ("+49 1", self.germany, "too few digits for the country with this code"),
            ("+65 123 4567 89", nowhere, "No number in the country with this code"),
        ):
            problem = words._say_number_problem(number, country)
            self.assertIn(expected, problem)
        self.assertEqual(words._say_number_problem("030 23125042", self.germany), "")

    def test_our_own_people_are_left_alone(self):
        employee = self._create_user("base.group_user", login="employee")
        employee.partner_id.write({"parent_id": self.debtor.id, "phone": "12"})
        correction = self._dialog().save()
        line = correction.line_ids.filtered(
            lambda line: line.partner_id == employee.partner_id
        )
        line.number = "030 23125 099"
        with self._refused(ValidationError, "has a user account"):
            correction.action_confirm()
        self.assertEqual(employee.partner_id.phone, "12")

    def test_contacts_of_others_are_out_of_reach(self):
        stranger = self._create_debtor("Another", phone="12")
        correction = self._dialog().save()
        correction.line_ids[0].write(
            {"partner_id": stranger.id, "number": "030 23125 099"}
        )
        with self._refused(AccessError, "Only numbers of Müller Bau"):
            correction.action_confirm()
        self.assertEqual(stranger.phone, "12")

    def test_rights(self):
        invoicing = self._create_user("account.group_account_invoice")
        action = self.case.with_user(invoicing).action_correct_phone()
        corrections = self._get_model(action, self.case.with_user(invoicing).env)
        with self._refused(AccessError, "."):
            corrections.create({"case_id": self.case.id})

    def test_other_company(self):
        other = self.setup_other_company()["company"]
        theirs = self._create_user("group_collection_user", other)
        with self._refused(AccessError, "."):
            self._dialog(user=theirs)
        corrections = self.env["collection.phone.correction"].with_user(theirs)
        with self._refused(AccessError, "."):
            corrections.create({"case_id": self.case.id})
        self.contact.company_id = other
        self.assertEqual(self._dialog().save().line_ids.partner_id, self.debtor)
