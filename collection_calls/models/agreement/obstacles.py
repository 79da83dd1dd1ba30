from collections import defaultdict
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ...engine import contact_gate as gate
from .collection_agreement import KINDS

# Whatever the claims are.
WHOLE = (gate.HOLD, gate.INSOLVENCY, gate.UNREAD_ANSWER)


class Obstacles(NamedTuple):
    """Why nobody asks for what was agreed, at the moment.

    ``code`` is the first reason, empty if there is none. ``items`` are the journal
    items that nobody follows up, ``disputed`` is what is disputed of each invoice, by
    its id and in its currency; ``opposed`` are the invoices with an open dispute.
    """

    code: str = ""
    items: frozenset = frozenset()
    disputed: dict = {}
    opposed: frozenset = frozenset()


class CollectionAgreement(models.AbstractModel):
    """Nobody is pressed who must not be, and nobody loses time by it.

    A hold, an insolvency, Odoo's *Blocked*, a person's *no follow-up*, an open dispute
    and an answer that nobody has read yet stop every automatic step. The days that they
    last are given back.
    """

    _inherit = "collection.agreement"

    held_code = fields.Char(
        readonly=True, copy=False, help="Why nobody is asked for it at the moment."
    )
    date_held = fields.Date(
        string="Held Back Since",
        readonly=True,
        copy=False,
        help="Since when nobody is asked for it, on the company's calendar.",
    )
    held_note = fields.Char(compute="_compute_held_note")

    @api.depends("held_code", "date_held")
    @api.depends_context("lang")
    def _compute_held_note(self):
        for record in self:
            record.held_note = record.date_held and self.env._(
                "Nobody is asked for it since %(day)s: %(why)s The days are given"
                " back.",
                day=format_date(self.env, record.date_held),
                why=record._say_obstacle(record.held_code),
            )

    @api.model
    def _say_obstacle(self, code):
        """An obstacle in a sentence, in the environment's language."""
        return {
            gate.HOLD: self.env._("The debtor is on hold."),
            gate.INSOLVENCY: self.env._("The debtor is insolvent."),
            gate.BLOCKED: self.env._("An invoice is blocked."),
            gate.LEFT_OUT: self.env._("An invoice is excluded from follow-up."),
            gate.DISPUTE: self.env._("An open dispute is about these invoices."),
            gate.UNREAD_ANSWER: self.env._(
                "The debtor has answered, and nobody has read it yet."
            ),
        }.get(code, "")

    # --------------------------------------------------------------------- reading

    def _find_obstacles(self):
        """What stands in the way of these agreements, in a constant number of queries.

        :rtype: dict[models.Model, Obstacles]
        """
        if not self:
            return {}
        found = {}
        rows = {record: record.sudo()._get_claim_rows() for record in self}
        claims = self.sudo()._get_claim_rows()
        disputed, opposed = self._read_disputed(claims.move_id)
        for company, records in self.grouped("company_id").items():
            blocked, left_out = self._find_unfollowed(company, claims.move_line_id)
            held, insolvent, unread = records._read_stopped_debtors(company)
            for record in records:
                debtors = record._get_debtors()
                mine = rows[record].move_line_id
                moves = rows[record].move_id
                obstacles = Obstacles(
                    items=frozenset((mine & (blocked | left_out)).ids),
                    disputed={each: disputed.get(each, 0) for each in moves.ids},
                    opposed=frozenset(opposed.intersection(moves.ids)),
                )
                reasons = {
                    gate.HOLD: debtors & held,
                    gate.INSOLVENCY: debtors & insolvent,
                    gate.BLOCKED: mine & blocked,
                    gate.LEFT_OUT: mine & left_out,
                    gate.DISPUTE: record._is_opposed(obstacles),
                    gate.UNREAD_ANSWER: debtors & unread,
                }
                code = next((each for each in gate.OBSTACLES if reasons[each]), "")
                found[record] = obstacles._replace(code=code)
        return found

    def _is_opposed(self, obstacles):
        """Whether a dispute stands in the way."""
        return bool(obstacles.opposed) or any(obstacles.disputed.values())

    @api.model
    def _find_unfollowed(self, company, items_sudo):
        """Open items of a company among these that nobody follows up.

        :return: those whose invoices are blocked, and those that a person left out
        """
        blocked = Domain("move_id.payment_state", "=", "blocked")
        followed = items_sudo._get_collection_followed_domain(company)
        found_sudo = items_sudo.search(
            Domain("id", "in", items_sudo.ids)
            & Domain("company_id", "=", company.id)
            & Domain("reconciled", "=", False)
            & (blocked | ~followed)
        )
        blocked_sudo = found_sudo.filtered_domain(blocked)
        return blocked_sudo, found_sudo - blocked_sudo

    @api.model
    def _read_disputed(self, moves_sudo):
        """:return: {invoice's id: what is disputed of it}, and the ids of invoices with
        an open dispute
        """
        disputes_sudo = self.env["collection.dispute"].sudo()
        found_sudo = disputes_sudo.search(
            Domain("move_id", "in", moves_sudo.ids)
            & (Domain("state", "=", "open") | Domain("amount_open", ">", 0))
        )
        amounts, opposed = defaultdict(float), set()
        for dispute in found_sudo:
            amounts[dispute.move_id.id] += dispute.amount_open
            if dispute.state == "open":
                opposed.add(dispute.move_id.id)
        return amounts, opposed

    def _read_stopped_debtors(self, company):
        """Debtors on hold in a company, those who are insolvent, and those of whom
        nobody has read an answer yet, in one query.
        """
        debtors = self._get_debtors()
        mine = Domain("partner_id", "in", debtors.ids)
        rights = self.env["collection.contact.gate"]._get_rights_domain(
            company, [gate.INSOLVENCY]
        )
        held = Domain("company_id", "=", company.id) & Domain("hold", "!=", False)
        unread = self.env["collection.answer"]._get_holding_domain(company)
        rows = self.env.execute_query(
            SQL(
                "%s UNION %s UNION %s",
                self._select_debtors("collection.case", mine & held, gate.HOLD),
                self._select_debtors(
                    "collection.contact.right", mine & rights, gate.INSOLVENCY
                ),
                self._select_debtors(
                    "collection.answer", mine & unread, gate.UNREAD_ANSWER
                ),
            )
        )
        return tuple(
            debtors.browse(debtor_id for code, debtor_id in rows if code == wanted)
            for wanted in WHOLE
        )

    @api.model
    def _select_debtors(self, model, domain, code):
        # sudo: what stops us doesn't depend on who asks.
        records_sudo = self.env[model].sudo()
        query = records_sudo._search(domain)
        debtor = records_sudo._field_to_sql(query.table, "partner_id", query)
        return query.select(SQL("%s AS code", code), SQL("%s AS debtor_id", debtor))

    def _get_debtors(self):
        """Whose money, whose hold and whose insolvency counts."""
        return self.partner_id | self.partner_id.commercial_partner_id

    def _filter_held(self):
        """Those about which nobody is asked anything at the moment."""
        obstacles = self._find_obstacles()
        return self.filtered(lambda record: record._is_held_by(obstacles[record]))

    def _is_held_by(self, obstacles):
        """Whether these obstacles stop all of it, and not a part only."""
        return obstacles.code in WHOLE

    # ------------------------------------------------------------- beginning and end

    def _follow_obstacles(self):
        """Note where an obstacle has come up, and go on where one is gone.

        :return: as :meth:`_find_obstacles`
        """
        obstacles = self._find_obstacles()
        news = defaultdict(self.browse)
        for record in self:
            code = obstacles[record].code
            if code != (record.held_code or ""):
                news[record.company_id, code] += record
        for (company, code), records in news.items():
            today = company._get_collection_today()
            if code:
                fresh = records.filtered(lambda record: not record.date_held)
                fresh.write({"held_code": code, "date_held": today})
                (records - fresh).write({"held_code": code})
            else:
                for record in records:
                    record._go_on(today)
                records.write({"held_code": False, "date_held": False})
        return obstacles

    def _go_on(self, today):
        """Give back the days that an obstacle lasted, and say so.

        :param date today: on the company's calendar
        """
        raise NotImplementedError

    def _say_days_back(self, days, until):
        """What is said when an obstacle is gone.

        :param int days: how long it lasted
        :param date until: the new last day to pay; None if none had to move
        """
        values = {
            "days": days,
            "since": format_date(self.env, self.date_held),
            "why": self._say_obstacle(self.held_code),
            "until": until and format_date(self.env, until),
        }
        if not until:
            return self.env._(
                "Taken up again. Held back for %(days)s days, since %(since)s: %(why)s",
                **values,
            )
        return self.env._(
            "Taken up again. Held back for %(days)s days, since %(since)s: %(why)s"
            " These days are given back: there is time until %(until)s.",
            **values,
        )

    @api.model
    def _touch_debtors(self, debtors):
        """Have what stands with these debtors judged anew when the transaction ends:
        something began, or ended, that keeps them from being pressed."""
        if not debtors:
            return
        moves = set()
        for kind in KINDS:
            records_sudo = self.env[kind].sudo()
            standing_sudo = records_sudo.search(
                [
                    ("partner_id", "in", debtors.ids),
                    ("state", "in", records_sudo._get_standing_states()),
                ]
            )
            moves.update(standing_sudo._get_items().move_id.ids)
        self._touch_all(moves)

    @api.model
    def _get_standing_states(self):
        """States in which something is still to come."""
        raise NotImplementedError
