"""Forms that are opened empty, and records that are no model for another one."""

from lxml import etree

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import CollectionCallsCommon, walk

KEPT = "collection.evidence"


@tagged("post_install", "-at_install")
class TestCollectionNewRecord(CollectionCallsCommon):
    def test_every_form_opens_empty(self):
        """All Calls › New, and all the others that offer it."""
        # sudo: collectors don't read views.
        views = (
            self.env["ir.ui.view"]
            .sudo()
            .search([("type", "=", "form"), ("mode", "=", "primary")])
        )
        opened = []
        for model in walk.walk_models(self.env):
            for view in views.filtered(lambda v, name=model._name: v.model == name):
                arch = etree.fromstring(view.arch)
                if arch.get("create") == "0":
                    continue
                for user in self.collector, self.manager:
                    if not model.with_user(user).has_access("create"):
                        continue
                    with self.subTest(view=view.name, user=user.login):
                        Form(model.with_user(user), view=view)
                        opened.append(view.name)
        self.assertIn("collection.call.form", opened)

    def test_an_incoming_call_is_logged(self):
        calls = self.env["collection.call"].with_user(self.collector)
        form = Form(calls, view="collection_calls.collection_call_view_form")
        self.assertFalse(form.phone)
        form.direction = "incoming"
        form.partner_id = self.debtor
        call = form.save()
        self.assertEqual(call.case_id.partner_id, self.debtor)
        self.assertEqual(call.direction, "incoming")
        self.assertTrue(call.phone)

    def test_no_duplicate_of_evidence(self):
        """Neither in the gear menu of a form nor in that of a list."""
        evidence = self.env.registry[KEPT]
        views = self.env["ir.ui.view"].search(
            [("type", "in", ["form", "list"]), ("mode", "=", "primary")]
        )
        offered = [
            view.name
            for model in walk.walk_models(self.env)
            if issubclass(self.env.registry[model._name], evidence)
            for view in views.filtered(lambda v, name=model._name: v.model == name)
            if etree.fromstring(view.arch).get("duplicate") != "0"
        ]
        self.assertFalse(offered)

    def test_a_call_is_not_copied(self):
        call = self._log()
        call.action_done()
        with self._refused(UserError, "can't be duplicated"):
            call.copy()
