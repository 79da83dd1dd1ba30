from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ...engine import promise as engine
from .collection_promise_limit import CONFIRM_ACTIVITY
from .evaluation import CHECK_ACTIVITY


class CollectionPromiseWithdrawal(models.AbstractModel):
    """Promises that were recorded by mistake stay visible and count for nothing."""

    _name = "collection.promise.withdrawal"
    _description = "Withdrawal of Promises"

    is_withdrawn = fields.Boolean(
        string="Recorded by Mistake",
        readonly=True,
        copy=False,
        help="A manager has taken it back: it is never judged again.",
    )

    def action_void(self, reason):
        """Take back promises that were recorded by mistake.

        :param str reason: goes into the chatter
        :raise AccessError: if the user is no manager
        :raise UserError: if there is no reason
        """
        if not self.env["collection.call"]._is_manager():
            raise AccessError(
                self.env._("Only a collection manager may void a promise. Ask yours.")
            )
        if not (reason or "").strip():
            raise UserError(self.env._("Say why the promise is void."))
        self.check_access("write")
        return self._void(reason)

    def _void(self, reason):
        """Take promises back, whoever asks: older ones on their claims stand again.

        :param str reason: goes into the chatter
        """
        # sudo: users don't write a verdict; nor need they see the older promises.
        promises_sudo = self.sudo().filtered(lambda promise: not promise.is_withdrawn)
        lines_sudo = promises_sudo.line_ids
        older_sudo = lines_sudo._release()
        lines_sudo.write(
            {
                "state": engine.VOID,
                "superseded_by_id": False,
                "superseded_by_plan_id": False,
            }
        )
        promises_sudo.write(
            {
                "is_withdrawn": True,
                "state": engine.VOID,
                "amount_due": 0,
                "amount_paid": 0,
                "needs_confirmation": False,
                "is_stale": False,
            }
        )
        promises_sudo.activity_unlink([CHECK_ACTIVITY, CONFIRM_ACTIVITY])
        promises_sudo.next_activity_id.filtered("active").unlink()
        for promise_sudo in promises_sudo:
            promise_sudo.message_post(
                body=self.env._("Recorded by mistake: %(reason)s", reason=reason)
            )
        older_sudo._stand_again()
        lines_sudo.move_id._update_collection_protection()
        return True
