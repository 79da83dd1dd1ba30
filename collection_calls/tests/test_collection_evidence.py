import base64
from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.fields import Command
from odoo.tests import tagged

from ..models.evidence.door import KEY, open_door
from .common import TODAY, CollectionCallsPlanCommon, CollectionCallsWizardCommon

EMAIL = "weber@mueller.example"
FILE = base64.b64encode(b"Signed on 10 March")
UNINSTALLING = {"_force_unlink": True}  # Odoo's own; any client can send it


def find_unguarded(env, names):
    """Models with a chatter whose messages and files nobody guards."""
    guard = env["collection.evidence"]
    return [
        name
        for name in sorted(names)
        if "message_ids" in env[name]._fields
        and not env[name]._abstract
        and not guard._is_guarded(name)
    ]


class CollectionCallsEvidenceCommon:
    """Ways to rewrite what was said, all of them refused."""

    @classmethod
    def _open_call(cls):
        """A call that goes on, where something could be moved to."""
        debtor = cls._create_debtor("Elsewhere Ltd")
        vals = {"partner_id": debtor.id, "outcome_id": cls.no_answer.id}
        return cls.env["collection.call"].with_user(cls.collector).create(vals)

    def _note(self, record, user=None, **vals):
        """A note as people write them below a record, by whoever looks at it."""
        record = record.with_user(user or record.env.user)
        return record.message_post(body="They pay", message_type="comment", **vals)

    def _attach(self, record, user=None):
        files = self.env["ir.attachment"].with_user(user or record.env.user)
        vals = {"res_model": record._name, "res_id": record.id}
        return files.create({"name": "Agreement.pdf", "datas": FILE, **vals})

    def _assert_fixed(self, message):
        """Nobody rewrites, moves or deletes a message, the superuser included."""
        before = self._read_message(message)
        for env in self._get_envs():
            mine = message.with_env(env)
            thread = mine.env[message.sudo().model].browse(message.sudo().res_id)
            for act in (
                lambda mine=mine: mine.write({"body": "They never called"}),
                lambda mine=mine: mine.write({"author_id": self.contact.id}),
                lambda mine=mine: mine.write({"date": TODAY - timedelta(days=9)}),
                lambda mine=mine: mine.with_user(self.manager).write(
                    {"message_id": "<other@mail>", "reply_to": "other@example.com"}
                ),
                lambda mine=mine: mine.with_user(self.manager).write(
                    {"subject": "Re-dated"}
                ),
                lambda mine=mine: mine.write({"res_id": self.elsewhere.id + 1000}),
                lambda mine=mine: mine.write({"model": "res.partner", "res_id": 1}),
                lambda mine=mine: mine.write({"message_type": "comment", "body": ""}),
                mine.unlink,
                mine.with_context(**UNINSTALLING).unlink,
                mine.with_context(**{KEY: True}).unlink,
                mine.with_context(**{KEY: "<door>"}).unlink,
                lambda thread=thread, mine=mine: thread._message_update_content(
                    mine.sudo(), body="They never called"
                ),
                lambda thread=thread, mine=mine: thread._message_update_content(
                    mine.sudo(), body="", attachment_ids=[]
                ),
                *(
                    lambda thread=thread, name=name, command=command: thread.write(
                        {name: [command]}
                    )
                    for name in ("message_ids", "website_message_ids")
                    for command in (
                        Command.update(message.id, {"body": "They never called"}),
                        Command.delete(message.id),
                        Command.unlink(message.id),
                        Command.clear(),
                        Command.set([]),
                    )
                    if name in thread._fields
                ),
            ):
                # What has no effect need not be refused: a subject is filled in once.
                try:
                    with self.cr.savepoint():
                        act()
                        self.env.flush_all()
                        self.env.invalidate_all()
                        self.assertEqual(self._read_message(message), before)
                except UserError:
                    self.env.invalidate_all()
        self.assertEqual(self._read_message(message), before)

    def _read_message(self, message):
        message = message.sudo()
        self.assertTrue(message.exists())
        names = ("model", "res_id", "body", "author_id", "date", "message_type")
        names += ("message_id", "reply_to", "subject", "attachment_ids")
        return message.read(names)[0]

    def _assert_fixed_file(self, file):
        for env in self._get_envs():
            mine = file.with_env(env)
            for act in (
                lambda mine=mine: mine.write({"name": "Nothing.pdf"}),
                lambda mine=mine: mine.write({"datas": base64.b64encode(b"No")}),
                lambda mine=mine: mine.write({"raw": b"No"}),
                lambda mine=mine: mine.write({"res_id": self.elsewhere.id + 1000}),
                lambda mine=mine: mine.write(
                    {"res_model": "res.partner", "res_id": self.debtor.id}
                ),
                lambda mine=mine: mine.write({"type": "url", "url": "http://x"}),
                mine.unlink,
                mine.with_context(**UNINSTALLING).unlink,
                lambda mine=mine: mine.sudo()._delete_and_notify(),
            ):
                with self.assertRaises(UserError), self.cr.savepoint():
                    act()
        file = file.sudo()
        self.assertEqual((file.name, file.datas), ("Agreement.pdf", FILE))

    def _get_envs(self):
        """The author, a manager, and code of Odoo's that runs as superuser."""
        for user in self.collector, self.manager:
            yield self.env(user=user)
        yield self.env(su=True)


@tagged("post_install", "-at_install")
class TestCollectionEvidence(CollectionCallsEvidenceCommon, CollectionCallsPlanCommon):
    """What was noted on a call, an agreement, a dispute or a case stays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Tests switch tracking off; people don't.
        cls.env = cls.env(
            context={
                **cls.env.context,
                "tracking_disable": False,
                "mail_notrack": False,
                "mail_create_nolog": False,
            }
        )
        cls.elsewhere = cls._open_call()
        cls.quality = cls.env.ref("collection_calls.collection_reason_quality")
        cls.no_commitment = cls.env.ref(
            "collection_calls.collection_call_outcome_no_commitment"
        )

    def _get_evidence(self):
        """A record of each model with a chatter that is evidence."""
        call = self._log()
        call.action_done()
        dispute = (
            self.env["collection.dispute"]
            .with_user(self.collector)
            .create(
                {
                    "move_id": self._create_claim(70, days_overdue=9).id,
                    "reason_id": self.quality.id,
                }
            )
        )
        dispute.action_withdraw()
        records = (
            call,
            call.case_id,
            dispute,
            self._promise(self._create_claim(80, days_overdue=9)),
            self._agree(self._create_claim(90, days_overdue=9)),
            self._hold_by_law(self.elsewhere.partner_id),
        )
        call.case_id.action_hold("other", "Asked for patience")
        self.env.flush_all()
        return {record._name: record for record in records}

    def _hold_by_law(self, debtor):
        """Managers alone write on it."""
        holds = self.env["collection.legal.hold"].with_user(self.manager)
        return holds.create({"partner_id": debtor.id, "reason": "Lawsuit"})

    # ------------------------------------------------------------ files of others

    def test_files_of_others_are_noted_as_copies(self):
        """Whoever owns them may change them afterwards: what was noted stays."""
        for record in self._get_evidence().values():
            theirs = self._attach(self.invoice, self.env.ref("base.user_root"))
            message = self._note(record, attachment_ids=theirs.ids).sudo()
            kept = message.attachment_ids
            self.assertEqual((kept.res_model, kept.res_id), (record._name, record.id))
            self.assertEqual((kept.name, kept.datas), ("Agreement.pdf", FILE))
            theirs.sudo().raw = b"Other terms"
            theirs.sudo().unlink()
            self.assertEqual(message.attachment_ids, kept)
            self._assert_fixed_file(kept)

    def test_nobody_gets_a_file_by_noting_it(self):
        call = self._log()
        theirs = self.env["ir.attachment"].create({"name": "Secret", "datas": FILE})
        with self.assertRaises(AccessError), self.cr.savepoint():
            self._note(call, self.collector, attachment_ids=theirs.ids)

    # --------------------------------------------------------- every model of ours

    def test_every_chatter_of_ours_is_guarded(self):
        """Add a model with a chatter, and this tells you to inherit the guard."""
        ours = [name for name in self.registry if name.startswith("collection.")]
        self.assertFalse(find_unguarded(self.env, ours))
        self.assertEqual(
            set(self._get_evidence()),
            {
                name
                for name in ours
                if "message_ids" in self.env[name]._fields
                and not self.env[name]._abstract
            },
            "each needs a record here",
        )

    def test_an_unguarded_chatter_would_be_found(self):
        names = ["collection.call", "res.partner"]
        self.assertEqual(find_unguarded(self.env, names), ["res.partner"])

    def test_no_guard_of_ours_depends_on_the_context(self):
        """Odoo skips guards that are off at uninstallation if a client says so."""
        for name in self.registry:
            for method in self.env[name]._ondelete_methods:
                if "collection_calls" in method.__module__:
                    self.assertTrue(method._ondelete, f"{name}: {method.__name__}")

    def test_no_evidence_is_deleted_with_something_else(self):
        guard = self.env["collection.evidence"]
        for name in self.registry:
            if not guard._is_guarded(name) or self.env[name]._abstract:
                continue
            for field in self.env[name]._fields.values():
                if field.type == "many2one" and field.store:
                    self.assertNotEqual(field.ondelete, "cascade", str(field))

    def test_notes_stay(self):
        for name, record in self._get_evidence().items():
            with self.subTest(name):
                self._assert_fixed(self._note(record))

    def test_what_was_logged_and_tracked_stays(self):
        for name, record in self._get_evidence().items():
            with self.subTest(name):
                self.env.cr.flush()
                logged = record.sudo().message_ids[:1]
                self.assertTrue(logged, "at least that it was made")
                self._assert_fixed(logged)

    def test_files_stay(self):
        for name, record in self._get_evidence().items():
            with self.subTest(name):
                self._assert_fixed_file(self._attach(record))

    def test_letters_and_their_files_stay(self):
        letter = self._agree().letter_ids
        self._assert_fixed_file(self._attach(letter))
        with self._refused(UserError, "can't be deleted"):
            letter.sudo().unlink()

    def test_what_changed_stays(self):
        plan = self._plan(self.invoice)
        self.env.cr.flush()  # it was made in a transaction of its own
        self._activate(plan)
        values = plan.sudo().message_ids.tracking_value_ids
        self.assertTrue(values)
        for act in (
            lambda: values.write({"new_value_char": "Cancelled"}),
            values.unlink,
        ):
            with self._refused(UserError, "can't be rewritten"):
                act()

    # --------------------------------------------------------- what stays possible

    def test_notes_are_added_starred_and_read(self):
        for name, record in self._get_evidence().items():
            with self.subTest(name):
                note = self._note(record)
                mine = note.with_user(self.manager)
                mine.toggle_message_starred()
                self.assertTrue(mine.starred)
                mine.toggle_message_starred()
                mine.set_message_done()
                note.sudo().pinned_at = "2026-03-10 09:00:00"
                note.sudo()._message_reaction(
                    "👍", "add", self.contact, self.env["mail.guest"]
                )
                self.assertTrue(note.sudo().reaction_ids)
                note.write({"body": note.body})  # nothing new is nothing changed
                todo = record.activity_schedule(
                    "mail.mail_activity_data_todo", user_id=self.collector.id
                )
                todo.action_feedback(feedback="Done")

    def test_access_token_of_a_file(self):
        file = self._attach(self._get_evidence()["collection.call"])
        self.assertTrue(file.generate_access_token())

    def test_own_note_on_an_ongoing_call_is_corrected(self):
        call = self._log()
        note = self._note(call)
        call._message_update_content(note.sudo(), body="They pay on Friday")
        self.assertIn("on Friday", note.body)
        file = self._attach(call)
        file.name = "Agreement of Friday.pdf"
        file.unlink()
        for user in self.manager, self.env.ref("base.user_root"):
            with self._refused(UserError, "are evidence"):
                note.with_user(user).sudo().body = "They never pay"
        self._note(call).unlink()
        call.action_done()
        with self._refused(UserError, "are evidence"):
            call._message_update_content(note.sudo(), body="They never pay")

    def test_what_the_addon_noted_on_an_ongoing_call_stays(self):
        with self._at(TODAY - timedelta(days=1)):
            call = self._log(verified_by="address", outcome=self.no_commitment)
        call.action_resume()
        note = call.sudo().message_ids.filtered(lambda m: "Started anew" in m.body)
        self.assertTrue(note)
        with self._refused(UserError, "are evidence"):
            note.with_user(self.collector).unlink()

    def test_draft_goes_with_its_chatter(self):
        plan = self._plan(self.invoice)
        self.env.cr.flush()
        notes = self._note(plan) + plan.message_ids
        file = self._attach(plan)
        plan.unlink()
        self.assertFalse(notes.exists() or file.exists())

    def test_no_note_is_moved_here(self):
        call = self._get_evidence()["collection.call"]
        foreign = self.debtor.message_post(body="They pay")
        with self._refused(UserError, "are evidence"):
            foreign.sudo().write({"model": call._name, "res_id": call.id})

    def test_sent_e_mail_stays_whatever_its_template_says(self):
        """A template may have its e-mails deleted once they have left."""
        call = self._get_evidence()["collection.call"]
        mail = (
            self.env["mail.mail"]
            .sudo()
            .create(
                {
                    "model": call._name,
                    "res_id": call.id,
                    "body_html": "Pay online",
                    "auto_delete": True,
                }
            )
        )
        message = mail.mail_message_id
        mail._postprocess_sent_message([], [])
        self.assertFalse(mail.exists())
        self.assertTrue(message.exists())

    # ------------------------------------------------------------------- the door

    def test_door_opens_for_code_alone(self):
        note = self._note(self._get_evidence()["collection.call"]).sudo()
        for key in True, 1, "open", {"door": True}, object:
            with self._refused(UserError, "are evidence"):
                note.with_context(**{KEY: str(key)}).body = "Emptied"
        open_door(note).body = ""
        self.assertFalse(note.body)

    # ------------------------------------------------------------------- deletion

    def test_nothing_goes_when_the_context_says_so(self):
        """As Odoo does when it uninstalls an app: a client can send that, too."""
        records = self._get_evidence()
        plan = records["collection.plan"]
        promise = records["collection.promise"]
        call = self._log(claim_ids=self._get_call_claims())
        call.action_done()
        for record in (
            *records.values(),
            call.claim_ids,
            plan.claim_ids,
            plan.installment_ids,
            plan.event_ids,
            plan.letter_ids,
            promise.line_ids,
        ):
            for env in self._get_envs():
                mine = record.with_env(env).with_context(**UNINSTALLING)
                if mine.env.su and record._name.endswith((".claim", ".installment")):
                    continue  # the addon itself follows claims that change
                with self.subTest(record), self.assertRaises(UserError):
                    with self.cr.savepoint():
                        mine.unlink()

    def _get_call_claims(self):
        return [
            Command.create({"move_line_id": claim.id})
            for claim in self.invoice._get_collection_claims()
        ]

    def test_plan_with_events_is_held_by_the_database(self):
        plan = self._agree()
        for table in "collection_plan_event", "collection_plan_letter":
            self.env.cr.execute(
                """
                SELECT confdeltype FROM pg_constraint
                 WHERE contype = 'f' AND conrelid = %s::regclass
                   AND confrelid = 'collection_plan'::regclass
                """,
                [table],
            )
            self.assertEqual(set(self.env.cr.fetchall()), {("r",)}, table)
        self.assertTrue(plan.event_ids)

    def test_case_that_tells_something_stays(self):
        debtor = self._create_debtor("Silent Ltd")
        cases = self.env["collection.case"].with_user(self.collector)
        case = cases.create({"partner_id": debtor.id})
        case.action_hold("other", "Asked for patience")
        with self._refused(UserError, "is evidence"):
            case.sudo().unlink()

    def test_company_without_evidence_can_go(self):
        company = self.env["res.company"].create({"name": "By Mistake Ltd"})
        # Odoo gives each company its own payment providers, and lets none go with them.
        providers = self.env["payment.provider"].with_context(active_test=False)
        providers.search([("company_id", "=", company.id)]).unlink()
        company.unlink()
        self.assertFalse(company.exists())


@tagged("post_install", "-at_install")
class TestCollectionConfirmed(
    CollectionCallsEvidenceCommon, CollectionCallsWizardCommon
):
    """The call keeps what was confirmed, as plans keep their letters."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.elsewhere = cls._open_call()
        cls.template = cls.env.ref("collection_calls.mail_template_call_confirmation")

    def _hold(self, email=EMAIL):
        self.contact.email = email
        wizard = self._go_to("close")
        wizard.outcome_id = self.no_commitment
        wizard.action_done()
        return wizard.call_id

    def test_sent_confirmation_is_kept_with_its_files(self):
        terms = self.env["ir.attachment"].create(
            {"name": "Terms.pdf", "datas": FILE, "res_model": "mail.template"}
        )
        self.template.attachment_ids = terms
        call = self._hold()
        message = call.confirmation_message_id
        self.assertEqual(call.confirmation_body, message.body)
        self.assertEqual(call.confirmation_subject, message.subject)
        self.assertIn("telephone call", call.confirmation_body)
        kept = call.confirmation_attachment_ids
        self.assertEqual((kept.name, kept.datas), ("Terms.pdf", FILE))
        self.assertEqual(message.sudo().attachment_ids, kept)
        terms.raw = b"Other terms"
        self.template.body_html = "Never mind"
        self.assertEqual(kept.datas, FILE)
        with self._refused(UserError, "are evidence"):
            kept.sudo().name = "Other.pdf"
        self._assert_fixed(message)

    def test_nobody_writes_what_was_confirmed(self):
        call = self._hold()
        for user in self.collector, self.manager:
            for vals in (
                {"confirmation_body": "Never mind"},
                {"confirmation_subject": "Never mind"},
                {"confirmation_attachment_ids": [Command.clear()]},
                {"outcome_label": "No answer"},
            ):
                with self._refused(UserError, "is closed"):
                    call.with_user(user).write(vals)
        for vals in {"confirmation_body": "x"}, {"outcome_label": "x"}:
            with self._refused(UserError, "can't be edited"):
                self._log().write(vals)
        self.assertFalse(self._log(confirmation_body="x").confirmation_body)

    def test_posted_letter_is_kept_as_it_was_printed(self):
        call = self._hold(email=False)
        self.assertFalse(call.confirmation_body)
        call.action_print_confirmation()
        printed = call.confirmation_body
        self.assertIn("this is what we noted", printed.lower())
        call.action_mark_posted()
        call.outcome_id.sudo().recap = "Something else"
        self.contact.name = "Frau Neumann"
        report = self.env["ir.actions.report"].with_user(self.collector)
        html, _kind = report._render_qweb_html(
            "collection_calls.report_call_letter", call.ids
        )
        self.assertIn("Weber", html.decode())
        self.assertEqual(call.confirmation_body, printed)

    def test_letter_posted_without_being_printed_here(self):
        call = self._hold(email=False)
        call.action_mark_posted()
        self.assertIn("Weber", call.confirmation_body)

    def test_what_was_confirmed_is_for_collectors(self):
        call = self._hold()
        clerk = self._create_user("account.group_account_invoice", login="clerk")
        with self.assertRaises(AccessError):
            call.with_user(clerk).read(["confirmation_body"])
