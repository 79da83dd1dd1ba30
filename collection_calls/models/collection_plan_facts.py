from collections import defaultdict
from typing import NamedTuple

from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import acceleration, allocation, schedule


class Ledger(NamedTuple):
    """What the ledger says about a plan. Amounts are in the smallest unit.

    ``stored`` is what the installments say so far: (id, paid, residual, state).
    """

    total: int
    residual: int
    installments: tuple
    receipts: tuple
    parts: tuple
    credited: int
    stored: tuple
    is_unposted: bool


class CollectionPlanFacts(models.AbstractModel):
    """What the ledger says about plans, as the engine wants to hear it.

    The number of queries doesn't depend on the number of plans.
    """

    _name = "collection.plan.facts"
    _description = "Facts about Installment Plans"
    _inherit = "collection.agreement"

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
        total = sum(round(amount / unit) for _item, amount, _open, _draft in claims)
        residual = sum(round(left / unit) for _item, _amount, left, _draft in claims)
        receipts = tuple(
            allocation.Receipt(day, round(money / unit))
            for day, money in receipts or ()
        )
        received = sum(receipt.amount for receipt in receipts)
        installments = tuple(
            schedule.Installment(due, amount) for _id, due, amount, *_stored in rows
        )
        credited = total - residual - received
        return Ledger(
            total=total,
            residual=residual,
            installments=installments,
            receipts=receipts,
            parts=allocation.allocate(installments, received, credited),
            credited=credited,
            stored=tuple((row_id, *stored) for row_id, _due, _amount, *stored in rows),
            is_unposted=any(draft for *_claim, draft in claims),
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
        """:return: {plan's id: [(item's id, planned, open, whether it is a draft)]}"""
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
                       COALESCE(item.parent_state = 'draft', FALSE)
                  FROM collection_plan_claim claim
             LEFT JOIN account_move_line item ON item.id = claim.move_line_id
                 WHERE claim.plan_id = ANY(%s)
                """,
                self.ids,
            )
        )
        return _by_first(rows)

    def _read_receipts(self, claims):
        """Money that came in for these claims and wasn't matched before the activation.

        :return: {plan's id: [(day, amount)]}
        """
        plan_ids = defaultdict(list)
        for plan_id, rows in claims.items():
            for item_id, *_amounts in rows:
                plan_ids[item_id].append(plan_id)
        known = self._read_known_items()
        receipts = defaultdict(list)
        for match in self._get_matches([item for item in plan_ids if item]):
            for plan_id in plan_ids[match.claim_id]:
                is_known = (plan_id, match.claim_id, match.item_id) in known
                if match.money and not is_known:
                    receipts[plan_id].append((match.date, match.money))
        return receipts

    def _read_known_items(self):
        """:return: {(plan's id, claim's item, item that it was matched with)}"""
        return set(
            self.env.execute_query(
                SQL(
                    """
                    SELECT claim.plan_id, claim.move_line_id, known.account_move_line_id
                      FROM collection_plan_known_item_rel known
                      JOIN collection_plan_claim claim
                        ON claim.id = known.collection_plan_claim_id
                     WHERE claim.plan_id = ANY(%s)
                    """,
                    self.ids,
                )
            )
        )

    # --------------------------------------------------------------- for the engine

    def _get_facts(self, ledgers, day=None):
        """What tonight's decision is made from.

        What holds plans back, and other incidents, is looked up for those in arrears
        only: all others stand whatever it is.

        :param dict ledgers: as :meth:`_get_ledgers`
        :param date day: by default each company's today
        :rtype: dict[models.Model, acceleration.Facts]
        """
        days = self._get_days(day)
        arrears = {
            plan: allocation.arrears(ledgers[plan].parts, days[plan]) for plan in self
        }
        incidents = self.filtered(arrears.get)._get_incidents(day)
        return {
            plan: plan._prepare_facts(
                ledgers[plan], days[plan], arrears[plan], incidents.get(plan, {})
            )
            for plan in self
        }

    def _prepare_facts(self, ledger, day, arrears, incidents):
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
            **incidents,
        )

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

    def _get_incidents(self, day=None):
        """What else happened to the debtors of these plans, and what holds us back.

        :return: {plan: keyword arguments of :class:`..engine.acceleration.Facts`}
        """
        incidents = {}
        for company, plans in self.grouped("company_id").items():
            pending = self._get_pending_money(plans.partner_id, company)
            overdue = plans._get_new_overdue(company)
            disputed = plans._get_disputed_moves()
            held = plans._get_held_debtors(company)
            for plan in plans:
                newest = overdue.get(plan.partner_id)
                incidents[plan] = {
                    "pending": plan._sum_pending(pending.get(plan.partner_id.id, ())),
                    "has_new_overdue": bool(newest and newest >= plan.date_activated),
                    "is_disputed": bool(plan.claim_ids.move_id & disputed),
                    "is_on_hold": plan.partner_id in held,
                }
        return incidents

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

    def _get_new_overdue(self, company):
        """The last day on which another claim of these debtors fell due, still unpaid.

        What is promised or in a plan doesn't count: it is spoken for.

        :return: {debtor: date}
        """
        plans = self.filtered("on_new_overdue")
        items_sudo = self.env["account.move.line"].sudo()
        domain = items_sudo._get_collection_overdue_domain(company) & Domain(
            "partner_id.commercial_partner_id", "in", plans.partner_id.ids
        )
        if not plans:
            return {}
        overdue = items_sudo.search(domain)
        overdue -= overdue._get_collection_protected()
        overdue -= plans.claim_ids.move_line_id
        days = defaultdict(list)
        for item in overdue:
            due = item.date_maturity or item.date
            days[item.partner_id.commercial_partner_id].append(due)
        return {debtor: max(dates) for debtor, dates in days.items()}

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
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "=", company.id),
                ("hold", "!=", False),
            ]
        ).partner_id


def _by_first(rows):
    groups = defaultdict(list)
    for first, *rest in rows:
        groups[first].append(tuple(rest))
    return groups
