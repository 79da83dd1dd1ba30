"""When the rest of a plan falls due at once: the whole decision, apart from Odoo.

All amounts are integers in the smallest unit of the plan's currency. All days are days
of the company's calendar.

The rules come from two sources. The articles that asked for this addon want it at the
first incident: "each incident makes the remaining amounts payable at once". The German
Civil Code (§ 498 BGB, loans to consumers) wants more: at least two consecutive
installments missed in whole or in part, at least 10 % of the loan in arrears (5 % if it
runs for more than three years: :func:`least_arrears_percent`), and a notice that left
two weeks to pay. What else a law wants, people see to.
"""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

ACTIVE, NOTICE, ACCELERATED = "active", "notice", "accelerated"
NOTHING, COMPLETE, CURE, HOLD = "nothing", "complete", "cure", "hold"
DISSOLVE = "dissolve"
PROPOSE, SEND_NOTICE, ACCELERATE = "propose", "send_notice", "accelerate"
PRESSING = (PROPOSE, SEND_NOTICE, ACCELERATE)  # steps that an obstacle holds back
LONG_TERM_YEARS = 3  # beyond them, a plan is a long one


@dataclass(frozen=True)
class Rule:
    """When a plan accelerates. ``grace_days`` is what ``missed`` was counted with.

    ``consecutive`` counts the installments that are missed at the same time; without
    it, those paid late since count as well. ``notice_days`` of zero means that no
    notice is needed. Without ``automatic``, a person takes the step. With
    ``requires_acceptance`` no step is taken on what the debtor hasn't accepted in
    writing.
    """

    grace_days: int = 0
    tolerance: int = 0
    missed_count: int = 1
    consecutive: bool = True
    min_arrears_percent: float = 0
    on_returned_payment: bool = False
    on_new_overdue: bool = False
    notice_days: int = 0
    automatic: bool = True
    requires_acceptance: bool = False


@dataclass(frozen=True)
class Facts:
    """What the ledger and the records say of a plan now.

    ``total`` is the planned amount, ``residual`` what is open of it. ``pending`` is
    money of the debtor that isn't matched with anything yet. ``cure_deadline`` is the
    last day to pay after a notice, and is set once it was delivered. ``respite`` is the
    last day of the time that a reinstatement granted. ``noticed`` is what is still
    missing of the sum that the notice asked for; None if that is all the arrears.
    ``is_over`` says that the last deadline of the schedule has passed. ``is_unbooked``
    says that the books don't reach the deadline yet that a step would be about.
    ``is_credited`` says that no money came in: whatever is gone went by credits.
    ``obstacle`` is another reason not to press the debtor now: an insolvency, an
    invoice that is blocked or left out of follow-up. ``is_accepted`` says that the
    debtor has accepted the plan in writing.
    """

    state: str
    total: int
    residual: int
    arrears: int
    missed: int
    missed_ever: int
    pending: int = 0
    has_returned_payment: bool = False
    has_new_overdue: bool = False
    is_disputed: bool = False
    is_on_hold: bool = False
    has_notice_bounced: bool = False
    cure_deadline: date | None = None
    respite: date | None = None
    noticed: int | None = None
    is_over: bool = False
    is_unbooked: bool = False
    is_credited: bool = False
    obstacle: str = ""
    is_accepted: bool = False

    @property
    def demanded(self):
        """What has to be paid so that nothing happens."""
        return self.arrears if self.noticed is None else self.noticed


@dataclass(frozen=True)
class Decision:
    """One step, and a code for its reason, which the caller puts into words."""

    step: str
    reason: str


def least_arrears_percent(usual, of_long_plans, first, last):
    """The percentage of a plan's total that has to be in arrears, by how long it runs.

    § 498 (1) sentence 1 no. 1 b BGB: 10 % up to three years, 5 % beyond. Three years
    from 29 February end on 28 February.

    :param of_long_plans: the percentage beyond three years; if zero, the usual one
    :param date first: the day of the first installment; None if there is none yet
    :param date last: the day of the last one
    """
    if not of_long_plans or not first:
        return usual
    anniversary = last.year - LONG_TERM_YEARS, last.month, last.day
    is_long = anniversary > (first.year, first.month, first.day)
    return of_long_plans if is_long else usual


def decide(facts, rule, today):
    """Say the one step that a running or accelerated plan needs today.

    - A plan without arrears above the tolerance never accelerates.
    - Late money reduces what is accelerated, and never takes the acceleration back.
    - Where a notice is required, nothing accelerates before its deadline has passed.
    - A step is held back by money that would cover the arrears, by a dispute, by a hold
      on the debtor or what else forbids to press them, by a missing acceptance if the
      rule wants one, and by a notice that bounced.
    - A notice is cured by what it asked for. What fell due since has its own days of
      grace, and its own notice.
    - A rest within the tolerance never falls due at once: people write it off or ask
      for it.
    - Only money completes a plan. One whose claims went by credits alone is dissolved.
    - Nothing happens on books that end before the deadline it is about.

    :raise ValueError: if the plan is in another state
    :rtype: Decision
    """
    if facts.residual <= 0:
        if facts.is_credited:
            return Decision(DISSOLVE, "credited")
        return Decision(COMPLETE, "paid_off")
    if facts.state == ACCELERATED:
        return Decision(NOTHING, "accelerated")
    if facts.state == NOTICE:
        return _in_notice(facts, rule, today)
    if facts.state == ACTIVE:
        return _active(facts, rule, today)
    raise ValueError(f"There is no step for a plan in state {facts.state!r}")


def is_triggered(facts, rule):
    """Whether an incident asks for a step, whatever holds it back."""
    return _trigger(facts, rule) is not None


def asks_for_step(facts, rule, today):
    """Whether an incident asks for a step today, whatever holds it back.

    After a notice that is so once the time to pay is over.
    """
    if facts.state == NOTICE:
        deadline = facts.cure_deadline
        return facts.has_notice_bounced or bool(deadline and today > deadline)
    return is_triggered(facts, rule)


def _active(facts, rule, today):
    if not facts.arrears:
        return Decision(NOTHING, "on_schedule")
    if facts.respite and today <= facts.respite:
        return Decision(NOTHING, "respite")
    if facts.is_over and facts.residual <= rule.tolerance:
        return Decision(HOLD, "small_rest")
    trigger = _trigger(facts, rule)
    if not trigger:
        return Decision(NOTHING, "within_grace")
    obstacle = _obstacle(facts, rule)
    if obstacle:
        return Decision(HOLD, obstacle)
    if not rule.automatic:
        return Decision(PROPOSE, trigger)
    return Decision(SEND_NOTICE if rule.notice_days > 0 else ACCELERATE, trigger)


def _in_notice(facts, rule, today):
    if facts.demanded <= rule.tolerance:
        return Decision(CURE, "cured")
    is_over = facts.cure_deadline and today > facts.cure_deadline
    if not is_over and not facts.has_notice_bounced:
        running = "notice_running" if facts.cure_deadline else "notice_undelivered"
        return Decision(NOTHING, running)
    obstacle = _obstacle(facts, rule)
    if obstacle:
        return Decision(HOLD, obstacle)
    return Decision(ACCELERATE if rule.automatic else PROPOSE, "not_cured")


def _trigger(facts, rule):
    """Which incident asks for a step, if any.

    A returned payment, or another claim that fell overdue, is an incident of its own:
    while in arrears, it waits neither for days of grace nor for the count.
    """
    if facts.arrears <= rule.tolerance:
        return None
    if _are_enough_missed(facts, rule):
        return "missed"
    if rule.on_returned_payment and facts.has_returned_payment:
        return "returned_payment"
    if rule.on_new_overdue and facts.has_new_overdue:
        return "new_overdue"
    return None


def _are_enough_missed(facts, rule):
    """Money goes to the earliest installment first: those missed now are consecutive.

    Of those counted over time, one must be missed now, for the others are paid.
    """
    counted = facts.missed if rule.consecutive else facts.missed_ever
    percent = Fraction(str(rule.min_arrears_percent))  # as written: 0.1 is a tenth
    return (
        facts.missed >= 1
        and counted >= rule.missed_count
        and facts.arrears * 100 >= percent * facts.total
    )


def _obstacle(facts, rule):
    """What holds a step back, although the arrears are above the tolerance."""
    if facts.pending >= facts.demanded - rule.tolerance:
        return "pending_money"
    if facts.is_unbooked:
        return "stale_books"
    if facts.is_disputed:
        return "dispute"
    if facts.is_on_hold:
        return "hold"
    if facts.obstacle:
        return facts.obstacle
    if rule.requires_acceptance and not facts.is_accepted:
        return "not_accepted"
    if facts.state == NOTICE and facts.has_notice_bounced:
        return "notice_bounced"
    return None
