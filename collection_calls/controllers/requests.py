from datetime import timedelta

from odoo import fields, http
from odoo.exceptions import UserError
from odoo.http import request

from ..engine import offer
from ..models.plan.schedule import FREQUENCIES
from .portal import CASE, PLAN, PROMISE, REFUSED, CollectionPortal

MODELS = {"plans": PLAN, "promises": PROMISE, "overdue": CASE}
PROMISED, OBJECTED, CORRECTED, PROPOSED = "promise", "object", "correct", "offer"
# What was done, for the page and for whoever listens to it.
EVENTS = {
    PROMISED: "promised",
    OBJECTED: "objected",
    CORRECTED: "corrected",
    PROPOSED: "proposed",
}


class CollectionRequestPortal(CollectionPortal):
    """What debtors ask for on the page: each wish has a form of its own.

    They work without JavaScript. What can't be done is said above the form, which still
    has what was typed; nothing is written then. Who sends a form twice does it once.
    """

    @http.route(
        "/my/<any(plans,promises,overdue):kind>/<int:res_id>"
        "/<any(promise,object,correct,offer):wish>",
        type="http",
        auth="public",
        methods=["GET", "POST"],
        website=True,
        sitemap=False,
    )
    def portal_agreement_request(self, kind, res_id, wish, access_token=None, **posted):
        try:
            agreement_sudo = self._get_agreement_sudo(
                MODELS[kind], res_id, access_token
            )
        except REFUSED:
            return self._refuse()
        values = self._prepare_request_values(
            agreement_sudo, wish, access_token, posted
        )
        if request.httprequest.method == "GET":
            return self._show_request(values)
        is_changed = posted.get("digest") != values["digest"]
        if is_changed and not self._is_sent_again(agreement_sudo, wish, posted):
            return self._show_request(values, is_changed=True)
        try:
            self._check_is_debtor()
            # Whatever was begun is undone where something can't be taken down.
            with request.env.cr.savepoint():
                code, is_new = self._do_request(agreement_sudo, wish, posted)
                if is_new:
                    agreement_sudo._note_page_event(EVENTS[wish])
        except UserError as error:
            return self._show_request(values, error=str(error))
        url = self._get_page_url(agreement_sudo, access_token, message=code)
        return request.redirect(url)

    def _show_request(self, values, error="", is_changed=False):
        response = request.render(
            "collection_calls.portal_request_page",
            {**values, "error": error, "is_changed": is_changed},
        )
        if error or is_changed:
            response.status_code = 409 if is_changed else 422
        # What was typed, and what is owed, is nobody's to keep.
        response.headers["Cache-Control"] = "no-store"
        response.headers["Referrer-Policy"] = "no-referrer"  # the address is the key
        return response

    def _prepare_request_values(self, agreement_sudo, wish, access_token, posted):
        """What a form shows; what was typed is still there.

        :return: dictionary; ``typed`` has the texts of the fields
        """
        company = agreement_sudo.company_id
        today = company._get_collection_today()
        limits = agreement_sudo._get_offer_limits()
        total = agreement_sudo._get_free_total()
        currency = agreement_sudo._get_page_currency()
        names = {
            "amount", "day", "words", "move_id", "reason_id", "phone", "email", "count",
            "frequency", "is_whole",
        }  # fmt: skip
        return {
            **self._prepare_layout_values(),
            "page_name": "collection_request",
            "agreement": agreement_sudo,
            "res_company": company,
            "wish": wish,
            "access_token": access_token,
            "action": agreement_sudo._get_page_path() + f"/{wish}",
            "back": self._get_page_url(agreement_sudo, access_token),
            "digest": agreement_sudo._get_page_digest(),
            "typed": {name: posted.get(name) or "" for name in names},
            "is_open": agreement_sudo._is_open_to_requests(),
            "can_promise": agreement_sudo._can_be_promised(),
            "can_propose": agreement_sudo._can_be_rescheduled(),
            "most": offer.most_installments(total, limits),
            "least": limits.least * currency.rounding,
            "currency": currency,
            "day_total": agreement_sudo._get_day_total(),
            "is_agreement": agreement_sudo._name != CASE,
            "over": agreement_sudo._say_over(),
            "today": today,
            "last_first": limits.first_days and today + timedelta(limits.first_days),
            "moves": agreement_sudo._get_disputable_moves(),
            "reasons": agreement_sudo._get_dispute_reasons(),
            "frequencies": agreement_sudo.env["collection.offer"]
            ._fields["frequency"]
            ._description_selection(agreement_sudo.env),
        }

    def _is_sent_again(self, agreement_sudo, wish, posted):
        """Whether it was done already, and that is what has changed."""
        if wish != PROMISED:
            return False
        try:
            day = fields.Date.to_date(posted.get("day"))
        except ValueError:
            return False
        return bool(day and agreement_sudo._find_replaced_by(day))

    def _get_person(self, agreement_sudo):
        """Who is logged in, if that is somebody of the debtor's."""
        person_sudo = request.env.user.sudo().partner_id  # to compare it
        is_theirs = person_sudo.commercial_partner_id == agreement_sudo.partner_id
        if request.env.user._is_public() or not is_theirs:
            return None
        return person_sudo.with_env(agreement_sudo.env)

    # --------------------------------------------------------------------- wishes

    def _do_request(self, agreement_sudo, wish, posted):
        """Take down what the debtor asks for.

        :return: code of the message, and whether it is new
        :raise UserError: if it can't be taken down, in words for the debtor
        """
        do = {
            PROMISED: self._do_promise,
            OBJECTED: self._do_object,
            CORRECTED: self._do_correct,
            PROPOSED: self._do_offer,
        }
        common = {
            "words": posted.get("words"),
            "contact": self._get_person(agreement_sudo),
        }
        return do[wish](agreement_sudo, posted, common)

    def _do_promise(self, agreement_sudo, posted, common):
        made, is_new = agreement_sudo._request_day(
            posted.get("day"), _read_amount(posted.get("amount")), **common
        )
        is_promise = made._name == PROMISE
        return "promised" if is_promise else "asked", is_new

    def _do_object(self, agreement_sudo, posted, common):
        files_model = agreement_sudo.env["collection.request.file"]
        files = files_model._read_uploads(request.httprequest.files.getlist("files"))
        env = agreement_sudo.env
        _dispute, is_new = agreement_sudo._request_dispute(
            env["account.move"].browse(_read_number(posted.get("move_id"))),
            _read_amount(posted.get("amount")),
            env["collection.reason"].browse(_read_number(posted.get("reason_id"))),
            files=files,
            **common,
        )
        return "objected", is_new

    def _do_correct(self, agreement_sudo, posted, common):
        _correction, is_new = agreement_sudo._request_correction(
            posted.get("phone"), posted.get("email"), **common
        )
        return "corrected", is_new

    def _do_offer(self, agreement_sudo, posted, common):
        frequency = posted.get("frequency")
        _offer, is_new = agreement_sudo._request_schedule(
            posted.get("day"),
            _read_number(posted.get("count")) or 0,
            frequency if frequency in dict(FREQUENCIES) else "",
            is_whole=bool(posted.get("is_whole")),
            **common,
        )
        return "proposed", is_new


def _read_amount(text):
    """An amount as a field for numbers sends it, or somebody types it.

    :return: None if nothing was entered; no number if it is none
    """
    text = (text or "").strip()
    if not text:
        return None
    if "," in text and "." not in text:
        text = text.replace(",", ".")
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _read_number(text):
    """A whole number that the database takes, or nothing."""
    text = (text or "").strip()
    is_number = text.isascii() and text.isdigit() and len(text) < 10
    return int(text) if is_number else None
