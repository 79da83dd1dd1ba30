from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..engine import phone


class CollectionCall(models.Model):
    _name = "collection.call"
    _description = "Collection Call"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _check_company_auto = True
    _order = "date_start desc, id desc"

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
        domain="[('id', 'child_of', partner_id)]",
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
    phone = fields.Char(
        string="Phone Number",
        compute="_compute_phone",
        store=True,
        readonly=False,
        precompute=True,
        help="As it was typed or stood on the contact.",
    )
    phone_e164 = fields.Char(
        string="E.164 Number",
        compute="_compute_phone_e164",
        store=True,
        precompute=True,
        index="btree_not_null",
        help="The number in the form every exchange in the world understands.",
    )
    phone_display = fields.Char(
        string="Formatted Number", compute="_compute_phone_display"
    )
    date_start = fields.Datetime(
        string="Started", required=True, index=True, default=fields.Datetime.now
    )
    date_end = fields.Datetime(string="Ended", help="Left empty: when the call is closed.")
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
    outcome_next_step = fields.Selection(related="outcome_id.next_step")
    right_party_verified = fields.Boolean(
        string="Right Party Verified",
        help="The person proved to be allowed to hear about the debt.",
    )
    verified_by = fields.Selection(
        [
            ("customer_number", "Customer number"),
            ("document_number", "Number of an invoice or order"),
            ("address", "Address"),
            ("known_person", "Known to the collector"),
            ("call_back", "Called back on a known number"),
            ("other", "Other"),
        ],
        string="Verified By",
    )
    debt_acknowledged = fields.Selection(
        [("yes", "Yes"), ("partly", "Partly"), ("no", "No")],
        string="Acknowledges the Debt",
    )
    statement = fields.Text(
        string="What Was Said",
        groups="collection_calls.group_collection_user",
        help="What the person said, in their own words.",
    )
    improvement = fields.Text(
        string="How to Avoid It Next Time",
        groups="collection_calls.group_collection_user",
        help="What would keep this from happening again.",
    )
    contact_confirmed = fields.Boolean(
        string="Contact Data Confirmed",
        help="Phone, e-mail and address were checked at the end of the call.",
    )
    claim_ids = fields.One2many(
        "collection.call.claim", "call_id", string="Claims Spoken About"
    )
    next_call_date = fields.Date(
        string="Next Call",
        compute="_compute_next_call_date",
        store=True,
        readonly=False,
        precompute=True,
        help="A day on the company's calendar; proposed by the outcome.",
    )
    next_activity_id = fields.Many2one(
        "mail.activity", readonly=True, copy=False, ondelete="set null"
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

    @api.depends("contact_id", "partner_id")
    def _compute_phone(self):
        for call in self:
            call.phone = call.contact_id.phone or call.partner_id.phone

    @api.depends("phone", "partner_id.country_id", "company_id")
    def _compute_phone_e164(self):
        for call in self:
            call.phone_e164 = phone.e164(call.phone, call._get_phone_region())

    @api.depends("phone", "partner_id.country_id", "company_id")
    def _compute_phone_display(self):
        for call in self:
            region = call._get_phone_region()
            call.phone_display = phone.international(call.phone, region) or call.phone

    @api.depends("date_start", "date_end")
    def _compute_duration(self):
        for call in self:
            seconds = 0
            if call.date_start and call.date_end:
                seconds = (call.date_end - call.date_start).total_seconds()
            call.duration = seconds / 60

    @api.depends("outcome_id")
    def _compute_next_call_date(self):
        for call in self:
            company = call.company_id or self.env.company
            call.next_call_date = call.outcome_id and (
                call.outcome_id._get_next_call_date(
                    company, company._get_collection_today()
                )
            )

    # -------------------------------------------------------------------- checks

    @api.constrains("partner_id", "contact_id")
    def _check_contact(self):
        for call in self:
            debtor = call.partner_id
            contact = call.contact_id
            if contact and contact.commercial_partner_id != debtor:
                raise ValidationError(
                    self.env._(
                        "%(contact)s doesn't belong to %(debtor)s. Choose a contact of"
                        " %(debtor)s, or leave “Spoken With” empty.",
                        contact=contact.display_name,
                        debtor=debtor.display_name,
                    )
                )

    @api.constrains("phone", "partner_id")
    def _check_phone(self):
        for call in self:
            if call.phone and not call.phone_e164:
                raise ValidationError(
                    self.env._(
                        "Nobody can dial “%(number)s”: too short, too long or not a"
                        " number. Correct it, for instance with the country code as in"
                        " +49 30 23125042, or leave it empty.",
                        number=call.phone,
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

    @api.constrains("state", "outcome_id", "right_party_verified", "verified_by")
    def _check_right_party(self):
        for call in self.filtered(lambda call: call.outcome_id):
            reached = call.outcome_id.reached
            if reached == "right_party" and not call.right_party_verified:
                raise ValidationError(
                    self.env._(
                        "“%(outcome)s” needs the right party: tick “Right Party"
                        " Verified” if the person proved who they are, or choose an"
                        " outcome without a conversation about the debt.",
                        outcome=call.outcome_id.name,
                    )
                )
            if reached in ("nobody", "third_party") and call.right_party_verified:
                raise ValidationError(
                    self.env._(
                        "“%(outcome)s” says that the right party was not reached, but"
                        " “Right Party Verified” is ticked. Change one of the two.",
                        outcome=call.outcome_id.name,
                    )
                )

    @api.constrains("right_party_verified", "debt_acknowledged")
    def _check_acknowledgement(self):
        for call in self:
            if call.debt_acknowledged and not call.right_party_verified:
                raise ValidationError(
                    self.env._(
                        "Only the right party can acknowledge the debt: tick “Right"
                        " Party Verified” first, or empty “Acknowledges the Debt”."
                    )
                )

    @api.constrains("state", "outcome_id", "right_party_verified", "verified_by")
    def _check_complete(self):
        for call in self.filtered(lambda call: call.state == "done"):
            if not call.outcome_id:
                raise ValidationError(
                    self.env._("Choose the outcome before you close the call.")
                )
            if call.right_party_verified and not call.verified_by:
                raise ValidationError(
                    self.env._("Say how you verified the right party (“Verified By”).")
                )

    # ------------------------------------------------------ create, write, unlink

    @api.model_create_multi
    def create(self, vals_list):
        states = [vals.get("state") for vals in vals_list]
        calls = super().create(self._prepare_create_vals(vals_list))
        # Claims can be put on an ongoing call only, so evidence that comes in as done
        # (an import) is closed once it is complete.
        for call, state in zip(calls, states, strict=True):
            if state == "done":
                call._close()
        return calls

    def write(self, vals):
        facts = self._get_fact_fields().intersection(vals)
        closed = self.filtered(lambda call: call.state != "ongoing")
        if facts and closed:
            raise UserError(
                self.env._(
                    "%(calls)s is closed: what it says can't be changed any more. Add a"
                    " note below the call, or ask a manager to cancel it.",
                    calls=", ".join(closed.mapped("name")),
                )
            )
        if {"partner_id", "company_id", "name", "state"}.intersection(vals):
            raise UserError(
                self.env._(
                    "Number, debtor, company and state of a call can't be edited. Log"
                    " another call for another debtor."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_never(self):
        raise UserError(
            self.env._(
                "Calls are evidence and can't be deleted. A manager can cancel a call"
                " that was logged by mistake."
            )
        )

    # ------------------------------------------------------------------- actions

    def action_done(self):
        """Close the calls and schedule what was agreed.

        :raise ValidationError: if something is missing; nothing is closed then
        """
        for call in self.filtered(lambda call: call.state == "ongoing"):
            call._check_next_call_date()
            call._close()
            call._schedule_next_call()
        return True

    def action_cancel(self, reason):
        """Mark calls that were logged by mistake as cancelled.

        :param str reason: goes on the call
        :raise AccessError: if the user is no manager
        :raise UserError: if there is no reason
        """
        if not self.env.user.has_group("collection_calls.group_collection_manager"):
            raise AccessError(
                self.env._("Only a collection manager may cancel a call. Ask yours.")
            )
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the call is cancelled."))
        calls = self.filtered(lambda call: call.state != "cancelled")
        calls.next_activity_id.unlink()
        return calls._write_state({"state": "cancelled", "cancel_reason": reason})

    # ---------------------------------------------------------- business methods

    @api.model
    def _get_fact_fields(self):
        """Fields that say what happened in a call; fixed once the call is closed."""
        return {
            "name",
            "case_id",
            "partner_id",
            "contact_id",
            "user_id",
            "company_id",
            "direction",
            "phone",
            "date_start",
            "date_end",
            "outcome_id",
            "right_party_verified",
            "verified_by",
            "debt_acknowledged",
            "statement",
            "improvement",
            "contact_confirmed",
            "claim_ids",
            "next_call_date",
            "next_activity_id",
            "state",
            "cancel_reason",
        }

    @api.model
    def _prepare_create_vals(self, vals_list):
        """Complete the values: number, case, and the company that a contact works for."""
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
        vals = dict(vals, partner_id=debtor.id, state="ongoing")
        vals.setdefault("company_id", self.default_get(["company_id"])["company_id"])
        if partner != debtor:
            vals.setdefault("contact_id", partner.id)
        return vals

    def _group_by_company(self, vals_list):
        groups = defaultdict(list)
        for vals in vals_list:
            groups[self.env["res.company"].browse(vals["company_id"])].append(vals)
        return groups

    def _get_phone_region(self):
        """ISO code of the country from which a national number is dialled."""
        country = self.partner_id.country_id or self.company_id.country_id
        return country.code

    def _check_next_call_date(self):
        """Check the day that is about to be scheduled.

        :raise ValidationError: if it is missing though a call-back was agreed, or past
        """
        self.ensure_one()
        if self.outcome_id.next_step == "call_back" and not self.next_call_date:
            raise ValidationError(
                self.env._(
                    "“%(outcome)s” needs a day: choose it under “Next Call”.",
                    outcome=self.outcome_id.name,
                )
            )
        today = self.company_id._get_collection_today()
        if self.next_call_date and self.next_call_date < today:
            raise ValidationError(
                self.env._("The next call can't lie in the past. Choose a later day.")
            )

    def _close(self):
        """Turn ongoing calls into evidence."""
        for call in self:
            call._write_state(
                {"state": "done", "date_end": call.date_end or fields.Datetime.now()}
            )

    def _write_state(self, vals):
        """Change the state; the only door past the guard in :meth:`write`."""
        return super().write(vals)

    def _schedule_next_call(self):
        """Settle the calls planned up to today and plan the next one."""
        self.ensure_one()
        case = self.case_id
        case._settle_due_calls(self.company_id._get_collection_today(), self.name)
        if self.next_call_date:
            activity = case._schedule_next_call(
                self.next_call_date, case.user_id or self.user_id, self.outcome_id.name
            )
            self._write_state({"next_activity_id": activity.id})

    def _move_to_case(self, case):
        """Follow a debtor who was merged into another one."""
        return super().write({"case_id": case.id})
