from odoo import api, fields, models
from odoo.exceptions import UserError

from ..agreement.written_word import CHANNELS
from ..evidence.door import is_door_open
from ..groups import COLLECTORS

KINDS = [("accepted", "Accepted"), ("declined", "Declined")]


class CollectionAcceptance(models.Model):
    """What a debtor accepted or declined in writing. Nobody changes it.

    It keeps the text as it was signed: whatever becomes of the agreement, of its
    invoices or of the translations, this is what the debtor saw.
    """

    _name = "collection.acceptance"
    _description = "Debtor's Written Answer"
    _inherit = [
        "collection.guard",
        "collection.evidence",
        "collection.entry",
        "collection.chained",
    ]
    _order = "id desc"
    _rec_name = "kind"

    plan_id = fields.Many2one(
        "collection.plan", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    promise_id = fields.Many2one(
        "collection.promise", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        compute="_compute_parties",
        store=True,
        index=True,
    )
    contact_id = fields.Many2one(
        "res.partner", string="Agreed With", compute="_compute_parties", store=True
    )
    company_id = fields.Many2one(
        "res.company", compute="_compute_parties", store=True, index=True
    )
    kind = fields.Selection(KINDS, string="Answer", required=True, readonly=True)
    channel = fields.Selection(CHANNELS, required=True, readonly=True)
    date = fields.Datetime(
        string="Answered On", required=True, readonly=True, help="When it was given."
    )
    user_id = fields.Many2one(
        "res.users",
        string="By",
        readonly=True,
        help="Who was logged in: nobody where the link of an e-mail was opened, and"
        " whoever noted it where it came by post.",
    )
    signer_name = fields.Char(string="Signed By", readonly=True, groups=COLLECTORS)
    signer_role = fields.Char(
        string="Role",
        readonly=True,
        groups=COLLECTORS,
        help="What the person who signed is in the debtor's company.",
    )
    ip_address = fields.Char(string="IP Address", readonly=True, groups=COLLECTORS)
    lang = fields.Char(string="Language", readonly=True)
    text = fields.Html(
        string="What Was Signed",
        readonly=True,
        sanitize=False,
        groups=COLLECTORS,
        help="The text as the debtor saw it.",
    )
    text_hash = fields.Char(
        string="Hash of the Text",
        readonly=True,
        help="SHA-256 of the text: it shows that not a letter of it was changed.",
    )
    signature = fields.Binary(readonly=True, attachment=False, groups=COLLECTORS)
    words = fields.Text(string="In Their Own Words", readonly=True, groups=COLLECTORS)

    _one_agreement = models.Constraint(
        "CHECK ((plan_id IS NULL) <> (promise_id IS NULL))",
        "An answer is about one plan or one promise.",
    )
    _plan_accepted_once = models.UniqueIndex(
        "(plan_id) WHERE kind = 'accepted'", "The plan is accepted already."
    )
    _promise_accepted_once = models.UniqueIndex(
        "(promise_id) WHERE kind = 'accepted'", "The promise is accepted already."
    )

    @api.depends(
        *(
            f"{agreement}.{name}"
            for agreement in ("plan_id", "promise_id")
            for name in ("partner_id", "contact_id", "company_id")
        )
    )
    def _compute_parties(self):
        for acceptance in self:
            agreement = acceptance._get_agreement()
            acceptance.partner_id = agreement.partner_id
            acceptance.contact_id = agreement.contact_id
            acceptance.company_id = agreement.company_id

    @api.model_create_multi
    def create(self, vals_list):
        acceptances = super().create(vals_list)
        acceptances._seal_soon("noted")
        return acceptances

    def write(self, vals):
        if vals and not is_door_open(self.env):
            raise UserError(
                self.env._("What a debtor answered is evidence and can't be changed.")
            )
        return super().write(vals)

    def _check_deletable(self):
        raise UserError(
            self.env._("What a debtor answered is evidence and can't be deleted.")
        )

    def _get_agreement(self):
        """The plan or the promise that it is about."""
        self.ensure_one()
        return self.plan_id or self.promise_id

    def _describe(self):
        """What was answered, by whom and how, in the environment's language."""
        self.ensure_one()
        acceptance_sudo = self.sudo()  # whoever reads the agreement reads this of it
        channels = dict(self._fields["channel"]._description_selection(self.env))
        values = {
            "name": acceptance_sudo.signer_name,
            "role": acceptance_sudo.signer_role,
            "channel": channels[self.channel],
        }
        if self.kind == "declined":
            return self.env._("The debtor declined (%(channel)s).", **values)
        if not values["name"]:
            return self.env._("Accepted by the debtor (%(channel)s).", **values)
        if values["role"]:
            return self.env._("Signed by %(name)s, %(role)s (%(channel)s).", **values)
        return self.env._("Signed by %(name)s (%(channel)s).", **values)

    # --------------------------------------------------------------------- chain

    @api.model
    def _get_chained_fields(self):
        return [
            "plan_id",
            "promise_id",
            "kind",
            "channel",
            "date",
            "user_id",
            "lang",
            "text_hash",
        ]

    @api.model
    def _get_chained_texts(self):
        return [
            "signer_name",
            "signer_role",
            "ip_address",
            "text",
            "signature",
            "words",
        ]

    @api.model
    def _get_plain(self, record, name):
        value = super()._get_plain(record, name)
        return value.decode() if isinstance(value, bytes) else value
