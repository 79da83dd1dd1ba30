from odoo import SUPERUSER_ID, http
from odoo.http import request

from odoo.addons.account.controllers.portal import PortalAccount

from .link import CollectionLinkPortal
from .portal import CASE, REFUSED


class CollectionOverduePortal(CollectionLinkPortal):
    """The page of what is overdue and not agreed on, and the ways that lead there.

    Who is logged in gets to their own debts; who came by a link of a call and has
    proven who they are, to those of that debtor.
    """

    @http.route(
        "/my/overdue",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        sitemap=False,
    )
    def portal_my_overdue(self, company_id=None, **kw):
        """Lead to the page, of the company that was asked for if there are more."""
        found = [company for company, _claims in _get_own_unagreed()]
        company = next((one for one in found if str(one.id) == company_id), None)
        company = company or next(iter(found), None)
        if not company:
            return request.redirect("/my/agreements")
        # sudo: debtors have no rights on the model; it is their own.
        cases_sudo = request.env[CASE].with_user(SUPERUSER_ID)
        debtor = request.env.user.commercial_partner_id
        case_sudo = cases_sudo._get_or_create(
            debtor.with_env(cases_sudo.env), company.with_env(cases_sudo.env)
        )
        return request.redirect(case_sudo._get_page_path())

    @http.route(
        "/my/overdue/<int:case_id>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
    )
    def portal_overdue_page(self, case_id, **kw):
        try:
            case_sudo = self._get_agreement_sudo(CASE, case_id)
        except REFUSED:
            return self._refuse()
        if self._is_opened_by_debtor():
            case_sudo._note_page_event("opened")
        claims = case_sudo._get_page_claims()
        is_login = case_sudo._opens_to_user(request.env.user)
        response = request.render(
            "collection_calls.portal_overdue_page",
            {
                **self._prepare_layout_values(),
                "page_name": "collection_overdue",
                "no_breadcrumbs": not is_login,
                "title": case_sudo.company_id.name,
                "agreement": case_sudo,
                "claims": claims,
                "totals": case_sudo._get_page_totals(claims),
                "is_login": is_login,
                "is_preview": request.env.user._is_internal(),
                "message": kw.get("message"),
                "agreement_url": lambda suffix="", **params: self._get_page_url(
                    case_sudo, None, suffix, **params
                ),
                "res_company": case_sudo.company_id,
            },
        )
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    @http.route(
        "/my/overdue/<int:case_id>/invoice/<int:move_id>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
        sitemap=False,
    )
    def portal_overdue_invoice(self, case_id, move_id, **kw):
        """Core's own page of an invoice, where it is read, downloaded and paid."""
        try:
            case_sudo = self._get_agreement_sudo(CASE, case_id)
        except REFUSED:
            return self._refuse()
        for claim in case_sudo._get_page_claims():
            if claim["move"] and claim["move"].id == move_id:
                return request.redirect(claim["move"].get_portal_url())
        return self._refuse()

    # ------------------------------------------------------------- what leads there

    def _get_overdue_url(self, agreement_sudo):
        """Where the other overdue invoices of a debtor are, for whoever may see them.

        :return: the address; None if there are none, or for whoever has but the link
            of this agreement
        """
        case_sudo = agreement_sudo._get_case()
        if not self._may_see(case_sudo, None) or not case_sudo._get_open_claims():
            return None
        return case_sudo._get_page_path()

    def _prepare_agreement_values(self, agreement_sudo, access_token=None, **kw):
        values = super()._prepare_agreement_values(
            agreement_sudo, access_token=access_token, **kw
        )
        values["overdue_url"] = self._get_overdue_url(agreement_sudo)
        return values

    def _prepare_agreements_values(self, **kw):
        return {
            **super()._prepare_agreements_values(**kw),
            "unagreed": _get_own_unagreed(),
        }


class CollectionOverdueInvoices(PortalAccount):
    """Core's pages of invoices lead to where something can be said about them."""

    def _prepare_my_invoices_values(self, *args, **kwargs):
        values = super()._prepare_my_invoices_values(*args, **kwargs)
        values["collection_unagreed"] = bool(_get_own_unagreed())
        return values

    def _invoice_get_page_view_values(self, invoice, access_token, **kwargs):
        values = super()._invoice_get_page_view_values(invoice, access_token, **kwargs)
        company = invoice.company_id
        unagreed = dict(_get_own_unagreed()).get(company.with_env(request.env))
        if unagreed and invoice.id in unagreed.move_id.ids:
            values["collection_overdue_url"] = f"/my/overdue?company_id={company.id}"
        return values


def _get_own_unagreed():
    """What whoever is logged in owes and hasn't agreed on.

    :return: list of (company, claims as superuser); empty for colleagues and visitors
    """
    user = request.env.user
    if not user.share or user._is_public():
        return []
    # sudo: debtors read no journal items; these are their own.
    debtor_sudo = user.commercial_partner_id.sudo()
    return debtor_sudo._get_collection_unagreed(user.company_ids.sudo())
