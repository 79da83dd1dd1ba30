"""Promises to pay, and what the ledger says of them."""

from datetime import timedelta

from freezegun import freeze_time

from odoo.fields import Command

from .day import CollectionCallsCommon


class CollectionCallsPromiseCommon(CollectionCallsCommon):
    """Promises on an invoice over 1,000 that is overdue for 30 days.

    The :attr:`collector` takes the promises, the :attr:`accountant` keeps the ledger.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.accountant = cls._create_user("account.group_account_user")
        cls.invoice = cls._create_claim(1000, days_overdue=30)
        cls.env.cr.flush()

    def _promise(self, moves, amount=None, days=10, user=None, **vals):
        """A promise to pay these invoices, or ``amount`` of each, in ``days``."""
        claims = moves._get_collection_claims()
        today = moves.company_id._get_collection_today()
        return (
            self.env["collection.promise"]
            .with_user(user or self.collector)
            .create(
                {
                    "partner_id": moves.commercial_partner_id.id,
                    "company_id": moves.company_id.id,
                    "date_promised": today + timedelta(days=days),
                    "line_ids": self._get_line_commands(claims, amount),
                    **vals,
                }
            )
        )

    def _get_line_commands(self, claims, amount=None):
        """Commands that promise all of these journal items, or ``amount`` of each."""
        amount = {"amount": amount} if amount else {}
        return [Command.create({"move_line_id": c.id, **amount}) for c in claims]

    def _at(self, day, hour="09:00"):
        """Do something on another day; the hour is UTC."""
        return freeze_time(f"{day} {hour}:00")

    def _evaluate_on(self, promises, day):
        """The nightly evaluation of a day, at two o'clock."""
        self.env.cr.flush()  # what happened before is judged on its own day
        with self._at(day, "02:00"):
            promises._evaluate(scheduled=True)

    def _assert_verdict(self, promise, state, paid=None, due=None):
        """What stands once the transaction has ended."""
        self.env.cr.flush()
        self.assertEqual(promise.state, state)
        if paid is not None:
            self.assertEqual(promise.amount_paid, paid)
        if due is not None:
            self.assertEqual(promise.amount_due, due)
