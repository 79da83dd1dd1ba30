"""The debtor's page: who sees which agreement, and what it shows."""

from odoo.tests import HttpCase, tagged

from .common import CollectionCallsPlanCommon


@tagged("post_install", "-at_install")
class TestPortalPage(CollectionCallsPlanCommon, HttpCase):
    def _open(self, agreement, token=None, **params):
        token = agreement.sudo()._portal_ensure_token() if token is None else token
        if token:
            params["access_token"] = token
        return self.url_open(agreement.access_url, params=params)

    def test_link_opens_the_plan(self):
        plan = self._agree()
        page = self._open(plan)
        self.assertEqual(page.status_code, 200)
        self.assertIn(plan.name, page.text)

    def test_link_opens_the_promise(self):
        promise = self._promise(self.invoice)
        self.assertEqual(self._open(promise).status_code, 200)

    def test_no_token_shows_nothing(self):
        plan = self._agree()
        for token in "", "nonsense", "tökén":
            page = self._open(plan, token)
            self.assertEqual(page.status_code, 403)
            self.assertNotIn(plan.name, page.text)
