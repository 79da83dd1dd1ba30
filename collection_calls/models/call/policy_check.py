from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..contact.facts import Callee
from ..groups import COLLECTORS

# Who is called, and who calls.
CALLEE_FIELDS = {"phone", "contact_id", "direction"}


class CollectionCall(models.Model):
    """Whether the debtor may be called now, and who called nevertheless and why.

    The contact policy is looked at before the number is dialled: when the step Prepare
    is left or, where the five steps weren't used, when the call is closed; and again
    where another number or person is called. What it said stays on the call. Who is
    called doesn't break a rule: calls of the debtor are never asked about.
    """

    _inherit = "collection.call"

    policy_override_reason = fields.Text(
        string="Reason to Call Nevertheless",
        groups=COLLECTORS,
        copy=False,
        help="Why the debtor was called though the contact policy is against it.",
    )
    policy_breaches = fields.Text(
        string="Against the Policy",
        readonly=True,
        copy=False,
        help="What the contact policy had against the call when it was dialled.",
    )
    is_against_policy = fields.Boolean(
        string="Called Against the Policy",
        compute="_compute_is_against_policy",
        store=True,
        help="The contact policy had something against the call, and it was dialled.",
    )
    policy_date = fields.Datetime(
        string="Policy Looked At",
        readonly=True,
        copy=False,
        help="When the call was held against the contact policy.",
    )
    is_dialled = fields.Boolean(
        string="Dialled",
        readonly=True,
        copy=False,
        help="We called: the step Prepare was left. The call ends with an outcome.",
    )
    policy_note = fields.Text(
        compute="_compute_policy_note",
        groups=COLLECTORS,
        help="What the contact policy has against a call at its start.",
    )
    policy_mode = fields.Selection(
        [("warn", "Warn"), ("block", "Block")],
        compute="_compute_policy_note",
        groups=COLLECTORS,
        help="Whether a reason is enough to call nevertheless, or a manager has to.",
    )

    @api.depends("policy_breaches")
    def _compute_is_against_policy(self):
        for call in self:
            call.is_against_policy = bool(call.policy_breaches)

    @api.depends(
        "state",
        "direction",
        "partner_id",
        "contact_id",
        "phone",
        "company_id",
        "date_start",
        "policy_date",
    )
    @api.depends_context("lang")
    def _compute_policy_note(self):
        self.policy_note = self.policy_mode = False
        for call, finding in self._get_undialled()._get_policy_findings().items():
            call.policy_note = "\n".join(finding.sentences)
            call.policy_mode = finding.sentences and finding.mode

    def write(self, vals):
        """Ask again about calls whose number, person or direction changes.

        Once the right party is verified, who was dialled is beyond doubt.
        """
        if not CALLEE_FIELDS & vals.keys():
            return super().write(vals)
        asked = self.filtered(
            lambda c: c.state == "ongoing" and c.policy_date and not c.verified_by
        )
        before = {call: call._get_called() for call in asked}
        result = super().write(vals)
        changed = asked.filtered(lambda call: call._get_called() != before[call])
        changed._write_closed({"policy_date": False})
        return result

    def _get_called(self):
        self.ensure_one()
        return [self[name] for name in CALLEE_FIELDS]

    def _get_breaches(self, moment=None):
        """What the contact policy has against this call.

        :param datetime moment: naive, in UTC; by default when the call started
        :return: list of sentences in the user's language, the last of which says when
            a call is allowed; empty if nothing is against it
        """
        self.ensure_one()
        finding = self._get_policy_findings(moment).get(self)
        return list(finding.sentences) if finding else []

    def _get_policy_findings(self, moment=None):
        """What the contact policies say to these calls, as far as we call.

        :param datetime moment: naive, in UTC; by default when each call started
        :return: {call: finding}
        """
        findings = {}
        ours = self.filtered(lambda c: c.direction == "outgoing" and c.partner_id)
        for (company, when), calls in ours.grouped(
            lambda call: (
                call.company_id or call.env.company,
                moment or call.date_start or fields.Datetime.now(),
            )
        ).items():
            found = self.env["collection.contact.policy"]._get_findings(
                company, [call._get_callee() for call in calls], when
            )
            findings.update(zip(calls, found, strict=True))
        return findings

    def _get_callee(self):
        self.ensure_one()
        return Callee(self.partner_id, self._get_person(), self.phone)

    def _get_undialled(self):
        """Calls that haven't been held against the policy yet."""
        return self.filtered(lambda c: c.state == "ongoing" and not c.policy_date)

    def _check_dialling(self):
        """Hold calls that are about to be dialled against the contact policy.

        Whoever goes back to prepare another call is asked again, unless the right
        person is on the line already.
        """
        talking = self.filtered(lambda call: call.policy_date and call.verified_by)
        (self - talking)._check_policy(fields.Datetime.now())
        ours = self.filtered(lambda call: call.direction == "outgoing")
        ours._write_closed({"is_dialled": True})

    def _check_policy(self, moment=None):
        """Keep on the calls what the contact policy has against them.

        :param datetime moment: naive, in UTC; by default when each call started
        :raise UserError: if the policy blocks a call and the user is no manager
        :raise ValidationError: if there is no reason to call nevertheless
        """
        for call, finding in self._get_policy_findings(moment).items():
            if finding.sentences:
                call._check_override(finding)
            call._keep_breaches(finding.sentences)

    def _is_shut(self, is_blocked):
        """Whether the number isn't to be dialled yet, though the user is about to.

        :param bool is_blocked: only a manager may call nevertheless
        """
        self.ensure_one()
        is_told = (self.policy_override_reason or "").strip()
        return not is_told or (is_blocked and not self._is_manager())

    def _note_breaches(self):
        """Keep what was against calls that come in as held already.

        Refusing them would not undo them: whoever reads the report hears of them.
        """
        for call, finding in self._get_policy_findings().items():
            call._keep_breaches(finding.sentences)

    def _check_override(self, finding):
        breaches = {
            "policy": finding.policy.name
            if finding.policy and not finding.is_asked
            else self.env._("What the debtor asked for"),
            "breaches": "\n".join(f"- {text}" for text in finding.sentences),
        }
        if finding.mode == "block" and not self._is_manager():
            raise UserError(
                self.env._(
                    "“%(policy)s” blocks this call:\n%(breaches)s\n\nOnly a collection"
                    " manager may call nevertheless. Ask yours, or call later: what you"
                    " typed is kept.",
                    **breaches,
                )
            )
        if not (self.policy_override_reason or "").strip():
            raise ValidationError(
                self.env._(
                    "“%(policy)s” is against this call:\n%(breaches)s\n\nSay why you"
                    " call nevertheless (“Reason to Call Nevertheless”), or call later:"
                    " what you typed is kept.",
                    **breaches,
                )
            )

    def _check_override_is_told(self):
        """Check that whoever called against the policy still says why.

        :raise ValidationError: if the reason was taken out after dialling
        """
        for call in self.filtered("policy_breaches"):
            if not (call.policy_override_reason or "").strip():
                raise ValidationError(
                    self.env._(
                        "You called against the contact policy:\n%(breaches)s\n\nSay"
                        " why (“Reason to Call Nevertheless”) before you close the"
                        " call.",
                        breaches=call.policy_breaches,
                    )
                )

    def _keep_breaches(self, sentences):
        """Add to the evidence; what was against an earlier attempt to dial stays."""
        self.ensure_one()
        kept = (self.policy_breaches or "").splitlines()
        lines = dict.fromkeys([*kept, *sentences])
        self._write_closed(
            {
                "policy_breaches": "\n".join(lines) or False,
                "policy_date": fields.Datetime.now(),
            }
        )
