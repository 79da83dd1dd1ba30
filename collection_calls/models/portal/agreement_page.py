import hashlib

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import consteq

from ...engine.acceleration import ACTIVE, NOTICE
from ...engine.promise import STANDING

PAGES = {"collection.plan": "plans", "collection.promise": "promises"}


class PageRefusal(UserError):
    """What a debtor wanted to do on a page can't be done; the message says what to do.

    ``code`` is one of the codes of messages that the page knows.
    """

    def __init__(self, message, code="refused"):
        super().__init__(message)
        self.code = code


class CollectionAgreement(models.AbstractModel):
    """The page of an agreement: where it is, who may see it, what it says."""

    _name = "collection.agreement"
    _inherit = ["collection.agreement", "portal.mixin"]

    def _compute_access_url(self):
        for agreement in self:
            agreement.access_url = f"/my/{PAGES[self._name]}/{agreement.id}"

    # ------------------------------------------------------------------ who sees it

    def _has_page(self):
        """Whether there is something that a debtor may look at."""
        self.ensure_one()
        return True

    def _opens_to_token(self, access_token):
        """Whether this token is the one of the links that the debtor was sent."""
        own = self.sudo().access_token
        if not own or not access_token:
            return False
        return consteq(own.encode(), str(access_token).encode(errors="replace"))

    def _opens_to_user(self, user):
        """Whether a login is the debtor's own, in a company that it belongs to."""
        self.ensure_one()
        return (
            user.share
            and not user._is_public()
            and user.commercial_partner_id == self.partner_id
            and self.company_id in user.company_ids
        )

    def _get_page_lang(self):
        """The language of the page: that of whoever agreed, else of the company.

        :return: the code of an active language
        """
        self.ensure_one()
        installed = dict(self.env["res.lang"].get_installed())
        codes = (
            self._get_person().lang,
            self.partner_id.lang,
            self.company_id.partner_id.lang,
            self.env.user.lang,
        )
        return next((code for code in codes if code in installed), "en_US")

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.name

    # ----------------------------------------------------------------- what it says

    def _get_agreement_text(self):
        """What is agreed, as it is signed, in the environment's language.

        :rtype: markupsafe.Markup
        """
        raise NotImplementedError

    def _get_agreement_digest(self):
        """Stands for what is signed: the page sends it along with a signature."""
        return hashlib.sha256(self._get_agreement_text().encode()).hexdigest()

    def _is_accepted(self):
        """Whether the debtor has accepted it in writing."""
        return self.answer_state == "accepted"

    def _can_be_answered(self):
        """Whether the debtor can accept or decline it now."""
        raise NotImplementedError


class CollectionPlan(models.Model):
    """The page of an installment plan."""

    _inherit = "collection.plan"

    acceptance_ids = fields.One2many(
        "collection.acceptance", "plan_id", string="Written Answers"
    )

    def _has_page(self):
        return self.state != "draft"

    def _get_agreement_text(self):
        return self._render_part("plan_agreement_text")

    def _can_be_answered(self):
        self.ensure_one()
        return self.state in ("offered", ACTIVE, NOTICE) and not self._is_accepted()


class CollectionPromise(models.Model):
    """The page of a promise to pay."""

    _inherit = "collection.promise"

    acceptance_ids = fields.One2many(
        "collection.acceptance", "promise_id", string="Written Answers"
    )

    def _get_agreement_text(self):
        return self.env["ir.qweb"]._render(
            "collection_calls.promise_agreement_text", {"promise": self}
        )

    def _can_be_answered(self):
        self.ensure_one()
        return self.state in STANDING and not self._is_accepted()
