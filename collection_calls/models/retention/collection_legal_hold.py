from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ..groups import COLLECTORS

CHANGEABLE = {"date_until"}

FACTS = {"partner_id", "company_id", "reason", "date_until"}


class CollectionLegalHold(models.Model):
    """What is stored about a debtor is needed, and nothing of it is emptied.

    Regulation (EU) 2016/679, article 17(3)(e): for claims that are made, exercised or
    defended.
    """

    _name = "collection.legal.hold"
    _description = "Legal Hold"
    _inherit = [
        "collection.guard",  # guards come before chatter
        "collection.evidence",
        "collection.confidential",
    ]
    _check_company_auto = True
    _order = "id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        check_company=True,
        index=True,
        ondelete="restrict",
        domain="['|', ('parent_id', '=', False), ('is_company', '=', True)]",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    reason = fields.Char(
        string="Why", help="Such as the court and the number of the lawsuit."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Set By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    date = fields.Date(
        string="Since",
        required=True,
        readonly=True,
        default=lambda self: self.env.company._get_collection_today(),
    )
    date_until = fields.Date(
        string="Until",
        tracking=True,
        help="The last day of the hold. Empty: until somebody lifts it.",
    )
    date_lifted = fields.Date(string="Lifted On", readonly=True, copy=False)
    lifted_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    is_active = fields.Boolean(
        string="Holds", compute="_compute_is_active", search="_search_is_active"
    )

    @api.depends("date_until", "date_lifted", "company_id")
    def _compute_is_active(self):
        for hold in self:
            today = (hold.company_id or hold.env.company)._get_collection_today()
            is_over = hold.date_until and hold.date_until < today
            hold.is_active = not (hold.date_lifted or is_over)

    @api.model
    def _search_is_active(self, operator, value):
        if operator not in ("in", "not in"):
            return NotImplemented
        active = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("date_lifted", "=", False)
            & (
                Domain("date_until", "=", False)
                | Domain("date_until", ">=", company._get_collection_today())
            )
            for company in self.env["res.company"].sudo().search([])
        )
        return active if (True in value) == (operator == "in") else ~active

    @api.constrains("reason", "date", "date_until")
    def _check_told(self):
        for hold in self:
            if not (hold.reason or "").strip():
                raise ValidationError(
                    self.env._("Say why nothing of this debtor may be emptied.")
                )
            if hold.date_until and hold.date_until < hold.date:
                raise ValidationError(
                    self.env._("A hold can't end before it begins. Correct its days.")
                )

    @api.model
    def _get_fact_fields(self):
        return super()._get_fact_fields() | FACTS

    @api.model_create_multi
    def create(self, vals_list):
        partners = self.env["res.partner"]
        prepared = []
        for vals in vals_list:
            partner = partners.browse(
                vals.get("partner_id") or self.env.context.get("default_partner_id")
            )
            # Who sets a hold, and since when, is never typed.
            prepared.append(
                self._drop_guarded(vals)
                | {
                    "partner_id": partner.commercial_partner_id.id,
                    "user_id": self.env.uid,
                }
            )
        return super().create(prepared)

    def write(self, vals):
        annotations = self.env["collection.call"]._get_annotation_fields()
        if set(vals) - annotations - CHANGEABLE:
            raise UserError(
                self.env._(
                    "Why a hold was set stays as it was. Lift it, and set another one."
                )
            )
        if "date_until" in vals and self.filtered("date_lifted"):
            raise UserError(
                self.env._("This hold was lifted already. Set another one.")
            )
        return super().write(vals)

    def _check_deletable(self):
        raise UserError(
            self.env._("A hold explains why data was kept: lift it, and it stays.")
        )

    def action_lift(self):
        """End these holds today: retention goes on from tonight."""
        self.check_access("write")
        for company, holds in self.filtered("is_active").grouped("company_id").items():
            holds._write_lifted(
                {
                    "date_lifted": company._get_collection_today(),
                    "lifted_by_id": self.env.uid,
                }
            )
        return True

    def _write_lifted(self, vals):
        """Write what lifting adds, past the guard in :meth:`write`."""
        return super().write(vals)

    @api.model
    def _get_active(self, debtors, companies):
        """Holds on these debtors, also on what became part of them."""
        # sudo: everybody who looks at a debtor is told that it is held.
        return self.sudo().search(
            Domain("partner_id.commercial_partner_id", "in", debtors.ids)
            & Domain("company_id", "in", companies.ids)
            & Domain("is_active", "=", True)
        )

    def _describe(self):
        self.ensure_one()
        vals = {
            "user": self.user_id.name,
            "day": format_date(self.env, self.date),
            "reason": self.reason or "–",
        }
        if self.date_until:
            return self.env._(
                "Legal hold by %(user)s of %(day)s, until %(until)s: %(reason)s",
                until=format_date(self.env, self.date_until),
                **vals,
            )
        return self.env._("Legal hold by %(user)s of %(day)s: %(reason)s", **vals)


class ResPartner(models.Model):
    _inherit = "res.partner"

    collection_legal_hold_note = fields.Char(
        compute="_compute_collection_legal_hold_note",
        groups=COLLECTORS,
        help="Why nothing that is stored about this debtor is emptied.",
    )

    @api.depends_context("allowed_company_ids", "lang")
    def _compute_collection_legal_hold_note(self):
        debtors = self.commercial_partner_id
        holds = self.env["collection.legal.hold"]
        holds_sudo = holds._get_active(debtors, self.env.companies)
        by_debtor = holds_sudo.grouped(lambda hold: hold.partner_id._origin)
        for partner in self:
            held = by_debtor.get(partner.commercial_partner_id, holds_sudo.browse())
            notes = [hold._describe() for hold in held]
            partner.collection_legal_hold_note = " ".join(notes) or False

    def action_set_collection_legal_hold(self):
        """Open a new hold on the debtor."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Legal Hold"),
            "res_model": "collection.legal.hold",
            "views": [(False, "form")],
            "context": {"default_partner_id": self.commercial_partner_id.id},
        }


class CollectionCase(models.Model):
    _inherit = "collection.case"

    legal_hold_note = fields.Char(
        compute="_compute_legal_hold_note",
        groups=COLLECTORS,
        help="Why nothing that is stored about this debtor is emptied.",
    )

    @api.depends_context("lang")
    def _compute_legal_hold_note(self):
        for company, cases in self.grouped("company_id").items():
            holds = self.env["collection.legal.hold"]
            holds_sudo = holds._get_active(cases.partner_id, company)
            for case in cases:
                notes = [
                    hold._describe()
                    for hold in holds_sudo
                    if hold.partner_id.commercial_partner_id == case.partner_id
                ]
                case.legal_hold_note = " ".join(notes) or False

    def action_set_legal_hold(self):
        """Open a new hold on the debtor of this case."""
        self.ensure_one()
        action = self.partner_id.action_set_collection_legal_hold()
        context = {**action["context"], "default_company_id": self.company_id.id}
        return dict(action, context=context)
