"""Evidence stands, whatever it is written through."""

from contextlib import closing, suppress

from psycopg2 import IntegrityError

from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.models import MAGIC_COLUMNS
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from .common import walk
from .test_collection_public_methods import PublicMethodsCommon

BOOKKEEPING = ["write_uid", "write_date"]


@tagged("post_install", "-at_install")
class TestCollectionCommands(PublicMethodsCommon):
    """Records of any model are written with every command on every field that leads to
    ours. Then the database is looked at: no row of evidence is gone, changed or new.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Somebody who may do everything but administer.
        cls.boss = cls._create_user("group_collection_manager", login="boss")
        for name in ("account.group_account_manager", "base.group_partner_manager"):
            cls.boss.group_ids |= cls.env.ref(name)
        cls.models = [model for model in walk.walk_models(cls.env) if model._auto]
        # A record that goes with another one is a part of it.
        cls.parts = {
            model._name: [
                field
                for field in model._fields.values()
                if field.store
                and field.type == "many2one"
                and field.ondelete == "cascade"
                and field.comodel_name.startswith("collection.")
            ]
            for model in cls.models
        }

    def setUp(self):
        super().setUp()
        # sudo: what happens on a page is the addon's to note.
        page = self.plans["late"].sudo()
        page._note_page_event("opened")
        page._note_answer("declined", {"words": "Too much", "channel": "portal"})
        rights = self.env["collection.contact.right"].with_user(self.collector)
        self.monday = rights.create(
            {
                "kind": "hours",
                "partner_id": self.elsewhere.id,
                "company_id": self.company.id,
                "hours_ids": [
                    Command.create({"weekday": "0", "hour_from": 14, "hour_to": 16})
                ],
            }
        ).hours_ids
        self.env.cr.flush()

    def _get_evidence(self):
        """What nobody changes, parts included, by model."""
        guard = self.env["collection.evidence"]
        evidence = {}
        for model in self.models:
            records = model.sudo().with_context(active_test=False).search([])
            if guard._is_guarded(model._name):
                evidence[model._name] = records._filter_evidence()
        for model in self.models:
            for field in self.parts[model._name]:
                wholes = evidence.get(field.comodel_name)
                if wholes and model._name not in evidence:
                    domain = Domain(field.name, "in", wholes.ids)
                    evidence[model._name] = model.sudo().search(domain)
        return {name: records for name, records in evidence.items() if records}

    def _read_rows(self, evidence):
        """What the database says of them, and of whatever became a part of them."""
        ids = {name: records.ids for name, records in evidence.items()}
        queries = []
        for model in self.models:
            name = model._name
            owners = [
                SQL(
                    "stored.%s = ANY(%s)",
                    SQL.identifier(field.name),
                    ids[field.comodel_name],
                )
                for field in self.parts[name]
                if field.comodel_name in ids
            ]
            if name in ids or owners:
                owners.append(SQL("stored.id = ANY(%s)", ids.get(name, [])))
                queries.append(
                    SQL(
                        "SELECT %s, stored.id, to_jsonb(stored) - %s::text[]"
                        " FROM %s AS stored WHERE %s",
                        name,
                        BOOKKEEPING,
                        SQL.identifier(model._table),
                        SQL(" OR ").join(owners),
                    )
                )
        rows = self.env.execute_query(SQL(" UNION ALL ").join(queries))
        return {(name, record_id): row for name, record_id, row in rows}

    def _walk_commands(self, evidence):
        """What is written on which record: (record, field, command)."""
        for model in self.env.values():
            if model._abstract or not model._auto or model._transient:
                continue
            for field in model._fields.values():
                leads = field.comodel_name
                if field.type not in ("one2many", "many2many") or leads not in evidence:
                    continue
                child = evidence[leads][-1:]
                for parent in self._find_parents(model, field, child):
                    for command in self._get_commands(child):
                        yield parent, field, command

    def _find_parents(self, model, field, child):
        """The record that it belongs to, and another one that would like to have it."""
        records = model.sudo().with_context(active_test=False)
        own = records.browse()
        if field.store or field.search:
            own = records.search([(field.name, "in", child.ids)], limit=1)
        return own | records.search([("id", "not in", own.ids)], limit=1)

    def _get_commands(self, child):
        told = next(
            name
            for name, field in child._fields.items()
            if field.store
            and name not in MAGIC_COLUMNS
            and field.type in ("char", "text", "selection", "datetime")
        )
        values = {told: self._get_other(child, told)}
        return [
            Command.update(child.id, values),
            Command.create(values),
            Command.link(child.id),
            Command.unlink(child.id),
            Command.delete(child.id),
            Command.set([]),
        ]

    def _get_other(self, record, name):
        field = record._fields[name]
        if field.type == "selection":
            values = field.get_values(self.env)
            return next((value for value in values if value != record[name]), False)
        return "2020-02-02 12:00:00" if field.type == "datetime" else "Something else"

    @mute_logger("odoo.sql_db")
    def _write(self, user, record, field, command):
        """Write it as a client does; a refusal is as good as no effect."""
        self.env.invalidate_all()
        with suppress(UserError, IntegrityError), self.env.cr.savepoint():
            record.with_user(user).write({field.name: [command]})
            self.env.cr.flush()

    def test_no_command_on_another_record_changes_evidence(self):
        evidence = self._get_evidence()
        for name in ("acceptance", "contact.hours", "offer", "plan.event", "link"):
            self.assertIn(f"collection.{name}", evidence)
        before = self._read_rows(evidence)
        count = 0
        for record, field, command in self._walk_commands(evidence):
            for user in self.collector, self.boss:
                count += 1
                with closing(self.env.cr.savepoint(flush=False)):
                    self._write(user, record, field, command)
                    after = self._read_rows(evidence)
                    self.env.cr.clear()
                if after != before:
                    self._tell(before, after, f"{field} {command} by {user.login}")
        self.assertGreater(count, 300)

    def _tell(self, before, after, what):
        for key in before.keys() | after.keys():
            with self.subTest(f"{key} through {what}"):
                self.assertEqual(after.get(key), before.get(key))

    def test_hours_that_a_debtor_asked_for_stay(self):
        """They look like those of a policy, which managers write."""
        hours = self.monday.with_user(self.manager)
        policy = self.env["collection.contact.policy"].with_user(self.manager)
        policy = policy.create({"name": "Other"})
        spare = hours.create(
            {"policy_id": policy.id, "weekday": "1", "hour_from": 8, "hour_to": 9}
        )
        asked = {"right_id": hours.right_id.id, "policy_id": False}
        for act in (
            lambda: hours.write({"hour_from": 8}),
            lambda: hours.write({"right_id": False, "policy_id": policy.id}),
            lambda: hours.unlink(),
            lambda: hours.copy(),
            lambda: spare.write(asked),
            lambda: spare.copy(asked),
        ):
            with self._refused(UserError, "asked for"):
                act()
        spare.hour_to = 10
        spare.unlink()
