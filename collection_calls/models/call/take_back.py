from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from ..groups import COLLECTORS

UNDO_SECONDS = 10  # as long as the notification is there
LATENCY = 20  # a slow line is no reason to refuse

# What the call that goes on takes along.
CARRIED = ("contact_id", "phone", "direction", "date_start", "step", "statement")
CARRIED_FACTS = (
    "is_dialled",
    "policy_date",
    "policy_breaches",
    "occasion",
)


class CollectionCall(models.Model):
    """A second chance: a slip closed the call while somebody was still talking.

    Nothing is taken out of evidence. The call that was closed stays, cancelled by
    whoever closed it, with the reason; its seal says so. Another one goes on where it
    was. That is only for calls of which nobody has heard: who spoke to the right
    person, or noted what the debtor asked for, asks a manager.
    """

    _inherit = "collection.call"

    date_closed = fields.Datetime(
        string="Closed On", readonly=True, copy=False, help="When the call was closed."
    )
    settled_to_dos = fields.Json(
        readonly=True,
        copy=False,
        groups=COLLECTORS,
        help="What closing the call did to planned calls: ids of those done, and of"
        " those that were moved with the day before.",
    )

    def _close(self):
        result = super()._close()
        for call in self:
            call._write_closed({"date_closed": fields.Datetime.now()})
        return result

    def action_take_back(self, is_session=False, skipped_ids=()):
        """Go on with a call that was closed by a slip a moment ago.

        :param bool is_session: whether the next debtor is called afterwards
        :param skipped_ids: cases that are left out in this session
        :return: the action that opens the five steps where they were
        :raise UserError: if it is too late, or somebody heard of it already
        """
        self.ensure_one()
        self.check_access("write")
        if not self._can_be_taken_back():
            raise UserError(
                self.env._(
                    "%(call)s can't be taken back any more: that is possible for a few"
                    " seconds, by whoever closed it, and only where nothing was agreed"
                    " or sent. Ask a manager to cancel it, and log another call.",
                    call=self.name,
                )
            )
        self._restore_to_dos()
        vals = {name: self[name] for name in CARRIED}
        vals["contact_id"] = self.contact_id.id
        again = self.create(
            {
                **vals,
                "partner_id": self.partner_id.id,
                "company_id": self.company_id.id,
                "policy_override_reason": self.policy_override_reason,
            }
        )
        again._add_claims(self.claim_ids.move_line_id)
        again._write_closed({name: self[name] for name in CARRIED_FACTS})
        reason = self.env._("Closed by a slip; it goes on as %(call)s", call=again.name)
        self._write_closed({"state": "cancelled", "cancel_reason": reason})
        cases = self.env["collection.case"]
        cases._refresh(self.partner_id)  # what is left today is told with it
        if is_session:
            return cases._open_in_session(again, skipped_ids or ())
        return again._open_wizard({})

    def _can_be_taken_back(self):
        """Whether nobody has heard of the call but the one who closed it just now."""
        self.ensure_one()
        if self.state != "done" or self.user_id != self.env.user:
            return False
        latest = fields.Datetime.now() - timedelta(seconds=UNDO_SECONDS + LATENCY)
        if not self.date_closed or self.date_closed < latest:
            return False
        is_heard = self.right_party_verified or self.confirmation_state
        return not (is_heard or self.outcome_id.right_kind or self._has_commitments())

    def _settle_to_dos(self, done, moved, day):
        """Note what was done with planned calls, to be able to take it back.

        :param done: to-dos that this call has done
        :param moved: to-dos that move along to the next call
        :param day: of the next call; None where none is planned
        """
        self.ensure_one()
        before = [[to_do.id, to_do.date_deadline.isoformat()] for to_do in moved]
        if done or before:
            self._write_closed({"settled_to_dos": {"done": done.ids, "moved": before}})
        if done:
            done.action_feedback(feedback=self.name)
        if day:
            moved.date_deadline = day

    def _restore_to_dos(self):
        """Plan again what this call settled, and drop what it planned."""
        # sudo: to-dos of colleagues were settled, too.
        self._get_own_next_activities().sudo().filtered("active").unlink()
        settled = self.settled_to_dos or {}
        to_dos_sudo = self.env["mail.activity"].sudo().with_context(active_test=False)
        done_sudo = to_dos_sudo.browse(settled.get("done", ())).exists()
        done_sudo.write({"active": True, "date_done": False})
        for to_do_id, day in settled.get("moved", ()):
            to_dos_sudo.browse(to_do_id).exists().date_deadline = day
