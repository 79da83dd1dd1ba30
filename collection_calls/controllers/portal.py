from odoo import SUPERUSER_ID, http
from odoo.exceptions import AccessError, MissingError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal

PLAN, PROMISE = "collection.plan", "collection.promise"
REFUSED = (AccessError, MissingError)


class CollectionPortal(CustomerPortal):
    """The debtor's page. What may be done there, the models decide."""

    # -------------------------------------------------------------------- access

    def _get_agreement_sudo(self, model, res_id, access_token=None):
        """The agreement that a page is asked for, if whoever asks may see it.

        :param str model: ``collection.plan`` or ``collection.promise``
        :return: the record as the superuser, in the debtor's language and for its
            company; the request speaks that language from here on
        :raise MissingError: if there is none that debtors see
        :raise AccessError: if it isn't theirs
        """
        # sudo: the debtor has no rights on the model; what may be seen is said here.
        agreement_sudo = request.env[model].with_user(SUPERUSER_ID).browse(res_id)
        agreement_sudo = agreement_sudo.exists()
        if not agreement_sudo or not agreement_sudo._has_page():
            raise MissingError(request.env._("This agreement doesn't exist."))
        if not self._may_see(agreement_sudo, access_token):
            raise AccessError(request.env._("This agreement is somebody else's."))
        lang = agreement_sudo._get_page_lang()
        request.update_context(lang=lang)
        return agreement_sudo.with_context(
            lang=lang, collection_page=True, tz=request.env.context.get("tz")
        ).with_company(agreement_sudo.company_id)

    def _may_see(self, agreement_sudo, access_token):
        user = request.env.user
        if agreement_sudo._opens_to_token(access_token):
            return True
        if agreement_sudo._opens_to_user(user):
            return True
        # Colleagues look at the page as the debtor sees it.
        return user._is_internal() and agreement_sudo.with_user(user).has_access("read")

    def _refuse(self, status=403):
        """A page that says what to do; it doesn't tell whether there is a debt."""
        response = request.render("collection_calls.portal_agreement_refused", {})
        response.status_code = status
        return response

    # ---------------------------------------------------------------------- list

    @http.route(
        ["/my/agreements", "/my/agreements/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def portal_my_agreements(self, page=1, sortby=None, filterby=None, **kw):
        return self._refuse(status=404)

    # ---------------------------------------------------------------------- page

    @http.route("/my/plans/<int:plan_id>", type="http", auth="public", website=True)
    def portal_plan_page(self, plan_id, access_token=None, **kw):
        return self._show_page(PLAN, plan_id, access_token, **kw)

    @http.route(
        "/my/promises/<int:promise_id>", type="http", auth="public", website=True
    )
    def portal_promise_page(self, promise_id, access_token=None, **kw):
        return self._show_page(PROMISE, promise_id, access_token, **kw)

    def _show_page(self, model, res_id, access_token=None, **kw):
        try:
            agreement_sudo = self._get_agreement_sudo(model, res_id, access_token)
        except REFUSED:
            return self._refuse()
        values = self._prepare_agreement_values(
            agreement_sudo, access_token=access_token, **kw
        )
        return request.render("collection_calls.portal_agreement_page", values)

    def _prepare_agreement_values(self, agreement_sudo, access_token=None, **kw):
        """What the page shows, read at this moment.

        :param str message: code of what came of the last thing that was done there
        """
        values = {
            "page_name": "collection_agreement",
            "title": agreement_sudo.company_id.name,
            "agreement": agreement_sudo,
            "message": kw.get("message"),
            "digest": agreement_sudo._get_agreement_digest(),
            "res_company": agreement_sudo.company_id,
        }
        history = f"my_{agreement_sudo._table}_history"
        return self._get_page_view_values(
            agreement_sudo, access_token, values, history, False, **kw
        )

    # -------------------------------------------------------------------- answers

    @http.route(
        "/my/plans/<int:plan_id>/accept", type="jsonrpc", auth="public", website=True
    )
    def portal_plan_accept(self, plan_id, access_token=None, **kw):
        return self._accept(PLAN, plan_id, access_token, **kw)

    @http.route(
        "/my/promises/<int:promise_id>/accept",
        type="jsonrpc",
        auth="public",
        website=True,
    )
    def portal_promise_accept(self, promise_id, access_token=None, **kw):
        return self._accept(PROMISE, promise_id, access_token, **kw)

    def _accept(self, model, res_id, access_token=None, **kw):
        return {"error": request.env._("This can't be signed online yet.")}

    @http.route(
        "/my/plans/<int:plan_id>/decline",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_plan_decline(self, plan_id, access_token=None, **kw):
        return self._decline(PLAN, plan_id, access_token, **kw)

    @http.route(
        "/my/promises/<int:promise_id>/decline",
        type="http",
        auth="public",
        methods=["POST"],
        website=True,
    )
    def portal_promise_decline(self, promise_id, access_token=None, **kw):
        return self._decline(PROMISE, promise_id, access_token, **kw)

    def _decline(self, model, res_id, access_token=None, **kw):
        return self._refuse()
