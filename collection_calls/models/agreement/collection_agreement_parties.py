from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CollectionAgreementParties(models.AbstractModel):
    """Who agreed with whom, in which call and currency: promises and plans alike."""

    _name = "collection.agreement.parties"
    _description = "Parties of an Agreement"

    name = fields.Char(
        string="Number", required=True, readonly=True, copy=False, default="/"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        check_company=True,
        index=True,
        ondelete="restrict",
        domain="['|', ('parent_id', '=', False), ('is_company', '=', True)]",
    )
    contact_id = fields.Many2one(
        "res.partner",
        check_company=True,
        ondelete="restrict",
        domain="[('id', 'child_of', partner_id)]",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        precompute=True,
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Collector",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    call_id = fields.Many2one(
        "collection.call",
        string="Collection Call",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('partner_id', '=', partner_id)]",
    )

    # ------------------------------------------------------------------ computes

    def _get_items(self):
        """Journal items of the claims that the agreement is about."""
        raise NotImplementedError

    def _compute_currency_id(self):
        for agreement in self:
            items = agreement._get_items()
            agreement.currency_id = (
                items[:1].currency_id
                or agreement.currency_id
                or agreement.company_id.currency_id
            )

    @api.depends("name", "partner_id.name")
    def _compute_display_name(self):
        for agreement in self:
            debtor = agreement.partner_id.name
            agreement.display_name = f"{agreement.name} ({debtor})" if debtor else False

    # -------------------------------------------------------------------- checks

    @api.constrains("partner_id", "contact_id")
    def _check_contact(self):
        for agreement in self:
            debtor = agreement.partner_id
            if agreement.contact_id.commercial_partner_id not in (debtor, debtor[:0]):
                raise ValidationError(
                    self.env._(
                        "%(contact)s doesn't belong to %(debtor)s.",
                        contact=agreement.contact_id.display_name,
                        debtor=debtor.display_name,
                    )
                )

    @api.constrains("call_id", "partner_id", "company_id")
    def _check_call(self):
        for agreement in self.filtered("call_id"):
            call = agreement.call_id
            parties = agreement.partner_id, agreement.company_id
            if (call.partner_id, call.company_id) != parties:
                raise ValidationError(
                    self.env._(
                        "%(call)s was held with %(debtor)s for %(company)s. Choose a"
                        " call with whoever makes the agreement, or leave the call"
                        " empty.",
                        call=call.name,
                        debtor=call.partner_id.display_name,
                        company=call.company_id.name,
                    )
                )
