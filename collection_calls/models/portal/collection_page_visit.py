from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..evidence.door import is_door_open, open_door
from ..request.collection_request import FIELD_BY_MODEL

# What the debtor does on the page, and the field that keeps when.
NOTED = {
    "opened": "date_last",
    "proven": "date_last",
    "accepted": "date_accepted",
    "declined": "date_declined",
    "paid": "date_paid",
    "answered": "date_answered",
    "promised": "date_answered",
    "objected": "date_answered",
    "proposed": "date_answered",
    "corrected": "date_answered",
}


class CollectionPageVisit(models.Model):
    """When a debtor was on a page, and what they did there.

    One row an agreement, and one for what is overdue without any. It isn't kept on the
    agreement itself, nor on the case: a page that is opened again and again would be in
    the way of the night, which writes there.
    """

    _name = "collection.page.visit"
    _description = "Visit to a Debtor's Page"
    _inherit = ["collection.guard", "collection.evidence", "collection.rate.limit"]
    _order = "date_last desc, id desc"
    _rec_name = "partner_id"

    plan_id = fields.Many2one("collection.plan", readonly=True, ondelete="restrict")
    promise_id = fields.Many2one(
        "collection.promise", readonly=True, ondelete="restrict"
    )
    case_id = fields.Many2one("collection.case", readonly=True, ondelete="restrict")
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        compute="_compute_whose",
        store=True,
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_whose",
        store=True,
        required=True,
        ondelete="restrict",
    )
    date_first = fields.Datetime(string="First Opened", readonly=True)
    date_last = fields.Datetime(string="Last Opened", readonly=True)
    date_accepted = fields.Datetime(string="Accepted", readonly=True)
    date_declined = fields.Datetime(string="Declined", readonly=True)
    date_paid = fields.Datetime(
        string="Paid Online", readonly=True, help="When they paid online last."
    )
    date_answered = fields.Datetime(
        string="Answered",
        readonly=True,
        help="When they last promised, objected, proposed or corrected something.",
    )

    _one_agreement = models.Constraint(
        "CHECK(num_nonnulls(plan_id, promise_id, case_id) = 1)",
        "A visit is to one page.",
    )
    _plan_uniq = models.UniqueIndex(
        "(plan_id) WHERE plan_id IS NOT NULL", "This plan has its visit already."
    )
    _promise_uniq = models.UniqueIndex(
        "(promise_id) WHERE promise_id IS NOT NULL",
        "This promise has its visit already.",
    )
    _case_uniq = models.UniqueIndex(
        "(case_id) WHERE case_id IS NOT NULL", "This case has its visit already."
    )

    @api.depends(
        "plan_id.partner_id",
        "plan_id.company_id",
        "promise_id.partner_id",
        "promise_id.company_id",
        "case_id.partner_id",
        "case_id.company_id",
    )
    def _compute_whose(self):
        for visit in self:
            agreement = visit._get_agreement()
            visit.partner_id = agreement.partner_id
            visit.company_id = agreement.company_id

    def _get_agreement(self):
        self.ensure_one()
        return self.plan_id or self.promise_id or self.case_id

    @api.model
    def _get_refusal(self, names):
        return self.env._("What happened on a debtor's page can't be changed.")

    def write(self, vals):
        if vals and not is_door_open(self.env):
            raise UserError(self._get_refusal(vals))
        return super().write(vals)

    def _check_deletable(self):
        raise UserError(
            self.env._("What happened on a debtor's page can't be deleted.")
        )

    @api.model
    def _get(self, agreement):
        """The visit to a page, made if there is none yet.

        Two requests at once get the same: the database decides, and Odoo runs the later
        one again.
        """
        name = FIELD_BY_MODEL[agreement._name]
        visit_sudo = self.sudo().search([(name, "=", agreement.id)])
        if visit_sudo:
            return visit_sudo
        agreement.flush_recordset(["partner_id", "company_id"])
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO collection_page_visit
                       (%(name)s, partner_id, company_id,
                        create_uid, create_date, write_uid, write_date)
                VALUES (%(id)s, %(partner_id)s, %(company_id)s,
                        %(uid)s, %(now)s, %(uid)s, %(now)s)
                    ON CONFLICT DO NOTHING
                """,
                name=SQL.identifier(name),
                id=agreement.id,
                partner_id=agreement.partner_id.id,
                company_id=agreement.company_id.id,
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
        )
        return self.sudo().search([(name, "=", agreement.id)])

    def _note(self, kind):
        """Keep when it happened.

        :param str kind: one of :data:`NOTED`
        """
        self.ensure_one()
        now = fields.Datetime.now()
        vals = {NOTED[kind]: now}
        if not self.date_first:
            vals["date_first"] = now
        open_door(self).write(vals)
