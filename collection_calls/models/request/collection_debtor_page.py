from odoo import models


class CollectionDebtorPage(models.AbstractModel):
    """A page of a debtor's: who gets in, in which language, and what it is about.

    Plans and promises have one; so have cases, for what is overdue and not agreed on.
    Whatever inherits this has a ``partner_id`` (who owes), a ``company_id`` and a
    ``user_id`` (whose it is).
    """

    _name = "collection.debtor.page"
    _description = "Page of a Debtor"

    # ------------------------------------------------------------------ who sees it

    def _has_page(self):
        """Whether this is one that the debtor may look at."""
        raise NotImplementedError

    def _opens_to_token(self, access_token):
        """Whether this token is the one of the links that the debtor was sent."""
        return False

    def _opens_to_user(self, user):
        """Whether a login is the debtor's own, in a company that it belongs to."""
        self.ensure_one()
        return (
            user.share
            and not user._is_public()
            and user.commercial_partner_id == self.partner_id
            and self.company_id in user.company_ids
        )

    def _get_login_url(self, user):
        """The address of the page for whoever gets in by their login.

        :return: the address, without a token; False for others
        """
        return self._opens_to_user(user) and self._get_page_path()

    def _get_page_path(self):
        """The address of the page on the server, without a token."""
        raise NotImplementedError

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

    def _note_page_event(self, kind, **details):
        """Keep that the debtor did something on the page, and tell who cares."""
        raise NotImplementedError

    # ------------------------------------------------------------------- whose it is

    def _get_subject(self, env):
        """What it is called, in the environment's language."""
        raise NotImplementedError

    def _get_person(self):
        """Whoever agreed, else the debtor."""
        raise NotImplementedError

    def _get_page_contact(self):
        """With whom it was agreed; nobody if that was the debtor."""
        raise NotImplementedError

    def _get_case(self):
        raise NotImplementedError

    def _get_collector(self):
        """Who follows up: the case's collector, else whoever made the agreement."""
        return self._get_case()._get_caller(self.user_id)

    # ------------------------------------------------------------------ what is owed

    def _get_page_digest(self):
        """Stands for what the page shows of it: forms send it along."""
        raise NotImplementedError

    def _get_page_currency(self):
        """The currency of what is asked for on the page."""
        raise NotImplementedError

    def _get_open_claims(self):
        """What is still to be paid of the claims it is about, the oldest first."""
        raise NotImplementedError

    def _sort_open(self, items):
        # sudo: the debtor, too, sees what the page is about.
        open_sudo = items.sudo().filtered(
            lambda item: (
                item.parent_state == "posted" and item.amount_residual_currency > 0
            )
        )
        ordered = open_sudo.sorted(
            lambda item: (item.date_maturity or item.date, item.id)
        )
        return ordered.with_env(self.env)


class CollectionAgreement(models.AbstractModel):
    _name = "collection.agreement"
    _inherit = ["collection.agreement", "collection.debtor.page"]

    def _get_page_path(self):
        return self.access_url

    def _get_subject(self, env):
        return self.name

    def _get_page_contact(self):
        return self.contact_id

    def _get_page_digest(self):
        return self._get_agreement_digest()

    def _get_page_currency(self):
        return self.currency_id
