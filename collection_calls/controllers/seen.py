from odoo import http
from odoo.http import request

from .link import CollectionLinkPortal
from .portal import PLAN, PROMISE, REFUSED


class CollectionSeen(CollectionLinkPortal):
    """Whether a page was opened by a person.

    Mail servers open the links of e-mails before anybody reads them. So who has nothing
    but the link counts once they touch the page, which then calls one of these routes;
    who has logged in, or proven to be the right party, counts at once. It needs no
    token of a form: nobody gains by it, and it does nothing but remember the moment.
    """

    @http.route("/my/plans/<int:plan_id>/seen", type="jsonrpc", auth="public")
    def portal_plan_seen(self, plan_id, access_token=None):
        return self._note_seen(PLAN, plan_id, access_token)

    @http.route("/my/promises/<int:promise_id>/seen", type="jsonrpc", auth="public")
    def portal_promise_seen(self, promise_id, access_token=None):
        return self._note_seen(PROMISE, promise_id, access_token)

    @http.route("/my/collection/<string:token>/seen", type="jsonrpc", auth="public")
    def portal_collection_link_seen(self, token, access_token=None):
        link_sudo = request.env["collection.link"]._find(token)
        is_seen = link_sudo and link_sudo._is_alive() and link_sudo._pass_rate()
        if is_seen:
            link_sudo._note_opened()
        return bool(is_seen)

    def _note_seen(self, model, res_id, access_token):
        try:
            agreement_sudo = self._get_agreement_sudo(model, res_id, access_token)
        except REFUSED:
            return False
        if self._is_opened_by_debtor():
            agreement_sudo._note_page_event("opened")
        return True

    def _is_known(self, agreement_sudo):
        """Whether whoever opens the page has more than its link."""
        user = request.env.user
        return agreement_sudo._opens_to_user(user) or self._is_invited(agreement_sudo)

    def _note_page_opened(self, agreement_sudo):
        if not self._is_known(agreement_sudo):
            return None
        return super()._note_page_opened(agreement_sudo)

    def _prepare_agreement_values(self, agreement_sudo, access_token=None, **kw):
        values = super()._prepare_agreement_values(agreement_sudo, access_token, **kw)
        if self._is_opened_by_debtor() and not self._is_known(agreement_sudo):
            values["seen_url"] = f"{agreement_sudo.access_url}/seen"
            values["seen_token"] = access_token
        return values
