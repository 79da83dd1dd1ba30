from odoo import api, fields, models
from odoo.fields import Domain

from ...engine import bounds
from ...engine.contact_gate import NEVER_CALLED
from ...engine.next_call import PLANNED

CANDIDATES = 20  # looked at together


class CollectionCase(models.Model):
    """Working through the call list, one debtor after the other.

    Nothing of it is stored: what is done and what is left follows from the calls and
    the list, so that a session can be left and resumed at any time. While a collector
    holds a call with a debtor, nobody else is handed that case.
    """

    _inherit = "collection.case"

    is_left_today = fields.Boolean(
        string="Left for Me Today",
        compute="_compute_work",
        search="_search_is_left_today",
        help="The next call with this debtor is to be held today, and by you: the case"
        " is yours, or nobody's.",
    )
    is_to_call_today = fields.Boolean(
        compute="_compute_work",
        search="_search_is_to_call_today",
        help="The next call is to be held today, whoever has the case.",
    )
    is_called_today = fields.Boolean(
        string="Called by Me Today",
        compute="_compute_work",
        search="_search_is_called_today",
        help="You closed a call with this debtor today.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_work(self):
        mine = Domain("id", "in", self.ids)
        left = self.search(mine & self._get_my_work_domain())
        of_all = self.search(mine & self._get_work_domain())
        called = self.search(mine & self._get_my_called_domain())
        for case in self:
            case.is_left_today = case in left
            case.is_to_call_today = case in of_all
            case.is_called_today = case in called

    def _search_is_left_today(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_my_work_domain()

    def _search_is_to_call_today(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_work_domain()

    def _search_is_called_today(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_my_called_domain()

    @api.model
    def action_start_calling(self):
        """Open the call that the user left today, else the next one of the list.

        :raise AccessError: if the user doesn't collect
        """
        self.browse().check_access("write")
        ongoing = self.env["collection.call"].search(
            self._get_my_calls_domain() & Domain("state", "=", "ongoing"),
            order="id",
            limit=1,
        )
        if ongoing:
            return self._open_in_session(ongoing)
        return self._start_next_call() or self._get_finished_action()

    @api.model
    def action_call_next(self, skipped_ids=()):
        """Go on with the session: open the next call, or go back to the list.

        :param skipped_ids: cases that the user doesn't want to call now
        :raise AccessError: if the user doesn't collect
        """
        self.browse().check_access("write")
        if not isinstance(skipped_ids, (list, tuple)):
            skipped_ids = ()
        skipped_ids = list(filter(bounds.is_id, skipped_ids))
        action = self._start_next_call(skipped_ids)
        if not action:
            action = self._get_finished_action(skipped_ids)
            leave = {"type": "ir.actions.client", "tag": "collection_calls.leave"}
            action["params"]["next"] = leave
        return action

    @api.model
    def get_calling_progress(self):
        """How far the user is today, in the companies that are switched on.

        :return: numbers of cases, ``done`` (called today) and ``left`` (to call)
        :rtype: dict
        """
        return {
            "done": self.search_count(self._get_my_called_domain()),
            "left": self.search_count(self._get_my_work_domain()),
        }

    @api.model
    def _start_next_call(self, skipped_ids=()):
        """The five steps with the first debtor to call; nothing if there is none."""
        case = self._take_next(skipped_ids)
        if not case:
            return None
        debtor = case.partner_id
        # Whose case it becomes is settled when the call is closed.
        calls = self.env["collection.call"].with_context(
            collection_leave_unassigned=True
        )
        call = calls._start(
            debtor,
            case.company_id,
            contact=debtor._get_collection_callee_person(case.company_id),
        )
        return self._open_in_session(call, skipped_ids)

    @api.model
    def _open_in_session(self, call, skipped_ids=()):
        session = {
            "is_session": True,
            "skipped_ids": list(skipped_ids),
            "progress": self.env._(
                "Done today: %(done)s · Left: %(left)s", **self.get_calling_progress()
            ),
        }
        return call._open_wizard(session)

    @api.model
    def _take_next(self, skipped_ids=()):
        """The most urgent case that may be called now, taken so that no other gets it.

        :return: one case, or none
        """
        todo = self._get_todo(skipped_ids)
        for start in range(0, len(todo), CANDIDATES):
            batch = todo[start : start + CANDIDATES]
            taken = batch._filter_callable().try_lock_for_update(limit=1)
            if taken:
                # Whoever is handed the same one at this moment is run again by Odoo.
                taken._serialize()
                return taken
        return self.browse()

    @api.model
    def _get_todo(self, skipped_ids):
        """The user's work, the most urgent first; last who was called today already.

        Nobody speaks for one company, then for another one, then for the first again:
        the company of the last call comes first.
        """
        work = self._get_my_work_domain() & Domain("id", "not in", list(skipped_ids))
        again = self._get_called_today_domain()
        here = self._get_last_company_domain()
        order = "priority DESC, next_call_date, id"
        return self.concat(
            *(
                self.search(work & where & when, order=order)
                for where in (here, ~here)
                for when in (~again, again)
            )
        )

    @api.model
    def _get_last_company_domain(self):
        """Cases of the company that the user called for last today; else all."""
        if len(self.env.companies) < 2:
            return Domain.TRUE
        calls = self.env["collection.call"]
        last = calls.search(self._get_my_calls_domain(), limit=1)
        return Domain("company_id", "=", last.company_id.id) if last else Domain.TRUE

    def _filter_callable(self):
        """Those against whose call neither the contact policy nor the hour is."""
        waiting = self._get_waiting_for_their_hour()
        return self.filtered(lambda case: not case.policy_note and case not in waiting)

    def _get_waiting_for_their_hour(self):
        """Cases of debtors who asked for a call later today.

        Who named no hour isn't called again within the next one.
        """
        calls = self.env["collection.call"]
        planned = (
            Domain("case_id", "in", self.ids)
            & Domain("state", "=", "done")
            & Domain("next_activity_id.active", "=", True)
        )
        now = fields.Datetime.now()
        todays = calls.search(planned & self._get_today_domain())
        agreed = calls.search(planned & Domain("next_call_time", ">", 0)) - todays
        waiting = (todays | agreed._filter_agreed_for_today()).filtered(
            lambda call: now < call._get_earliest_next_call()
        )
        return waiting.case_id

    @api.model
    def _get_my_work_domain(self):
        """Cases to call today that are the user's, or nobody's yet."""
        # sudo: whoever is on the line with a debtor, the case is taken.
        calls_sudo = self.env["collection.call"].sudo()
        others = calls_sudo._search(
            calls_sudo._get_held_domain() & Domain("user_id", "!=", self.env.uid)
        )
        return (
            self._get_work_domain()
            & Domain("user_id", "in", [self.env.uid, False])
            & Domain("id", "not in", others.subselect("case_id"))
        )

    @api.model
    def _get_work_domain(self):
        """Cases to call today, whosever they are.

        Whom nobody can call waits for a number, and who has paid isn't called, whatever
        was planned. Who was called today is called again only if that was agreed.
        """
        return (
            self._get_due_domain()
            & self._get_callable_domain()
            & (
                ~self._get_called_today_domain()
                | Domain("next_call_code", "=", PLANNED)
            )
        )

    @api.model
    def _get_callable_domain(self):
        """Cases of debtors who have a number that may ring, if one waits long enough,
        or whose representative has one."""
        of_their_own = Domain("phone_problem", "=", False)
        of_others = Domain("phone_problem", "!=", "wrong")
        return (of_their_own & ~self._get_never_called_domain()) | (
            of_others & self._get_spoken_for_domain()
        )

    @api.model
    def _get_never_called_domain(self):
        """Cases of debtors whom nobody may call, however long one waits."""
        gate = self.env["collection.contact.gate"]
        return Domain.OR(
            Domain("company_id", "=", company.id)
            & gate._get_debtors_domain(company, "partner_id", NEVER_CALLED)
            for company in self.env.companies
        )

    @api.model
    def _get_spoken_for_domain(self):
        """Cases of debtors in whose stead a representative is called."""
        gate = self.env["collection.contact.gate"]
        return Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("partner_id", "in", gate._get_spoken_for(company).ids)
            for company in self.env.companies
        )

    @api.model
    def _get_due_domain(self):
        """Cases to call today, on the calendar of each company."""
        is_due = Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("next_call_date", "<=", company._get_collection_today())
            for company in self.env.companies
        )
        return is_due & Domain("situation", "!=", "closed")

    @api.model
    def _get_called_today_domain(self):
        """Whose phone rang today: whoever has a wrong number hasn't been called yet."""
        calls_sudo = self.env["collection.call"].sudo()
        called = calls_sudo._search(
            self._get_today_domain()
            & Domain("state", "=", "done")
            & Domain("outcome_id.is_wrong_number", "=", False)
        )
        return Domain("id", "in", called.subselect("case_id"))

    @api.model
    def _get_my_called_domain(self):
        """Cases with which the user closed a call today."""
        done = self._get_my_calls_domain() & Domain("state", "=", "done")
        calls = self.env["collection.call"]._search(done)
        return Domain("id", "in", calls.subselect("case_id"))

    @api.model
    def _get_my_calls_domain(self):
        return self._get_today_domain() & Domain("user_id", "=", self.env.uid)

    @api.model
    def _get_today_domain(self):
        """Calls of today, on the calendar of each company."""
        return Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("date_start", ">=", company._get_collection_midnight())
            for company in self.env.companies
        )

    @api.model
    def _get_finished_action(self, skipped_ids=()):
        """Say why there is nobody to call."""
        waiting = self._get_todo(skipped_ids)
        if waiting:
            message = self.env._(
                "Now is not the time to call the others: %(count)s are left. The list"
                " says when each may be called.",
                count=len(waiting),
            )
        elif skipped_ids:
            message = self.env._(
                "That was the last one. Skipped: %(count)s.", count=len(skipped_ids)
            )
        else:
            message = self.env._("Nobody is left to call today.")
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"type": "info", "message": message},
        }
