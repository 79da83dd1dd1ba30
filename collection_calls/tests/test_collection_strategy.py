"""Which strategy a debtor follows, what it says, and who may change it."""

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.base.tests.test_ir_cron import CronMixinCase

from .common import CollectionCallsAccountant, CollectionCallsCaseCommon

FIT_LOG = "odoo.addons.collection_calls.models.case.collection_strategy"


@tagged("post_install", "-at_install")
class TestCollectionStrategy(
    CronMixinCase, CollectionCallsAccountant, CollectionCallsCaseCommon
):
    def _create(self, **vals):
        strategies = self.env["collection.strategy"].with_user(self.manager)
        return strategies.create({"name": "Special", "sequence": 1, **vals})

    def _assert_strategy(self, strategy, case=None):
        case = case or self.case
        self.env["collection.case"].sudo()._refresh()
        self.assertEqual(case.sudo().strategy_id, strategy)

    # ----------------------------------------------------------------------- choice

    def test_the_shipped_one_fits_everybody(self):
        self._assert_strategy(self.strategy)
        self.assertFalse(self.strategy.company_id)
        self.assertEqual(self.strategy.assignment, "manual")

    def test_first_that_fits(self):
        abroad = self._create(partner_domain="[('country_id.code', '!=', 'DE')]")
        self._assert_strategy(self.strategy)
        here = self._create(partner_domain="[('country_id.code', '=', 'DE')]")
        self._assert_strategy(here)
        here.sequence = 200
        self._assert_strategy(self.strategy)
        (abroad + here).sequence = 2
        self._assert_strategy(here)
        here.active = False
        self._assert_strategy(self.strategy)
        self.strategy.active = False
        self._assert_strategy(self.strategy.browse())
        self._assert_next(False)

    def test_what_is_computed(self):
        """A filter may ask for whatever can be searched for."""
        strategy = self._create(
            partner_domain="[('commercial_partner_id.name', 'ilike', 'bau'),"
            " ('invoice_ids.invoice_date_due', '<', 'today')]"
        )
        self._assert_strategy(strategy)

    def test_archived_debtors_owe_as_well(self):
        strategy = self._create(partner_domain=f"[('id', '=', {self.debtor.id})]")
        self.debtor.active = False
        self._assert_strategy(strategy)

    def test_companies(self):
        other = self.setup_other_company()["company"]
        self.env.user.company_ids |= other
        self._create_claim(900, days_overdue=9, company_id=other.id)
        elsewhere = self._get_case(company=other)
        self.manager.company_ids |= other
        theirs = self._create(company_id=other.id)
        mine = self._create(company_id=self.company.id)
        self._assert_strategy(mine)
        self._assert_strategy(theirs, elsewhere)
        strategies = self.env["collection.strategy"].with_user(self.collector)
        self.assertEqual(strategies.search([]), mine + self.strategy)
        with self.assertRaises(AccessError):
            theirs.with_user(self.collector).read(["name"])

    def test_field_that_is_gone(self):
        """The others go on: what one can't read stops nobody."""
        broken = self._create()
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE collection_strategy SET partner_domain = %s WHERE id = %s",
            ["[('gone', '=', 1)]", broken.id],
        )
        self.env.invalidate_all()
        with mute_logger(FIT_LOG):
            self._assert_strategy(self.strategy)

    # ----------------------------------------------------------------------- checks

    def test_filters_that_are_none(self):
        for domain in (
            "whatever",
            "[('gone', '=', 1)]",
            "[('id', '=', 'x')",
            "{'id': 1}",
            "[('country_id', 'resembles', 'DE')]",
        ):
            with self._refused(ValidationError, "is no filter on contacts"):
                self._create(partner_domain=domain)

    def test_nothing_negative_and_some_weight(self):
        limits = ("amount_min", "days_overdue_min", "first_call_days")
        for name in (*limits, "typical_amount"):
            with self._refused(ValidationError, "can't be negative"):
                self._create(**{name: -1})
        weights = [name for name in self.strategy._fields if name[:7] == "weight_"]
        self.assertEqual(len(weights), 7)
        with self._refused(ValidationError, "Weights can't be negative"):
            self._create(weight_age=-1)
        with self._refused(ValidationError, "above zero"):
            self._create(**dict.fromkeys(weights, 0))
        self._create(**{**dict.fromkeys(weights, 0), "weight_trust": 1})

    def test_at_least_one_day_before_the_next_call(self):
        for name in "retry_days", "follow_up_days":
            for days in 0, -1:
                with self._refused(ValidationError, "“Special” has to wait at least"):
                    self._create(**{name: days})
            self._create(**{name: 1})

    def test_somebody_has_to_get_the_cases(self):
        for assignment in "collector", "round_robin":
            with self._refused(ValidationError, "Choose who gets the cases"):
                self._create(assignment=assignment)

    def test_collectors_of_the_company(self):
        """As administrator, who sees both companies."""
        other = self.setup_other_company()["company"]
        vals = {"company_id": other.id, "assignment": "round_robin"}
        with self._refused(UserError, "belongs to another company|companies"):
            self.strategy.sudo().copy(
                {**vals, "user_ids": [Command.set(self.collector.ids)]}
            )

    # ------------------------------------------------------------------------ words

    def test_sentence(self):
        self.assertEqual(
            self.strategy.description,
            "All debtors, from the first day overdue on. The first call is 3 days after"
            " the due date, the next one on the next working day if nobody was reached,"
            " or 7 days later if nothing was agreed. A case belongs to whoever calls"
            " first. What counts: Amount 30 %, Age 20 %, Broken Promises 15 %, Planned"
            " Call 15 %, Plan in Trouble 10 %, Silence 5 %, Lack of Trust 5 %.",
        )
        strategy = self._create(
            partner_domain="[('is_company', '=', True)]",
            amount_min=50,
            days_overdue_min=0,
            first_call_days=0,
            retry_days=2,
            follow_up_days=1,
            assignment="round_robin",
            user_ids=[Command.set((self.collector | self.manager).ids)],
            **{
                f"weight_{part}": 0
                for part in ("age", "broken_promises", "plan_incident")
                + ("call_back", "silence")
            },
            weight_amount=2,
            weight_trust=1,
        )
        names = ", ".join(strategy.user_ids.mapped("name"))
        amount = strategy.currency_id.format(50)
        self.assertEqual(
            strategy.description,
            f"Debtors that fit the filter, from {amount} on. The first call is on the"
            " due date, the next one 2 working days later if nobody was reached, or on"
            f" the next day if nothing was agreed. New cases go to whoever has the"
            f" fewest: {names}. What counts: Amount 67 %, Lack of Trust 33 %.",
        )

    # ----------------------------------------------------------------------- rights

    def test_managers_write_others_read(self):
        clerk = self._create_user("account.group_account_invoice")
        for user in self.collector, clerk:
            strategy = self.strategy.with_user(user)
            self.assertEqual(strategy.name, "All debtors")
            with self.assertRaises(AccessError):
                strategy.sequence = 5
            with self.assertRaises(AccessError):
                strategy.copy()
        self._create().unlink()

    def test_changes_rank_all_cases_soon(self):
        with self.capture_triggers("collection_calls.ir_cron_refresh_cases") as soon:
            self.strategy.weight_age = 0
        self.assertTrue(soon.records)
        self._run_cron("ir_cron_refresh_cases")
        self.assertNotIn("age", self.case.priority_points)

    def _is_refreshed_soon(self, record, **vals):
        self.env.flush_all()
        with self.capture_triggers("collection_calls.ir_cron_refresh_cases") as soon:
            record.write(vals)
        return bool(soon.records)

    def test_which_changes_rank_all_cases(self):
        strategy = self._create()
        self.assertFalse(self._is_refreshed_soon(strategy, name="Another name"))
        for name, value in {
            "sequence": 2,
            "active": False,
            "partner_domain": "[('is_company', '=', True)]",
            "amount_min": 10,
            "retry_days": 4,
            "typical_amount": 50,
            "weight_trust": 1,
            "company_id": self.company.id,
        }.items():
            self.assertTrue(self._is_refreshed_soon(strategy, **{name: value}), name)

    def test_what_counts_as_attempt_ranks_all_cases(self):
        outcome = self.no_answer.with_user(self.manager)
        self.assertFalse(self._is_refreshed_soon(outcome, name="Nobody answered"))
        self.assertTrue(self._is_refreshed_soon(outcome, is_attempt=False))

    def test_deleted(self):
        strategy = self._create()
        self._assert_strategy(strategy)
        strategy.unlink()
        self.env.invalidate_all()
        self.assertFalse(self.case.strategy_id)
        self._assert_strategy(self.strategy)
