import random
from datetime import date, datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import TODAY, CollectionCallsCommon

STEPS = ["prepare", "call", "understand", "solve", "close"]


@tagged("post_install", "-at_install")
class TestCollectionWizard(CollectionCallsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor.write({"ref": "C4711", "email": "office@mueller.example"})
        cls.contact.write({"email": "weber@mueller.example", "street": "Weg 1"})
        cls.invoice = cls._create_claim(1000, days_overdue=30)
        cls.voicemail = cls.env.ref(
            "collection_calls.collection_call_outcome_voicemail"
        )
        cls.call_back = cls.env.ref(
            "collection_calls.collection_call_outcome_call_back"
        )
        cls.no_money = cls.env.ref("collection_calls.collection_reason_no_money")

    def _open(self, record=None, user=None):
        record = (record or self.contact).with_user(user or self.collector)
        action = record.action_start_collection_call()
        wizard = self.env[action["res_model"]].with_user(user or self.collector)
        return wizard.browse(action["res_id"])

    def _go_to(self, step, wizard=None):
        wizard = wizard or self._open()
        wizard.verified_by = "customer_number"
        for _step in range(STEPS.index(wizard.step), STEPS.index(step)):
            wizard.action_next()
        return wizard

    # ------------------------------------------------------------------ opening

    def test_open_from_partner(self):
        wizard = self._open()
        call = wizard.call_id
        self.assertEqual(wizard.step, "prepare")
        self.assertEqual(
            (call.partner_id, call.contact_id), (self.debtor, self.contact)
        )
        self.assertEqual((call.user_id, call.state), (self.collector, "ongoing"))

    def test_open_by_contract(self):
        wizards = self.env["collection.call.wizard"].with_user(self.collector)
        wizard = wizards.create({"partner_id": self.debtor.id})
        self.assertEqual(wizard.call_id.partner_id, self.debtor)

    def test_open_from_invoices(self):
        other = self._create_claim(50, days_overdue=-5)
        wizard = self._open(self.invoice | other)
        self.assertEqual(wizard.claim_ids.move_id, self.invoice | other)
        stranger = self._create_claim(1, 1, self._create_debtor("Somebody else"))
        with self._refused(UserError, "one customer at a time"):
            self._open(self.invoice | stranger)

    def test_open_from_case(self):
        self._log().action_done()
        case = self.debtor.with_user(self.collector).collection_case_id
        action = case.action_start_call()
        wizard = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(wizard.sudo().call_id.case_id, case)

    def test_open_twice_resumes(self):
        wizard = self._go_to("understand")
        wizard.statement = "The roof leaks"
        again = self._open()
        self.assertEqual(again.call_id, wizard.call_id)
        self.assertEqual(
            (again.step, again.statement), ("understand", "The roof leaks")
        )

    def test_open_on_another_invoice_adds_it(self):
        other = self._create_claim(50, days_overdue=5)
        call = self._open(self.invoice).call_id
        self.assertEqual(self._open(other).call_id, call)
        self.assertEqual(call.claim_ids.move_id, self.invoice | other)

    def test_colleague_sees_that_a_call_is_going_on(self):
        self._open()
        colleague = self._create_user("group_collection_user", login="colleague")
        wizard = self._open(user=colleague)
        self.assertEqual(wizard.colleagues, self.collector.name)
        self.assertNotEqual(wizard.call_id.user_id, self.collector)

    def test_not_now(self):
        wizard = self._open()
        wizard.action_discard()
        self.assertEqual(wizard.state, "cancelled")
        self.assertFalse(wizard.call_id.case_id.activity_ids)
        wizard = self._go_to("understand")
        with self._refused(UserError, "Something is recorded"):
            wizard.action_discard()

    # ------------------------------------------------------------------ 1 Prepare

    def test_dossier_says_what_we_know(self):
        self._log(
            outcome=self.dispute,
            right_party_verified=True,
            verified_by="address",
            date_start=datetime(2026, 2, 1, 9),
            statement="The roof leaks",
        ).action_done()
        self.debtor.message_post(
            body="First reminder",
            subject="Reminder of 1 March",
            message_type="email",
            subtype_xmlid="mail.mt_comment",
        )
        self.env["ir.attachment"].create(
            {
                "name": "order.pdf",
                "res_model": "account.move",
                "res_id": self.invoice.id,
            }
        )
        self.invoice.invoice_origin = "S00042"
        dossier = self._open().dossier
        for text in (
            "tel:+493023125042",
            "tel:+493023125043",
            "weber@mueller.example",
            self.invoice.name,
            "1,000.00",
            "30",
            "S00042",
            "order.pdf",
            "Disputes the claim",
            "The roof leaks",
            "Reminder of 1 March",
        ):
            self.assertIn(text, dossier)

    def test_local_time_of_the_debtor(self):
        self.contact.tz = self.debtor.tz = False
        self.assertEqual(self._open().local_time, "10:00", "the number is in Berlin")
        self.debtor.tz = "America/New_York"
        self.env.invalidate_all()
        self.assertEqual(self._open().local_time, "05:00")

    def test_opening_costs_the_same_whatever_is_open(self):
        counts = []
        for claims in 20, 20, 2000:  # the first fills the caches of views and rights
            partner = self._create_debtor(f"Debtor of {claims}", phone="030 23125042")
            self._create_items(partner, claims)
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            wizard = self._open(partner)
            wizard.web_read(
                {"dossier": {}, "prompts": {}, "overdue_amount": {}, "claim_ids": {}}
            )
            self.env.flush_all()
            counts.append(self.cr.sql_log_count - before)
            self.assertIn(f"{claims - 7} more", wizard.dossier)
        self.assertEqual(counts[1], counts[2])

    def _create_items(self, partner, count):
        """Many claims in one entry: as good as many invoices, and made at once."""
        account = self.company_data["default_account_receivable"]
        revenue = self.company_data["default_account_revenue"]
        item = {
            "account_id": account.id,
            "partner_id": partner.id,
            "debit": 10,
            "date_maturity": date(2026, 1, 31),
        }
        lines = [Command.create(item) for _number in range(count)]
        lines.append(Command.create({"account_id": revenue.id, "credit": 10 * count}))
        self.env["account.move"].create(
            {
                "journal_id": self.company_data["default_journal_sale"].id,
                "date": date(2026, 1, 1),
                "line_ids": lines,
            }
        ).action_post()

    # --------------------------------------------------------------------- 2 Call

    def test_later_steps_stay_shut_until_verified(self):
        wizard = self._open()
        wizard.action_next()
        with self._refused(ValidationError, "right person"):
            wizard.action_next()
        for step in STEPS[2:]:
            with self._refused(ValidationError, "right person"):
                wizard.step = step
        with self.assertRaises(ValidationError):
            wizard.debt_acknowledged = "yes"
        wizard.verified_by = "address"
        wizard.action_next()
        self.assertEqual(wizard.step, "understand")
        with self.assertRaises(ValidationError):
            wizard.verified_by = False

    def test_amounts_are_hidden_before_verification(self):
        wizard = self._open(self.invoice)
        self.assertIn("1,000.00", wizard.dossier)
        wizard.action_next()
        self.assertIn("C4711", wizard.dossier)
        self.assertNotIn("1,000.00", wizard.dossier)
        self.assertNotIn("1,000.00", wizard.prompts)

    def test_greeting_names_collector_company_and_contact(self):
        wizard = self._open()
        wizard.action_next()
        for name in self.collector.name, self.company.name, self.contact.name:
            self.assertIn(name, wizard.prompts)

    def test_voicemail_ends_the_call(self):
        wizard = self._open()
        action = wizard.action_end_with(self.voicemail.id)
        self.assertEqual(action["tag"], "collection_calls.leave")
        call = wizard.call_id
        self.assertEqual((call.state, call.outcome_id), ("done", self.voicemail))
        self.assertEqual(call.case_id.next_call_date, date(2026, 3, 12))
        self.assertFalse(call.right_party_verified)

    def test_quick_end_refuses_an_outcome_that_needs_more(self):
        wizard = self._open()
        with self.assertRaises(ValidationError):
            wizard.action_end_with(self.promise.id)
        self.assertEqual(wizard.call_id.state, "ongoing")

    def test_call_back_on_an_agreed_day_and_hour(self):
        wizard = self._open()
        wizard.action_ask_call_back()
        self.assertEqual(wizard.next_call_date, date(2026, 3, 11), "next working day")
        wizard.write({"next_call_date": date(2026, 3, 16), "next_call_time": 10.5})
        wizard.action_done()
        activity = wizard.call_id.next_activity_id
        self.assertEqual(activity.date_deadline, date(2026, 3, 16))
        self.assertIn("10:30", activity.summary)

    # --------------------------------------------------------------- 3 Understand

    def test_conversation_is_about_what_is_overdue(self):
        self._create_claim(70, days_overdue=-5)
        wizard = self._go_to("understand")
        self.assertEqual(wizard.claim_ids.move_id, self.invoice)

    def test_dialogue_friday_means_saturday(self):
        """No money – do you work? – which day are you paid? – Friday – Saturday."""
        wizard = self._go_to("understand")
        wizard.reason_id = self.no_money
        self.assertEqual(
            wizard.answer_ids.mapped("question"),
            [
                "Do you work?",
                "Which day are you paid?",
                "How much can you send the day after?",
            ],
        )
        wizard.answer_ids[0].answer_yes_no = "yes"
        wizard.answer_ids[1].answer_weekday = "4"
        self.assertEqual(wizard.payment_date, date(2026, 3, 14), "a Saturday")
        wizard.action_next()
        wizard.outcome_id = self.promise
        self.assertEqual(wizard.next_call_date, date(2026, 3, 13), "the day before")

    def test_another_reason_asks_other_questions(self):
        wizard = self._go_to("understand")
        wizard.reason_id = self.no_money
        wizard.reason_id = self.env.ref("collection_calls.collection_reason_quality")
        self.assertNotIn("Do you work?", wizard.answer_ids.mapped("question"))
        self.assertEqual(len(wizard.answer_ids), 2)

    # -------------------------------------------------------------------- 4 Solve

    def test_improvement_goes_to_the_owner_of_the_reason(self):
        self.no_money.with_user(self.manager).user_id = self.manager
        wizard = self._go_to("solve")
        wizard.write(
            {
                "reason_id": self.no_money.id,
                "improvement": "Offer a direct debit",
                "outcome_id": self.dispute.id,
            }
        )
        wizard.action_done()
        todo = self.env["mail.activity"].with_user(self.manager)
        todo = todo.search([("user_id", "=", self.manager.id)])
        self.assertIn("Offer a direct debit", todo.note)
        self.assertIn(self.debtor.name, todo.summary)
        self.assertFalse(todo.res_model, "its owner alone sees it")

    def test_payment_link(self):
        wizard = self._go_to("solve")
        action = wizard.action_open_payment_link()
        link = (
            self.env["payment.link.wizard"]
            .with_user(self.collector)
            .with_context(**action["context"])
            .create({})
        )
        self.assertEqual(link.amount, 1000)
        self.assertIn(str(self.invoice.id), link.link)

    def test_mail_payment_links(self):
        wizard = self._go_to("solve")
        action = wizard.action_mail_payment_links()
        self.assertEqual(action["params"]["type"], "success")
        mail = self._get_mails(wizard)
        self.assertEqual(mail.state, "outgoing", "queued")
        self.assertIn("/my/invoices/", mail.body_html)
        self.contact.email = False
        with self._refused(UserError, "no e-mail address"):
            wizard.action_mail_payment_links()

    # -------------------------------------------------------------------- 5 Close

    def test_recap_is_built_from_what_was_recorded(self):
        wizard = self._go_to("understand")
        wizard.debt_acknowledged = "yes"
        wizard.payment_date = date(2026, 3, 14)
        wizard.action_next()
        wizard.outcome_id = self.promise
        wizard.action_next()
        for text in (
            self.invoice.name,
            "1,000.00",
            "You acknowledge the claim.",
            "You promised to pay.",
            "Saturday, March 14, 2026",
            "Friday, March 13, 2026",
        ):
            self.assertIn(text, wizard.recap)

    def test_corrections_go_to_the_contact_and_nothing_else_does(self):
        self.assertFalse(self.collector.has_group("base.group_partner_manager"))
        # Tests switch tracking off; people don't.
        wizard = self._open().with_context(tracking_disable=False, mail_notrack=False)
        wizard = self._go_to("close", wizard)
        self.assertEqual(wizard.contact_email, "weber@mueller.example")
        wizard.write(
            {
                "contact_phone": "030 23125 099",
                "contact_city": "Berlin",
                "phone_confirmed": True,
                "email_confirmed": True,
                "address_confirmed": True,
                "outcome_id": self.dispute.id,
            }
        )
        self.env.flush_all()
        self.cr.precommit.run()  # what was tracked until now
        wizard.action_done()
        self.env.flush_all()
        self.cr.precommit.run()
        self.assertEqual(self.contact.phone, "030 23125 099")
        self.assertEqual(self.contact.city, "Berlin")
        self.assertEqual(self.contact.street, "Weg 1")
        self.assertTrue(wizard.call_id.contact_confirmed)
        self.env.invalidate_all()
        tracked = self.contact.sudo().message_ids.tracking_value_ids
        self.assertIn("030 23125 099", tracked.mapped("new_value_char"))
        with self.assertRaises(AccessError):
            self.contact.with_user(self.collector).phone = "030 23125 001"

    def test_bad_contact_data_is_refused_and_kept_on_the_screen(self):
        wizard = self._go_to("close")
        with self._refused(ValidationError, "Nobody can dial"):
            wizard.contact_phone = "12"
        with self._refused(ValidationError, "no e-mail address"):
            wizard.contact_email = "weber at mueller"

    def test_login_address_is_not_changed_through_a_call(self):
        self.env["res.users"].sudo().create(
            {"login": "weber", "partner_id": self.contact.id}
        )
        wizard = self._go_to("close")
        wizard.write({"contact_email": "x@y.example", "outcome_id": self.dispute.id})
        with self._refused(ValidationError, "has a user account"):
            wizard.action_done()
        self.assertEqual(wizard.state, "ongoing")
        self.assertEqual(wizard.contact_email, "x@y.example", "nothing typed is lost")

    def test_done_queues_the_confirmation(self):
        wizard = self._go_to("close")
        wizard.write({"outcome_id": self.promise.id, "payment_date": date(2026, 3, 14)})
        wizard.action_done()
        mail = self._get_mails(wizard)
        self.assertEqual(mail.state, "outgoing")
        self.assertEqual(mail.recipient_ids, self.contact)
        self.assertIn("March 14, 2026", mail.body_html)

    def test_no_confirmation_if_it_is_not_wanted(self):
        wizard = self._go_to("close")
        wizard.write({"outcome_id": self.dispute.id, "send_confirmation": False})
        wizard.action_done()
        self.assertFalse(self._get_mails(wizard))

    def _get_mails(self, wizard):
        # As superuser: the queue belongs to the administrator.
        return (
            self.env["mail.mail"]
            .sudo()
            .search(
                [
                    ("model", "=", "collection.call"),
                    ("res_id", "=", wizard.call_id.id),
                    ("mail_message_id.message_type", "!=", "notification"),
                ]
            )
        )

    def test_done_without_outcome_keeps_everything(self):
        wizard = self._go_to("close")
        wizard.statement = "Will see"
        with self._refused(ValidationError, "Choose the outcome"):
            wizard.action_done()
        self.assertEqual((wizard.state, wizard.statement), ("ongoing", "Will see"))

    def test_everything_is_written_to_the_call_at_once(self):
        wizard = self._go_to("understand")
        with Form(wizard) as form:
            form.statement = "The roof leaks"
        self.assertEqual(wizard.call_id.statement, "The roof leaks")
        wizard.sudo().unlink()  # what the nightly clean-up does
        self.assertEqual(self._open().statement, "The roof leaks")

    # ------------------------------------------------------------------- any order

    def test_no_order_of_buttons_loses_or_doubles_anything(self):
        """Random walks through the wizard, with a fixed seed each."""
        for seed in range(60):
            with self.subTest(seed=seed), self.cr.savepoint() as savepoint:
                self._walk(random.Random(seed))
                savepoint.rollback()
                self.env.invalidate_all()

    def _walk(self, dice):
        wizard = self._open()
        call = wizard.call_id
        typed = {}
        moves = {
            "next": lambda: wizard.action_next(),
            "back": lambda: wizard.action_back(),
            "verify": lambda: self._type(wizard, typed, verified_by="address"),
            "note": lambda: self._type(wizard, typed, statement=str(dice.random())),
            "promise": lambda: self._type(wizard, typed, outcome_id=self.promise),
            "day": lambda: self._type(wizard, typed, payment_date=date(2026, 3, 20)),
            "voicemail": lambda: wizard.action_end_with(self.voicemail.id),
            "done": lambda: wizard.action_done(),
        }
        for _count in range(14):
            name = dice.choice(list(moves))
            before = call.state
            try:
                with self.env.cr.savepoint():
                    moves[name]()
            except (UserError, ValidationError):
                self.assertEqual(call.state, before, f"{name} failed half-way")
            self.assertIn(wizard.step, STEPS)
            for field, value in typed.items():
                if not (name == "voicemail" and field == "outcome_id"):
                    self.assertEqual(call[field], value, f"{name} lost {field}")
            if call.step in STEPS[2:]:
                self.assertTrue(call.right_party_verified)
            if call.state == "done":
                break
        activities = call.case_id.activity_ids
        self.assertEqual(len(activities), 1 if call.state == "done" else 0)
        self.assertEqual(len(self.debtor.collection_call_ids), 1)
        self.assertEqual(len(call.claim_ids), len(call.claim_ids.move_line_id))

    def _type(self, wizard, typed, **vals):
        for name, value in vals.items():
            wizard[name] = value
        typed.update(vals)

    def test_discard_and_close_of_a_closed_call_do_nothing(self):
        wizard = self._open()
        wizard.action_end_with(self.voicemail.id)
        wizard.action_done()
        wizard.action_discard()
        self.assertEqual(wizard.state, "done")
        self.assertEqual(len(wizard.call_id.case_id.activity_ids), 1)
        self.assertEqual(wizard.call_id.case_id.next_call_date > TODAY, True)

    # ------------------------------------------------------- what must not happen

    def test_collector_of_another_company_opens_nothing(self):
        call = self._open().call_id
        other = self.setup_other_company()["company"]
        stranger = self._create_user("group_collection_user", other)
        wizards = self.env["collection.call.wizard"].with_user(stranger)
        with self.assertRaises(AccessError):
            wizards.create({"call_id": call.id})
        own = wizards.create({"partner_id": self._create_debtor("Theirs").id})
        with self._refused(UserError, "Open the other call"):
            own.call_id = call

    def test_colleague_does_not_take_over_my_call(self):
        call = self._open().call_id
        colleague = self._create_user("group_collection_user", login="colleague")
        for attempt in (
            lambda mine: mine.write({"statement": "Never said"}),
            lambda mine: mine.action_discard(),
            lambda mine: mine.action_done(),
        ):
            with self._refused(AccessError, "is held by"):
                attempt(call.with_user(colleague))
        call.with_user(self.manager).statement = "Said by phone"

    def test_nobody_verified_corrects_nothing(self):
        call = self._log(contact_id=self.contact.id, contact_email="evil@x.example")
        call.action_done()
        self.assertEqual(self.contact.email, "weber@mueller.example")

    def test_our_own_people_are_not_corrected(self):
        self.contact.user_ids = self._create_user("base.group_user", login="insider")
        wizard = self._go_to("close")
        wizard.write({"contact_city": "Nowhere", "outcome_id": self.dispute.id})
        with self._refused(ValidationError, "has a user account"):
            wizard.action_done()

    def test_another_person_on_the_line_has_other_data(self):
        colleague = self.env["res.partner"].create(
            {
                "name": "Herr Kurz",
                "parent_id": self.debtor.id,
                "email": "kurz@m.example",
            }
        )
        wizard = self._go_to("close")
        self.assertEqual(wizard.contact_email, "weber@mueller.example")
        wizard.contact_id = colleague
        wizard.action_back()
        wizard.action_next()
        self.assertEqual(wizard.contact_email, "kurz@m.example")
        wizard.outcome_id = self.dispute
        wizard.action_done()
        self.assertEqual(colleague.email, "kurz@m.example")
        self.assertFalse(colleague.phone)

    def test_dialled_number_does_not_become_the_contacts(self):
        wizard = self._open()
        wizard.phone = "+49 171 3920012"
        wizard = self._go_to("close", wizard)
        wizard.outcome_id = self.dispute
        wizard.action_done()
        self.assertEqual(self.contact.phone, "030 23125043")
        self.assertEqual(wizard.phone, "+49 171 3920012")

    def test_bad_data_on_file_does_not_stop_the_call(self):
        self.debtor.phone = "see contact"
        self.contact.write({"phone": "ask Mr Kurz", "email": "a@x, b@x"})
        wizard = self._open()
        self.assertFalse(wizard.phone)
        self.assertIn("ask Mr Kurz", wizard.dossier)
        wizard = self._go_to("close", wizard)
        self.assertFalse(wizard.contact_phone)
        wizard.write({"contact_phone": "030 23125 077", "outcome_id": self.dispute.id})
        wizard.action_done()
        self.assertEqual(self.contact.phone, "030 23125 077")

    def test_typed_dates_stay(self):
        wizard = self._go_to("understand")
        wizard.reason_id = self.no_money
        wizard.answer_ids[1].answer_weekday = "4"
        wizard.outcome_id = self.promise
        wizard.payment_date = date(2026, 3, 20)
        self.assertEqual(wizard.next_call_date, date(2026, 3, 19), "still proposed")
        wizard.next_call_date = date(2026, 3, 18)
        wizard.answer_ids[2].answer_text = "All of it"
        wizard.payment_date = date(2026, 3, 24)
        self.assertEqual(wizard.payment_date, date(2026, 3, 24))
        self.assertEqual(wizard.next_call_date, date(2026, 3, 18))

    def test_answers_survive_a_slip(self):
        wizard = self._go_to("understand")
        wizard.reason_id = self.no_money
        wizard.answer_ids[0].answer_yes_no = "yes"
        wizard.reason_id = self.env.ref("collection_calls.collection_reason_quality")
        wizard.reason_id = self.no_money
        answers = {a.question: a.answer_yes_no for a in wizard.answer_ids}
        self.assertEqual(answers["Do you work?"], "yes")
        self.assertEqual(len(answers), 3)

    def test_reason_recorded_in_the_same_breath(self):
        call = self._log(
            outcome=self.dispute, verified_by="address", reason_id=self.no_money.id
        )
        call.action_done()
        self.assertEqual((call.state, len(call.answer_ids)), ("done", 3))

    def test_promise_needs_a_day_to_come(self):
        wizard = self._go_to("close")
        wizard.write({"outcome_id": self.promise.id, "next_call_date": TODAY})
        with self._refused(ValidationError, "needs a day"):
            wizard.action_done()
        wizard.payment_date = date(2026, 3, 9)
        with self._refused(ValidationError, "can't lie in the past"):
            wizard.action_done()

    def test_recap_doesnt_contradict_itself(self):
        wizard = self._go_to("solve")
        wizard.write({"payment_date": date(2026, 3, 20), "outcome_id": self.dispute.id})
        wizard.action_next()
        self.assertNotIn("You pay by", wizard.recap)

    def test_payment_links_need_the_right_party(self):
        with self._refused(UserError, "Verify the person first"):
            self._open(self.invoice).action_mail_payment_links()

    def test_broken_template_does_not_stop_the_call(self):
        # As superuser: templates belong to the administrator.
        template = self.env.ref(
            "collection_calls.mail_template_call_confirmation"
        ).sudo()
        template.body_html = '<p t-out="object.no_such_field"/>'
        wizard = self._go_to("close")
        wizard.outcome_id = self.dispute
        with (
            self.assertLogs("odoo.addons.collection_calls", "ERROR"),
            mute_logger("odoo.addons.mail.models.mail_render_mixin"),
        ):
            wizard.action_done()
        self.assertEqual(wizard.state, "done")
        summaries = wizard.call_id.case_id.activity_ids.mapped("summary")
        self.assertTrue([s for s in summaries if "template is broken" in s])

    def test_next_call_goes_to_somebody_who_is_there(self):
        gone = self._create_user("group_collection_user", login="gone")
        case = self._open().call_id.case_id
        case.user_id = gone
        gone.sudo().active = False
        self._log().action_done()
        self.assertEqual(case.activity_ids.user_id, self.collector)

    def test_failed_attempt_leaves_what_was_agreed(self):
        agreed = self._log(
            outcome=self.promise, verified_by="address", payment_date=date(2026, 3, 21)
        )
        agreed.action_done()
        self._log().action_done()
        days = agreed.case_id.activity_ids.mapped("date_deadline")
        self.assertEqual(sorted(days), [date(2026, 3, 11), date(2026, 3, 20)])

    def test_call_logged_later_has_no_invented_end(self):
        call = self._log(date_start=datetime(2026, 3, 9, 14))
        call.action_done()
        self.assertFalse(call.date_end)
        self.assertEqual(call.duration, 0)

    def test_deleted_note_on_a_closed_call(self):
        call = self._log()
        call.action_done()
        note = call.with_user(self.manager).message_post(body="Rang twice")
        for delete in (
            lambda: note.with_user(self.collector).unlink(),
            lambda: call.write({"message_ids": [Command.delete(note.id)]}),
        ):
            with self.assertRaises(UserError), self.cr.savepoint():
                delete()
        self.assertTrue(note.exists())
