"""What debtors said stays with those who may hold calls, through every door."""

from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged

from .common import CollectionCallsPlanCommon, walk
from .test_collection_guard import CONFIGURATION

SECRET = "Blaubeere"
# Our own words, and what stands in the ledger or on the partner anyway.
OURS = {
    # How agreements stand, as whoever writes invoices may know.
    "account.move": {"collection_plan_note", "collection_promise_note"},
    "mail.activity": {"collection_topic", "collection_source_model"},
    "res.partner": {"collection_plan_note", "collection_promise_note"},
    "res.users": {"collection_plan_note", "collection_promise_note"},
    "collection.acceptance": {"lang", "text_hash"},
    "collection.acceleration.rule": {"description", "name", "note"},
    "collection.call": {
        "activity_summary",  # read with the rights on activities
        "beyond_note",
        "cancel_reason",
        "name",
        "next_call_note",
        "next_call_clock",  # the name of a clock
        "next_call_zone",
        "online_note",
        "outcome_label",  # as outcomes themselves
        "phone",
        "phone_display",
        "phone_e164",
        "policy_breaches",
        "promise_limit_note",
        "recorded_note",
    },
    "collection.call.claim": {"label"},
    "collection.call.outcome": {"description", "name", "recap"},
    "collection.case": {
        "activity_summary",
        "contact_e164",
        "contact_number",
        "lookup",  # for searching alone
        "local_time",
        "local_time_source",
        "overdue_told",
        "phone",
        "priority_detail",
        "priority_points",
    },
    "collection.dispute": {"name", "reason_label", "recorded_note", "resolution"},
    "collection.offer": {"name"},
    "collection.plan": {
        "activity_summary",
        "evidence",
        "held_code",  # which of our obstacles it is, in the code's words
        "held_note",
        "hold_code",
        "hold_note",
        "incident_note",
        "name",
        "online_note",  # what is being paid, as the ledger says
        "received_items",
        "recorded_note",
        "rule_label",
        "rule_sentence",
        "tonight",
    },
    "collection.plan.claim": {"known_money", "label"},
    "collection.plan.event": {"evidence", "reason"},
    "collection.plan.letter": {"body", "lang", "subject"},
    "collection.promise": {
        "activity_summary",
        "check_note",
        "evidence",
        "held_code",
        "held_note",
        "limit_note",
        "name",
        "online_note",
        "recorded_note",
        "waiting_note",
    },
    "collection.promise.line": {"label"},
    "collection.reason": {"answer", "name"},
    "collection.strategy": {"description", "name", "partner_domain"},
}
# Chatter that others than collectors read: owners with invoicing rights clear disputes.
SHARED_CHATTER = {"collection.dispute"}


@tagged("post_install", "-at_install")
class TestCollectionSecrets(CollectionCallsPlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.setup_other_company()["company"]
        cls.stranger = cls._create_user("group_collection_user", cls.other)
        cls.strange_manager = cls._create_user("group_collection_manager", cls.other)
        cls.invoicing = cls._create_user("account.group_account_invoice")
        exporters = cls.env.ref("base.group_allow_export")
        for user in cls.stranger, cls.invoicing:
            user.group_ids |= exporters
        cls.portal = new_test_user(cls.env, "test_portal", groups="base.group_portal")
        cls.no_commitment = cls.env.ref(
            "collection_calls.collection_call_outcome_no_commitment"
        )

    def setUp(self):
        super().setUp()
        self.plan = self._agree()
        self.draft = self._plan(self._create_claim(100, days_overdue=5))
        self.promised = self._promise(self._create_claim(100, days_overdue=5))
        self.ongoing = self._log(
            outcome=self.no_commitment,
            right_party_verified=True,
            verified_by="address",
            statement=SECRET,
            reason_id=self.env.ref("collection_calls.collection_reason_no_money").id,
            claim_ids=self._as_claims(self.invoice),
        )
        self.case = self.ongoing.case_id
        self.objection = (
            self.env["collection.dispute"]
            .with_user(self.collector)
            .create(
                {
                    "move_id": self._create_claim(100, days_overdue=5).id,
                    "reason_id": self.env.ref(
                        "collection_calls.collection_reason_quality"
                    ).id,
                }
            )
        )
        about = {"partner_id": self.debtor.id, "company_id": self.company.id}
        wish = {**about, "kind": "no_email", "wording": SECRET, "said_by": SECRET}
        rights = self.env["collection.contact.right"].with_user(self.collector)
        self.right = rights.create(wish)
        holds = self.env["collection.legal.hold"].with_user(self.manager)
        self.legal_hold = holds.create({**about, "reason": SECRET})
        self._act_on_page(self.plan.with_user(self.env.ref("base.user_root")))
        self.env.cr.flush()

    def _act_on_page(self, page):
        """What a debtor does on the page of a plan, and how they came there."""
        now = fields.Datetime.now()
        page._note_page_event("opened")
        page._note_answer("declined", {"words": SECRET, "channel": "portal"})
        day = page.company_id._get_collection_today() + timedelta(9)
        self.offer, _new = page._request_day(day, words=SECRET)
        self.correction, _new = page._request_correction("030 23125042", words=SECRET)
        self.link = page.env["collection.link"].create(
            {
                "call_id": self.ongoing.id,
                "address": f"{SECRET}@mueller.example",
                "channel": "email",
                "token_digest": "0" * 64,
                "date_expiry": now,
            }
        )
        self.answer = page.env["collection.answer"].create(
            {
                "plan_id": page.id,
                "partner_id": page.partner_id.id,
                "company_id": page.company_id.id,
                "text": SECRET,
                "message_key": "0" * 64,
                "date": now,
            }
        )
        self.ongoing.answer_ids[0].answer_text = SECRET

    # --------------------------------------------------------------------- dialogs

    def test_dialogs_are_the_users(self):
        self.assertEqual(walk.find_open_dialogs(self.env, self.collector), [])

    def test_an_open_dialog_is_found(self):
        class Peep(models.TransientModel):
            _module = None
            _name = "collection.peep"
            _description = "Shows what nobody may see"

            call_id = fields.Many2one("collection.call")
            statement = fields.Text(related="call_id.statement")

        with walk.add_model(self, Peep):
            found = walk.find_open_dialogs(self.env, self.collector)
        self.assertIn("collection.peep is no collection.dialog", found)
        self.assertIn("collection.peep: unlink isn't for its owner alone", found)
        self.assertIn("collection.peep.statement is computed as superuser", found)

    def test_nothing_of_others_comes_into_a_dialog(self):
        """Neither when it is made nor later, nor by a default, nor while typing."""
        for model, name, record in self._get_foreign():
            user = self.strange_manager
            dialogs = self.env[model].with_user(user)
            value = record.id
            if dialogs._fields[name].type == "many2many":
                value = [Command.set(record.ids)]
            with self.subTest(f"{model}.{name}"):
                proposed = dialogs.with_context(**{f"default_{name}": value})
                for refused, args in (
                    (dialogs.create, ({name: value},)),
                    (proposed.default_get, ([name],)),
                    (dialogs.onchange, ({name: value}, [name], {name: {}})),
                    (proposed.onchange, ({}, [], {name: {}})),
                ):
                    self.env.invalidate_all()
                    with self.assertRaises(AccessError), self.cr.savepoint():
                        refused(*args)
                with self.assertRaises(UserError), self.cr.savepoint():
                    dialogs.browse(1).write({name: value})

    def test_forms_show_nothing_of_others(self):
        """Not even before anything is saved: core computes related fields for all."""
        for model, name, record in self._get_foreign(transient=False):
            records = self.env[model].with_user(self.strange_manager)
            value = record.id
            if records._fields[name].type != "many2one":
                value = [Command.set(record.ids)]
            for typed, proposed in (
                ({name: value}, {}),
                ({}, {f"default_{name}": value}),
            ):
                with self.subTest(f"{model}.{name}", typed=bool(typed)):
                    self.env.invalidate_all()
                    form = records.with_context(**proposed)
                    with suppress(AccessError), self.cr.savepoint():
                        shown = form.onchange(typed, list(typed), {name: {}})
                        self.assertFalse(shown["value"].get(name))

    def test_a_dispute_form_tells_nothing_of_foreign_invoices(self):
        disputes = self.env["collection.dispute"].with_user(self.stranger)
        told = {name: {} for name in ("amount", "amount_residual", "partner_id")}
        for proposed, typed in (
            ({}, {"move_id": self.invoice.id}),
            ({"default_move_id": self.invoice.id}, {}),
        ):
            self.env.invalidate_all()
            form = disputes.with_context(**proposed)
            with self.assertRaises(AccessError), self.cr.savepoint():
                form.onchange(typed, list(typed), {"move_id": {}, **told})

    def _get_foreign(self, transient=True):
        """What can be pointed to and is of another company: model, field, record."""
        examples = {
            "collection.call": self.ongoing,
            "collection.case": self.case,
            "collection.contact.right": self.right,
            "collection.dispute": self.objection,
            "collection.plan": self.plan,
            "collection.promise": self.promised,
            "collection.answer": self.answer,
            "collection.contact.correction": self.correction,
            "collection.link": self.link,
            "collection.offer": self.offer,
            "account.move": self.invoice,
            "account.move.line": self.invoice._get_collection_claims(),
        }
        found = 0
        for model in walk.walk_models(self.env, transient=transient):
            for name, field in model._fields.items():
                leads = (field.relational and field.comodel_name) or ""
                if transient and field.store and leads.startswith("collection."):
                    known = self.env[leads]._transient or leads in CONFIGURATION
                    self.assertTrue(known or leads in examples, f"Add a {leads}")
                record = examples.get(leads)
                if record and field.store:
                    found += 1
                    yield model._name, name, record
        self.assertGreater(found, 8)

    def test_a_call_dialog_tells_nothing_of_others(self):
        """Not even one that was made while it was allowed."""
        wizard = self.env["collection.call.wizard"].with_user(self.collector)
        wizard = wizard.create({"call_id": self.ongoing.id})
        self.assertEqual(wizard.statement, SECRET)
        self.env.flush_all()
        self.collector.sudo().write(
            {"company_ids": [Command.set(self.other.ids)], "company_id": self.other.id}
        )
        for name in wizard._fields:
            self.env.invalidate_all()
            try:
                told = wizard.read([name])
            except AccessError:
                continue
            self.assertNotIn(SECRET, repr(told), name)
        with self.assertRaises(AccessError):
            wizard.read(["statement"])
        self.assertFalse(wizard.search([("statement", "ilike", SECRET)]))

    def test_dialogs_of_colleagues_stay(self):
        wizard = self.env["collection.call.wizard"].with_user(self.collector)
        wizard = wizard.create({"call_id": self.ongoing.id})
        colleague = self._create_user("group_collection_user", login="colleague")
        theirs = wizard.with_user(colleague)
        self.env.invalidate_all()
        self.assertFalse(theirs.search([("id", "=", wizard.id)]))
        for refused in (
            lambda: theirs.read(["statement"]),
            lambda: theirs.write({"statement": "Nothing"}),
            lambda: theirs.unlink(),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                refused()

    def test_own_dialogs_work_as_ever(self):
        dialog = (
            self.env["collection.case.decision.wizard"]
            .with_user(self.collector)
            .with_context(
                active_model="collection.case",
                active_ids=self.case.ids,
                default_kind="hold",
            )
        )
        with Form(dialog) as form:
            form.reason = "Ill"
        form.record.action_confirm()
        self.assertEqual(self.case.hold_reason, "Ill")

    # ----------------------------------------------------------------------- words

    def test_whose_words_a_field_holds_is_known(self):
        outsiders = self.invoicing, self.portal
        self.assertEqual(walk.find_open_words(self.env, outsiders, OURS), [])

    def test_an_open_field_is_found(self):
        class Diary(models.Model):
            _module = None
            _name = "collection.diary"
            _description = "Tells everybody what was said"

            note = fields.Text()

        ours = {model: names - {"label"} for model, names in OURS.items()}
        with walk.add_model(self, Diary) as diary:
            diary._fields["note"]._module = "collection_calls"
            with patch.object(type(diary), "has_access", lambda *_args: True):
                found = walk.find_open_words(self.env, [self.invoicing], ours)
        for name in "diary.note", "plan.claim.label":
            self.assertIn(f"collection.{name} is read by {self.invoicing.login}", found)

    def test_chatter_is_confidential(self):
        self.assertEqual(walk.find_open_chatter(self.env, SHARED_CHATTER), [])

    def _note(self):
        """Something in each chatter, and something to do."""
        for record in (
            self.ongoing,
            self.case,
            self.plan,
            self.promised,
            self.legal_hold,
        ):
            record._message_log(body="Noted")
            record.activity_schedule(
                "mail.mail_activity_data_todo", user_id=self.manager.id
            )

    def _plant(self):
        """Put the word into every text that was said to us, past all guards.

        :return: list of (model, path to a text)
        """
        self.env.flush_all()
        paths = []
        for model, field in walk.walk_words(self.env):
            said = field.name not in OURS.get(model._name, ())
            if said and model._auto and field.store and not field.translate:
                is_there = model._name in CONFIGURATION or model.sudo().search([])
                self.assertTrue(is_there, f"No {model._name}")
                paths.append((model._name, field.name))
                self._set(model._table, field.name, "TRUE", field.type == "json")
        for model in walk.walk_models(self.env):
            if "message_ids" in model._fields:
                paths += [
                    (model._name, path)
                    for path in (
                        "message_ids.body",
                        "website_message_ids.body",
                        "activity_ids.summary",
                        "activity_ids.note",
                        "activity_summary",
                    )
                    if model._name not in SHARED_CHATTER
                ]
        kept = ", ".join(f"'{name}'" for name in SHARED_CHATTER)
        ours = f"^@ 'collection.' AND {{}} NOT IN ({kept})"
        self._set("mail_message", "body", "model " + ours.format("model"))
        for name in "summary", "note":
            self._set("mail_activity", name, "res_model " + ours.format("res_model"))
        self.env.invalidate_all()
        self.assertGreater(len(paths), 25)
        return paths

    def _set(self, table, column, condition, is_json=False):
        word = "to_jsonb(%s::text)" if is_json else "%s"
        self.env.cr.execute(
            f'UPDATE "{table}" SET "{column}" = {word} WHERE {condition}', [SECRET]
        )

    def test_words_are_told_through_no_door(self):
        self._note()
        paths = self._plant()
        for user in self.invoicing, self.portal, self.stranger:
            for model, path in paths:
                records = self.env[model].with_user(user)
                ids = self.env[model].sudo().search([]).ids
                for door, look in self._get_doors(records, ids, path).items():
                    with self.subTest(f"{user.login}: {model}.{path} by {door}"):
                        self._assert_untold(look)

    def _get_doors(self, records, ids, path):
        first = path.split(".")[0]
        own = records.browse(ids)
        doors = {
            "search": lambda: records.search([(path, "ilike", SECRET)]).ids,
            "negated search": lambda: (
                set(records.search([(path, "not ilike", SECRET)]).ids)
                ^ set(records.search([(path, "not ilike", "Himbeere")]).ids)
            ),
            "count": lambda: records.search_count([(path, "ilike", SECRET)]),
            "read": lambda: [r for r in own.read([first]) if SECRET in repr(r)],
            "export": lambda: SECRET in repr(own.export_data([path.replace(".", "/")])),
            "groups": lambda: SECRET in repr(records.formatted_read_group([], [path])),
            "aggregates": lambda: (
                SECRET
                in repr(records.formatted_read_group([], [], [f"{path}:array_agg"]))
            ),
            "least": lambda: (
                SECRET in repr(records.formatted_read_group([], [], [f"{path}:min"]))
            ),
            "having": lambda: (
                "." not in path
                and records.formatted_read_group(
                    [], ["id"], [], [(f"{path}:max", "=", SECRET)]
                )
            ),
            "screen": lambda: SECRET in repr(own.web_read(self._specify(path))),
            "form": lambda: (
                SECRET in repr(own[:1].onchange({}, [], self._specify(path)))
            ),
            "name": lambda: records.name_search(SECRET),
            "order": lambda: "." not in path and records.search([], order=path) and 0,
        }
        kind = self._find_field(records, path).type
        if kind in ("binary", "json"):  # PostgreSQL compares none
            del doors["least"], doors["having"]
        if kind == "binary":  # nor does Odoo
            for door in ("search", "negated search", "count"):
                del doors[door]
        return doors

    def _specify(self, path):
        """What a client asks of a record to be shown a path."""
        first, *rest = path.split(".", 1)
        return {first: {"fields": self._specify(rest[0])} if rest else {}}

    def test_words_are_told_by_no_way(self):
        """Nor through any model, Odoo's or ours, that leads to where they stand."""
        self._note()
        said = {}
        for model, path in self._plant():
            if "." not in path:
                said.setdefault(model, []).append(path)
        count = 0
        users = self.invoicing, self.portal, self.stranger
        for model, field in walk.walk_ways(self.env):
            ids = []
            if field.store or field.search:
                found = model.sudo().search([(field.name, "!=", False)], limit=20)
                ids = found.ids
            for name in said.get(field.comodel_name, ()):
                count += 1
                path = f"{field.name}.{name}"
                for user in users:
                    doors = self._get_doors(model.with_user(user), ids, path)
                    for door in {"search", "export", "screen", "groups"} & {*doors}:
                        with self.subTest(f"{user.login}: {model}.{path} by {door}"):
                            self._assert_untold(doors[door])
        self.assertGreater(count, 100)

    def _find_field(self, records, path):
        *way, name = path.split(".")
        for step in way:
            records = self.env[records._fields[step].comodel_name]
        return records._fields[name]

    def _assert_untold(self, look):
        self.env.invalidate_all()
        with suppress(UserError, ValueError), self.cr.savepoint():
            self.assertFalse(look())

    def test_files_are_read_by_whoever_reads_the_notes(self):
        """Core would show them to whoever reads the record itself."""
        told = self.ongoing, self.case, self.plan, self.promised, self.legal_hold
        messages = (
            self.env["mail.message"]
            .sudo()
            .union(
                *(
                    record.message_post(
                        body="Sent in", attachments=[("Slip.txt", SECRET)]
                    )
                    for record in told
                )
            )
        )
        files = messages.attachment_ids
        own = (
            self.env["ir.attachment"]
            .sudo()
            .create(
                [
                    {"name": "Slip.txt", "raw": SECRET.encode(), **document}
                    for document in (
                        {"res_model": record._name, "res_id": record.id}
                        for record in told
                    )
                ]
            )
        )
        files |= own
        self.assertEqual(len(files), 2 * len(told))
        models = {record._name for record in told}
        for user in self.invoicing, self.portal, self.stranger:
            theirs = self.env["ir.attachment"].with_user(user)
            for asked in (
                [("id", "in", files.ids)],
                *([("res_model", "=", model)] for model in models),
                [("res_model", "in", [*models, "res.partner"])],
                [("index_content", "ilike", SECRET)],
                [("name", "=", "Slip.txt")],
            ):
                with self.subTest(user=user.login, asked=asked):
                    self._assert_untold(lambda a=asked, t=theirs: t.search(a) & files)
            for file in theirs.browse(files.ids):
                with self.assertRaises(AccessError):
                    file.read(["raw"])
        self.env.invalidate_all()
        theirs = self.env["ir.attachment"].with_user(self.collector)
        found = theirs.search([("id", "in", files.ids)])
        self.assertEqual(
            set(found.mapped("res_model")), models - {"collection.legal.hold"}
        )
        self.assertEqual(set(found.mapped("raw")), {SECRET.encode()})

    def test_no_field_leads_past_the_rights(self):
        """Other models are searched through what points to ours, as who searches."""
        self.assertEqual(walk.find_bypasses(self.env), [])

    def test_messages_and_activities_themselves(self):
        self._note()
        self._plant()
        for user in self.invoicing, self.portal, self.stranger:
            for model, name in (("mail.message", "body"), ("mail.activity", "summary")):
                found = self.env[model].sudo().search([(name, "ilike", SECRET)])
                theirs = self.env[model].with_user(user)
                self.assertTrue(found)
                asked = [(name, "ilike", SECRET)]
                self._assert_untold(lambda t=theirs, a=asked: t.search_count(a))
                for record in theirs.browse(found.ids):
                    with self.assertRaises(AccessError):
                        record.read([name])

    def test_collectors_find_what_they_may_read(self):
        self.ongoing._message_log(body="Blaubeere")
        calls = self.env["collection.call"].with_user(self.collector)
        asked = [("message_ids.body", "ilike", "blaubeere")]
        self.assertEqual(calls.search(asked), self.ongoing)
        self.assertEqual(calls.search([("statement", "ilike", SECRET)]), self.ongoing)

    # ----------------------------------------------------------------------- marks

    def test_our_mark_on_invoices_is_ours(self):
        invoice = self.invoice.with_user(self.accountant)
        self.assertTrue(invoice.collection_no_followup)
        for name in "collection_no_followup", "collection_followup_by_person":
            for record in invoice, invoice.line_ids[0]:
                with self.assertRaises(AccessError), self.cr.savepoint():
                    record.write({name: True})
        invoice.no_followup = False  # that one is everybody's
        self.assertTrue(invoice.collection_followup_by_person)
