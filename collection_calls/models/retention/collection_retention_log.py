from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine.retention import EVENTS, LETTERS, NUMBERS, REASONS, SAID
from .places import KINDS

PURPOSES = [
    (SAID, "What Was Said"),
    (REASONS, "Reasons and Notes"),
    (NUMBERS, "Phone Numbers and Addresses"),
    (LETTERS, "Letters and E-Mails"),
    (EVENTS, "Reasons of Plan Events"),
]


class CollectionRetentionLog(models.Model):
    """What was emptied, when, why and how much of it; nothing of what it said."""

    _name = "collection.retention.log"
    _description = "Emptied Personal Data"
    _inherit = ["collection.evidence", "collection.entry"]
    _order = "id desc"
    _rec_name = "date"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True
    )
    date = fields.Datetime(
        string="Emptied", required=True, readonly=True, default=fields.Datetime.now
    )
    user_id = fields.Many2one(
        "res.users", string="By", readonly=True, default=lambda self: self.env.user
    )
    kind = fields.Selection(
        [("retention", "By Its Age"), ("erasure", "On Request")],
        string="Why",
        required=True,
        readonly=True,
    )
    purpose = fields.Selection(PURPOSES, required=True, readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Person",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        help="Who asked for it.",
    )
    reason = fields.Char(readonly=True)
    debtor_count = fields.Integer(string="Debtors", readonly=True)
    field_count = fields.Integer(string="Records", readonly=True)
    note_count = fields.Integer(string="Notes", readonly=True)
    tracking_count = fields.Integer(string="Tracked Changes", readonly=True)
    mail_count = fields.Integer(string="E-Mails", readonly=True)
    file_count = fields.Integer(string="Files", readonly=True)
    activity_count = fields.Integer(string="Activities", readonly=True)

    @api.model_create_multi
    def create(self, vals_list):
        if vals_list:
            self._refuse()
        return super().create(vals_list)

    def write(self, vals):
        if vals:
            self._refuse()
        return super().write(vals)

    def _check_deletable(self):
        self._refuse()

    @api.model
    def _refuse(self):
        raise UserError(
            self.env._("The log tells what was emptied: it stays as it is.")
        )

    @api.model
    def _note(self, company, kind, counts, **vals):
        """Note what was emptied, a line for each purpose; past the guard.

        :param counts: {(purpose, kind of place): number of rows}
        """
        # sudo: the log is written by emptying alone.
        return super(CollectionRetentionLog, self.sudo()).create(
            [
                {
                    "company_id": company.id,
                    "kind": kind,
                    "purpose": purpose,
                    **{name: counts.get((purpose, name), 0) for name in KINDS},
                    **vals,
                }
                for purpose in sorted({purpose for purpose, _name in counts})
            ]
        )
