from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ...engine import bounds
from ..groups import COLLECTORS

HOLDS = [
    ("hardship", "Hardship"),
    ("legal", "Legal Proceedings"),
    ("other", "Other"),
]


class CollectionCase(models.Model):
    """What collectors decide about cases: not now, not at all, or somebody else.

    Whatever it is, the reason stays in the chatter of the case.
    """

    _inherit = "collection.case"

    hold = fields.Selection(
        HOLDS,
        string="On Hold",
        copy=False,
        tracking=True,
        groups=COLLECTORS,
        help="As long as the debtor is on hold, nobody is asked to call, no installment"
        " plan of theirs falls due at once and no notice is sent.",
    )
    hold_reason = fields.Char(
        copy=False, groups=COLLECTORS, help="Why the debtor is on hold."
    )

    @api.constrains("hold", "hold_reason")
    def _check_hold_reason(self):
        for case in self:
            if bool(case.hold) != bool((case.hold_reason or "").strip()):
                raise ValidationError(
                    self.env._(
                        "%(debtor)s can't be on hold without a reason, nor keep it"
                        " afterwards. Use “Put on Hold” and “Release”, which ask why.",
                        debtor=case.display_name,
                    )
                )

    def write(self, vals):
        result = super().write(vals)
        if vals.get("hold"):
            for reason, cases in self.grouped("hold_reason").items():
                cases._note(self.env._("On hold: %(reason)s", reason=reason))
        return result

    def action_include_left_out(self):
        """Follow up on what is left out of these debtors: opening balances, mostly.

        :raise AccessError: if the user may not write the cases
        """
        self.check_access("write")
        items_sudo = self.env["account.move.line"].sudo()
        for case in self:
            items_sudo.search(
                items_sudo._get_collection_left_out_domain(case.company_id)
                & Domain("partner_id.commercial_partner_id", "=", case.partner_id.id)
            )._include_in_collections()
        return True

    def action_snooze(self, day, reason):
        """Call these debtors on a later day, instead of what was planned.

        :param date day: on the company's calendar
        :raise UserError: if nothing is overdue, or a later day is planned already
        :raise ValidationError: if the day is not to come, or there is no reason
        """
        reason = self._check_reason(reason)
        day = day and self._read_day(day)
        for company in self.company_id:
            if not day or day <= company._get_collection_today():
                raise ValidationError(
                    self.env._("Choose a day to come on which to call again.")
                )
        self._check_snooze(day)
        callers = self.grouped(lambda case: case._get_caller(self.env.user))
        self._get_call_activities().unlink()
        for caller, cases in callers.items():
            cases._schedule_call(day, caller, reason)
        self._note(
            self.env._(
                "Not to be called before %(day)s: %(reason)s",
                day=format_date(self.env, day),
                reason=reason,
            )
        )
        return True

    def _check_snooze(self, day):
        """Check that a call is put off and not brought forward.

        :raise UserError: if it would be, or if there is nothing to call about
        """
        for case in self.filtered(lambda case: case.situation == "closed"):
            raise UserError(
                self.env._(
                    "Nothing is overdue at %(debtor)s: there is no call to put off.",
                    debtor=case.display_name,
                )
            )
        planned = self._get_call_activities()
        for activity in planned.filtered(lambda call: call.date_deadline > day):
            raise UserError(
                self.env._(
                    "%(debtor)s is to be called on %(day)s already, which is later."
                    " Choose a day after it, or leave that case out.",
                    debtor=self.browse(activity.res_id).display_name,
                    day=format_date(self.env, activity.date_deadline),
                )
            )

    def action_hold(self, hold, reason):
        """Have nobody press these debtors until they are released.

        :param str hold: one of the values of the field ``hold``
        :raise UserError: if one is on hold already
        :raise ValidationError: if there is no reason
        """
        reason = self._check_reason(reason)
        if hold not in [code for code, _label in HOLDS]:
            raise ValidationError(self.env._("Choose what the debtor is on hold for."))
        for case in self.filtered("hold"):
            raise UserError(
                self.env._("%(debtor)s is on hold already.", debtor=case.display_name)
            )
        return self.write({"hold": hold, "hold_reason": reason})

    def action_release(self, reason):
        """Call these debtors again.

        :raise UserError: if one isn't on hold
        :raise ValidationError: if there is no reason
        """
        reason = self._check_reason(reason)
        for case in self.filtered(lambda case: not case.hold):
            raise UserError(
                self.env._("%(debtor)s is not on hold.", debtor=case.display_name)
            )
        self.write({"hold": False, "hold_reason": False})
        self._note(self.env._("Released: %(reason)s", reason=reason))
        return True

    def action_reassign(self, user, reason):
        """Hand these cases over, and the calls that are planned with them.

        :param user: the new collector, or the id
        :raise ValidationError: if that user is no collector with access to the company,
            or there is no reason
        """
        reason = self._check_reason(reason)
        users = self.env["res.users"]
        if not isinstance(user, models.BaseModel):
            user = users.browse(user if bounds.is_id(user) else None).exists()
        self._check_collector(user)
        self.write({"user_id": user.id})
        self._get_call_activities().write({"user_id": user.id})
        self._note(
            self.env._(
                "Handed over to %(user)s: %(reason)s", user=user.name, reason=reason
            )
        )
        return True

    def _check_collector(self, user):
        """Check that somebody may hold calls about these cases.

        :raise ValidationError: if not
        """
        for company in self.company_id:
            if not self._can_collect(user, company):
                raise ValidationError(
                    self.env._(
                        "%(user)s can't collect in %(company)s. Choose a collector who"
                        " has access to it.",
                        user=user.name or self.env._("Nobody"),
                        company=company.name,
                    )
                )

    @api.model
    def _can_collect(self, user, company):
        """Whether somebody may hold calls about debts to a company."""
        # sudo: collectors may not read other users' groups and companies.
        user_sudo = user.sudo()
        return (
            user_sudo.active
            and company in user_sudo.company_ids
            and user_sudo.has_group(COLLECTORS)
        )

    def _check_reason(self, reason):
        """:return: the reason without blanks around it"""
        refusal = self.env._("Say why. It stays with the case.")
        return self._read_reason(reason, refusal, ValidationError)

    def _note(self, text):
        """Keep a sentence in the chatter of these cases."""
        self._message_log_batch(bodies=dict.fromkeys(self.ids, text))
