from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine import acceleration, allocation, schedule
from ...engine.contact_gate import DISPUTE, HOLD


class Ledger(NamedTuple):
    """What the ledger says about a plan on a day. Amounts are in the smallest unit.

    ``stored`` is what the installments say so far: (id, paid, residual, state).
    ``items`` is the money received by journal item. ``obstacle`` says why the claims
    tell nothing about the debt now: an invoice is a draft, or was changed.
    ``bank_day`` moves a day by which money has to come, as the company wants it.
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
    bank_day: Callable | None


class CollectionPlan(models.Model):
    """What the ledger says about plans, as the engine wants to hear it.

    The number of queries doesn't depend on the number of plans.
    """

    _inherit = "collection.plan"

    def _get_ledgers(self, day=None):
        """What was agreed, what came in, and what is left.

        Money dated after the day is still to come, though it is matched already.

        Whatever took something off the claims since the activation counts: money goes
        to the earliest installment, credits shorten the plan from its end. Where more
        is open than was planned, because an older match was undone, the plan gets
        longer there.

        :param date day: by default each company's today
        :rtype: dict[models.Model, Ledger]
        """
        rows = self._read_installments()
        claims = self._read_claims()
        receipts, by_claim = self._read_receipts(claims)
        days = self._get_days(day)
        shifts = {
            company: company._get_collection_bank_days(plans.partner_id)
            for company, plans in self.grouped("company_id").items()
        }
        ledgers = {
            plan: plan._prepare_ledger(
                rows.get(plan.id, ()),
                claims.get(plan.id, ()),
                receipts.get(plan.id, {}),
                by_claim,
                days[plan],
                shifts[plan.company_id][plan.partner_id],
            )
            for plan in self
        }
        return self._note_obstacles(ledgers)

    def _prepare_ledger(self, rows, claims, receipts, by_claim, today, bank_day):
        unit = self.currency_id.rounding
        total = sum(round(claim[1] / unit) for claim in claims)
        residual = sum(
            round(self._get_open(claim, by_claim) / unit) for claim in claims
        )
        amounts = {
            item: (day, round(money / unit)) for item, (day, money) in receipts.items()
        }
        residual += sum(money for day, money in amounts.values() if day > today)
        items = {item: given for item, given in amounts.items() if given[0] <= today}
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
            bank_day=bank_day,
        )

    def _get_open(self, claim, by_claim):
        """What is open on a claim, as far as the plan is about it.

        What took the place of a claim may be more than that was: the accounting moves
        whole items, whatever was paid on them.
        """
        item_id, planned, still_open, _known, is_carried, _obstacle = claim
        if not is_carried:
            return still_open
        return max(min(still_open, planned - by_claim[self.id, item_id]), 0)

    def _note_obstacles(self, ledgers):
        """Where something went by credits, look whether it came back elsewhere; where
        money was received, whether it seems to have gone back.

        :return: the ledgers with these obstacles
        """
        noted = {}
        credited = self.filtered(
            lambda plan: ledgers[plan].credited > 0 and not ledgers[plan].obstacle
        )
        noted.update(credited._find_lost_claims())
        for company, plans in self.grouped("company_id").items():
            paid = plans.filtered(lambda plan: ledgers[plan].items)
            returned = self._get_returned_debits(paid._get_debtors(), company)
            for plan in paid if returned else ():
                if plan._has_returned_debit(returned, ledgers[plan]):
                    noted[plan.id] = "returned_debit"
        return {
            plan: ledger._replace(obstacle=ledger.obstacle or noted.get(plan.id, ""))
            for plan, ledger in ledgers.items()
        }

    def _has_returned_debit(self, returned, ledger):
        """Whether a debit may have taken back what the plan has received.

        After a plan was paid off, only if it is as much as one of the receipts.
        """
        first = min(receipt.date for receipt in ledger.receipts)
        amounts = {receipt.amount for receipt in ledger.receipts}
        return any(
            day >= first
            and currency_id == self.currency_id.id
            and (self.state != "completed" or self._to_units(amount) in amounts)
            for debtor in self._get_debtors()
            for _item, day, amount, currency_id in returned.get(debtor.id, ())
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
        """:return: {plan's id: [(item's id, planned, open, known money by item, whether
        it took the place of another, why the claim tells nothing now)]}
        """
        self.env["collection.plan.claim"].flush_model()
        self.env["account.move.line"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT claim.plan_id, item.id, claim.amount::float,
                       -- what an invoice was raised by was never agreed
                       CASE WHEN item.parent_state = 'posted'
                            THEN GREATEST(
                                item.amount_residual_currency - GREATEST(
                                    item.amount_currency - claim.amount_item, 0
                                ), 0
                            )::float
                            ELSE 0
                       END,
                       claim.known_money,
                       claim.origin_line_id IS NOT NULL,
                       CASE WHEN item.parent_state = 'draft' THEN 'draft'
                            WHEN item.amount_currency > claim.amount_item
                            THEN 'increased'
                            WHEN item.id IS NULL AND claim.amount > 0
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

        :return: {plan's id: {journal item's id: (day, amount)}}, and {(plan's id,
            claim's item's id): amount}
        """
        known = defaultdict(list)
        for plan_id, rows in claims.items():
            for item_id, _amount, _open, known_money, *_more in rows:
                known[item_id].append((plan_id, known_money or {}))
        matched = defaultdict(float)
        for match in self._get_matches([item for item in known if item]):
            matched[match.claim_id, match.item_id, match.date] += match.settled
        receipts, by_claim = defaultdict(dict), defaultdict(float)
        for (claim_id, item_id, day), money in matched.items():
            for plan_id, known_money in known[claim_id]:
                new = money - known_money.get(str(item_id), 0)
                if new > 0:
                    _day, before = receipts[plan_id].get(item_id, (day, 0))
                    receipts[plan_id][item_id] = (day, before + new)
                    by_claim[plan_id, claim_id] += new
        return receipts, by_claim

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
        arrears = allocation.arrears(ledger.parts, day, ledger.bank_day)
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
            is_credited=not ledger.receipts,
            is_accepted=self._is_accepted(),
        )

    def _get_noticed(self, ledger):
        """What is still missing of the sum that the notice asked for."""
        if self.state != "notice" or not self.date_noticed:
            return None
        return allocation.arrears(ledger.parts, self.date_noticed, ledger.bank_day)

    def _is_over(self, ledger, day):
        """Whether the last deadline of the schedule has passed."""
        last = ledger.installments[-1].due
        return day > allocation.deadline(
            last, self.grace_days, self.date_respite or None, ledger.bank_day
        )

    def _count_missed(self, ledger, day):
        """How many installments are missed now, and how many ever were."""
        patience = self._get_patience(ledger)
        return (
            allocation.missed(ledger.parts, day, **patience),
            allocation.missed_ever(
                ledger.installments, ledger.receipts, ledger.credited, day, **patience
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

    def _get_patience(self, ledger):
        """Grace days, tolerance, respite and bank days, as the engine takes them."""
        return {
            "grace_days": self.grace_days,
            "tolerance": self._to_units(self.tolerance_amount),
            "respite": self.date_respite or None,
            "bank_day": ledger.bank_day,
        }

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
            requires_acceptance=self.requires_acceptance,
        )

    def _has_notice_bounced(self):
        letter = self.notice_letter_id
        return self.state == "notice" and letter.confirmation_state == "failed"

    def _get_unbooked(self, ledgers, days):
        """Plans whose incident would be none if the books didn't end today.

        :return: {plan: :class:`..company.books.Books`}
        """
        unbooked = {}
        for company, plans in self.grouped("company_id").items():
            books = company._get_collection_books()
            if not books:
                continue
            last = fields.Date.add(books.end, days=1)
            for plan in plans.filtered(lambda plan, last=last: last < days[plan]):
                known = plan._prepare_facts(ledgers[plan], last)
                if not acceleration.asks_for_step(known, plan._get_terms(), last):
                    unbooked[plan] = books
        return unbooked

    def _get_obstacles(self, known=None):
        """What holds us back from pressing the debtors of these plans.

        :param dict known: as :meth:`_find_obstacles`, if that was asked already
        :return: {plan: keyword arguments of :class:`...engine.acceleration.Facts`}
        """
        obstacles = {}
        for company, plans in self.grouped("company_id").items():
            pending = plans._get_pending(company)
            elsewhere = plans._read_on_siblings()
            found = known or plans._find_obstacles()
            for plan in plans:
                code = found[plan].code
                obstacles[plan] = {
                    "pending": pending[plan] + plan._sum_on_siblings(elsewhere),
                    "is_disputed": bool(found[plan].opposed),
                    "is_on_hold": code == HOLD,
                    "obstacle": code if code not in (HOLD, DISPUTE) else "",
                }
        return obstacles

    def _is_opposed(self, obstacles):
        return bool(obstacles.opposed)

    def _is_held_by(self, obstacles):
        return bool(obstacles.code)  # a plan is paid as a whole

    def _sum_pending(self, under_way):
        """What this money is worth today, in the smallest unit of the plan's currency.

        :param under_way: list of :class:`..ledger.money_under_way.UnderWay`
        """
        return self._to_units(self._convert_under_way(under_way))

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

    # ------------------------------------------------------------ money under way

    def _get_pending(self, company):
        """What of the money under way in a company may be meant for these plans.

        :return: {plan: amount in the smallest unit of its currency}
        """
        under_way = self._get_under_way(self._get_debtors(), company)
        return {
            plan: plan._sum_pending(plan._get_own_money(under_way)) for plan in self
        }

    def _get_own_money(self, under_way):
        """What of this money may be meant for the plan, and is here by today.

        :param dict under_way: as :meth:`_get_under_way`
        """
        today = self._get_day()
        return [m for m in self._get_meant_money(under_way) if m.day <= today]

    def _get_evident_money(self, under_way):
        return self._get_meant_money(under_way)

    def _read_on_siblings(self):
        """What was matched with other parts of the invoices of these plans.

        :return: {claim's item's id: list of :class:`..ledger.collection_ledger.Match`}
        """
        siblings = self.claim_ids._get_free_siblings()
        elsewhere = defaultdict(list)
        for match in self._get_matches(siblings):
            elsewhere[siblings[match.claim_id]].append(match)
        return elsewhere

    def _sum_on_siblings(self, elsewhere):
        """Money that Odoo matched with other parts of the plan's invoices, since the
        plan began; it was meant for the plan perhaps, and has to be matched anew.

        :param dict elsewhere: as :meth:`_read_on_siblings`
        :return: amount in the smallest unit of the plan's currency
        """
        today, begun = self._get_day(), self.date_activated
        return self._to_units(
            sum(
                match.settled
                for item_id in self.claim_ids.move_line_id.ids
                for match in elsewhere.get(item_id, ())
                if begun <= match.date <= today
            )
        )

    # ------------------------------------------------------------------- evidence

    def _get_matched_evidence(self):
        matches = defaultdict(list)
        for match in self._get_matches(self.claim_ids.move_line_id.ids):
            matches[match.claim_id].append(match)
        return {plan: plan._prepare_all_matched(matches) for plan in self}

    def _prepare_all_matched(self, matches):
        rows = []
        for claim in self.claim_ids:
            known = claim._get_known_money()
            for match in matches[claim.move_line_id.id]:
                before = min(known.get(str(match.item_id), 0), match.settled)
                new = match._replace(
                    amount=match.amount - before,
                    money=max(match.money - before, 0),
                    given_up=match.settled - before - max(match.money - before, 0),
                )
                if before:
                    old = match._replace(amount=before, money=before, given_up=0)
                    judge = partial(self._judge_receipt, True)
                    rows += self._prepare_matched_evidence(old, judge)
                judge = partial(self._judge_receipt, False)
                rows += self._prepare_matched_evidence(new, judge)
        return rows

    def _judge_receipt(self, is_known, match):
        if is_known:
            return False, self.env._("It came in before the plan was agreed.")
        if match.date > self._get_day():
            return False, self.env._(
                "It is dated in the future: it counts from its day on."
            )
        return True, self.env._("It pays the earliest installments.")

    def _explain_credit(self):
        return self.env._("A credit shortens the plan from its end.")

    def _explain_under_way(self, money):
        if money.day > self._get_day():
            return self.env._("It is dated in the future: it counts from its day on.")
        return self.env._(
            "Not matched yet. The rest doesn't fall due over arrears that it would"
            " cover."
        )

    def _get_evident_day(self):
        return self._get_day()


def _by_first(rows):
    groups = defaultdict(list)
    for first, *rest in rows:
        groups[first].append(tuple(rest))
    return groups
