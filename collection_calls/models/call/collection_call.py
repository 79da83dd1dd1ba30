from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..letter.collection_confirmation import CONFIRMATION_FIELDS

POLICY_FIELDS = ("policy_breaches", "policy_date", "is_against_policy", "is_dialled")
# What is kept when a call is closed and confirmed.
KEPT_FIELDS = (
    "outcome_label",
    "reason_label",
    "confirmation_subject",
    "confirmation_body",
    "confirmation_attachment_ids",
)
FIXED_FIELDS = {
    "name",
    "case_id",
    "partner_id",
    "company_id",
    "state",
    "cancel_reason",
    "next_activity_id",
    "next_call_zone",
    "occasion",
    "date_closed",
    "settled_to_dos",
    "with_representative",
    *CONFIRMATION_FIELDS,
    *POLICY_FIELDS,
    *KEPT_FIELDS,
}


class CollectionCall(models.Model):
    _name = "collection.call"
    _description = "Collection Call"
    _inherit = [
        "collection.guard",  # guards come before chatter
        "collection.evidence",
        "collection.confidential",
        "collection.authorship",
        "collection.confirmation",
        "collection.letter",
        "collection.dossier",
    ]
    _check_company_auto = True
    _order = "date_start desc, id desc"
    _kept_labels = {"outcome_label": "outcome_id", "reason_label": "reason_id"}

    name = fields.Char(
        string="Number", required=True, readonly=True, copy=False, default="/"
    )
    case_id = fields.Many2one(
        "collection.case", readonly=True, index=True, ondelete="restrict"
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
        string="Spoken With",
        check_company=True,
        ondelete="restrict",
        domain="['|', ('id', 'child_of', partner_id),"
        " ('id', 'child_of', representative_id)]",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Collector",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    direction = fields.Selection(
        [("outgoing", "We called"), ("incoming", "The debtor called")],
        required=True,
        default="outgoing",
    )
    date_start = fields.Datetime(
        string="Started", required=True, index=True, default=fields.Datetime.now
    )
    date_end = fields.Datetime(
        string="Ended", help="Left empty: when the call is closed."
    )
    duration = fields.Float(
        string="Minutes",
        compute="_compute_duration",
        store=True,
        digits=(16, 1),
        help="Length of the call in minutes.",
    )
    outcome_id = fields.Many2one(
        "collection.call.outcome", tracking=True, index=True, ondelete="restrict"
    )
    outcome_label = fields.Char(
        translate=True,
        readonly=True,
        copy=False,
        help="What the outcome was called when the call was closed.",
    )
    color = fields.Integer(related="outcome_id.color")
    outcome_next_step = fields.Selection(related="outcome_id.next_step")
    outcome_solution = fields.Selection(related="outcome_id.solution")
    debt_acknowledged = fields.Selection(
        [("yes", "Yes"), ("partly", "Partly"), ("no", "No")],
        string="Acknowledges the Debt",
        groups="collection_calls.group_collection_user",
    )
    statement = fields.Text(
        string="What Was Said",
        groups="collection_calls.group_collection_user",
        help="What the person said, in their own words.",
    )
    claim_ids = fields.One2many(
        "collection.call.claim", "call_id", string="Claims Spoken About"
    )
    state = fields.Selection(
        [("ongoing", "Ongoing"), ("done", "Done"), ("cancelled", "Cancelled")],
        required=True,
        readonly=True,
        copy=False,
        default="ongoing",
        tracking=True,
        index=True,
    )
    cancel_reason = fields.Char(readonly=True, copy=False)

    _name_company_uniq = models.UniqueIndex(
        "(name, company_id)", "A call with this number exists already."
    )
    _debtor_start_idx = models.Index("(partner_id, company_id, date_start DESC)")

    # ------------------------------------------------------------------ computes

    @api.depends("date_start", "date_end")
    def _compute_duration(self):
        for call in self:
            seconds = 0
            if call.date_start and call.date_end:
                seconds = (call.date_end - call.date_start).total_seconds()
            call.duration = seconds / 60

    # -------------------------------------------------------------------- checks

    @api.constrains("partner_id", "contact_id")
    def _check_contact(self):
        for call in self:
            debtor = call.partner_id
            contact = call.contact_id
            if contact and not contact._may_stand_for(debtor):
                raise ValidationError(
                    self.env._(
                        "%(contact)s doesn't belong to %(debtor)s. Choose a contact of"
                        " %(debtor)s, or leave “Spoken With” empty.",
                        contact=contact.display_name,
                        debtor=debtor.display_name,
                    )
                )

    @api.constrains("date_start", "date_end")
    def _check_dates(self):
        now = fields.Datetime.now()
        for call in self:
            if call.date_end and call.date_end < call.date_start:
                raise ValidationError(
                    self.env._("A call can't end before it starts. Correct the times.")
                )
            if max(call.date_start, call.date_end or call.date_start) > now:
                raise ValidationError(
                    self.env._(
                        "A call can't lie in the future. Log it when it was held, or"
                        " plan it with “Next Call”."
                    )
                )

    # ------------------------------------------------------ create, write, unlink

    @api.model_create_multi
    def create(self, vals_list):
        states = [vals.get("state") for vals in vals_list]
        calls = super().create(self._prepare_create_vals(vals_list))
        new = self.browse()
        for call, state in zip(calls, states, strict=True):
            if state != "done":  # what comes in as held was about what stood then
                new |= call
        new._note_occasion()
        # Claims can be put on an ongoing call only, so evidence that comes in as done
        # (an import) is closed once it is complete.
        for call, state in zip(calls, states, strict=True):
            if state == "done":
                call._note_breaches()
                call._close()
        return calls

    def write(self, vals):
        facts = set(vals) - self._get_annotation_fields()
        if facts:
            self._check_open_to_edits()
        if facts & FIXED_FIELDS:
            raise UserError(self._get_refusal(facts))
        self._check_writable(vals)
        return super().write(vals)

    def _check_open_to_edits(self):
        """Check that these calls may still be written by this user.

        :raise UserError: if one is closed
        :raise AccessError: if a colleague holds one, unless the user is a manager
        """
        for call in self:
            if call.state != "ongoing":
                raise UserError(
                    self.env._(
                        "%(call)s is closed: what it says can't be changed any more."
                        " Add a note below the call, or ask a manager to cancel it.",
                        call=call.name,
                    )
                )
            if call.user_id != self.env.user and not self._is_manager():
                raise AccessError(
                    self.env._(
                        "%(call)s is held by %(collector)s. Start a call of your own,"
                        " or ask a manager.",
                        call=call.name,
                        collector=call.user_id.name,
                    )
                )

    @api.model
    def _is_manager(self):
        manager = "collection_calls.group_collection_manager"
        return self.env.su or self.env.user.has_group(manager)

    def _filter_evidence(self):
        return self.filtered(lambda call: call.state != "ongoing")

    @api.model
    def _get_note_refusal(self):
        return self.env._(
            "Notes on a closed call are evidence and can't be deleted or changed."
            " Add another note instead."
        )

    def _check_deletable(self):
        raise UserError(
            self.env._(
                "Calls are evidence and can't be deleted. A manager can cancel a call"
                " that was logged by mistake."
            )
        )

    def copy_data(self, default=None):
        """Nobody has spoken twice because it was written down once."""
        raise UserError(
            self.env._("A call can't be duplicated. Log the other call by itself.")
        )

    # ------------------------------------------------------------------- actions

    def action_done(self):
        """Close the calls and schedule what was agreed.

        :raise ValidationError: if something is missing; nothing is closed then
        """
        self.check_access("write")
        for call in self.filtered(lambda call: call.state == "ongoing"):
            call._check_open_to_edits()
            call._get_undialled()._check_policy()
            call._check_override_is_told()
            call._check_plan()
            call._check_next_call_date()
            call._check_payment_date()
            call._check_promises()
            call._check_disputes()
            call._place_next_call()
            call._correct_contact()
            call._end()
            call._make_commitments()
            call._close()
            call._follow_up()
            call.case_id._assign()
        return True

    def action_resume(self):
        """Open the five steps of an ongoing call where they were left today."""
        self.ensure_one()
        self._restart_outdated()
        return self._open_wizard({})

    def _open_wizard(self, vals):
        wizards = self.env["collection.call.wizard"]
        wizard = wizards.create({**vals, "call_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Call with %(debtor)s", debtor=self.partner_id.name),
            "res_model": wizard._name,
            "res_id": wizard.id,
            "views": [(False, "form")],
        }

    def action_discard(self):
        """Take back calls that were opened and never held.

        :raise UserError: if somebody was called or something was recorded already
        """
        self.check_access("write")
        for call in self.filtered(lambda call: call.state == "ongoing"):
            call._check_open_to_edits()
            if call._has_records():
                raise UserError(
                    self.env._(
                        "Something is recorded in this call already. End it with the"
                        " outcome that fits, such as “No answer”."
                    )
                )
            if call.is_dialled:
                raise UserError(
                    self.env._(
                        "This call was dialled. End it with the outcome that fits, such"
                        " as “No answer”."
                    )
                )
            reason = self.env._("Prepared, but not held")
            call._write_closed({"state": "cancelled", "cancel_reason": reason})
        return True

    def _has_records(self):
        """Whether the call says that somebody was spoken to.

        An outcome alone doesn't: a log that was refused has one, and has to go again.
        """
        self.ensure_one()
        said = self.verified_by or self.statement
        return bool(said or self._has_commitments())

    def _is_mine_and_unheld(self):
        """Whether the user prepared the call and nothing has come of it yet."""
        self.ensure_one()
        mine = self.state == "ongoing" and self.user_id == self.env.user
        return mine and not (self.is_dialled or self._has_records())

    def action_cancel(self, reason):
        """Mark calls that were logged by mistake as cancelled.

        :param str reason: goes on the call
        :raise AccessError: if the user is no manager
        :raise UserError: if there is no reason
        """
        if not self._is_manager():
            raise AccessError(
                self.env._("Only a collection manager may cancel a call. Ask yours.")
            )
        refusal = self.env._("Say why the call is cancelled.")
        reason = self._read_reason(reason, refusal)
        self.check_access("write")
        calls = self.filtered(lambda call: call.state != "cancelled")
        todo = calls._get_own_next_activities() | calls.confirmation_activity_id
        todo.filtered("active").unlink()
        calls._undo_commitments(reason)
        return calls._write_closed({"state": "cancelled", "cancel_reason": reason})

    # ---------------------------------------------------------- business methods

    @api.model
    def _get_fact_fields(self):
        """All that forms let collectors write, and whom a new call is with."""
        writable = {n for n, field in self._fields.items() if not field.readonly}
        facts = writable - set(self.env["collection.confidential"]._fields)
        facts = facts - FIXED_FIELDS | {"partner_id", "company_id"}
        return super()._get_fact_fields() | facts

    @api.model
    def _get_refusal(self, names):
        if FIXED_FIELDS & names:
            return self.env._(
                "Number, debtor, company and state of a call can't be edited. Log"
                " another call for another debtor."
            )
        return self.env._("This follows from what is noted in the call. Note that.")

    @api.model
    def _get_day_fields(self):
        return {"date_start"}

    def _get_day_told(self):
        return self._get_day()

    def _get_items_told(self):
        return self.claim_ids.move_line_id

    @api.model
    def _get_annotation_fields(self):
        """Fields that may change on a closed call: its chatter and its activities."""
        mixins = self.env["mail.thread"], self.env["mail.activity.mixin"]
        names = {name for mixin in mixins for name in mixin._fields}
        return names - {"message_ids", "website_message_ids"}

    @api.model
    def _prepare_create_vals(self, vals_list):
        """Complete the values: number, case, and the debtor a contact works for."""
        vals_list = [self._prepare_call_vals(vals) for vals in vals_list]
        for company, group in self._group_by_company(vals_list).items():
            partners = self.env["res.partner"].browse(v["partner_id"] for v in group)
            cases = self.env["collection.case"]._get_or_create(partners, company)
            case_ids = {case.partner_id.id: case.id for case in cases}
            sequence = self.env["ir.sequence"].with_company(company)
            for vals in group:
                vals["case_id"] = case_ids.get(vals["partner_id"])
                vals["name"] = sequence.next_by_code("collection.call") or "/"
        return vals_list

    def _prepare_call_vals(self, vals):
        """Values of a call with a debtor; a contact becomes who was spoken with."""
        partner = self.env["res.partner"].browse(
            vals.get("partner_id") or self.env.context.get("default_partner_id")
        )
        debtor = partner.commercial_partner_id
        if not debtor:
            raise UserError(self.env._("Choose the debtor of the call."))
        # How a call is confirmed and what the policy said to it is never typed.
        vals = self._drop_guarded(vals)
        vals.update(partner_id=debtor.id, state="ongoing")
        vals.setdefault("company_id", self.default_get(["company_id"])["company_id"])
        if partner != debtor:
            vals.setdefault("contact_id", partner.id)
        return vals

    def _group_by_company(self, vals_list):
        groups = defaultdict(list)
        for vals in vals_list:
            groups[self.env["res.company"].browse(vals["company_id"])].append(vals)
        return groups

    def _end(self):
        """Note when the call ended, unless it was noted or held on another day."""
        now = fields.Datetime.now()
        company = self.company_id
        started = company._get_collection_day(self.date_start)
        if not self.date_end and started == company._get_collection_day(now):
            self.date_end = now

    def _close(self):
        """Turn ongoing calls into evidence."""
        self.flush_recordset()  # what depends on a fact is computed while it may be
        for call in self:
            call._write_closed({"state": "done"})

    def _write_closed(self, vals):
        """Write what closing or cancelling adds, past the guard in :meth:`write`."""
        result = super().write(vals)
        if "state" in vals:
            self._keep_labels()
        return result

    @api.model
    def _start(self, partner, company, contact=None, claims=()):
        """The call that a collector holds with a debtor: the ongoing one, or a new one.

        One of an earlier day starts anew; it is left alone if something binding came
        out of it. Colleagues may be on the line with the debtor already: the five steps
        say so, and no session hands out the case.

        :param contact: who is called
        :param claims: journal items that the call is about; by default, all that is
            overdue once the right person is on the line
        :raise AccessError: if the user may not hold calls
        """
        self.browse().check_access("write")
        debtor = partner.commercial_partner_id
        self.env["collection.case"]._serialize_debtor(debtor, company)
        ongoing = self.search(
            [
                ("partner_id", "=", debtor.id),
                ("company_id", "=", company.id),
                ("user_id", "=", self.env.uid),
                ("state", "=", "ongoing"),
            ]
        )
        todays = ongoing.filtered(lambda call: not call._is_outdated())
        unbound = ongoing.filtered(lambda call: not call._has_commitments())
        call = (todays or unbound)[:1]
        call._restart_outdated()
        if not call:
            vals = {"partner_id": debtor.id, "company_id": company.id}
            call = self.create(dict(vals, contact_id=contact.id if contact else False))
        missing = (
            self.env["account.move.line"].union(*claims) - call.claim_ids.move_line_id
        )
        call._add_claims(missing)
        return call

    def _follow_debtor(self, debtor):
        """Somebody else owes now what was spoken about.

        Whoever was spoken with stays on the call.
        """
        self.ensure_one()
        person = self.contact_id or self.partner_id
        if not self.with_representative:
            person = person._get_collection_heir(debtor)
        cases = self.env["collection.case"]
        case = self.case_id and cases._get_or_create(debtor, self.company_id)
        return super().write(
            {
                "partner_id": debtor.id,
                "contact_id": person.id,
                "case_id": case.id if case else False,
            }
        )

    def _move_to_case(self, case):
        """Follow a debtor who was merged into another one."""
        return super().write({"case_id": case.id})
