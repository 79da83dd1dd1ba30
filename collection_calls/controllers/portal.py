import json

from werkzeug.urls import url_encode

from odoo import SUPERUSER_ID, http
from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Domain
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ..models.portal.agreement_page import PageRefusal

PLAN, PROMISE, CASE = "collection.plan", "collection.promise", "collection.case"
REPORTS = {
    PLAN: "collection_calls.action_report_plan_agreement",
    PROMISE: "collection_calls.action_report_promise_agreement",
}
REFUSED = (AccessError, MissingError)
LAYOUT = "o_collection_page"  # for stylesheets


class CollectionPortal(CustomerPortal):
    """The debtor's page: who gets in, and the way of what is sent from there.

    What may be done, and what comes of it, the models decide.
    """

    # -------------------------------------------------------------------- access

    def _get_agreement_sudo(self, model, res_id, access_token=None):
        """The agreement that a page is asked for, if whoever asks may see it.

        :param str model: ``collection.plan``, ``collection.promise``, or
            ``collection.case`` for what is overdue without an agreement
        :return: the record as the superuser, in the debtor's language, for its company
            and on its clock; so is the request from here on
        :raise MissingError: if there is none that debtors see
        :raise AccessError: if it isn't theirs
        """
        # sudo: debtors have no rights on the model; what they may see is said here.
        agreement_sudo = request.env[model].with_user(SUPERUSER_ID).browse(res_id)
        agreement_sudo = agreement_sudo.exists()
        if not agreement_sudo or not agreement_sudo._has_page():
            raise MissingError(request.env._("This agreement doesn't exist."))
        if not self._may_see(agreement_sudo, access_token):
            raise AccessError(request.env._("This agreement is somebody else's."))
        context = {
            "lang": agreement_sudo._get_page_lang(),
            "tz": agreement_sudo.company_id._get_collection_tz().zone,
        }
        request.update_context(**context)
        agreement_sudo = agreement_sudo.with_context(collection_page=True, **context)
        return agreement_sudo.with_company(agreement_sudo.company_id)

    def _may_see(self, agreement_sudo, access_token):
        user = request.env.user
        if user._is_internal() and agreement_sudo.with_user(user).has_access("read"):
            return True  # colleagues look at the page as the debtor sees it
        return agreement_sudo._opens_to_token(
            access_token
        ) or agreement_sudo._opens_to_user(user)

    def _check_is_debtor(self):
        """Check that no colleague answers in the debtor's place.

        :raise PageRefusal: if one is logged in
        """
        if request.env.user._is_internal():
            raise PageRefusal(
                request.env._(
                    "You are logged in as %(user)s: only the debtor answers here. Open"
                    " the link in a private window, or log out first.",
                    user=request.env.user.name,
                )
            )

    def _refuse(self, status=403):
        """A page that says what to do; it doesn't tell whether there is a debt."""
        response = request.render(
            "collection_calls.portal_agreement_refused", self._prepare_layout_values()
        )
        response.status_code = status
        return response

    def _prepare_layout_values(self):
        """What the frame of our pages has to know: they speak the debtor's language.

        Core's frame of the portal names no language. So screen readers guess it, and
        what JavaScript adds comes in the one that the browser asked for last.
        """
        lang = request.env.lang or "en_US"
        return {"html_data": {"lang": lang.replace("_", "-"), "class": LAYOUT}}

    # ---------------------------------------------------------------------- list

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        wanted = {"agreement_count": "all", "agreement_to_sign_count": "to_sign"}
        for counter, filterby in wanted.items():
            if counter in counters:
                values[counter] = len(self._get_agreement_rows(filterby))
        return values

    @http.route(
        ["/my/agreements", "/my/agreements/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def portal_my_agreements(self, page=1, sortby=None, filterby=None, **kw):
        sortings, filters = (
            self._get_agreement_sortings(),
            self._get_agreement_filters(),
        )
        sortby = sortby if sortby in sortings else "date"
        filterby = filterby if filterby in filters else "all"
        rows = self._get_agreement_rows(filterby)
        pager = portal_pager(
            url="/my/agreements",
            total=len(rows),
            page=page,
            step=self._items_per_page,
            url_args={"sortby": sortby, "filterby": filterby},
        )
        rows.sort(key=sortings[sortby]["key"], reverse=sortings[sortby]["reverse"])
        shown = rows[pager["offset"] : pager["offset"] + self._items_per_page]
        for model in (PLAN, PROMISE):
            ids = [row["agreement"].id for row in rows if row["model"] == model]
            request.session[self._get_history_key(model)] = ids[:100]
        values = self._prepare_agreements_values(
            agreements=shown,
            pager=pager,
            searchbar_sortings=sortings,
            sortby=sortby,
            searchbar_filters=filters,
            filterby=filterby,
        )
        return request.render("collection_calls.portal_my_agreements", values)

    def _prepare_agreements_values(self, **kw):
        return {
            **self._prepare_portal_layout_values(),
            "page_name": "collection_agreement",
            "default_url": "/my/agreements",
            **kw,
        }

    def _get_agreement_sortings(self):
        return {
            "date": {
                "label": request.env._("Newest"),
                "key": lambda row: (row["day"], row["agreement"].name),
                "reverse": True,
            },
            "next": {
                "label": request.env._("Next Payment"),
                "key": lambda row: (not row["next_day"], row["next_day"] or row["day"]),
                "reverse": False,
            },
            "name": {
                "label": request.env._("Number"),
                "key": lambda row: row["agreement"].name,
                "reverse": False,
            },
            "left": {
                "label": request.env._("Left to Pay"),
                "key": lambda row: row["left"],
                "reverse": True,
            },
        }

    def _get_agreement_filters(self):
        return {
            "all": {"label": request.env._("All")},
            "to_sign": {"label": request.env._("To Sign")},
            "to_pay": {"label": request.env._("To Pay")},
            "plans": {"label": request.env._("Installment Plans")},
            "promises": {"label": request.env._("Promises")},
        }

    def _get_agreement_rows(self, filterby="all"):
        """The agreements of whoever is logged in, as the list shows them."""
        rows = []
        for model in (PLAN, PROMISE):
            # sudo: debtors have no rights on the model; the domain says what is theirs.
            agreements_sudo = request.env[model].with_user(SUPERUSER_ID)
            agreements_sudo = agreements_sudo.with_context(lang=request.env.lang)
            domain = self._get_agreements_domain(model)
            rows += [
                {"model": model, **agreement_sudo._prepare_page_row()}
                for agreement_sudo in agreements_sudo.search(domain)
            ]
        checks = {
            "to_sign": lambda row: row["is_to_sign"],
            "to_pay": lambda row: row["left"],
            "plans": lambda row: row["model"] == PLAN,
            "promises": lambda row: row["model"] == PROMISE,
        }
        check = checks.get(filterby)
        return [row for row in rows if check(row)] if check else rows

    def _get_agreements_domain(self, model):
        user = request.env.user
        domain = Domain("partner_id", "=", user.commercial_partner_id.id)
        domain &= Domain("company_id", "in", user.company_ids.ids)
        return domain & request.env[model]._get_page_domain()

    def _get_history_key(self, model):
        return f"my_{model.replace('.', '_')}_history"

    # ---------------------------------------------------------------------- page

    @http.route(
        "/my/plans/<int:plan_id>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
    )
    def portal_plan_page(self, plan_id, access_token=None, **kw):
        return self._show_page(PLAN, plan_id, access_token, **kw)

    @http.route(
        "/my/promises/<int:promise_id>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
    )
    def portal_promise_page(self, promise_id, access_token=None, **kw):
        return self._show_page(PROMISE, promise_id, access_token, **kw)

    def _show_page(
        self, model, res_id, access_token=None, report_type=None, download=False, **kw
    ):
        try:
            agreement_sudo = self._get_agreement_sudo(model, res_id, access_token)
        except REFUSED:
            return self._refuse()
        if report_type == "pdf":
            return self._show_report(
                model=agreement_sudo,
                report_type=report_type,
                report_ref=REPORTS[model],
                download=download,
            )
        if self._is_opened_by_debtor():
            self._note_page_opened(agreement_sudo)
        return self._render_page(agreement_sudo, access_token, **kw)

    def _note_page_opened(self, agreement_sudo):
        agreement_sudo._note_page_event("opened")

    def _is_opened_by_debtor(self):
        """Whether it isn't a colleague, nor a program that draws a preview."""
        is_preview = request.httprequest.headers.get("Odoo-Link-Preview") == "True"
        return not request.env.user._is_internal() and not is_preview

    def _render_page(self, agreement_sudo, access_token=None, **kw):
        values = self._prepare_agreement_values(
            agreement_sudo, access_token=access_token, **kw
        )
        response = request.render("collection_calls.portal_agreement_page", values)
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"  # the address is the key
        return response

    def _prepare_agreement_values(self, agreement_sudo, access_token=None, **kw):
        """What the page shows, read at this moment.

        :param str message: code of what came of the last thing that was done there
        :param str refusal: why it couldn't be done
        :param str declined_words: what was typed, if it couldn't be taken
        """
        text = agreement_sudo._get_agreement_text()
        digest = agreement_sudo._get_agreement_digest(text)
        values = {
            "page_name": "collection_agreement",
            "title": agreement_sudo.company_id.name,
            "agreement": agreement_sudo,
            "kind": agreement_sudo._get_page_kind(),
            "figures": agreement_sudo._get_page_figures(),
            "claims": agreement_sudo._get_page_claims(),
            "text": text,
            "digest": digest,
            "signed": agreement_sudo._get_signed(),
            "can_answer": agreement_sudo._can_be_answered(),
            "signs_for": agreement_sudo._get_signed_for(),
            "is_preview": request.env.user._is_internal(),
            "message": kw.get("message"),
            "refusal": kw.get("refusal"),
            "declined_words": kw.get("declined_words"),
            "signature_props": self._prepare_signature_props(
                agreement_sudo, access_token, digest
            ),
            "agreement_url": lambda suffix="", **params: self._get_page_url(
                agreement_sudo, access_token, suffix, **params
            ),
            "res_company": agreement_sudo.company_id,
            **self._prepare_layout_values(),
        }
        history = self._get_history_key(agreement_sudo._name)
        # They lead to where guests don't get in. Core heeds that with a token alone.
        is_guest = not agreement_sudo._opens_to_user(request.env.user)
        values["no_breadcrumbs"] = is_guest
        return self._get_page_view_values(
            agreement_sudo, access_token, values, history, no_breadcrumbs=is_guest
        )

    def _prepare_signature_props(self, agreement_sudo, access_token, digest):
        debtor = agreement_sudo.partner_id
        person = agreement_sudo._get_person()
        is_person = not person.is_company
        return json.dumps(
            {
                "callUrl": f"{agreement_sudo.access_url}/accept",
                "accessToken": access_token,
                "digest": digest,
                "defaultName": person.name if is_person else "",
                "asksRole": debtor.is_company,
                "company": debtor.name,
            }
        )

    def _get_page_url(self, agreement_sudo, access_token=None, suffix="", **params):
        """The address of the page, or of something below it."""
        if access_token:
            params["access_token"] = access_token
        query = f"?{url_encode(params)}" if params else ""
        return f"{agreement_sudo._get_page_path()}{suffix}{query}"

    # ------------------------------------------------------------------ invoices

    @http.route(
        "/my/plans/<int:plan_id>/invoice/<int:move_id>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
    )
    def portal_plan_invoice(self, plan_id, move_id, access_token=None, **kw):
        return self._show_invoice(PLAN, plan_id, move_id, access_token)

    @http.route(
        "/my/promises/<int:promise_id>/invoice/<int:move_id>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
    )
    def portal_promise_invoice(self, promise_id, move_id, access_token=None, **kw):
        return self._show_invoice(PROMISE, promise_id, move_id, access_token)

    def _show_invoice(self, model, res_id, move_id, access_token=None):
        """Core's own PDF of an invoice, with the invoice's own token.

        Only now that it is wanted: a page over hundreds of invoices makes no tokens.
        """
        try:
            agreement_sudo = self._get_agreement_sudo(model, res_id, access_token)
        except REFUSED:
            return self._refuse()
        claims = agreement_sudo._get_page_claims()
        moves = [claim["move"] for claim in claims if claim["move"].id == move_id]
        if not moves:
            return self._refuse()
        url = moves[0].get_portal_url(report_type="pdf", download=True)
        return request.redirect(url)

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

    def _accept(
        self,
        model,
        res_id,
        access_token=None,
        digest="",
        name="",
        role="",
        signature="",
        **kw,
    ):
        """:return: for the signature form: ``redirect_url``, or else ``error``"""
        try:
            agreement_sudo = self._get_agreement_sudo(model, res_id, access_token)
        except REFUSED:
            return {
                "error": request.env._(
                    "This link isn't valid any more. Please open the link of the last"
                    " message that you got from us."
                )
            }
        message = "accepted"
        try:
            self._check_is_debtor()
            with request.env.cr.savepoint():
                agreement_sudo._accept(
                    digest, name, signature, role, **self._get_origin()
                )
        except PageRefusal as refusal:
            if refusal.code not in ("changed", "over"):
                return {"error": str(refusal)}
            message = refusal.code
        except UserError as error:
            return {"error": str(error)}
        url = self._get_page_url(agreement_sudo, access_token, message=message)
        return {"force_refresh": True, "redirect_url": url}

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

    def _decline(self, model, res_id, access_token=None, digest="", words="", **kw):
        try:
            agreement_sudo = self._get_agreement_sudo(model, res_id, access_token)
        except REFUSED:
            return self._refuse()
        try:
            self._check_is_debtor()
            with request.env.cr.savepoint():
                agreement_sudo._decline(digest, words, **self._get_origin())
        except UserError as error:  # the new page, with what was typed
            return self._render_page(
                agreement_sudo, access_token, refusal=str(error), declined_words=words
            )
        url = self._get_page_url(agreement_sudo, access_token, message="declined")
        return request.redirect(url)

    def _get_origin(self):
        """From where and by whom an answer comes, as far as that is known."""
        user = request.env.user
        return {
            "channel": "portal",
            "ip_address": request.httprequest.remote_addr,
            "user_id": False if user._is_public() else user.id,
        }
