"""Abstract models: what several models share, or a service with an API of its own."""

from odoo.tests import TransactionCase, tagged

# Asked by name, extended by other modules, inherited by nobody.
SERVICES = {
    "collection.case.facts",
    "collection.case.rank.facts",
    "collection.contact.gate",
    "collection.finder",
    "collection.night",
    "collection.overview",
    "collection.request.file",
    "collection.retention",
    "collection.workbook.call.list",
    "collection.workbook.performance",
    "collection.workbook.plans",
    "collection.workbook.statement",
}


@tagged("post_install", "-at_install")
class TestCollectionAbstract(TransactionCase):
    def test_two_heirs_or_a_service(self):
        single = {
            name
            for name, model in self.env.registry.items()
            if name.startswith("collection.")
            and model._abstract
            and not model.__name__.startswith("report.")
            and len(self._get_heirs(name)) < 2
        }
        self.assertEqual(single, SERVICES)

    def _get_heirs(self, name):
        """Other models that inherit it, through others, too."""
        parent = self.env.registry[name]
        return {
            other
            for other, model in self.env.registry.items()
            if other != name and issubclass(model, parent)
        }
