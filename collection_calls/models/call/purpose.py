from dataclasses import dataclass

from odoo import models
from odoo.fields import Domain
from odoo.tools import format_date

from ...engine.acceleration import ACCELERATED, ACTIVE, NOTICE
from ...engine.promise import FAILED, SUPERSEDED

RUNNING = (ACTIVE, NOTICE, ACCELERATED)


@dataclass
class PurposeLine:
    """One line of the bar: what it is about, and what is told at first sight.

    ``more`` are the sentences that a click adds; ``tone`` is a colour of Bootstrap's,
    or empty.
    """

    label: str
    text: str
    more: tuple[str, ...] = ()
    tone: str = ""


class CollectionDossier(models.AbstractModel):
    """Why this debtor is called, and what stands between us, in five lines.

    A case tells it on its form, a call in each of its steps; both from what is true
    now.
    """

    _inherit = "collection.dossier"

    def _render_purpose(self):
        """:return: HTML in the language of the collector"""
        self.ensure_one()
        return self.env["ir.qweb"]._render(
            "collection_calls.call_purpose", {"lines": self._get_purpose()}
        )

    def _get_purpose(self):
        """:return: list of :class:`PurposeLine`, of what there is"""
        self.ensure_one()
        lines = [
            self._get_purpose_reason(),
            self._get_purpose_promise(),
            self._get_purpose_plan(),
            self._get_purpose_dispute(),
            self._get_purpose_rights(),
            self._get_purpose_last(),
        ]
        return [line for line in lines if line]

    def _get_purpose_domain(self):
        return Domain(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
            ]
        )

    def _get_purpose_case(self):
        """The case of the debtor whom this is about."""
        return self.env["collection.case"].search(self._get_purpose_domain())

    def _get_purpose_reason(self):
        """What there is to do, the most urgent first; else what the list says."""
        case = self._get_purpose_case()
        todos = case._get_call_activities().sorted("date_deadline")
        said = todos._say_collection_summaries().values()
        told = list(dict.fromkeys(filter(None, said)))
        told = told or [case.next_call_reason]
        if not told[0]:
            return None
        return PurposeLine(self.env._("Why"), told[0], tuple(told[1:]))

    def _get_purpose_promise(self):
        """The last word of the debtor, and what became of it; others after a click."""
        promises = self.env["collection.promise"].search(
            self._get_purpose_domain() & Domain("state", "!=", SUPERSEDED),
            order="date_made desc, id desc",
            limit=3,
        )
        if not promises:
            return None
        last, *others = promises
        return PurposeLine(
            self.env._("Promised"),
            last._tell_fate(),
            tuple(promise._tell_fate() for promise in others),
            "danger" if last.state in FAILED else "",
        )

    def _get_purpose_plan(self):
        plans = self.env["collection.plan"].search(
            self._get_purpose_domain() & Domain("state", "in", RUNNING)
        )
        if not plans:
            return None
        told = [plan._describe() for plan in plans]
        is_bad = any(plan.state != ACTIVE for plan in plans)
        return PurposeLine(
            self.env._("Plan"), told[0], tuple(told[1:]), "danger" if is_bad else ""
        )

    def _get_purpose_dispute(self):
        """Disputes that are open, and rejected ones of what is still owed."""
        disputes = self.env["collection.dispute"].search(
            self._get_purpose_domain()
            & Domain("state", "in", ["open", "rejected"])
            & Domain("move_id.amount_residual", ">", 0),
            order="state, date_opened desc, id desc",  # open comes before rejected
            limit=4,
        )
        if not disputes:
            return None
        told = [dispute._tell_standing() for dispute in disputes]
        said = [dispute.statement for dispute in disputes[:1] if dispute.statement]
        return PurposeLine(
            self.env._("Dispute"), told[0], (*said, *told[1:]), "warning"
        )

    def _get_purpose_rights(self):
        """All that they asked for at first sight; who noted it, and in which words, is
        there where one line has room for it, else after a click."""
        gate = self.env["collection.contact.gate"]
        found = gate._get_rights(self.company_id, self.partner_id)
        rights = [right.key for right in found[self.partner_id]]
        if not rights:
            return None
        told = [right._describe() for right in rights]
        if len(rights) == 1:
            return PurposeLine(self.env._("Rights"), told[0], tone="danger")
        short = " ".join(right._describe_wish() for right in rights)
        return PurposeLine(self.env._("Rights"), short, tuple(told), "danger")

    def _get_purpose_last(self):
        """The last conversation: what was said, in full, and what came of it.

        Where nobody was ever proven to be the right person, the last note.
        """
        calls = self.env["collection.call"]
        held = self._get_history_of_calls_domain()
        call = calls.search(held & Domain("right_party_verified", "=", True), limit=1)
        call = call or calls.search(held & Domain("statement", "!=", False), limit=1)
        if not call:
            return None
        said = (call.statement or "").strip()
        heard = [
            format_date(self.env, call._get_day()),
            call._get_person().name,
            call._get_label("outcome_id"),
            f"“{said}”" if said else None,
        ]
        return PurposeLine(
            self.env._("Last"),
            " · ".join(filter(None, heard)),
            (*call._tell_what_came(), self._tell_who_spoke(call)),
        )

    def _tell_who_spoke(self, call):
        return self.env._(
            "%(call)s, held by %(collector)s",
            call=call.name,
            collector=call.user_id.name,
        )


class CollectionCall(models.Model):
    """What came of a call, for whoever holds the next one."""

    _inherit = "collection.call"

    def _get_purpose_case(self):
        return self.case_id

    def _get_purpose_reason(self):
        """Who calls us says why; what we wanted comes after it."""
        line = super()._get_purpose_reason()
        if self.direction != "incoming":
            return line
        wanted = (line.text, *line.more) if line else ()
        return PurposeLine(self.env._("Why"), self.env._("They call us."), wanted)

    def _tell_what_came(self):
        """What was agreed in this call and what has become of it, in sentences."""
        self.ensure_one()
        return [
            *(promise._tell_fate() for promise in self.promise_ids),
            *(plan._tell_fate() for plan in self.plan_ids),
            *(dispute._tell_standing() for dispute in self.dispute_ids),
        ]


class CollectionPromise(models.Model):
    """A promise in one line: how much, for when, and what became of it."""

    _inherit = "collection.promise"

    def _tell_fate(self):
        self.ensure_one()
        values = {
            "amount": self.currency_id.format(self.amount),
            "paid": self.currency_id.format(self.amount_paid),
            "day": format_date(self.env, self.date_promised),
            "fate": dict(self._fields["state"]._description_selection(self.env))[
                self.state
            ],
        }
        if self.amount_paid and self.state != "kept":
            return self.env._(
                "%(amount)s for %(day)s · %(fate)s, %(paid)s came", **values
            )
        return self.env._("%(amount)s for %(day)s · %(fate)s", **values)


class CollectionPlan(models.Model):
    """A plan in one line, also once it is over."""

    _inherit = "collection.plan"

    def _tell_fate(self):
        self.ensure_one()
        if self.state in RUNNING:
            return self._describe()
        states = dict(self._fields["state"]._description_selection(self.env))
        return self.env._(
            "%(plan)s over %(amount)s · %(fate)s",
            plan=self.name,
            amount=self.currency_id.format(self.amount_total),
            fate=states[self.state],
        )


class CollectionDispute(models.Model):
    """A dispute in one line: how much, why, and what we said to it."""

    _inherit = "collection.dispute"

    def _tell_standing(self):
        self.ensure_one()
        if self.state == "open":
            return self._describe()
        return self.env._(
            "%(dispute)s about %(invoice)s · %(state)s on %(day)s: %(why)s",
            dispute=self.name,
            invoice=self.move_id.name,
            state=dict(self._fields["state"]._description_selection(self.env))[
                self.state
            ],
            day=format_date(self.env, self.date_closed),
            why=self.resolution or self._get_label("reason_id"),
        )
