"""Whatever is entered, the answer is a clear message or it is taken: never a traceback.

The tests walk over all models and fields of the addon, and over all public methods that
are given a reason or a day: a new one is covered by itself.
"""

import inspect
from datetime import timedelta

from psycopg2.errors import CheckViolation, UniqueViolation

from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.models import MAGIC_COLUMNS, BaseModel
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import TODAY, CollectionCallsPlanCommon

NAN, INFINITE = float("nan"), float("inf")
DAYS = ["0001-01-01", "9999-12-31", "2026-02-30", 7, ["a"]]
AMOUNTS = [NAN, INFINITE, -INFINITE, 1e300, 10**400, "much", [1]]
COUNTS = [10**9, -(10**9), 10**12, NAN, "many", [1]]
TEXTS = [7, ["a"], {"a": 1}, "a\0b"]
EXTREMES = {
    "date": DAYS,
    "datetime": DAYS,
    "float": AMOUNTS,
    "monetary": AMOUNTS,
    "integer": COUNTS,
    "char": TEXTS,
    "text": TEXTS,
    "html": TEXTS,
}
REASONS = [7, 1.5, ["a"], {"a": 1}, True, False, None, "", " ", "a\0b"]
FAR_DAYS = ["0001-01-01", "9999-12-31", "2026-02-30", "soon", 7, ["a"]]


@tagged("post_install", "-at_install")
class TestCollectionEntry(CollectionCallsPlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quality = cls.env.ref("collection_calls.collection_reason_quality")
        cls.second = cls._create_claim(500, days_overdue=20)
        cls.third = cls._create_claim(400, days_overdue=20)

    # ------------------------------------------------------------------ what there is

    def _get_written_models(self):
        """Models of ours that some group may write to."""
        rules = self.env["ir.model.access"].sudo()
        written = rules.search(
            [
                ("model_id.model", "=like", "collection.%"),
                "|",
                ("perm_write", "=", True),
                ("perm_create", "=", True),
            ]
        )
        return sorted(set(written.model_id.mapped("model")))

    def _prepare_values(self):
        """What makes a record of each model: (values, who makes it)."""
        claim, second, third = (
            move._get_collection_claims().id
            for move in (self.invoice, self.second, self.third)
        )
        soon = TODAY + timedelta(10)
        debtor = {"partner_id": self.debtor.id}
        policy = self.env["collection.contact.policy"].sudo()
        policy = policy.with_context(active_test=False).search([], limit=1)
        promise = {
            **debtor,
            "date_promised": soon,
            "line_ids": [Command.create({"move_line_id": claim, "amount": 10})],
        }
        plan = {
            **debtor,
            "date_start": soon,
            "rule_id": self.any_incident.id,
            "claim_ids": [Command.create({"move_line_id": second})],
        }
        call = {
            **debtor,
            "outcome_id": self.no_answer.id,
            "claim_ids": [Command.create({"move_line_id": third})],
        }
        wizard = {"partner_id": self.debtor.id, "claim_ids": [Command.set([third])]}
        question = {"reason_id": self.quality.id, "name": "Why?"}
        hours = {"policy_id": policy.id, "weekday": "0", "hour_from": 9, "hour_to": 17}
        wish = {**debtor, "company_id": self.company.id, "kind": "no_email"}
        by_collector = {
            "collection.promise": promise,
            "collection.plan": plan,
            "collection.call": call,
            "collection.dispute": {
                "move_id": self.third.id,
                "reason_id": self.quality.id,
                "amount": 10,
            },
            "collection.plan.wizard": wizard,
            "collection.contact.right": wish,
            "collection.contact.right.wizard": wish,
        }
        by_manager = {
            "collection.strategy": {"name": "Ours"},
            "collection.acceleration.rule": {"name": "Ours"},
            "collection.contact.policy": {"name": "Ours"},
            "collection.contact.hours": hours,
            "collection.holiday": {"name": "Fair", "date": soon},
            "collection.legal.hold": {**debtor, "reason": "Lawsuit"},
            "collection.erasure": {**debtor, "reason": "Asked by letter"},
            "collection.call.outcome": {"name": "Ours"},
            "collection.reason": {"name": "Ours"},
            "collection.reason.question": question,
            "collection.script": {"name": "Ours", "body": "Hello", "step": "call"},
            "collection.export": {"kind": "performance"},
        }
        return {
            **{name: (vals, self.collector) for name, vals in by_collector.items()},
            **{name: (vals, self.manager) for name, vals in by_manager.items()},
        }

    def _make(self, name, user, vals):
        vals = {k: v for k, v in vals.items() if k in self.env[name]._fields}
        record = self.env[name].with_user(user).create(vals)
        self.env.cr.flush()
        return record

    def _make_all(self):
        """Records of all models as far as they can be made, as whoever writes them."""
        records = {
            name: self._make(name, user, vals)
            for name, (vals, user) in self._prepare_values().items()
        }
        promise, plan = records["collection.promise"], records["collection.plan"]
        call, case = records["collection.call"], self.debtor.collection_case_id
        case = case.with_user(self.collector)
        for record in (
            promise.line_ids,
            plan.claim_ids,
            plan.installment_ids[:1],
            call.claim_ids,
            case,
        ):
            records[record._name] = record
        decisions = {
            "collection.plan.decision.wizard": {"plan_id": plan.id, "kind": "cancel"},
            "collection.case.decision.wizard": {
                "case_ids": [Command.set(case.ids)],
                "kind": "snooze",
            },
            "collection.dispute.reject": {
                "dispute_ids": [Command.set(records["collection.dispute"].ids)],
                "reason": "Delivered",
            },
        }
        for name, vals in decisions.items():
            records[name] = self._make(name, self.collector, vals)
        return records

    def _attempt(self, act, about):
        """Do something that is refused in words or accepted; no other error counts.

        Odoo has words for what a constraint of the database refuses.
        """
        try:
            with mute_logger("odoo.sql_db"), self.cr.savepoint():
                act()
                self.env.flush_all()
        except (UserError, CheckViolation, UniqueViolation) as error:
            self.assertTrue(str(error), about)
            return False
        except Exception as error:
            self.fail(f"{about}: {type(error).__name__}: {error}")
        return True

    def _walk(self, model):
        """Fields of a model that take a value, and extremes for each."""
        for name, field in sorted(model._fields.items()):
            if field.type in EXTREMES and name not in MAGIC_COLUMNS:
                for value in EXTREMES[field.type]:
                    yield name, value

    # --------------------------------------------------------------------------- tests

    def test_every_model_is_checked(self):
        for name in self._get_written_models():
            with self.subTest(model=name):
                self.assertTrue(
                    hasattr(self.env[name], "_check_entered"),
                    f"{name} has to inherit collection.entry",
                )

    def test_written(self):
        for name, record in self._make_all().items():
            for field, value in self._walk(record):
                with self.subTest(model=name, field=field, value=value):
                    self._attempt(
                        lambda r=record, f=field, v=value: r.write({f: v}),
                        f"{name}.{field} = {value!r}",
                    )

    def test_created(self):
        for name, (vals, user) in self._prepare_values().items():
            model = self.env[name].with_user(user)
            for field, value in self._walk(model):
                with self.subTest(model=name, field=field, value=value):
                    self._attempt(
                        lambda m=model, vals={**vals, field: value}: m.create(vals),
                        f"{name}.{field} = {value!r}",
                    )

    def test_typed_into_a_form(self):
        for name, (vals, user) in self._prepare_values().items():
            model = self.env[name].with_user(user)
            given = {k: v for k, v in vals.items() if not isinstance(v, list)}
            for field, value in self._walk(model):
                with self.subTest(model=name, field=field, value=value):
                    values = {**given, field: value}
                    self._attempt(
                        lambda m=model, values=values, f=field: m.onchange(
                            values, [f], {n: {} for n in values}
                        ),
                        f"{name}.{field} = {value!r}",
                    )

    def test_in_the_lines(self):
        claim = self.invoice._get_collection_claims()
        for value in AMOUNTS:
            with self.subTest(value=value):
                with self._refused(ValidationError, "is no amount"):
                    self._promise(self.invoice, amount=value)
                with self._refused(ValidationError, "is no amount"):
                    line = {"move_line_id": claim.id, "amount": value}
                    self._plan(self.invoice, claim_ids=[Command.create(line)])

    def test_says_what_is_wrong(self):
        for vals, message in (
            ({"date_promised": "9999-12-31"}, "Promised.*9999-12-31 is no day"),
            ({"date_promised": "0001-01-01"}, "0001-01-01 is no day to reckon with"),
            ({"date_promised": "2026-02-30"}, "2026-02-30 is no day"),
            ({"tolerance_days": 10**9}, "1000000000 doesn't count anything"),
        ):
            with self._refused(ValidationError, message.split("Promised.*")[-1]):
                self._promise(self.invoice, **vals)
        with self._refused(ValidationError, "is no day to reckon with"):
            self._plan(self.invoice, date_start="0001-01-01")

    def test_in_the_users_language(self):
        collector = self.collector.with_context(lang="de_DE")
        with self.assertRaises(ValidationError):
            self._promise(self.invoice, user=collector, date_promised="9999-12-31")

    def test_settings_of_a_company(self):
        company = self.company.sudo()
        for field, value in self._walk(company):
            if field.startswith("collection_"):
                with self.subTest(field=field, value=value):
                    self._attempt(
                        lambda f=field, v=value: company.write({f: v}),
                        f"{field} = {value!r}",
                    )
        journal = self.company_data["default_journal_bank"]
        with self._refused(ValidationError, "no day to reckon with"):
            journal.collection_books_until = "9999-12-31"

    # ------------------------------------------------------------------------- methods

    def _get_methods(self, records, parameter):
        """Public methods of ours that are given such a thing."""
        for name, record in records.items():
            for method_name, method in inspect.getmembers(type(record), callable):
                is_ours = not method_name.startswith("_")
                if is_ours and not hasattr(BaseModel, method_name):
                    parameters = inspect.signature(method).parameters
                    if parameter in parameters and "self" in parameters:
                        yield name, record, method_name, parameters

    def _try_methods(self, records, parameter, values):
        seen, others = (
            set(),
            {"reason": "Why not", "hold": "other", "user": self.manager},
        )
        others |= {"day": TODAY + timedelta(5)}
        for name, record, method, parameters in self._get_methods(records, parameter):
            known = {n: value for n, value in others.items() if n in parameters}
            by_manager = record.with_user(self.manager)
            seen.add(f"{name}.{method}")
            for value in values:
                given = {**known, parameter: value}
                with self.subTest(model=name, method=method, value=value):
                    self._attempt(
                        lambda r=by_manager, m=method, g=given: getattr(r, m)(**g),
                        f"{name}.{method}({given})",
                    )
        return seen

    def test_reasons(self):
        seen = self._try_methods(self._make_all(), "reason", REASONS)
        self.assertLessEqual(
            {
                "collection.call.action_cancel",
                "collection.case.action_hold",
                "collection.contact.right.action_end",
                "collection.dispute.action_reject",
                "collection.plan.action_cancel",
                "collection.promise.action_void",
            },
            seen,
        )

    def test_reason_that_is_no_text(self):
        plan = self._agree().with_user(self.manager)
        for reason in 7, ["a"], {"a": 1}, True, "a\0b":
            with self._refused(UserError, "is no text. Say why"):
                plan.action_cancel(reason)
        plan.action_cancel(" Wrong ")
        self.assertEqual(self._get_last_event(plan).reason, "Wrong")

    def test_days(self):
        records = self._make_all()
        seen = self._try_methods(records, "day", FAR_DAYS)
        self.assertIn("collection.case.action_snooze", seen)
        seen = self._try_methods(records, "date_respite", FAR_DAYS)
        self.assertIn("collection.plan.action_reinstate", seen)
