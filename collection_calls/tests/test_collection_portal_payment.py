"""Paying what was agreed online: what is offered, taken, refused and booked."""

from datetime import timedelta

from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tests import HttpCase, new_test_user, tagged

from .common import TODAY, CollectionCallsOnline, CollectionCallsPlanCommon


class PortalPaymentCommon(CollectionCallsOnline, CollectionCallsPlanCommon, HttpCase):
    """Invoices over 1,000 in all, the oldest of 100, paid by four times 250."""

    def setUp(self):
        super().setUp()
        self.oldest = self._create_claim(100, days_overdue=60)
        self.older = self._create_claim(100, days_overdue=50)
        self.newest = self._create_claim(800, days_overdue=40)
        self.invoices = self.oldest + self.older + self.newest

    def _get_payment(self, transaction):
        self.env.cr.flush()
        self.env.invalidate_all()
        return transaction.payment_id

    def _open_balance(self, amount):
        """A claim that was taken over from other books: no invoice."""
        account = self.company_data["default_account_receivable"]
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "date": TODAY - timedelta(days=60),
                "line_ids": [
                    Command.create(
                        {
                            "account_id": account.id,
                            "partner_id": self.debtor.id,
                            "date_maturity": TODAY - timedelta(days=60),
                            "debit": amount,
                        }
                    ),
                    Command.create(
                        {
                            "account_id": self.company_data[
                                "default_account_revenue"
                            ].id,
                            "credit": amount,
                        }
                    ),
                ],
            }
        )
        entry.action_post()
        self.company.collection_include_general_items = True
        return entry

    def _get_open(self, invoices=None):
        self.env.invalidate_all()
        return (invoices or self.invoices).mapped("amount_residual")


@tagged("post_install", "-at_install")
class TestPortalPayment(PortalPaymentCommon):
    # --------------------------------------------------------------------- the story

    def test_next_installment_over_three_invoices(self):
        """One payment, matched with the oldest claims first; nobody types anything."""
        plan = self._agree(self.invoices)
        page = self._open(plan)
        self.assertEqual(page.status_code, 200)
        self.assertFalse(self._get_form(page), "the amount is chosen first")
        form = self._get_form(self._open(plan, pay="next"))
        self.assertEqual(form["amount"], "250.0")
        self.assertEqual(form["reference-prefix"], plan.name)
        transaction = self._send(form)
        self.assertEqual(transaction.reference, plan.name)
        self.assertEqual(transaction.invoice_ids, self.invoices)
        self.assertEqual(transaction.collection_plan_id.id, plan.id)
        status = self._answer(transaction)
        self.assertEqual(status["state"], "done")
        self.assertIn(plan.access_url, status["landing_route"])

        payment = self._get_payment(transaction)
        self.assertEqual(payment.amount, 250)
        self.assertEqual(payment.partner_id, self.debtor)
        self.assertEqual(payment.state, "in_process", "until the bank shows it")
        self.assertEqual(self._get_open(), [0, 0, 750])
        receipt = payment.move_id.line_ids.filtered("matched_debit_ids")
        self.assertTrue(receipt.reconciled)
        matches = receipt.matched_debit_ids.sorted(lambda m: m.debit_move_id.id)
        self.assertEqual(matches.debit_move_id.move_id, self.invoices)
        self.assertEqual(matches.mapped("amount"), [100, 100, 50])
        self._assert_plan(plan, "active", paid=250, left=750)
        self.assertEqual(plan.installment_ids.mapped("state")[:2], ["paid", "upcoming"])
        self._run_on(TODAY + timedelta(1))
        self._assert_plan(plan, "active", paid=250, left=750, arrears=0)
        self.assertIn("The payment related to", plan.message_ids[:1].body)

    def test_arrears_all_and_another_amount(self):
        plan = self._agree(self.invoices, rule=self.business)
        with self._at(TODAY + timedelta(12)):
            offers = plan._get_payment_offers()
            self.assertEqual(
                [(offer.code, offer.amount) for offer in offers.choices],
                [("arrears", 25_000), ("all", 100_000)],
            )
        self._pay_online(plan, "all")
        self._assert_plan(plan, "completed", paid=1000, left=0)
        self.assertFalse(plan._get_payment_offers().choices)
        page = self._open(plan)
        self.assertIn("There is nothing to pay here now", page.text)

    def test_another_amount_goes_to_what_is_due_first(self):
        plan = self._agree(self.invoices)
        page = self._choose(plan, "300,50")
        form = self._get_form(page)
        self.assertEqual(form["amount"], "300.5")
        self.assertNotIn("300", page.url)
        self._answer(self._send(form))
        self._assert_plan(plan, "active", paid=300.5, left=699.5)
        self.assertEqual(plan.installment_ids.mapped("amount_paid"), [250, 50.5, 0, 0])

    def test_a_promise(self):
        promise = self._promise(self.invoices, 90)
        offers = promise._get_payment_offers()
        self.assertEqual(
            [(offer.code, offer.amount) for offer in offers.choices],
            [("promised", 27_000), ("all", 100_000)],
        )
        transaction = self._pay_online(promise, "promised")
        self.assertEqual(transaction.collection_promise_id.id, promise.id)
        self.assertEqual(self._get_open(), [0, 0, 730])
        self.assertEqual(promise.amount_paid, 270)

    def test_who_has_a_login_pays_for_themselves(self):
        user = new_test_user(self.env, "debtor", "base.group_portal")
        user.partner_id.parent_id = self.debtor
        plan = self._agree(self.invoices)
        self.env.cr.flush()
        self.authenticate("debtor", "debtor")
        form = self._get_form(self._open(plan, token="", pay="next"))
        transaction = self._send(form)
        self.assertEqual(transaction.partner_id, user.partner_id)
        self._answer(transaction)
        self.assertEqual(self._get_payment(transaction).partner_id, self.debtor)
        self._assert_plan(plan, "active", paid=250)

    # -------------------------------------------------------------------- under way

    def test_nobody_is_pressed_while_it_is_under_way(self):
        """The provider never answers: page, plan and case say so, and nothing falls
        due that the money would cover."""
        plan = self._agree(self.invoices)
        transaction = self._pay_online(plan, state="pending")
        self.assertEqual(transaction.state, "pending")
        page = self._open(plan)
        self.assertIn("is on its way", page.text)
        self.assertEqual(plan._get_payment_offers().most, 75_000)
        self.assertIn("250.00", plan.online_note)
        self.assertEqual(plan._get_case().pending_amount, 250)
        self._run_on(TODAY + timedelta(20))
        self._assert_plan(plan, "active", paid=0, arrears=250)
        self.assertEqual(plan.hold_code, "pending_money")
        # It is offered no second time.
        form = self._get_form(self._open(plan, pay="next"))
        self.assertEqual(form["amount"], "250.0")
        self.assertEqual(plan._get_payment_offers().choices[0].due.month, 4)
        # In the end it arrives.
        with self._at(TODAY + timedelta(20)):
            self._answer(transaction)
            self._assert_plan(plan, "active", paid=250, arrears=0)
        self.assertFalse(plan.online_note)

    def test_authorized_then_captured(self):
        """Until it is captured it is under way; then it is a payment, once."""
        self.provider.capture_manually = True
        plan = self._agree(self.invoices)
        transaction = self._pay_online(plan)
        self.assertEqual(transaction.state, "authorized")
        self.assertFalse(transaction.payment_id)
        self.assertIn("has to be captured", plan.online_note)
        page = self._open(plan)
        self.assertIn("is on its way", page.text)
        self.assertNotIn("overdue since", page.text)
        self.assertEqual(plan._get_payment_offers().under_way, 25_000)
        self._run_on(TODAY + timedelta(20))
        self.assertEqual(plan.hold_code, "pending_money")
        with self._at(TODAY + timedelta(20)):
            part = transaction._capture()
            part._post_process()
            transaction._post_process()
            self._assert_plan(plan, "active", paid=250, left=750, arrears=0)
        self.assertEqual(transaction.state, "done")
        self.assertEqual(part.payment_id.amount, 250)
        self.assertFalse(transaction.payment_id)
        self.assertEqual(plan._get_payment_offers().under_way, 0)
        self.assertFalse(plan.online_note)
        self.assertEqual(plan._get_case().pending_amount, 0)
        self.assertNotIn("is on its way", self._open(plan).text)
        self.assertEqual(self._get_open(), [0, 0, 750])

    def test_captured_in_part_and_the_rest_voided(self):
        self.provider.capture_manually = True
        plan = self._agree(self.invoices)
        transaction = self._pay_online(plan)
        part = transaction._capture(100)
        part._post_process()
        self._assert_plan(plan, "active", paid=100, left=900)
        self.assertEqual(transaction.state, "authorized")
        self.assertEqual(plan._get_payment_offers().under_way, 15_000)
        self.assertIn("150.00", plan.online_note)
        self.assertEqual(plan._get_payment_offers().most, 75_000)
        transaction._void(150)
        self.env.cr.flush()
        self.env.invalidate_all()
        self.assertEqual(plan._get_payment_offers().under_way, 0)
        self.assertEqual(plan._get_payment_offers().most, 90_000)
        self.assertFalse(plan.online_note)

    def test_what_is_voided_falls_away(self):
        self.provider.capture_manually = True
        plan = self._agree(self.invoices)
        transaction = self._pay_online(plan)
        self.assertEqual(plan._get_payment_offers().most, 75_000)
        transaction._void()
        self.env.cr.flush()
        self.env.invalidate_all()
        self.assertEqual(transaction.state, "cancel")
        self.assertFalse(plan.online_note)
        self.assertEqual(plan._get_payment_offers().most, 100_000)
        self._assert_plan(plan, "active", paid=0, left=1000)
        self.assertFalse(
            self.env["account.payment"].search_count([("amount", "=", 250)])
        )

    def test_a_card_that_was_saved(self):
        """Offered as core does: to whoever is logged in, and only to them."""
        self.provider.allow_tokenization = True
        self.method.support_tokenization = True
        user = new_test_user(self.env, "debtor", "base.group_portal")
        user.partner_id.parent_id = self.debtor
        plan = self._agree(self.invoices)
        page = self._open(plan, pay="next")
        self.assertNotIn("o_payment_tokenize_checkbox", page.text)
        self.env.cr.flush()
        self.authenticate("debtor", "debtor")
        page = self._open(plan, token="", pay="next")
        self.assertIn("o_payment_tokenize_checkbox", page.text)
        first = self._send(self._get_form(page), tokenization_requested=True)
        self._answer(first)
        card = first.token_id
        self.assertEqual(card.partner_id, user.partner_id)
        page = self._open(plan, token="", pay="next")
        self.assertIn(f'data-payment-option-id="{card.id}"', page.text)
        form = self._get_form(page)
        paid = {"token_id": card.id, "flow": "token", "payment_method_id": None}
        second = self._send(form, **paid)
        self._answer(second)
        self.assertEqual(second.token_id, card)
        self._assert_plan(plan, "active", paid=500, left=500)
        # Neither a link nor somebody else uses it.
        self.authenticate(None, None)
        form = self._get_form(self._open(plan, pay="next"))
        self._assert_refused("method can't be used", form, **paid)

    def test_what_failed_is_offered_again(self):
        plan = self._agree(self.invoices)
        for state in "cancel", "error":
            transaction = self._pay_online(plan, state=state)
            self.assertEqual(transaction.state, state)
            self.assertFalse(transaction.payment_id)
            self.assertFalse(plan.online_note)
            self.assertEqual(plan._get_payment_offers().most, 100_000)
        self.assertIn("An error occurred", self._open(plan).text)

    # ----------------------------------------------------------------------- faults

    def test_what_changed_since_the_page_was_opened(self):
        plan = self._agree(self.invoices)
        form = self._get_form(self._open(plan, pay="next"))
        self._pay(self.oldest, 100)
        self._assert_refused("Something has changed since", form)
        page = self._choose(plan, "50", seen=form["transaction-route"].split("/")[-1])
        self.assertIn("Something has changed since", page.text)
        form = self._get_form(self._open(plan, pay="next"))
        self.assertEqual(form["amount"], "150.0")
        self._answer(self._send(form))
        self._assert_plan(plan, "active", paid=250)

    def test_the_plan_accelerates_in_the_second_of_paying(self):
        plan = self._agree(self.invoices)
        transaction = self._send(self._get_form(self._open(plan, pay="next")))
        stale = self._get_form(self._open(plan, pay="all"))
        self._run_on(TODAY + timedelta(20))
        self._assert_plan(plan, "accelerated", paid=0, left=1000)
        with self._at(TODAY + timedelta(20)):
            # What is begun is taken and counts; what is about to begin is asked again.
            self._answer(transaction)
            self._assert_plan(plan, "accelerated", paid=250, left=750)
            self._assert_refused("Something has changed since", stale)
            form = self._get_form(self._open(plan, pay="all"))
            self.assertEqual(form["amount"], "750.0")

    def test_paid_otherwise_before_the_provider_answers(self):
        """What the chosen invoices don't take pays the rest of the agreement."""
        plan = self._agree(self.invoices)
        transaction = self._send(self._get_form(self._open(plan, pay="next")))
        self._pay(self.oldest + self.older, 200, group_payment=True)
        self._pay(self.newest, 700)
        later = self._create_claim(500, days_overdue=5)
        self._answer(transaction)
        self.assertEqual(self._get_open(), [0, 0, 0])
        self.assertEqual(self._get_open(later), [500], "another debt is another matter")
        self._assert_plan(plan, "completed", paid=1000)
        receipt = self._get_receivables(self._get_payment(transaction).move_id)
        self.assertEqual(receipt.amount_residual, -150, "not lost")

    def test_doubled_submit(self):
        plan = self._agree(self.invoices)
        form = self._get_form(self._open(plan, pay="next"))
        first, second = self._send(form), self._send(form)
        self.assertEqual(first, second)
        self._answer(first)
        self._answer(second)
        self._assert_plan(plan, "active", paid=250)
        self._assert_refused("Something has changed since", form)

    def test_amounts_that_are_none(self):
        plan = self._agree(self.invoices)
        form = self._get_form(self._choose(plan, "10"))
        for amount in -10, 0, 0.5, 1000.01, 1e308, "NaN", "1e999", True, None, [10]:
            self._assert_refused("Nothing was charged|no amount", form, amount=amount)
        for amount in "-10", "0", "NaN", "inf", "1e308", "1000.01", "", "<b>1</b>":
            page = self._choose(plan, amount)
            self.assertFalse(self._get_form(page), amount)
            self.assertIn("1,000.00", page.text)
            self.assertNotIn("<b>1</b>", page.text)
        other = self._get_form(self._open(plan, pay="next"))
        self._assert_refused("has changed since", other, amount=249)

    def test_nobody_else_pays_or_sees(self):
        plan = self._agree(self.invoices)
        stranger = self._create_debtor("Somebody Else")
        other = self._create_claim(70, days_overdue=5, partner=stranger)
        others = self._agree(other)
        form = self._get_form(self._open(plan, pay="next"))
        for token in "wrong", others.sudo()._portal_ensure_token():
            self._assert_refused("link isn't valid", form, token=token)
            page = self._open(plan, token=token, pay="next")
            self.assertEqual(page.status_code, 403)
        new_test_user(
            self.env, "stranger", "base.group_portal"
        ).partner_id.parent_id = stranger
        self.env.cr.flush()
        self.authenticate("stranger", "stranger")
        form.pop("access-token")
        self._assert_refused("link isn't valid", form)

    def test_over_is_over(self):
        plan = self._agree(self.invoices)
        form = self._get_form(self._open(plan, pay="next"))
        plan.with_user(self.manager).action_cancel("Agreed on something else")
        self._assert_refused("has changed since", form)
        page = self._open(plan, pay="next")
        self.assertFalse(self._get_form(page))
        self.assertIn("to be paid any more", page.text)
        offered = self._plan(self.invoices)
        offered.action_offer()
        self.assertFalse(offered._get_payment_offers().choices)

    def test_what_was_begun_before_it_was_cancelled(self):
        plan = self._agree(self.invoices)
        transaction = self._send(self._get_form(self._open(plan, pay="next")))
        plan.with_user(self.manager).action_cancel("Agreed on something else")
        newer = self._agree(self.invoices)
        self._answer(transaction)
        self.assertEqual(self._get_open(), [0, 0, 750])
        self._assert_plan(newer, "active", paid=250)

    def test_other_parameters_than_the_form_has(self):
        plan = self._agree(self.invoices)
        form = self._get_form(self._open(plan, pay="next"))
        for wrong in (
            {"flow": "token", "token_id": 1},
            {"flow": "nonsense"},
            {"payment_method_id": 0},
            {"provider_id": 0},
            {"provider_id": self.env.ref("payment.payment_provider_demo").id},
        ):
            self._assert_refused("method can't be used here", form, **wrong)
        transaction = self._send(
            form, landing_route="https://example.com", tokenization_requested=True
        )
        self.assertTrue(transaction.landing_route.startswith(plan.access_url))
        self.assertFalse(transaction.tokenize)

    def test_where_invoices_arent_paid_online(self):
        plan = self._agree(self.invoices)
        form = self._get_form(self._open(plan, pay="next"))
        parameters = self.env["ir.config_parameter"].sudo()
        parameters.set_param("account_payment.enable_portal_payment", False)
        self.assertNotIn("Pay online", self._open(plan).text)
        self._assert_refused("has changed since", form)

    # ------------------------------------------------------------- in the ledger

    def test_an_invoice_being_corrected_isnt_posted_by_a_debtor(self):
        plan = self._agree(self.invoices)
        transaction = self._send(self._get_form(self._open(plan, pay="next")))
        self.oldest.button_draft()
        self._answer(transaction)
        self.env.invalidate_all()
        self.assertEqual(self.oldest.state, "draft")
        self.assertEqual(self._get_open(self.older + self.newest), [0, 650])

    def test_opening_balance(self):
        entry = self._open_balance(400)
        plan = self._agree(entry, count=2)
        transaction = self._pay_online(plan, state="pending")
        self.assertFalse(transaction.invoice_ids)
        self.assertEqual(plan._get_payment_offers().most, 20_000)
        self._answer(transaction)
        self._assert_plan(plan, "active", paid=200, left=200)

    def test_currency_of_the_agreement(self):
        euro = self.env.ref("base.EUR")
        euro.active = True
        self.assertNotEqual(euro, self.company.currency_id)
        invoice = self._create_claim(600, days_overdue=20, currency_id=euro.id)
        plan = self._agree(invoice, count=2)
        transaction = self._pay_online(plan)
        self.assertEqual(transaction.currency_id, euro)
        self.assertEqual(transaction.amount, 300)
        self.assertEqual(self._get_payment(transaction).currency_id, euro)
        self._assert_plan(plan, "active", paid=300, left=300)

    # ------------------------------------------------------------------- collectors

    def test_the_collectors_link_leads_to_the_agreement(self):
        plan = self._agree(self.oldest + self.older)
        call = self._log(
            outcome=self.promise,
            verified_by="address",
            claim_ids=self._as_claims(self.invoices),
        )
        links = call._get_payment_links()
        self.assertEqual(
            [(link["label"], link["amount"]) for link in links],
            [(plan.name, 50), (self.newest.name, 800)],
        )
        self.assertIn(f"{plan.access_url}?", links[0]["url"])
        self.assertNotIn("50", links[0]["url"].split("access_token=")[0])
        with self._refused(UserError, "no one link"):
            call.action_open_payment_link()  # never the first one, silently
        self.debtor.email = "office@mueller.example"
        call.action_mail_payment_links()
        page = self.url_open(links[0]["url"])
        self.assertEqual(self._get_form(page)["amount"], "50.0")
        self._pay_online(plan, "all", state="pending")
        call.claim_ids.filtered(lambda c: c.move_id == self.newest).unlink()
        with self._refused(UserError, "on its way"):
            call.action_mail_payment_links()

    def test_as_many_statements_for_many_invoices(self):
        few = self._agree(self.invoices)
        many = self._create_claim(10, days_overdue=70)
        for _number in range(19):
            many |= self._create_claim(10, days_overdue=70)
        many = self._agree(many)
        counts = []
        for plan in few, few, many:
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            plan.sudo()._prepare_payment_choices()
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(counts[1], counts[2])
        self.assertLessEqual(counts[1], 20)

    def _agree_on(self, number):
        """A plan over so many invoices of a debtor of its own, one of which is paid."""
        debtor = self._create_debtor(f"Debtor of {number}")
        due = TODAY - timedelta(days=30)
        line = {"name": "Work", "price_unit": 10, "tax_ids": [Command.clear()]}
        vals = {
            "move_type": "out_invoice",
            "partner_id": debtor.id,
            "invoice_date": due,
            "invoice_date_due": due,
            "invoice_payment_term_id": False,
            "invoice_line_ids": [Command.create(line)],
        }
        moves = self.env["account.move"].create([vals] * number)
        moves.action_post()
        plan = self._agree(moves, count=2)
        self._pay(moves[0], 10)
        return plan

    def test_the_page_over_200_invoices_costs_what_it_does_over_2(self):
        """All of it, with what can be paid online and a payment that has arrived."""
        counts = {}
        for number in 2, 200:
            plan = self._agree_on(number)
            self.assertIn("Pay online", self._open(plan).text)  # and warm
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            page = self._open(plan)
            counts[number] = self.cr.sql_log_count - before
            self.assertEqual(page.text.count(f"{plan.access_url}/invoice/"), number)
        self.assertEqual(counts[200], counts[2])
        self.assertGreater(counts[2], 10, "they are counted at all")
        self.assertLessEqual(counts[2], 60)

    def test_what_is_still_to_be_signed_costs_no_more(self):
        """The form to sign, and the debtor's requests, beside what can be paid."""
        plan = self._agree_on(2)
        self.assertTrue(plan.sudo()._can_be_answered())
        text = self._open(plan).text  # and warm
        self.assertIn("Pay online", text)
        self.assertIn("signature", text)
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        self._open(plan)
        count = self.cr.sql_log_count - before
        self.assertLessEqual(count, 60)


@tagged("post_install", "-at_install")
class TestPortalPaymentOfBranch(PortalPaymentCommon):
    """The branch sells, and the parent has the payment provider."""

    def test_payment_at_the_parent(self):
        branch = self.env["res.company"].sudo()
        branch = branch.create({"name": "North Branch", "parent_id": self.company.id})
        self.env.cr.precommit.run()  # the chart of accounts
        branch.partner_id.tz = "Europe/Berlin"
        branch.collection_fresh_books = False
        branch.collection_bank_days = False
        self.env.user.company_ids |= branch
        self.collector = self._create_user("group_collection_user", branch)
        self.debtor.company_id = self.company
        stranger = self.env["res.company"].sudo().create({"name": "Another Company"})
        foreign = self._create_provider(stranger)
        invoice = self._create_claim(
            600,
            30,
            company_id=branch.id,
            journal_id=self.company_data["default_journal_sale"].id,
        )
        plan = self._agree(invoice, count=2)
        form = self._get_form(self._open(plan, pay="next"))
        self._assert_refused("can't be used here", form, provider_id=foreign.id)
        transaction = self._send(form)
        self._answer(transaction)
        payment = self._get_payment(transaction)
        self.assertEqual(payment.company_id, self.company)
        self.assertEqual(invoice.amount_residual, 300)
        self._assert_plan(plan, "active", paid=300, left=300)
