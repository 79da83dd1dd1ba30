"""What is said, mailed and printed is one sum, whatever was invoiced and agreed."""

import random
import re
from datetime import date, timedelta

from odoo.fields import Command
from odoo.tests import tagged

from .common import TODAY, CollectionCallsWizardCommon

SEEDS = range(12)


@tagged("post_install", "-at_install")
class TestCollectionCallTerms(CollectionCallsWizardCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign = cls.setup_other_currency("EUR", rates=[("1900-01-01", 2.0)])
        cls.quality = cls.env.ref("collection_calls.collection_reason_quality")
        cls.dispute = cls.env.ref("collection_calls.collection_call_outcome_dispute")

    def _object(self, move, amount):
        return (
            self.env["collection.dispute"]
            .with_user(self.collector)
            .create(
                {"move_id": move.id, "amount": amount, "reason_id": self.quality.id}
            )
        )

    def _credit(self, amount, **vals):
        """A credit note that nobody has matched yet."""
        return self._create_claim(amount, 3, move_type="out_refund", **vals)

    def _say(self, call):
        """What the script says is open, without blanks."""
        return self._squeeze(call._get_prompt_figures()["amount"])

    def _squeeze(self, text):
        return re.sub(r"[\s ]|&nbsp;", "", str(text))

    def _format(self, currency, amount):
        return self._squeeze(currency.format(amount))

    # ---------------------------------------------------------------------- the sum

    def test_the_purpose_is_net_of_disputes_and_credits(self):
        self._object(self.invoice, 770)
        self._credit(75)
        wizard = self._go_to("understand")
        self.assertEqual(self._say(wizard.call_id), "$155.00")
        self.assertIn("$155.00", self._squeeze(wizard.prompts))
        recap = " ".join(wizard.call_id._get_recap_lines())
        self.assertIn("$155.00isopen", self._squeeze(recap))
        self.assertIn(
            "Notcounted:$770.00ofitisindispute,$75.00ofitiscreditedalready.",
            self._squeeze(recap),
        )

    def test_before_anybody_is_on_the_line_too(self):
        self._object(self.invoice, 400)
        self.assertEqual(self._say(self._open().call_id), "$600.00")

    def test_each_currency_by_itself(self):
        self._create_claim(500, 10, currency_id=self.foreign.id)
        self._credit(40, currency_id=self.foreign.id)
        said = self._say(self._go_to("understand").call_id)
        self.assertEqual(
            said,
            ",".join(
                [
                    self._format(self.invoice.currency_id, 1000),
                    self._format(self.foreign, 460),
                ]
            ),
        )

    def test_an_objection_comes_before_what_is_paid(self):
        self._create_claim(450, 5)
        wizard = self._go_to("solve")
        wizard.write({"outcome_id": self.dispute.id, "reason_id": self.quality.id})
        first, second = wizard.call_id.claim_ids
        first.write({"promised_amount": 1000, "promised_date": date(2026, 3, 13)})
        second.disputed_amount = 450
        lines = wizard.call_id._get_recap_lines()
        about = next(
            n
            for n, line in enumerate(lines)
            if "in dispute" in line and "Not" not in line
        )
        pays = next(n for n, line in enumerate(lines) if line.startswith("You pay"))
        self.assertLess(about, pays)
        self.assertIn("$1,000.00isopen", self._squeeze(lines[0]))

    def test_the_proposal_leaves_out_what_is_in_dispute(self):
        self._object(self.invoice, 300)
        wizard = self._go_to("solve")
        wizard.outcome_id = self.promise
        self.assertEqual(wizard.claim_ids.promised_amount, 700)
        self.assertFalse(wizard.beyond_note)

    def test_warns_of_more_than_is_left(self):
        self._object(self.invoice, 300)
        wizard = self._go_to("solve")
        wizard.outcome_id = self.promise
        wizard.claim_ids.promised_amount = 900
        wizard.invalidate_recordset()
        self.assertIn(
            "$900.00ispromised,and$700.00isleft", self._squeeze(wizard.beyond_note)
        )
        self._credit(75)
        wizard.claim_ids.promised_amount = 700
        wizard.invalidate_recordset()
        self.assertIn("$625.00islefttopay", self._squeeze(wizard.beyond_note))
        wizard.claim_ids.promised_amount = 625
        wizard.invalidate_recordset()
        self.assertFalse(wizard.beyond_note)

    def test_a_letter_that_is_printed_later_says_what_is_left(self):
        wizard = self._go_to("solve")
        wizard.write({"outcome_id": self.promise.id, "payment_date": date(2026, 3, 13)})
        wizard.action_next()
        wizard.action_done()
        self.env.cr.flush()
        self._pay(self.invoice, 400)
        self.env.cr.flush()
        call = wizard.call_id
        self._assert_one_sum(call)
        [sentence] = call._get_promise_sentences()
        self.assertIn("$600.00", self._squeeze(sentence))

    def test_rows_come_in_order_of_their_dates(self):
        self._create_claim(10, 90)
        self._create_claim(20, 2)
        call = self._go_to("understand").call_id
        days = [row["date_maturity"] for row in call._get_letter_claims()]
        self.assertEqual(days, sorted(days))
        self.assertEqual(len(days), 3)

    # ---------------------------------------------------------- line by line (7)

    def test_a_line_that_is_added_after_the_day_gets_the_day(self):
        """Lists send what they show, empty or not."""
        later = self._create_claim(70, days_overdue=-5)
        wizard = self._go_to("understand")
        wizard.reason_id = self.no_money
        wizard.payment_date = date(2026, 3, 14)
        wizard.action_next()
        wizard.outcome_id = self.promise
        item = later._get_collection_claims()
        wizard.claim_ids = [
            Command.create(
                {
                    "move_line_id": item.id,
                    "promised_amount": 0,
                    "promised_date": False,
                    "disputed_amount": 0,
                }
            )
        ]
        added = wizard.call_id.claim_ids.filtered(lambda c: c.move_line_id == item)
        self.assertEqual(added.promised_date, date(2026, 3, 14))
        self.assertEqual(added.promised_amount, 70)
        wizard.action_next()
        self.assertEqual(wizard.step, "close")

    def test_parts_of_an_invoice_are_told_apart(self):
        term = self.env["account.payment.term"].create(
            {
                "name": "Halves",
                "line_ids": [
                    Command.create({"value_amount": 50, "nb_days": days})
                    for days in (0, 20)
                ],
            }
        )
        move = self._create_claim(
            800, 40, invoice_payment_term_id=term.id, invoice_date_due=False
        )
        call = self._go_to("understand").call_id
        labels = call.claim_ids.filtered(lambda c: c.move_id == move).mapped("label")
        self.assertEqual(labels, [f"{move.name} (1/2)", f"{move.name} (2/2)"])
        self.assertEqual(call._get_prompt_figures()["invoice_count"], "2")
        self.assertIn(self.invoice.name, call.claim_ids.mapped("label"))

    # -------------------------------------------------------------------- mail (10)

    def test_the_mail_about_a_promise_says_how_to_pay(self):
        bank = self.env["res.partner.bank"].create(
            {
                "acc_number": "DE02120300000000202051",
                "partner_id": self.company.partner_id.id,
                "company_id": self.company.id,
            }
        )
        code = {"barcode_type": "QR", "value": "BCD", "width": 128, "height": 128}
        methods = {
            "_get_available_qr_methods": lambda self: [("x", "X", 1)],
            "_get_qr_code_generation_params": lambda self, **vals: code,
        }
        for name, method in methods.items():
            self.patch(type(bank), name, method)
        euros = self._create_claim(
            500, 10, currency_id=self.foreign.id, partner_bank_id=bank.id
        )
        wizard = self._go_to("solve")
        wizard.write({"outcome_id": self.promise.id, "payment_date": date(2026, 3, 13)})
        wizard.action_next()
        wizard.action_done()
        call = wizard.call_id
        body = call.confirmation_message_id.body
        for part in (bank.acc_number, self.invoice.payment_reference):
            self.assertIn(part, body)
        self.assertIn(euros.payment_reference, body)
        self.assertIn(self._format(self.foreign, 500), self._squeeze(body))
        self.assertIn("/my/promises/", body)
        self.assertIn("<img", body, "the code")
        self.assertNotIn(
            "data:image", body, "as an attachment, which mail programs show"
        )
        self.env.cr.flush()
        promise = call.promise_ids[0]
        self.assertIn(
            promise.line_ids.move_id.payment_reference,
            promise._render_page_and_payment(),
        )

    def test_nobody_is_told_how_to_pay_who_agreed_to_nothing(self):
        wizard = self._go_to("close")
        wizard.action_done()
        body = wizard.call_id.confirmation_message_id.body
        self.assertNotIn("Please pay", body)

    # ------------------------------------------------------------------ random calls

    def test_random_calls(self):
        for seed in SEEDS:
            with self.subTest(seed=seed), self.cr.savepoint() as savepoint:
                self._hold_random_call(random.Random(seed))
                savepoint.close(rollback=True)
                self.env.invalidate_all()

    def _owe_at_random(self, dice):
        """Invoices in two currencies, some of them disputed, and credits."""
        moves = [self.invoice]
        for _number in range(dice.randrange(4)):
            currency = dice.choice([self.foreign, self.invoice.currency_id])
            moves.append(
                self._create_claim(
                    dice.randrange(1, 90_000) / 100,
                    dice.randrange(1, 120),
                    currency_id=currency.id,
                )
            )
        for move in moves:
            if dice.random() < 0.3:
                self._object(move, round(move.amount_total * dice.random(), 2) or 0.01)
        for _number in range(dice.randrange(3)):
            currency = dice.choice([self.foreign, self.invoice.currency_id])
            self._credit(dice.randrange(1, 30_000) / 100, currency_id=currency.id)

    def _agree_at_random(self, dice, wizard):
        """:return: whether what was noted can be closed"""
        call = wizard.call_id
        outcome = dice.choice([self.promise, self.dispute, self.no_commitment])
        wizard.write({"outcome_id": outcome.id, "reason_id": self.quality.id})
        for claim in call.claim_ids:
            if outcome == self.dispute and not claim.move_id.collection_dispute_ids:
                claim.disputed_amount = round(claim.amount_residual * dice.random(), 2)
            if outcome != self.no_commitment and dice.random() < 0.7:
                amount = round(claim.amount_residual * dice.random(), 2)
                claim.write(
                    {
                        "promised_amount": amount,
                        "promised_date": TODAY + timedelta(days=dice.randrange(20)),
                    }
                )
        if outcome == self.promise:
            wizard.payment_date = TODAY + timedelta(days=3)
            for claim in call.claim_ids.filtered(lambda c: not c.promised_date):
                claim.promised_date = TODAY + timedelta(days=3)
        needed = {self.promise: "promised_amount", self.dispute: "disputed_amount"}
        name = needed.get(outcome)
        return not name or bool(call.claim_ids.filtered(name))

    def _hold_random_call(self, dice):
        self._owe_at_random(dice)
        wizard = self._go_to("solve")
        call = wizard.call_id
        self._assert_one_sum(call)
        can_close = self._agree_at_random(dice, wizard)
        self._assert_one_sum(call)
        if not can_close:
            return
        wizard.action_next()
        wizard.action_done()
        self.env.cr.flush()
        self._assert_one_sum(call)
        mail = self._squeeze(call.confirmation_message_id.body or "")
        for line in call._get_recap_lines():
            self.assertIn(self._squeeze(line).replace("&", "&amp;"), mail)

    def _assert_one_sum(self, call):
        """The script, the recap, the table and the slip say the same."""
        rows = call._get_letter_claims()
        recap = self._squeeze(" ".join(call._get_recap_lines()))
        paid = {}
        for slip in call._get_payment_slips():
            for payment in slip["payments"]:
                known = paid.get(payment["currency"], 0)
                paid[payment["currency"]] = known + payment["amount"]
        for currency in call.claim_ids.currency_id:
            mine = [row for row in rows if row["currency"] == currency]
            left = currency.round(sum(row["left"] for row in mine))
            open_now = sum(row["open"] for row in mine)
            deducted = sum(row["disputed"] + row["credited"] for row in mine)
            self.assertAlmostEqual(open_now - deducted, left)
            self.assertIn(self._format(currency, left), self._say(call))
            self.assertIn(self._format(currency, left), recap)
            asked = currency.round(sum(row["asked"] for row in mine))
            self.assertAlmostEqual(paid.get(currency, 0), asked)
            promised = currency.round(sum(row["promised"] for row in mine))
            if promised:
                self.assertAlmostEqual(promised, asked)
                self.assertLessEqual(
                    currency.compare_amounts(
                        promised, left + sum(row["credited"] for row in mine)
                    ),
                    0,
                )
        for day, currency in {
            (r["date_promised"], r["currency"]) for r in rows if r["promised"]
        }:
            total = sum(
                row["promised"]
                for row in rows
                if (row["date_promised"], row["currency"]) == (day, currency)
            )
            self.assertIn(f"Youpay{self._format(currency, total)}by", recap)
