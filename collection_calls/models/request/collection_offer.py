from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date

from ..groups import COLLECTORS
from ..plan.schedule import FREQUENCIES

DAY, SCHEDULE = "day", "schedule"
KINDS = [(DAY, "Pay on Another Day"), (SCHEDULE, "Pay by Installments")]


class CollectionOffer(models.Model):
    """What a debtor proposes: to pay on another day, or by installments of their own.

    It binds nobody and protects nothing until a collector accepts it. That is why it is
    no promise: a claim of a running plan can't carry one beside its installments, for
    the same money would be judged twice, and who could postpone by a click would have
    no clause of acceleration any more. Nor does it stand in the way of one: what a
    collector accepts becomes a promise, a plan, or a respite of the plan that runs.
    """

    _name = "collection.offer"
    _description = "Offer of a Debtor"
    _inherit = "collection.request"
    _check_company_auto = True
    _order = "id desc"

    name = fields.Char(
        string="Number", required=True, readonly=True, copy=False, default="/"
    )
    kind = fields.Selection(KINDS, string="Proposes", required=True, readonly=True)
    amount = fields.Monetary(
        readonly=True,
        help="What the debtor proposes to pay of the claims.",
    )
    date_first = fields.Date(
        string="Pays On",
        required=True,
        readonly=True,
        help="The day that the debtor proposes, or the one of the first installment, on"
        " the company's calendar.",
    )
    installment_count = fields.Integer(string="Installments", readonly=True)
    frequency = fields.Selection(FREQUENCIES, string="Rhythm", readonly=True)
    is_whole = fields.Boolean(
        string="About All That Is Overdue",
        readonly=True,
        help="The debtor proposes it for whatever is overdue, not only for the claims"
        " of the agreement.",
    )
    limit_note = fields.Text(
        string="Beyond the Limits",
        readonly=True,
        groups=COLLECTORS,
        help="Why it is no promise: what goes beyond what the company accepts alone.",
    )
    is_changed = fields.Boolean(
        string="Changed",
        readonly=True,
        copy=False,
        help="Something else was agreed than what the debtor proposed.",
    )
    new_plan_id = fields.Many2one(
        "collection.plan",
        string="Made a Plan",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    new_promise_id = fields.Many2one(
        "collection.promise",
        string="Made a Promise",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    _name_company_uniq = models.UniqueIndex(
        "(name, company_id)", "An offer with this number exists already."
    )
    _plan_open_uniq = models.UniqueIndex(
        "(plan_id, kind) WHERE state = 'open' AND plan_id IS NOT NULL",
        "This debtor has made an offer already.",
    )
    _promise_open_uniq = models.UniqueIndex(
        "(promise_id, kind) WHERE state = 'open' AND promise_id IS NOT NULL",
        "This debtor has made an offer already.",
    )
    _case_open_uniq = models.UniqueIndex(
        "(case_id, kind) WHERE state = 'open' AND case_id IS NOT NULL",
        "This debtor has made an offer already.",
    )

    @api.depends("name", "partner_id.name")
    def _compute_display_name(self):
        for offer in self:
            debtor = offer.partner_id.name
            offer.display_name = f"{offer.name} ({debtor})" if debtor else offer.name

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            agreement = self.new(vals)._get_agreement()
            sequence = self.env["ir.sequence"].with_company(agreement.company_id)
            vals["name"] = sequence.next_by_code("collection.offer") or "/"
        return super().create(vals_list)

    @api.model
    def _get_chained_fields(self):
        return [
            *super()._get_chained_fields(),
            "name",
            "kind",
            "amount",
            "date_first",
            "installment_count",
            "frequency",
            "is_whole",
            "is_changed",
        ]

    @api.model
    def _get_chained_texts(self):
        return [*super()._get_chained_texts(), "limit_note"]

    @api.model
    def _get_same_domain(self, vals):
        return super()._get_same_domain(vals) & Domain("kind", "=", vals["kind"])

    def _get_claims(self):
        """The journal items that the debtor proposes to pay, as they are open now."""
        self.ensure_one()
        agreement = self._get_agreement()
        claims = agreement._get_open_claims()
        if self.is_whole:
            overdue = self.partner_id._get_collection_overdue_claims(self.company_id)
            claims |= overdue.filtered(
                lambda item: item.currency_id == self.currency_id
            )
        running = self.env["collection.plan.claim"]._get_running(claims.ids)
        return claims - running.move_line_id.with_env(self.env)

    # ---------------------------------------------------------------------- words

    def _say_summary(self, env):
        """What it is about, in one line, in the environment's language."""
        self.ensure_one()
        if self.kind == DAY:
            return env._(
                "%(offer)s: proposes to pay on %(day)s (%(agreement)s)",
                offer=self.name,
                day=format_date(env, self.date_first),
                agreement=self._get_agreement()._get_subject(env),
            )
        return env._(
            "%(offer)s: proposes %(count)s installments from %(day)s on"
            " (%(agreement)s)",
            offer=self.name,
            count=self.installment_count,
            day=format_date(env, self.date_first),
            agreement=self._get_agreement()._get_subject(env),
        )

    def _describe(self):
        """The offer in one line, for whoever calls the debtor."""
        return self._say_summary(self.env)
