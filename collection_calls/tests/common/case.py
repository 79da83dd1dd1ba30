"""The line of the call list that stands for a debtor."""

from datetime import datetime, time, timedelta

from ...models.case.figures import FIGURES
from ...models.case.ranking import RANKS
from .promise import CollectionCallsPromiseCommon


class CollectionCallsCaseCommon(CollectionCallsPromiseCommon):
    """The case of the debtor with the invoice over 1,000, and what may happen to it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls.env.ref(
            "collection_calls.collection_acceleration_rule_any_incident"
        )
        cls.quality = cls.env.ref("collection_calls.collection_reason_quality")
        cls.strategy = cls.env.ref("collection_calls.collection_strategy_all")
        cls.strategy = cls.strategy.with_user(cls.manager)
        cls.case = cls._get_case()

    @classmethod
    def _get_case(cls, debtor=None, company=None):
        """The case as the collector sees it, and as the database has it."""
        cls.env.cr.flush()
        cls.env.invalidate_all()
        found = cls.env["collection.case"].search(
            [
                ("partner_id", "=", (debtor or cls.debtor).id),
                ("company_id", "=", (company or cls.company).id),
            ]
        )
        return found.with_user(cls.collector)

    def _assert_figures(self, case=None, **figures):
        """Check figures of the case once the transaction has ended."""
        case = case or self._get_case()
        self.env.cr.flush()
        self.assertEqual({name: case[name] for name in figures}, figures)

    def _assert_settled(self):
        """A full refresh right after events finds nothing to change."""
        self.env.cr.flush()
        cases = self.env["collection.case"].sudo()
        before = self._read_rows()
        changed = cases._refresh()
        self.assertFalse(changed, f"{before} became {self._read_rows()}")

    def _read_rows(self):
        self.env.invalidate_all()
        return (
            self.env["collection.case"]
            .sudo()
            .search([], order="id")
            .read([*FIGURES, *RANKS, "user_id"])
        )

    def _call_on(self, day, outcome=None, **vals):
        """A call that was closed at nine o'clock of a day, without planning another."""
        moment = datetime.combine(day, time(8))
        with self._at(day):
            call = self._log(
                date_start=moment,
                date_end=moment,
                outcome=outcome,
                **{"next_call_date": False, **vals},
            )
            call.action_done()
            self.env.cr.flush()
        return call

    def _speak_on(self, day, **vals):
        """A conversation without any agreement."""
        return self._call_on(
            day,
            self.env.ref("collection_calls.collection_call_outcome_no_commitment"),
            verified_by="address",
            **vals,
        )

    def _assert_next(self, day, code=False, case=None):
        """Check day and kind of the next call once the transaction has ended."""
        self._assert_figures(case, next_call_date=day, next_call_code=code)

    def _dispute(self, amount, move=None):
        return (
            self.env["collection.dispute"]
            .with_user(self.collector)
            .create(
                {
                    "move_id": (move or self.invoice).id,
                    "reason_id": self.quality.id,
                    "amount": amount,
                }
            )
        )

    def _plan(self, moves, installments=2, start=10, activate=True, **vals):
        """A plan over what is open on these invoices that begins in ``start`` days."""
        today = moves.company_id._get_collection_today()
        plan = (
            self.env["collection.plan"]
            .with_user(self.collector)
            .create(
                {
                    "partner_id": moves.commercial_partner_id.id,
                    "claim_ids": [
                        {"move_line_id": claim.id}
                        for claim in moves._get_collection_claims()
                    ],
                    "rule_id": self.rule.id,
                    "date_start": today + timedelta(days=start),
                    "frequency": "monthly",
                    "installment_count": installments,
                    **vals,
                }
            )
        )
        if activate:
            plan.action_activate()
        return plan
