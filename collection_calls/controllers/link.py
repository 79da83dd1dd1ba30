from datetime import timedelta

from odoo import fields, http
from odoo.exceptions import AccessError, ValidationError
from odoo.http import request

from .portal import CollectionPortal

SESSION_KEY = "collection_links"
PROVEN_FOR = timedelta(hours=12)
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",  # the token is in the address
    "X-Robots-Tag": "noindex, nofollow",
}


class CollectionLinkPortal(CollectionPortal):
    """The link that is sent while the call goes on, and the proof in front of the page.

    As long as nothing is proven, the answer is the same whatever the debt: a form, or a
    page that says whom to call.
    """

    @http.route(
        "/my/collection/<string:token>",
        type="http",
        auth="public",
        website=True,
        methods=["GET", "POST"],
        sitemap=False,
    )
    def portal_collection_link(self, token, proof=None, **kw):
        link_sudo = request.env["collection.link"]._find(token)
        if not link_sudo:
            return self._show_link_end(link_sudo, status=404)
        request.update_context(lang=link_sudo._get_page_lang())
        link_sudo = link_sudo.with_context(lang=request.env.lang)
        is_open = link_sudo._lets_in(self._is_proven(link_sudo))
        if not (is_open or link_sudo._is_alive()):
            return self._show_link_end(link_sudo)
        if not link_sudo._pass_rate():
            return self._show_link_end(link_sudo, "busy", status=429)
        if is_open:
            return self._lead_on(link_sudo)
        if request.httprequest.method == "POST":
            return self._prove(link_sudo, proof)
        return self._show_proof(link_sudo, seen_url=f"/my/collection/{token}/seen")

    def _prove(self, link_sudo, given):
        link_sudo._note_opened()
        try:
            is_proven = link_sudo._prove(given)
        except ValidationError as error:
            return self._show_proof(link_sudo, error=str(error))
        if is_proven:
            self._remember_proof(link_sudo)
            return self._lead_on(link_sudo)
        if not link_sudo._is_alive():
            return self._show_link_end(link_sudo)
        return self._show_proof(link_sudo, is_wrong=True)

    # --------------------------------------------------------------------- session
    # The browser in which the proof was given: its session, kept on the server.

    def _remember_proof(self, link_sudo):
        proven = dict(request.session.get(SESSION_KEY) or {})
        proven[str(link_sudo.id)] = fields.Datetime.to_string(fields.Datetime.now())
        # The session stays the same one: a form that is sent twice has its token.
        request.session[SESSION_KEY] = proven

    def _get_proven_ids(self):
        since = fields.Datetime.to_string(fields.Datetime.now() - PROVEN_FOR)
        proven = request.session.get(SESSION_KEY) or {}
        return [int(link_id) for link_id, when in proven.items() if when >= since]

    def _is_proven(self, link_sudo):
        return link_sudo.id in self._get_proven_ids()

    # ----------------------------------------------------------------------- pages

    def _show_proof(self, link_sudo, **values):
        return self._show_link_page(
            "portal_link_proof", link_sudo, tries=link_sudo._get_tries_left(), **values
        )

    def _show_link_end(self, link_sudo, reason=None, status=410):
        """A page that says what to do; nothing is written.

        :param link_sudo: may be none
        """
        reason = reason or link_sudo.state or "unknown"
        return self._show_link_page(
            "portal_link_end", link_sudo, status=status, reason=reason
        )

    def _show_link_page(self, template, link_sudo, status=200, **values):
        # sudo: its name, logo and phone are what every letter says.
        company_sudo = (link_sudo.company_id or request.env.company).sudo()
        response = request.render(
            f"collection_calls.{template}",
            {
                "title": company_sudo.name,
                "page_name": "collection_link",
                "no_breadcrumbs": True,
                "company": company_sudo,
                "res_company": company_sudo,
                **self._prepare_layout_values(),
                **values,
            },
        )
        response.status_code = status
        response.headers.update(HEADERS)
        return response

    def _lead_on(self, link_sudo):
        """To the page of what was agreed; to the choice, if that is more than one."""
        agreements_sudo = [
            agreement_sudo
            for agreement_sudo in link_sudo._get_pages()
            if agreement_sudo._has_page()
        ]
        if not agreements_sudo:
            return self._show_link_end(link_sudo, "replaced")
        if len(agreements_sudo) == 1:
            return request.redirect(agreements_sudo[0]._get_page_path())
        return self._show_link_page(
            "portal_link_choice", link_sudo, agreements=agreements_sudo
        )

    # ------------------------------------------------------ access to the agreement

    def _may_see(self, agreement_sudo, access_token):
        """A proven link opens what it was sent for, in the browser of the proof."""
        return super()._may_see(agreement_sudo, access_token) or self._is_invited(
            agreement_sudo
        )

    def _is_invited(self, agreement_sudo):
        # sudo: links are the addon's; these are proven in this browser.
        links_sudo = request.env["collection.link"].sudo()
        links_sudo = links_sudo.browse(self._get_proven_ids()).exists()
        return any(
            link_sudo._lets_in(True) and link_sudo._shows(agreement_sudo)
            for link_sudo in links_sudo
        )

    def _get_agreement_sudo(self, model, res_id, access_token=None):
        """As often a minute as a person may want to see it.

        :raise AccessError: if it is asked for more often
        """
        agreement_sudo = super()._get_agreement_sudo(model, res_id, access_token)
        visits = request.env["collection.page.visit"]
        if not visits._get(agreement_sudo)._pass_rate():
            raise AccessError(
                request.env._("This page is asked for too often. Wait a minute.")
            )
        return agreement_sudo
