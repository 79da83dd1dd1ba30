"""What every test starts from: a debtor, what it owes, and who looks after it."""

from contextlib import contextmanager
from datetime import date, timedelta

from odoo.fields import Command
from odoo.tests import new_test_user

TODAY = date(2026, 3, 10)  # a Tuesday
FEW, MANY = 8, 24  # records of lists that cost the same whatever their length
LANGUAGES = ("de_DE", "fr_FR")  # that the addon is translated into


class CollectionCallsLedger:
    """A small ledger and the people who work with it.

    Mix it into a class that has ``company_data``, see below. Nothing in it depends on
    demo data, nor on the hour: no contact policy is active. :attr:`debtor` is a German
    company with a contact, :attr:`collector` has no rights but the collector's. All
    languages of the addon are active.
    """

    @classmethod
    def _set_up_ledger(cls):
        cls.company = cls.company_data["company"]
        cls.env["collection.contact.policy"].sudo().search([]).active = False
        cls._activate_languages()
        cls.company.partner_id.tz = "Europe/Berlin"
        # How fresh the books are is a matter of tests of its own.
        cls.company.collection_fresh_books = False
        cls.germany = cls.env.ref("base.de")
        cls.debtor = cls._create_debtor("Müller Bau GmbH", phone="030 23125 042")
        cls.contact = cls.env["res.partner"].create(
            {"name": "Frau Weber", "parent_id": cls.debtor.id, "phone": "030 23125043"}
        )
        cls.collector = cls._create_user("group_collection_user")
        cls.manager = cls._create_user("group_collection_manager")
        cls.no_answer = cls.env.ref(
            "collection_calls.collection_call_outcome_no_answer"
        )
        cls.promise = cls.env.ref("collection_calls.collection_call_outcome_promise")
        cls.dispute = cls.env.ref("collection_calls.collection_call_outcome_dispute")

    @classmethod
    def _activate_languages(cls):
        languages = cls.env["res.lang"].with_context(active_test=False)
        new = languages.search([("code", "in", LANGUAGES), ("active", "=", False)])
        if new:
            new.active = True
            module = cls.env.ref("base.module_collection_calls")
            module._update_translations(new.mapped("code"))

    @classmethod
    def _create_user(cls, group, company=None, login=None):
        company = company or cls.company
        if "." not in group:
            group = f"collection_calls.{group}"
        return new_test_user(
            cls.env,
            login or f"test_{group}_{company.id}",
            groups=group,
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
            tz="Europe/Berlin",
        )

    @classmethod
    def _create_debtor(cls, name, **vals):
        return cls.env["res.partner"].create(
            {"name": name, "is_company": True, "country_id": cls.germany.id, **vals}
        )

    @classmethod
    def _create_claim(cls, amount, days_overdue, partner=None, today=TODAY, **vals):
        """A posted invoice over ``amount`` that fell due ``days_overdue`` days ago."""
        due = today - timedelta(days=days_overdue)
        line = {"name": "Work", "price_unit": amount, "tax_ids": [Command.clear()]}
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or cls.debtor).id,
                "invoice_date": due - timedelta(days=14),
                "invoice_date_due": due,
                "invoice_payment_term_id": False,
                "invoice_line_ids": [Command.create(line)],
                **vals,
            }
        )
        move.action_post()
        return move

    @classmethod
    def _pay(cls, moves, amount, **vals):
        """Register a payment in Odoo's own dialog; over what it proposes for 0."""
        dialog = moves.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=moves.ids
        )
        amount = {"amount": amount} if amount else {}
        return dialog.create({**amount, **vals})._create_payments()

    @contextmanager
    def _refused(self, error, message):
        """Expect an error that says ``message``, and take back what came before it."""
        with self.assertRaisesRegex(error, message), self.cr.savepoint():
            yield

    def _get_next_call(self, case):
        """The day of a case's next call, once the transaction has ended."""
        self.env.cr.flush()
        return case.next_call_date

    @classmethod
    def _as_claims(cls, moves):
        """Commands that put what is open on these invoices on a call."""
        return [
            Command.create({"move_line_id": claim.id})
            for claim in moves._get_collection_claims()
        ]

    def _log(self, user=None, outcome=None, partner=None, **vals):
        """An ongoing call, logged by the collector unless told otherwise."""
        return (
            self.env["collection.call"]
            .with_user(user or self.collector)
            .create(
                {
                    "partner_id": (partner or self.debtor).id,
                    "company_id": self.company.id,
                    "outcome_id": (outcome or self.no_answer).id,
                    **vals,
                }
            )
        )
