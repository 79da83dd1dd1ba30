"""What a company sees that has no invoice yet, nor a chart of accounts."""

from odoo.tests import Form, tagged

from .common import CollectionCallsCommon


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
