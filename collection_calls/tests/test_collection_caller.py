from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import MANY, CollectionCallsWizardCommon

# The number of the contact person, 030 23125043, as people and exchanges write it.
NOTATIONS = [
    "030 23125043",
    "+49 30 23125043",
    "+493023125043",
    "0049 30 231 250 43",
    "493023125043",
    "(030) 23125-043",
    "030/23125043",
    "+49 (0)30 / 231 250 43",
    "3023125043",
    "23125043",
    "tel:+493023125043",
    "\u202a+49 30 23125043\u202c",
]


@tagged("post_install", "-at_install")
class TestCollectionCaller(CollectionCallsWizardCommon):
    """Who calls us is found by whatever they say, and proves who they are first."""

    def _find(self, text, user=None):
        return (
            self.env["collection.finder"].with_user(user or self.collector).find(text)
        )

    def _assert_found(self, text, debtor=None, person=None):
        [found, *_others] = self._find(text) or [{}]
        self.assertEqual(found.get("partner_id"), (debtor or self.debtor).id, text)
        if person is not None:
            self.assertEqual(found["contact_id"], person.id, text)

    def _search_list(self, text):
        self.env.cr.flush()  # whoever owes something has a case then
        cases = self.env["collection.case"].with_user(self.collector)
        return cases.search([("lookup", "ilike", text)]).partner_id

    # ------------------------------------------------------------------- finding

    def test_by_number_in_any_notation(self):
        self._create_debtor("Somebody else", phone="030 23125099", customer_rank=1)
        for text in NOTATIONS:
            with self.subTest(text=text):
                self._assert_found(text, person=self.contact)
                self.assertEqual(self._search_list(text), self.debtor)

    def test_however_the_number_stands_on_file(self):
        for number in (
            "+49 30 23125043",
            "0049302312 5043",
            "030-231-25-043",
            "030 23125043 (mobil)",
            "Büro: 030 23125043",
            "030 23125043 App. 12",
            "040 999888 / 030 23125043",
        ):
            self.contact.phone = number
            with self.subTest(number=number):
                self._assert_found("+493023125043", person=self.contact)
                self._assert_found("030 23125043", person=self.contact)

    def test_a_whole_number_is_nobody_elses(self):
        """The same digits behind the code of another country are another number."""
        usa = self.env.ref("base.us")
        other = self._create_debtor(
            "Delaware Inc", phone="+1 302 312 5043", country_id=usa.id, customer_rank=1
        )
        found = self._find("+49 30 23125043")
        self.assertEqual([hit["partner_id"] for hit in found], self.debtor.ids)
        found = self._find("+1 302-312-5043")
        self.assertEqual([hit["partner_id"] for hit in found], other.ids)

    def test_by_invoice_reference_and_order(self):
        self.invoice.write({"ref": "PO-88-x", "payment_reference": "RF18 5390 0754"})
        self.invoice.invoice_origin = "S00471"
        self._create_claim(10, 5, self._create_debtor("Somebody else"))
        for text in (self.invoice.name, "po-88", "RF18 5390", "s00471"):
            with self.subTest(text=text):
                self._assert_found(text)
                self.assertEqual(self._search_list(text), self.debtor)

    def test_by_name_of_debtor_or_contact(self):
        for text in ("Müller", "müller gmbh", "Weber", "frau weber", "bau mül"):
            with self.subTest(text=text):
                self._assert_found(text)
                self.assertEqual(self._search_list(text), self.debtor)
        self._assert_found("Weber", person=self.contact)

    def test_by_customer_number(self):
        self._assert_found("C4711")
        self._assert_found(" c4711 ")
        self.assertEqual(self._search_list("C4711"), self.debtor)

    def test_by_who_speaks_for_them(self):
        lawyer = self._create_debtor("Advocatus", phone="+49 89 1234567")
        self.env["collection.contact.right"].with_user(self.collector).create(
            {
                "kind": "represented",
                "partner_id": self.debtor.id,
                "representative_id": lawyer.id,
                "representative_role": "lawyer",
            }
        )
        self._assert_found("089 1234567")

    def test_by_a_number_from_which_they_called(self):
        self._log(phone="0171 5550123").action_done()
        self._assert_found("+49 171 5550123")

    def test_nobody(self):
        for text in ("", " ", "x", "030 99999999", "INV/1999/99999", "%", "_", "\\"):
            with self.subTest(text=text):
                self.assertFalse(self._find(text))

    def test_only_whom_we_invoice(self):
        self._create_debtor("Supplier Weber", phone="030 777777")
        self.assertFalse(self._find("030 777777"))
        self.assertEqual(len(self._find("Weber")), 1)

    def test_nothing_of_another_company(self):
        other = self.setup_other_company()["company"]
        stranger = self._create_user("group_collection_user", other, login="stranger")
        self.assertFalse(self._find(self.invoice.name, user=stranger))

    def test_only_collectors_look_for_callers(self):
        reader = self._create_user("account.group_account_invoice")
        with self._refused(AccessError, ""):
            self._find("Weber", user=reader)

    def test_the_list_costs_the_same_whatever_is_found(self):
        debtors = [
            self._create_debtor(f"Weber {n}", phone=f"030 555{n:04}", customer_rank=1)
            for n in range(MANY)
        ]
        for text in ("Weber", "030 555", self.invoice.name):
            self.env.invalidate_all()
            self._find(text)
            with self.subTest(text=text), self.assertQueryCount(25):
                self.env.invalidate_all()
                self._find(text)
        self.assertTrue(debtors)

    # -------------------------------------------------------------------- taking

    def _take(self, partner=None, number=None):
        partner = (partner or self.contact).with_user(self.collector)
        action = partner.action_take_collection_call(number)
        return (
            self.env[action["res_model"]]
            .with_user(self.collector)
            .browse(action["res_id"])
        )

    def test_call_comes_in_and_begins_with_the_verification(self):
        wizard = self._take(number="+49 171 5550123")
        call = wizard.call_id
        self.assertEqual((wizard.step, call.direction), ("call", "incoming"))
        self.assertEqual(call.contact_id, self.contact)
        self.assertEqual(call.phone_e164, "+491715550123")
        self.assertFalse(call.right_party_verified or call.is_dialled)
        self.assertNotIn("1,000", wizard.dossier)

    def test_number_that_nobody_can_call_back(self):
        call = self._take(number="anonymous").call_id
        self.assertEqual(call.direction, "incoming")
        self.assertEqual(call.phone, self.contact.phone)

    def test_taking_what_was_prepared(self):
        prepared = self._open().call_id
        call = self._take().call_id
        self.assertEqual((call, call.direction), (prepared, "incoming"))

    def test_what_was_dialled_stays_what_it_is(self):
        wizard = self._open()
        wizard.action_next()
        call = self._take().call_id
        self.assertEqual((call, call.direction), (wizard.call_id, "outgoing"))

    def test_policies_have_nothing_against_calls_that_come_in(self):
        self.env["collection.contact.right"].with_user(self.collector).create(
            {"kind": "no_calls", "partner_id": self.debtor.id, "wording": "Never"}
        )
        self.assertEqual(self._take().step, "call")
