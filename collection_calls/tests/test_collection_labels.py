from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import CollectionCallsPlanCommon


@tagged("post_install", "-at_install")
class TestCollectionLabels(CollectionCallsPlanCommon):
    """Outcomes, reasons and rules are renamed; what was closed says what it said."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.collector.group_ids += cls.env.ref("base.group_allow_export")
        cls.quality = cls.env.ref("collection_calls.collection_reason_quality")
        cls.no_commitment = cls.env.ref(
            "collection_calls.collection_call_outcome_no_commitment"
        )

    def _read_shown(self, record, name, lang="en_US", user=None):
        """What lists, forms and clients show, on all ways that they read it."""
        self.env.flush_all()
        self.env.invalidate_all()
        record = record.with_user(user or self.collector).with_context(lang=lang)
        [row] = record.web_read({name: {"fields": {"display_name": {}}}})
        [classic] = record.read([name])
        self.assertEqual(row[name]["id"], classic[name][0])
        self.assertEqual(row[name]["display_name"], classic[name][1])
        return classic[name][1]

    def _export(self, records, *paths, user=None, **context):
        """What Odoo's own export writes: a list of rows."""
        records = records.with_user(user or self.collector).with_context(**context)
        return records.export_data(list(paths))["datas"]

    def _rename(self, record, **names):
        for lang, name in {"en_US": "Renamed", **names}.items():
            record.with_user(self.manager).with_context(lang=lang).name = name

    def test_closed_call_shows_what_it_showed(self):
        call = self._log(
            outcome=self.no_commitment, verified_by="address", reason_id=self.quality.id
        )
        call.action_done()
        languages = ("en_US", "de_DE", "fr_FR")
        shown = {
            (name, lang): self._read_shown(call, name, lang)
            for name in ("outcome_id", "reason_id")
            for lang in languages
        }
        self.assertEqual(len(set(shown.values())), 6, "in its language each")
        for config in self.no_commitment, self.quality:
            self._rename(config, de_DE="Umbenannt", fr_FR="Renommé")
            config.with_user(self.manager).active = False
        for (name, lang), label in shown.items():
            self.assertEqual(self._read_shown(call, name, lang), label)
        history = self.env["collection.case"].browse(call.case_id.id)
        [entry] = history.with_user(self.collector)._get_history_of_calls()
        self.assertEqual(entry["text"], shown["outcome_id", "en_US"])

    def test_nobody_translates_it_into_something_else(self):
        """Neither afterwards, nor while the call goes on."""
        closed, ongoing = self._log(), self._log()
        closed.action_done()
        before = self._read_shown(closed, "outcome_id")
        for call in closed, ongoing:
            for user in self.collector, self.manager:
                with self._refused(UserError, ""):
                    call.with_user(user).update_field_translations(
                        "outcome_label", {"en_US": "Promised", "de_DE": "Versprochen"}
                    )
        ongoing.action_done()
        self.assertEqual(self._read_shown(closed, "outcome_id"), before)
        self.assertEqual(self._read_shown(ongoing, "outcome_id"), before)

    def test_ongoing_call_follows_its_outcome(self):
        call = self._log()
        self._rename(self.no_answer)
        self.assertEqual(self._read_shown(call, "outcome_id"), "Renamed")
        call.action_done()
        self._rename(self.no_answer, en_US="Renamed again")
        self.assertEqual(self._read_shown(call, "outcome_id"), "Renamed")
        call.with_user(self.manager).action_cancel("Another debtor")
        self.assertEqual(self._read_shown(call, "outcome_id"), "Renamed")

    def test_calls_in_one_list_show_each_their_own(self):
        old, new = self._log(), self._log()
        old.action_done()
        before = self._read_shown(old, "outcome_id")
        self._rename(self.no_answer)
        new.action_done()
        rows = (old + new).web_read({"outcome_id": {"fields": {"display_name": {}}}})
        shown = [row["outcome_id"]["display_name"] for row in rows]
        self.assertEqual(shown, [before, "Renamed"])

    def test_invoicing_user_reads_it_too(self):
        call = self._log()
        call.action_done()
        clerk = self._create_user("account.group_account_invoice", login="clerk")
        before = self._read_shown(call, "outcome_id", user=clerk)
        self._rename(self.no_answer)
        self.assertEqual(self._read_shown(call, "outcome_id", user=clerk), before)

    def test_plan_shows_its_rule_as_it_was_called(self):
        plan = self._plan(self.invoice)
        self._rename(self.any_incident)
        self.assertEqual(self._read_shown(plan, "rule_id"), "Renamed")
        plan.action_offer()
        self._rename(self.any_incident, en_US="Renamed again")
        self.assertEqual(self._read_shown(plan, "rule_id"), "Renamed")
        plan.action_draft()
        self.assertEqual(self._read_shown(plan, "rule_id"), "Renamed again")
        plan.action_activate()
        self._rename(self.any_incident, en_US="Once more")
        self.assertEqual(self._read_shown(plan, "rule_id"), "Renamed again")

    def test_closed_dispute_shows_its_reason(self):
        dispute = (
            self.env["collection.dispute"]
            .with_user(self.collector)
            .create({"move_id": self.invoice.id, "reason_id": self.quality.id})
        )
        before = self._read_shown(dispute, "reason_id")
        dispute.action_withdraw()
        self._rename(self.quality)
        self.assertEqual(self._read_shown(dispute, "reason_id"), before)

    def test_exports_say_what_it_was_called(self):
        old = self._log(
            outcome=self.no_commitment,
            verified_by="address",
            reason_id=self.quality.id,
            claim_ids=self._as_claims(self.invoice | self._create_claim(200, 5)),
        )
        new = self._log()
        old.action_done()
        before, why = self.no_commitment.name, self.quality.name
        self._rename(self.no_commitment)
        self._rename(self.no_answer, en_US="Busy")
        self._rename(self.quality, en_US="Broken")
        calls = old + new
        for is_compatible in True, False:
            rows = self._export(
                calls,
                *("outcome_id", "claim_ids/label", "reason_id/name", "name"),
                import_compat=is_compatible,
            )
            self.assertEqual([row[0] for row in rows], [before, "", "Busy"])
            self.assertEqual([row[2] for row in rows], [why, "", ""])
            self.assertEqual([row[3] for row in rows], [old.name, "", new.name])
            self.assertEqual(len({row[1] for row in rows}), 3)
        [[identifier, label]] = self._export(old, "outcome_id/.id", "outcome_id")
        self.assertEqual((int(identifier), label), (self.no_commitment.id, before))

    def test_exports_through_others_say_it_too(self):
        call = self._log(outcome=self.no_commitment, verified_by="address")
        call.action_done()
        before = self.no_commitment.name
        self._rename(self.no_commitment)
        cases = self.env["collection.case"].browse(call.case_id.id)
        rows = self._export(cases, "partner_id", "call_ids/outcome_id")
        self.assertEqual(rows, [[self.debtor.display_name, before]])

    def test_exports_cost_the_same_whatever_their_length(self):
        calls = self._log().union(*(self._log() for _n in range(11)))
        calls.action_done()
        counts = []
        for some in calls[:2], calls[:2], calls:  # the first one fills caches
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._export(some, "name", "outcome_id")
            counts.append(self.cr.sql_log_count - before)
        self.assertEqual(*counts[1:])

    def test_outcome_of_closed_calls_keeps_its_meaning(self):
        outcome = self.no_answer.with_user(self.manager).copy({"name": "Engaged"})
        outcome.reached = "third_party"  # nothing says it yet
        call = self._log(outcome=outcome)
        outcome.reached = "nobody"
        call.action_done()
        outcome.write({"reached": "nobody", "color": 3})
        with self._refused(UserError, "make another one"):
            outcome.reached = "anyone"

    def test_grouped_by_what_it_is_now(self):
        """Analyses follow the outcome, not its name."""
        call = self._log()
        call.action_done()
        self._rename(self.no_answer)
        groups = self.env["collection.call"]._read_group(
            [("id", "=", call.id)], ["outcome_id"]
        )
        self.assertEqual(groups, [(self.no_answer,)])

    def _read_groups(self, calls, *groupby, user=None):
        """The heads of the groups, as lists, boards and pivot tables show them."""
        self.env.flush_all()
        self.env.invalidate_all()
        calls = calls.with_user(user or self.collector)
        domain = [("id", "in", calls.ids)]
        name = groupby[-1]
        lists = calls.web_read_group(domain, list(groupby[-1:]), ["__count"])["groups"]
        [*_sets, pivot] = calls.formatted_read_grouping_sets(
            domain, [[], list(groupby)], ["__count"]
        )
        for group in lists + pivot:
            self.assertFalse([key for key in group if "label" in key])
        self.assertEqual({g[name] for g in lists}, {g[name] for g in pivot})
        return {group[name]: group["__count"] for group in lists}

    def test_groups_are_headed_by_what_their_records_show(self):
        old = self._log(
            outcome=self.no_commitment, verified_by="address", reason_id=self.quality.id
        )
        before, why = self.no_commitment.name, self.quality.name
        old.action_done()
        new = self._log(outcome=self.no_commitment, verified_by="address")
        self._rename(self.no_commitment, en_US="Undecided")
        self._rename(self.quality, en_US="Broken")
        outcome = self.no_commitment.id
        told = self._read_groups(old, "user_id", "outcome_id")
        self.assertEqual(told, {(outcome, before): 1})
        told = self._read_groups(old + new, "outcome_id")
        self.assertEqual(told, {(outcome, f"{before} / Undecided"): 2})
        told = self._read_groups(new, "outcome_id")
        self.assertEqual(told, {(outcome, "Undecided"): 1})
        told = self._read_groups(old + new, "outcome_id", "reason_id")
        self.assertEqual(told, {(self.quality.id, why): 1, False: 1})
        clerk = self._create_user("account.group_account_invoice", login="clerk")
        told = self._read_groups(old, "outcome_id", user=clerk)
        self.assertEqual(told, {(outcome, before): 1})

    def test_lists_cost_the_same_whatever_their_length(self):
        calls = self._log().union(*(self._log() for _n in range(23)))
        calls.action_done()
        self._assert_same_queries(calls, ["outcome_id", "reason_id"])
