"""What a company sees that has no invoice yet, nor a chart of accounts."""

from odoo.tests import Form, tagged
from odoo.tools import html2plaintext
from odoo.tools.safe_eval import safe_eval

from .common import TODAY, CollectionCallsCommon

SEARCHED = ("list", "kanban", "calendar", "activity")
GROUPED = ("graph", "pivot")


@tagged("post_install", "-at_install")
class TestFirstDay(CollectionCallsCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.newcomer = cls.env["res.company"].create({"name": "Newcomer Ltd."})
        cls.people = [
            cls._create_user(group, cls.newcomer)
            for group in ("group_collection_user", "group_collection_manager")
        ]

    def _walk_actions(self, user):
        """What the user's menus open: (action, its model, its context, its domain)."""
        root = self.env.ref("collection_calls.collection_calls_menu_root")
        menus = self.env["ir.ui.menu"].with_user(user)
        menus = menus.search([("id", "child_of", root.id)])
        for menu in menus._filter_visible_menus():
            action = menu.sudo().action  # as the web client reads them
            if action and action._name == "ir.actions.act_window":
                values = {"uid": user.id, "context_today": lambda: TODAY}
                values["allowed_company_ids"] = user.company_id.ids
                values["active_id"] = False
                context = safe_eval(action.context or "{}", values)
                model = self.env[action.res_model].with_user(user)
                domain = safe_eval(action.domain or "[]", values)
                yield action, model.with_context(**context), domain

    def test_every_menu_opens(self):
        for user in self.people:
            opened = 0
            for action, model, domain in self._walk_actions(user):
                with self.subTest(user=user.name, action=action.name):
                    views = action.view_mode.split(",")
                    model.get_views([(False, view) for view in views])
                    if set(SEARCHED).intersection(views):
                        model.web_search_read(domain, {"display_name": {}}, limit=80)
                    if set(GROUPED).intersection(views):
                        model.formatted_read_group(domain, [], ["__count"])
                    opened += 1
            self.assertGreater(opened, 5)

    def test_empty_lists_say_what_comes_there(self):
        manager = self.people[-1]
        for action, model, _domain in self._walk_actions(manager):
            if not model._transient and set(SEARCHED) & set(
                action.view_mode.split(",")
            ):
                with self.subTest(action=action.name):
                    self.assertTrue(html2plaintext(action.help or "").strip())

    def test_start_page(self):
        for user in self.people:
            overview = self.env["collection.overview"].with_user(user)
            for everybody in (False, True):
                self.assertTrue(overview.get_figures(everybody)["is_empty"])

    def test_what_counted_for_nothing_yet(self):
        for name in ("collection.promise", "collection.plan"):
            for user in self.people:
                form = Form(self.env[name].with_user(user))
                self.assertIn("Nothing came in", form.evidence or "")

    def test_nights_of_a_company_without_books(self):
        self.assertIsNone(self.newcomer._get_collection_books())
        for name in ("collection.promise", "collection.plan"):
            self.assertFalse(self.env[name]._is_unbooked(self.newcomer))
        self.assertFalse(self.env["collection.plan"]._simulate_run())
