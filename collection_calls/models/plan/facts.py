import re
from collections import defaultdict
from dataclasses import replace
from typing import NamedTuple

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine import acceleration, allocation, schedule


class Ledger(NamedTuple):
    """What the ledger says about a plan. Amounts are in the smallest unit.

    ``stored`` is what the installments say so far: (id, paid, residual, state).
    ``items`` is the money received by journal item. ``obstacle`` says why the claims
    tell nothing about the debt now: an invoice is a draft, or was changed.
    """

    total: int
    residual: int
    installments: tuple
    receipts: tuple
    parts: tuple
    credited: int
    stored: tuple
    items: dict
    obstacle: str


class CollectionPlan(models.Model):
    """What the ledger says about plans, as the engine wants to hear it.

    The number of queries doesn't depend on the number of plans.
    """

    _inherit = "collection.plan"

    def _get_ledgers(self):
        """What was agreed, what came in, and what is left.

        Whatever took something off the claims since the activation counts: money goes
        to the earliest installment, credits shorten the plan from its end. Where more
        is open than was planned, because an older match was undone, the plan gets
        longer there.

        :rtype: dict[models.Model, Ledger]
        """
        rows = self._read_installments()
        claims = self._read_claims()
        receipts = self._read_receipts(claims)
        return {
            plan: plan._prepare_ledger(
                rows.get(plan.id, ()), claims.get(plan.id, ()), receipts.get(plan.id)
            )
            for plan in self
        }

    def _prepare_ledger(self, rows, claims, receipts):
        unit = self.currency_id.rounding
        total = sum(round(claim[1] / unit) for claim in claims)
        residual = sum(round(claim[2] / unit) for claim in claims)
        items = {
            item: (day, round(money / unit))
            for item, (day, money) in (receipts or {}).items()
        }
        received = sum(money for _day, money in items.values())
        installments = tuple(schedule.Installment(row[1], row[2]) for row in rows)
        credited = total - residual - received
        return Ledger(
            total=total,
            residual=residual,
            installments=installments,
            receipts=tuple(allocation.Receipt(*receipt) for receipt in items.values()),
            parts=allocation.allocate(installments, received, credited),
            credited=credited,
            stored=tuple((row[0], *row[3:]) for row in rows),
            items={str(item): money for item, (_day, money) in items.items()},
            obstacle=next((claim[-1] for claim in claims if claim[-1]), ""),
        )

    def _read_installments(self):
        """:return: {plan's id: [(id, day, amount, paid, residual, state)]}, the amounts
        in the smallest unit
        """
        self.flush_recordset(["currency_id"])
        self.env["collection.plan.installment"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT part.plan_id,
                       part.id,
                       part.date_due,
                       ROUND(part.amount / unit.rounding)::bigint,
                       ROUND(COALESCE(part.amount_paid, 0) / unit.rounding)::bigint,
                       ROUND(COALESCE(part.amount_residual, 0) / unit.rounding)::bigint,
                       part.state
                  FROM collection_plan_installment part
                  JOIN collection_plan plan ON plan.id = part.plan_id
                  JOIN res_currency unit ON unit.id = plan.currency_id
                 WHERE part.plan_id = ANY(%s)
              ORDER BY part.plan_id, part.date_due, part.id
                """,
                self.ids,
            )
        )
        return _by_first(rows)

    def _read_claims(self):
        """:return: {plan's id: [(item's id, planned, open, known money by item, why the
        claim tells nothing now)]}
        """
        self.env["collection.plan.claim"].flush_model()
        self.env["account.move.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT claim.plan_id, item.id, claim.amount::float,
                       CASE WHEN item.parent_state = 'posted'
                            THEN GREATEST(item.amount_residual_currency, 0)::float
                            ELSE 0
                       END,
                       claim.known_money,
                       CASE WHEN item.parent_state = 'draft' THEN 'draft'
                            WHEN item.id IS NULL
                             AND (SELECT move.state <> 'cancel'
                                    FROM account_move move
                                   WHERE move.id = claim.move_id)
                            THEN 'changed'
                       END
                  FROM collection_plan_claim claim
             LEFT JOIN account_move_line item ON item.id = claim.move_line_id
                 WHERE claim.plan_id = ANY(%s)
              ORDER BY claim.plan_id, claim.id
                """,
                self.ids,
            )
        )
        return _by_first(rows)

    def _read_receipts(self, claims):
        """Money that came in for these claims and wasn't matched before the activation.

        :return: {plan's id: {journal item's id: (day, amount)}}
        """
        known = defaultdict(list)
        for plan_id, rows in claims.items():
            for item_id, _amount, _open, known_money, _obstacle in rows:
                known[item_id].append((plan_id, known_money or {}))
        matched = defaultdict(float)
        for match in self._get_matches([item for item in known if item]):
            matched[match.claim_id, match.item_id, match.date] += match.money
        receipts = defaultdict(dict)
        for (claim_id, item_id, day), money in matched.items():
            for plan_id, known_money in known[claim_id]:
                new = money - known_money.get(str(item_id), 0)
                if new > 0:
                    _day, before = receipts[plan_id].get(item_id, (day, 0))
                    receipts[plan_id][item_id] = (day, before + new)
        return receipts

    # --------------------------------------------------------------- for the engine

    def _get_facts(self, ledgers, days):
        """What decisions are made from, as far as the ledger and the plans tell.

        Other incidents are in it, obstacles are not: see :meth:`_get_obstacles`.

        :param dict ledgers: as :meth:`_get_ledgers`
        :param dict days: {plan: day to decide for}
        :rtype: dict[models.Model, acceleration.Facts]
        """
        facts = {plan: plan._prepare_facts(ledgers[plan], days[plan]) for plan in self}
        # Another invoice changes nothing where nothing, or enough, happened here.
        open_to_more = self.filtered(
            lambda plan: (
                plan.on_new_overdue
                and facts[plan].arrears
                and not acceleration.is_triggered(facts[plan], plan._get_terms())
            )
        )
        for plan in open_to_more._filter_with_new_overdue():
            facts[plan] = replace(facts[plan], has_new_overdue=True)
        return facts

    def _prepare_facts(self, ledger, day):
        arrears = allocation.arrears(ledger.parts, day)
        # Without arrears nothing is missed, and nobody counts what once was.
        missed, missed_ever = self._count_missed(ledger, day) if arrears else (0, 0)
        return acceleration.Facts(
            state=self.state,
            total=ledger.total,
            residual=ledger.residual,
            arrears=arrears,
            missed=missed,
            missed_ever=missed_ever,
            has_returned_payment=self.has_returned_payment,
            has_notice_bounced=self._has_notice_bounced(),
            cure_deadline=self.date_cure or None,
            respite=self.date_respite or None,
            noticed=self._get_noticed(ledger),
            is_over=self._is_over(ledger, day) if arrears else False,
        )

    def _get_noticed(self, ledger):
        """What is still missing of the sum that the notice asked for."""
        if self.state != "notice" or not self.date_noticed:
            return None
        return allocation.arrears(ledger.parts, self.date_noticed)

    def _is_over(self, ledger, day):
        """Whether the last deadline of the schedule has passed."""
        grace_days, _tolerance, respite = self._get_patience()
        last = ledger.installments[-1].due
        return day > allocation.deadline(last, grace_days, respite)

    def _count_missed(self, ledger, day):
        """How many installments are missed now, and how many ever were."""
        patience = self._get_patience()
        return (
            allocation.missed(ledger.parts, day, *patience),
            allocation.missed_ever(
                ledger.installments, ledger.receipts, ledger.credited, day, *patience
            ),
        )

    def _get_day(self, day=None):
        self.ensure_one()
        return day or self.company_id._get_collection_today()

    def _get_days(self, day=None):
        """As :meth:`_get_day`, for many plans: {plan: day}."""
        days = {
            company: day or company._get_collection_today()
            for company in self.company_id
        }
        return {plan: days[plan.company_id] for plan in self}

    def _get_patience(self):
        """Grace days, tolerance and respite, as the engine takes them."""
        return (
            self.grace_days,
            self._to_units(self.tolerance_amount),
            self.date_respite or None,
        )

    def _get_terms(self):
        """The rule as it was when the plan was activated."""
        return acceleration.Rule(
            grace_days=self.grace_days,
            tolerance=self._to_units(self.tolerance_amount),
            missed_count=self.missed_count,
            consecutive=self.consecutive,
            min_arrears_percent=self.min_arrears_percent,
            on_returned_payment=self.on_returned_payment,
            on_new_overdue=self.on_new_overdue,
            notice_days=self.notice_days,
            automatic=self.mode == "automatic",
        )

    def _has_notice_bounced(self):
        letter = self.notice_letter_id
        return self.state == "notice" and letter.confirmation_state == "failed"

    def _get_obstacles(self):
        """What holds us back from pressing the debtors of these plans.

        :return: {plan: keyword arguments of :class:`...engine.acceleration.Facts`}
        """
        obstacles = {}
        for company, plans in self.grouped("company_id").items():
            pending = plans._get_pending(company)
            disputed = plans._get_disputed_moves()
            held = plans._get_held_debtors(company)
            for plan in plans:
                obstacles[plan] = {
                    "pending": pending[plan],
                    "is_disputed": bool(plan.claim_ids.move_id & disputed),
                    "is_on_hold": bool(plan._get_debtors() & held),
                }
        return obstacles

    def _sum_pending(self, pending):
        """What of the debtor's unmatched money may be meant for this plan."""
        moves = set(self.claim_ids.move_id.ids)
        today = self._get_day()
        return self._to_units(
            sum(
                currency._convert(amount, self.currency_id, self.company_id, today)
                for _day, amount, currency, meant_for in pending
                if not meant_for or moves & set(meant_for)
            )
        )

    def _get_last_start(self):
        """Day from which on incidents count: what was before is settled or forgiven."""
        return self.date_reinstated or self.date_activated

    def _filter_with_new_overdue(self):
        """Those whose debtor let another invoice fall overdue since they began."""
        found = self.browse()
        for company, plans in self.grouped("company_id").items():
            overdue = plans._get_overdue(company)
            found += plans.filtered(
                lambda plan, overdue=overdue: any(
                    (item.date_maturity or item.date) >= plan._get_last_start()
                    for item in overdue.get(plan.partner_id, ())
                    if item not in plan.claim_ids.move_line_id
                )
            )
        return found

    def _get_overdue(self, company):
        """Overdue claims on the debtors of these plans.

        What is promised or in a running plan is left out: it is spoken for.

        :return: {debtor: journal items}
        """
        items_sudo = self.env["account.move.line"].sudo()
        overdue = items_sudo.search(
            items_sudo._get_collection_overdue_domain(company)
            & Domain("partner_id.commercial_partner_id", "in", self.partner_id.ids)
        )
        overdue -= overdue._get_collection_protected()
        return overdue.grouped(lambda item: item.partner_id.commercial_partner_id)

    def _get_disputed_moves(self):
        disputes_sudo = self.env["collection.dispute"].sudo()
        return disputes_sudo.search(
            [("move_id", "in", self.claim_ids.move_id.ids), ("state", "=", "open")]
        ).move_id

    def _get_held_debtors(self, company):
        """Debtors whom nobody may press for the time being."""
        cases_sudo = self.env["collection.case"].sudo()
        return cases_sudo.search(
            [
                ("partner_id", "in", self._get_debtors().ids),
                ("company_id", "=", company.id),
                ("hold", "!=", False),
            ]
        ).partner_id

    # ------------------------------------------------------------ money under way
    # Money that isn't matched yet and may be meant for a plan.
    #
    # Nobody is pressed for what may be here already.

    def _get_pending(self, company):
        """What of the unmatched money in a company may be meant for these plans.

        :return: {plan: amount in the smallest unit of its currency}
        """
        pending = self._get_pending_money(self._get_debtors(), company)
        referenced = self._get_referenced_money(company)
        return {
            plan: plan._sum_pending(
                [
                    money
                    for debtor in plan._get_debtors()
                    for money in pending.get(debtor.id, ())
                ]
                + referenced[plan.id]
            )
            for plan in self
        }

    def _get_debtors(self):
        """Whose money and whose hold counts.

        A person who has been given a company since counts as part of it in accounting.
        """
        return self.partner_id | self.partner_id.commercial_partner_id

    def _get_referenced_money(self, company):
        """Money of nobody that came in with the number of one of these plans.

        Letters to debtors ask for that reference. Where the bank tells no account that
        is known, the statement line has no partner until somebody has looked at it.

        :return: {plan's id: [(day, amount, currency, ids of invoices: none)]}
        """
        lines_sudo = self.env["account.bank.statement.line"].sudo()
        money = defaultdict(list)
        for plan_id, line_id in self._find_numbers(company):
            line_sudo = lines_sudo.browse(line_id)
            if self.browse(plan_id)._is_named_in(line_sudo.payment_ref):
                _debtor, *rest = self._prepare_waiting(line_sudo)
                money[plan_id].append(tuple(rest))
        return money

    def _find_numbers(self, company):
        """Statement lines without a partner that may name one of these plans.

        :return: list of (plan's id, line's id)
        """
        lines_sudo = self.env["account.bank.statement.line"].sudo()
        lines_sudo.flush_model(["payment_ref"])
        waiting = lines_sudo._search(
            self._get_waiting_domain()
            & Domain([("company_id", "=", company.id), ("partner_id", "=", False)])
        )
        numbers = {plan.id: "".join(_split(plan.name)).upper() for plan in self}
        return self.env.execute_query(
            SQL(
                """
                WITH line AS MATERIALIZED (
                    SELECT id,
                           UPPER(REGEXP_REPLACE(
                               payment_ref, '[^[:alnum:]]', '', 'g'
                           )) AS reference
                      FROM account_bank_statement_line
                     WHERE id IN %(waiting)s
                )
                SELECT plan.id, line.id
                  FROM line
                  JOIN UNNEST(%(ids)s::int[], %(numbers)s::text[]) plan (id, number)
                    ON STRPOS(line.reference, plan.number) > 0
                 WHERE plan.number <> ''
                """,
                waiting=waiting.subselect(),
                ids=list(numbers),
                numbers=list(numbers.values()),
            )
        )

    def _is_named_in(self, reference):
        """Whether a reference has this plan's number, and not a longer one.

        Whatever banks and debtors make of the signs between its letters and digits.
        """
        number = r"[\W_]*".join(map(re.escape, _split(self.name)))
        return bool(re.search(rf"{number}(?!\d)", reference, re.IGNORECASE))


def _by_first(rows):
    groups = defaultdict(list)
    for first, *rest in rows:
        groups[first].append(tuple(rest))
    return groups


def _split(number):
    return re.findall(r"[^\W_]+", number)
