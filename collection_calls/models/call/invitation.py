from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...engine.contact_gate import EMAIL
from ..groups import COLLECTORS
from .commitments import COMMITTING

AGREED = (*COMMITTING, "plan")  # solutions that a link may show
SHOWN_PLANS = ("offered", "active", "notice")
BUS = "collection_calls.page"  # type of the bus messages; they tell no debt data
TWICE = timedelta(seconds=30)  # a second click on the button is the first one


class CollectionCall(models.Model):
    """What is agreed, on the debtor's screen while the call goes on.

    Sending the link makes promises and an offered plan of what is noted, as closing the
    call would: the debtor sees what they will be bound by. Closing the call lets the
    plan run, signed or not. Until the debtor has signed, all of it can be taken back.
    """

    _inherit = "collection.call"

    link_ids = fields.One2many("collection.link", "call_id", string="Links Sent")
    has_link = fields.Boolean(
        compute="_compute_has_link",
        help="The debtor has, or had, what was agreed on their screen: to agree on"
        " something else, it is taken back first.",
    )
    link_status = fields.Json(
        string="Debtor's Page", compute="_compute_link_status", groups=COLLECTORS
    )

    @api.depends("link_ids.is_taken_back")
    def _compute_has_link(self):
        for call in self:
            call.has_link = bool(call._get_current_link())

    @api.depends("link_ids.state")
    @api.depends_context("lang", "tz")
    def _compute_link_status(self):
        for call in self:
            link = call._get_current_link()
            call.link_status = link and link._get_status()

    # ------------------------------------------------------------------- actions

    def action_send_link(self):
        """Send the debtor a link to what was just agreed; it works while you talk.

        Where nothing is agreed, it leads to what is overdue: there they propose a day
        or installments, or object.

        :raise UserError: if there is neither, or nobody may be written to
        """
        return self._send_link(EMAIL)

    def action_take_back_link(self):
        """Take back what the link shows, so that something else can be agreed on.

        :raise UserError: if the debtor has accepted it already
        """
        self.ensure_one()
        self.check_access("write")
        self._check_open_to_edits()
        self.lock_for_update(allow_referencing=True)
        link = self._get_current_link()
        if not link:
            return True
        if link._is_accepted():
            raise UserError(
                self.env._(
                    "The debtor has accepted this already. Close the call; a manager"
                    " can cancel what was agreed."
                )
            )
        reason = self.env._("Taken back in %(call)s.", call=self.name)
        self._withdraw_offers(reason)
        self._withdraw_promises(reason)
        link._take_back()
        return True

    def _send_link(self, channel):
        """:param str channel: one of those of ``collection.link``"""
        self.ensure_one()
        self.check_access("write")
        self._check_open_to_edits()
        self.lock_for_update(allow_referencing=True)  # two clicks are one e-mail
        link = self._get_current_link()
        since = fields.Datetime.now() - TWICE
        is_twice = link and link._is_alive() and link.date_sent > since
        if not is_twice or link.channel != channel:
            self._check_sendable()
            self._put_on_page()
            link = self.env["collection.link"]._invite(self, channel).sudo(False)
            self._note(link._say_sent())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The link is on its way to %(address)s. It asks for the postcode or"
                    " the customer number.",
                    address=link.address,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _check_sendable(self):
        """Check that there is something to agree to, or to answer.

        :raise UserError: if not; the message says what to do
        """
        if not self.right_party_verified:
            raise UserError(
                self.env._("Verify the person first: the page shows what they owe.")
            )
        self._check_solution()
        noted = self._get_promised_claims() or self._is_plan_noted()
        shown = self._get_shown_plans() or self._get_shown_promises()
        is_committing = self.outcome_id.solution in AGREED
        owed = not is_committing and self.case_id._get_open_claims()
        if not (noted or shown or owed):
            raise UserError(
                self.env._(
                    "There is nothing to sign yet: choose a promise or installments,"
                    " and fill in what was agreed."
                )
            )

    def _check_not_declined(self):
        """Check that nothing is closed as agreed that the debtor has just declined.

        :raise ValidationError: if it was declined on the page
        """
        link = self._get_current_link()
        is_agreed = self.outcome_id.solution in AGREED
        if is_agreed and link and link._is_declined():
            raise ValidationError(
                self.env._(
                    "The debtor has declined this on the page. Click “Take It Back”,"
                    " and agree on something else or choose another outcome."
                )
            )

    def _put_on_page(self):
        """Make of what is noted what the debtor can accept; the call goes on."""
        self._make_promises()
        if self._is_plan_noted():
            self._create_plan()._offer()

    # --------------------------------------------------------------- what is shown

    def _get_current_link(self):
        """The last link, unless what it shows was taken back; may be over."""
        self.ensure_one()
        link = self.link_ids.sorted("id")[-1:]
        return link.filtered(lambda link: not link.is_taken_back)

    def _get_made_plans(self):
        """Plans of this call, but for those that were taken back with their link."""
        # sudo: what was taken back isn't agreed, whoever asks.
        gone_sudo = self.sudo().link_ids.filtered("is_taken_back")
        return self.plan_ids - gone_sudo.plan_ids

    def _get_made_promises(self):
        """Promises of this call, but for those that were taken back with their link."""
        # sudo: what was taken back isn't agreed, whoever asks.
        gone_sudo = self.sudo().link_ids.filtered("is_taken_back")
        return self.promise_ids - gone_sudo.promise_ids

    def _get_shown_plans(self):
        return self._get_made_plans().filtered(lambda plan: plan.state in SHOWN_PLANS)

    def _get_shown_promises(self):
        return self._get_made_promises().filtered(
            lambda promise: not (promise.is_withdrawn or promise.is_judged)
        )

    def _withdraw_offers(self, reason):
        """Take back the offers of this call that the debtor hasn't accepted.

        :param str reason: why
        """
        plans = self.link_ids.plan_ids & self._get_made_plans()
        # sudo: an offer is cancelled by those who may; here it is whoever has made it
        # in this call, a minute ago.
        plans.filtered(lambda plan: plan.state == "offered").sudo()._cancel(reason)

    def _withdraw_promises(self, reason):
        """Take back the promises on the page that the debtor hasn't accepted.

        :param str reason: why
        """
        promises = self.link_ids.promise_ids & self._get_made_promises()
        promises.filtered(lambda each: not each._is_accepted_on_page())._void(reason)

    def _settle_shown(self):
        """Closing the call: what was offered in it runs; what came to nothing ends."""
        for call in self:
            solution = call.outcome_id.solution
            reason = self.env._(
                "%(call)s ended otherwise: %(outcome)s.",
                call=call.name,
                outcome=call.outcome_id.name,
            )
            if solution == "plan":
                plans = call.link_ids.plan_ids & call._get_made_plans()
                plans.filtered(lambda plan: plan.state == "offered").action_activate()
            else:
                call._withdraw_offers(reason)
            if solution not in AGREED:
                call._withdraw_promises(reason)

    def _tell_page_event(self, kind):
        """Tell the collector's browser that something happened on the debtor's page."""
        for call in self:
            call.user_id._bus_send(BUS, {"call_id": call.id, "kind": kind})
