"""What nobody thought of yet: added unguarded, it makes the walks fail."""

from unittest.mock import patch

from odoo import fields, http, models
from odoo.tests import tagged

from .common import CollectionCallsPlanCommon, walk
from .test_collection_evidence import find_unguarded
from .test_collection_guard import CONFIGURATION
from .test_collection_public_methods import ROUTES
from .test_collection_secrets import OURS, SHARED_CHATTER

# What all companies have in common, and what only the administrator sees.
SHARED = {
    "collection.backlog",
    "collection.call.outcome",
    "collection.reason",
    "collection.reason.question",
    "collection.round",
}


@tagged("post_install", "-at_install")
class TestCollectionNewcomers(CollectionCallsPlanCommon):
    """Each kind is added for a moment; of senders see the tests of the contact gate."""

    def test_every_model_is_its_companys(self):
        found = walk.find_unruled(self.env, self.collector, SHARED)
        self.assertEqual(found, [])

    def test_a_new_model_is_found(self):
        class Diary(models.Model):
            _module = None
            _name = "collection.diary"
            _description = "Tells everybody what was said"
            _inherit = "mail.thread"

            company_id = fields.Many2one("res.company")
            plan_id = fields.Many2one("collection.plan", bypass_search_access=True)
            note = fields.Text()
            image = fields.Binary(attachment=False)

            def action_shout(self):
                self.message_post(body=self.note)

        with walk.add_model(self, Diary) as diary:
            for name in ("note", "image"):
                diary._fields[name]._module = "collection_calls"
            names = [name for name in self.registry if name.startswith("collection.")]
            self.assertEqual(
                walk.find_unguarded_evidence(self.env, CONFIGURATION),
                ["collection.diary is no collection.guard"],
            )
            self.assertEqual(find_unguarded(self.env, names), ["collection.diary"])
            self.assertEqual(
                walk.find_open_chatter(self.env, SHARED_CHATTER),
                ["collection.diary is no collection.confidential"],
            )
            self.assertEqual(walk.find_bypasses(self.env), ["collection.diary.plan_id"])
            self.assertEqual(
                walk.find_unruled(self.env, self.collector, SHARED)[0],
                "collection.diary: read isn't for its company alone",
            )
            self.assertEqual(
                sorted(self.env["collection.retention"]._get_unclassified()),
                ["collection.diary.image", "collection.diary.note"],
            )
            methods = set(walk.walk_methods(self.env))
            self.assertIn(("collection.diary", "action_shout"), methods)
            words = {(m._name, f.name) for m, f in walk.walk_words(self.env)}
            self.assertLessEqual({(diary._name, "note"), (diary._name, "image")}, words)

    def test_a_new_dialog_is_found(self):
        class Peep(models.TransientModel):
            _module = None
            _name = "collection.peep"
            _description = "Shows what nobody may see"

            call_id = fields.Many2one("collection.call")
            statement = fields.Text(related="call_id.statement")

            def action_look(self):
                return self.statement

        with walk.add_model(self, Peep):
            found = walk.find_open_dialogs(self.env, self.collector)
            methods = set(walk.walk_methods(self.env))
        self.assertEqual(
            found,
            [
                "collection.peep is no collection.dialog",
                *(
                    f"collection.peep: {mode} isn't for its owner alone"
                    for mode in ("read", "write", "create", "unlink")
                ),
                "collection.peep.statement is computed as superuser",
            ],
        )
        self.assertIn(("collection.peep", "action_look"), methods)

    def test_a_new_field_on_a_model_of_odoos_is_found(self):
        clerk = self._create_user("account.group_account_invoice")
        gossip = fields.Text()
        gossip.model_name, gossip.name = "res.partner", "collection_gossip"
        gossip._module = "collection_calls"
        partners = self.registry["res.partner"]
        with patch.dict(partners._fields__, {gossip.name: gossip}):
            found = walk.find_open_words(self.env, [clerk], OURS)
            unclassified = self.env["collection.retention"]._get_unclassified()
        self.assertEqual(found, [f"{gossip} is read by {clerk.login}"])
        self.assertEqual(unclassified, [str(gossip)])

    def test_a_new_route_is_found(self):
        class Backdoor(http.Controller):
            @http.route("/collection_calls/everything", auth="public")
            def everything(self):
                return ""

        self.addCleanup(setattr, Backdoor, "__module__", "elsewhere")
        self.addCleanup(http.Controller.children_classes["collection_calls"].pop)
        routes = {f.__name__: routing["auth"] for f, routing in walk.walk_routes()}
        self.assertEqual(routes, {**ROUTES, "everything": "public"})
