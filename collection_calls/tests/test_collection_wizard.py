import random
from datetime import date, datetime

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, tagged

from .common import (
    STEPS,
    TODAY,
    CollectionCallsProvider,
    CollectionCallsWizardCommon,
)


@tagged("post_install", "-at_install")
class TestCollectionWizard(CollectionCallsProvider, CollectionCallsWizardCommon):
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

    def test_dialled_calls_end_with_an_outcome(self):
        """Otherwise as many calls as one likes would go by uncounted."""
        wizard = self._open()
        wizard.action_next()
        wizard.action_back()
        self.assertTrue(wizard.is_dialled)
        wizard.phone = "030 23125099"
        with self._refused(UserError, "was dialled. .* “No answer”"):
            wizard.action_discard()
        wizard.call_id.direction = "incoming"
        with self._refused(UserError, "was dialled"):
            wizard.action_discard()
        with self._refused(UserError, "can't be edited"):
            wizard.call_id.is_dialled = False
        wizard.action_end_with(self.no_answer.id)
        self.assertEqual(wizard.state, "done")

    def test_incoming_calls_are_not_dialled(self):
        wizard = self._open()
        wizard.call_id.direction = "incoming"
        wizard.action_next()
        wizard.action_discard()
        self.assertEqual(wizard.state, "cancelled")

    # ------------------------------------------------------------------ 1 Prepare

    def test_dossier_says_what_we_know(self):
        self.company.collection_backdating_days = 60
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

    def test_dossier_counts_one_day(self):
        self._create_claim(70, days_overdue=1)
        dossier = self._open().dossier
        self.assertIn("30 days", dossier)
        self.assertRegex(dossier, r">\s*1 day\s*<")

    def test_dossier_explains_open_credits(self):
        self._create_claim(100, 0, move_type="out_refund")
        wizard = self._open()
        self.assertEqual(wizard.overdue_amount, 900)
        self.assertIn("Open credits", wizard.dossier)
        self.assertIn("100.00", wizard.dossier)

    def test_local_time_of_the_debtor(self):
        self.contact.tz = self.debtor.tz = False
        self.assertEqual(self._open().local_time, "10:00", "the number is in Berlin")
        usa = self.env.ref("base.us")
        self.debtor.write({"tz": "America/New_York", "country_id": usa.id})
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
        self.assertEqual(action["params"]["next"]["tag"], "collection_calls.leave")
        call = wizard.call_id
        self.assertEqual((call.state, call.outcome_id), ("done", self.voicemail))
        self.assertEqual(self._get_next_call(call.case_id), date(2026, 3, 12))
        self.assertFalse(call.right_party_verified)

    def test_quick_end_refuses_an_outcome_that_needs_more(self):
        wizard = self._open()
        with self.assertRaises(ValidationError):
            wizard.action_end_with(self.promise.id)
        self.assertEqual(wizard.call_id.state, "ongoing")

    def test_call_back_on_an_agreed_day_and_hour(self):
        wizard = self._open()
        wizard.write({"call_back_date": date(2026, 3, 16), "next_call_time": 10.5})
        self.assertEqual(wizard.call_id.next_call_date, date(2026, 3, 16), "kept")
        wizard.action_end_with(self.call_back.id)
        activity = wizard.call_id.next_activity_id
        self.assertEqual(activity.date_deadline, date(2026, 3, 16))
        self.assertIn("10:30", activity.summary)

    def test_call_back_at_once(self):
        wizard = self._open()
        self.assertEqual(wizard.call_back_date, date(2026, 3, 11), "next working day")
        wizard.action_end_with(self.call_back.id)
        call = wizard.call_id
        self.assertEqual((call.state, call.outcome_id), ("done", self.call_back))
        self.assertEqual(call.next_activity_id.date_deadline, date(2026, 3, 11))
        self.assertEqual(call.next_activity_id.summary, "Call back", "no hour")

    def test_call_back_in_the_past_is_refused_and_kept_on_the_screen(self):
        wizard = self._open()
        wizard.write({"call_back_date": date(2026, 3, 9), "next_call_time": 10.5})
        with self._refused(ValidationError, "can't lie in the past"):
            wizard.action_end_with(self.call_back.id)
        self.assertEqual((wizard.state, wizard.outcome_id.id), ("ongoing", False))
        self.assertEqual(wizard.call_back_date, date(2026, 3, 9))
        self.assertEqual(wizard.next_call_time, 10.5)

    def test_third_party_says_when_to_try_again(self):
        wizard = self._open()
        wizard.call_back_date = date(2026, 3, 18)
        third_party = "collection_calls.collection_call_outcome_third_party"
        wizard.action_end_with(self.env.ref(third_party).id)
        self.assertEqual(self._get_next_call(wizard.call_id.case_id), date(2026, 3, 18))

    def test_what_to_say_when_calling_back_is_on_the_screen(self):
        wizard = self._open()
        wizard.action_next()
        self.assertIn("Call back", wizard.dossier)

    # --------------------------------------------------------- days nobody works on

    def test_log_form_tells_that_the_day_is_moved(self):
        call = self._log(outcome=self.call_back)
        view = "collection_calls.collection_call_view_form_log"
        with Form(call, view=view) as form:
            form.next_call_date = date(2026, 3, 14)
            self.assertIn("Nobody works on Saturday", form.next_call_note)
            form.next_call_date = date(2026, 3, 13)
            self.assertFalse(form.next_call_note)

    def test_next_call_on_a_holiday_is_moved_and_told(self):
        wizard = self._go_to("close")
        self.assertFalse(wizard.next_call_note)
        wizard.write({"next_call_date": date(2026, 3, 14), "next_call_time": 9})
        self.assertIn("Nobody works on Saturday", wizard.next_call_note)
        self.assertIn("Monday, March 16, 2026", wizard.next_call_note)
        self.assertIn("on Monday, March 16, 2026 at 09:00", wizard.recap)
        wizard.action_done()
        self.assertEqual(wizard.next_call_date, date(2026, 3, 16))
        self.assertEqual(self._get_next_call(wizard.call_id.case_id), date(2026, 3, 16))
        self.assertFalse(wizard.next_call_note)

    # --------------------------------------------------------------- 3 Understand

    def test_conversation_is_about_what_is_overdue(self):
        self._create_claim(70, days_overdue=-5)
        wizard = self._go_to("understand")
        self.assertEqual(wizard.claim_ids.move_id, self.invoice)

    def test_dialogue_friday_means_saturday(self):
        """No money – do you work? – which day are you paid? – Friday – Saturday."""
        self.debtor.is_company = False
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
                "outcome_id": self.no_commitment.id,
            }
        )
        wizard.action_done()
        todo = self.env["mail.activity"].with_user(self.manager)
        todo = todo.search([("user_id", "=", self.manager.id)])
        self.assertIn("Offer a direct debit", todo.note)
        self.assertIn(self.debtor.name, todo.summary)
        self.assertFalse(todo.res_model, "its owner alone sees it")

    def test_payment_link(self):
        self._take_online()
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
        self._take_online()
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
                "outcome_id": self.no_commitment.id,
            }
        )
        self.assertTrue(wizard.call_id.contact_confirmed)
        self.env.flush_all()
        self.cr.precommit.run()  # what was tracked until now
        wizard.action_done()
        self.env.flush_all()
        self.cr.precommit.run()
        self.assertEqual(self.contact.phone, "+49 30 23125099")
        self.assertEqual(self.contact.city, "Berlin")
        self.assertEqual(self.contact.street, "Weg 1")
        self.env.invalidate_all()
        tracked = self.contact.sudo().message_ids.tracking_value_ids
        self.assertIn("+49 30 23125099", tracked.mapped("new_value_char"))
        with self.assertRaises(AccessError):
            self.contact.with_user(self.collector).phone = "030 23125 001"

    def test_all_correct_in_one_click(self):
        wizard = self._go_to("close")
        wizard.action_confirm_contact()
        self.assertTrue(wizard.phone_confirmed)
        self.assertTrue(wizard.email_confirmed)
        self.assertTrue(wizard.address_confirmed)

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
        wizard.write(
            {"contact_email": "x@y.example", "outcome_id": self.no_commitment.id}
        )
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
        wizard.write({"send_confirmation": False})
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
        wizard.write({"statement": "Will see", "outcome_id": False})
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
        self.assertEqual(self._get_next_call(wizard.call_id.case_id) > TODAY, True)
