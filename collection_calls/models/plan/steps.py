from odoo import fields, models
from odoo.tools import format_date

from ...engine import acceleration as engine
from ...engine import allocation
from ...engine.contact_gate import OBSTACLES, days_given_back

CHECK_ACTIVITY = "collection_calls.mail_activity_type_check_plan"
DECIDE_ACTIVITY = "collection_calls.mail_activity_type_decide_plan"
OUR_ACTIVITIES = [CHECK_ACTIVITY, DECIDE_ACTIVITY]


class CollectionPlan(models.Model):
    """What a plan can come to: each step with its event, its letter and its to-do.

    The steps take no decision and check no rights; whoever calls them did.
    """

    _inherit = "collection.plan"

    def _take_step(self, decision, evidence=None):
        """Do what the nightly decision asks for.

        :param str evidence: as :meth:`_write_evidence`, if it was read already
        """
        self.ensure_one()
        if decision.step != engine.HOLD:
            self._release_hold()
        if decision.step == engine.NOTHING:
            self._withdraw_proposal()
        if self._is_call_needless(decision):
            self._settle_call(self._explain(decision))
        steps = {
            engine.COMPLETE: self._complete,
            engine.DISSOLVE: self._dissolve,
            engine.CURE: self._cure,
            engine.HOLD: lambda: self._hold(decision),
            engine.PROPOSE: lambda: self._propose(decision),
            engine.SEND_NOTICE: lambda: self._give_notice(self._explain(decision)),
            engine.ACCELERATE: lambda: self._accelerate(
                self._explain(decision), evidence
            ),
        }
        if decision.step in steps:
            steps[decision.step]()

    def _log(
        self, kind, amount=0.0, reason="", installment=None, day=None, evidence=False
    ):
        """Note what happened.

        :param float amount: in the plan's currency
        :param date day: on the company's calendar; by default today
        """
        # sudo: users read what happened, and write none of it.
        self.env["collection.plan.event"].sudo().create(
            {
                "plan_id": self.id,
                "kind": kind,
                "date": self._get_day(day),
                "amount": amount,
                "reason": reason,
                "evidence": evidence,
                "installment_id": installment.id if installment else False,
                "user_id": self.env.uid,
                "term": self.reinstatement_count,
            }
        )

    def _refresh_now(self):
        """Bring the plan up to date after a step of its own."""
        self._refresh(self._get_ledgers())

    # ------------------------------------------------------------------- good news

    def _complete(self):
        reason = self.env._("All is paid.")
        self._stop("completed")
        self._drop_letters()
        self._log("completed", self.amount_paid, reason)
        self._settle_call(reason)

    def _dissolve(self):
        """Nothing is left, and no money came in: that is no success."""
        reason = self.env._("Nothing is left: the claims were credited.")
        self._stop("dissolved")
        self._drop_letters()
        self._log("dissolved", 0, reason)
        self._settle_call(reason)
        user = self._get_collector()
        self.activity_schedule(
            CHECK_ACTIVITY,
            date_deadline=self.company_id._get_collection_today(),
            user_id=user.id,
            summary=self.with_context(lang=user.lang).env._(
                "%(plan)s ended without money: is the debt owed in another form?",
                plan=self.name,
            ),
        )

    def _cure(self):
        self.write({"state": engine.ACTIVE, "date_cure": False})
        self._drop_letters("notice")
        self._withdraw_proposal()
        reason = self.env._("The arrears were paid.")
        self._log("cured", self.amount_paid, reason)
        self._clear_to_do()
        self._settle_call(reason)

    def _reopen(self):
        """A payment was undone after the plan was paid off."""
        self._get_case()._serialize()
        if self.claim_ids._get_running(self.claim_ids.move_line_id.ids):
            return  # another plan has the claims now
        last = self.event_ids.filtered(
            lambda event: event.kind in ("activated", "accelerated", "reinstated")
        ).sorted("id")[-1:]
        was_accelerated = last.kind == "accelerated"
        if not was_accelerated:
            self._supersede_promises()
        self._start(engine.ACCELERATED if was_accelerated else engine.ACTIVE)
        self._refresh_now()
        self._log(
            "reopened",
            self.amount_residual,
            self.env._("A payment was undone, so the claims are open again."),
        )

    # ------------------------------------------------------------------- incidents

    def _miss(self, installment, has_call=False):
        """Note a missed installment.

        :param bool has_call: whether the debtor is going to be called anyway
        """
        self._log(
            "missed",
            installment.amount_residual,
            self.env._(
                "%(amount)s of the installment of %(day)s is missing.",
                amount=self.currency_id.format(installment.amount_residual),
                day=format_date(self.env, installment.date_due),
            ),
            installment,
        )
        if not has_call:
            self._call_again("missed")

    def _hold(self, decision):
        """Nothing is done, for a reason that somebody has to clear."""
        self.hold_code = decision.reason
        if decision.reason == "stale_books":  # one to-do a company
            self.activity_unlink([CHECK_ACTIVITY])
            company = self.company_id
            company._ask_for_statements(company._get_collection_books())
            return
        user = self._get_collector()
        summary = self.with_context(lang=user.lang)._explain(decision)
        to_do = self.activity_search([CHECK_ACTIVITY])
        if to_do:
            to_do.summary = summary
        else:
            self.activity_schedule(
                CHECK_ACTIVITY,
                date_deadline=self.company_id._get_collection_today(),
                user_id=user.id,
                summary=summary,
            )

    def _go_on(self, today):
        """The cure period, and installments that fell due meanwhile, get the days back.

        What was over before nobody was pressed stays over.
        """
        days, until = (today - self.date_held).days, None
        if self.date_cure and days_given_back(self.date_held, today, self.date_cure):
            until = self._add_days_back(self.date_cure, days)
            self.date_cure = until
        elif self.state == engine.ACTIVE and (last := self._get_last_deadline(today)):
            until = self._add_days_back(last, days)
            self.date_respite = max(until, self.date_respite or until)
        if days:
            self._log("resumed", self.amount_residual, self._say_days_back(days, until))

    def _add_days_back(self, day, days):
        moved = fields.Date.add(day, days=days)
        bank_day = self._get_bank_day()
        return bank_day(moved) if bank_day else moved

    def _get_bank_day(self):
        """A function that moves a day to one on which banks work, or nothing."""
        debtor = self.partner_id
        return self.company_id._get_collection_bank_days(debtor)[debtor]

    def _get_last_deadline(self, today):
        """The last deadline of what is unpaid that passed while nobody was pressed."""
        bank_day = self._get_bank_day()
        deadlines = [
            allocation.deadline(
                part.date_due, self.grace_days, self.date_respite or None, bank_day
            )
            for part in self.installment_ids
            if part.amount_residual
        ]
        passed = [day for day in deadlines if self.date_held <= day <= today]
        return max(passed, default=None)

    def _release_hold(self):
        if self.hold_code:
            self.hold_code = False
            self.activity_unlink([CHECK_ACTIVITY])

    def _propose(self, decision):
        """Ask the collector, once for what happened."""
        if self.date_proposed:
            return
        self.date_proposed = self.company_id._get_collection_today()
        user = self._get_collector()
        plan = self.with_context(lang=user.lang)
        summary = plan.env._("Accelerate %(plan)s?", plan=self.name)
        if self.state == engine.ACTIVE and self.notice_days:
            summary = plan.env._("Send notice on %(plan)s?", plan=self.name)
        plan.activity_schedule(
            DECIDE_ACTIVITY,
            date_deadline=self.date_proposed,
            user_id=user.id,
            summary=summary,
            note=plan._explain(decision),
        )

    def _withdraw_proposal(self):
        if self.date_proposed:
            self.date_proposed = False
            self.activity_unlink([DECIDE_ACTIVITY])

    def _give_notice(self, reason):
        """Warn the debtor in writing; the time to pay runs from the delivery."""
        self._withdraw_proposal()
        self.write(
            {
                "state": engine.NOTICE,
                "date_noticed": self._get_day(),
                "date_cure": False,
            }
        )
        self._log("notice", self.amount_arrears, reason)
        self._call_again("notice")
        self._write_letter("notice")

    def _follow_notice(self, day):
        """The time to pay runs once the notice has arrived, and stops if it came back.

        :param date day: when it arrived, on the company's calendar; False if it did not
        """
        if self.state == engine.NOTICE:
            deadline = day and fields.Date.add(day, days=self.notice_days)
            bank_day = self._get_bank_day()
            self.date_cure = bank_day(deadline) if bank_day and deadline else deadline

    def _accelerate(self, reason, evidence=None):
        """The whole rest is due from today.

        :param str evidence: as :meth:`_write_evidence`, if it was read already
        """
        if evidence is None:
            evidence = self._write_evidence()[self]
        self._stop(engine.ACCELERATED)
        self._drop_letters("notice")
        self._refresh_now()
        self.date_accelerated = self.company_id._get_collection_today()
        self._log("accelerated", self.amount_residual, reason, evidence=evidence)
        self._write_letter("acceleration")
        self._call_again("accelerated")

    # ------------------------------------------------------------------ stop and go

    def _start(self, state):
        """Let the plan run, or stand accelerated, on its claims."""
        self.write({"state": state})
        self._keep_labels()
        is_running = state in (engine.ACTIVE, engine.NOTICE)
        self.claim_ids.write(
            {
                "is_running": is_running,
                "is_accelerated": state == engine.ACCELERATED,
            }
        )
        self.claim_ids.flush_recordset()  # the index allows one running plan a claim
        self.claim_ids.move_line_id._include_in_collections()
        self.claim_ids.move_id._update_collection_protection()

    def _stop(self, state):
        """The plan runs no more: what it protected is dunned again."""
        self._clear_to_do()
        self.write({"date_cure": False, "date_proposed": False})
        self._start(state)

    def _clear_to_do(self):
        self._release_hold()
        self.activity_unlink(OUR_ACTIVITIES)

    def _call_again(self, kind):
        """Have the debtor called today, in place of calls planned up to today.

        :param str kind: the event to speak about, a topic of to-dos
        """
        case = self._get_case().with_context(mail_activity_quick_update=True)
        user = case._get_caller(self.user_id)
        summary = self.with_context(lang=user.lang)._say_topic(kind)
        day = self.company_id._get_collection_working_day(self._get_day())
        self.next_activity_id = case._schedule_next_call(
            day, user, summary, keep_later=True, topic=self._get_topic(kind)
        )

    def _is_call_needless(self, decision):
        """Whether a call is planned about arrears that are gone."""
        return decision.reason == "on_schedule" and self.next_activity_id

    def _settle_call(self, feedback):
        """Nobody calls about what is paid."""
        self.next_activity_id.filtered("active").action_feedback(feedback=feedback)
        self.next_activity_id = False

    # ----------------------------------------------------------------------- words

    def _say_arrears(self, ledger, day):
        """What is in arrears on a day, in words; the day too, if it is still to come.

        :param ledger: of that day, as :meth:`_get_ledgers` gives it
        """
        units = allocation.arrears(ledger.parts, day, ledger.bank_day)
        amount = self.currency_id.format(self._from_units(units))
        if day <= self._get_day():
            return self.env._("%(amount)s is in arrears", amount=amount)
        return self.env._(
            "%(amount)s is in arrears on %(day)s",
            amount=amount,
            day=format_date(self.env, day),
        )

    def _explain(self, decision, arrears=None):
        """Why a step is taken or not, in the environment's language.

        :param str arrears: what is in arrears on the day of the decision, as
            :meth:`_say_arrears` puts it; by default what is now
        """
        self.ensure_one()
        arrears = arrears or self.env._(
            "%(amount)s is in arrears",
            amount=self.currency_id.format(self.amount_arrears),
        )
        sentences = {
            "paid_off": self.env._("All is paid."),
            "credited": self.env._("Nothing is left: the claims were credited."),
            "accelerated": self.env._("The rest is due at once."),
            "cured": self.env._("The arrears were paid."),
            "pending_money": self.env._(
                "Money of this debtor isn't matched yet and would cover the arrears:"
                " match it first."
            ),
            "stale_books": decision.reason == "stale_books" and self._explain_books(),
            "returned_debit": self.env._(
                "Money has gone back to the debtor and is matched with nothing: match"
                " it with the payment that it took back."
            ),
            "increased": self.env._(
                "The amount of an invoice was raised after it was agreed on. Cancel the"
                " plan, and make a new one of what is open now."
            ),
            "replaced": self.env._(
                "An invoice was reversed to be invoiced anew. Post the new one; if its"
                " amount is another, cancel the plan, and make a new one."
            ),
            "transferred": self.env._(
                "A claim was moved to another account, and it isn't clear what took its"
                " place. Cancel the plan, and make a new one of what is open now."
            ),
            **{code: self._say_obstacle(code) for code in OBSTACLES},
            "draft": self.env._("An invoice is set back to draft and being corrected."),
            "changed": self.env._(
                "An invoice was changed so that its claim is gone. Cancel the plan, and"
                " make a new one of what is open now."
            ),
            "small_rest": self.env._(
                "The last day is over, and less is missing than the rule cares about:"
                " write it off or ask for it."
            ),
            "not_accepted": self.env._(
                "The rule wants the debtor's acceptance in writing, and there is none:"
                " ask for it, or decide yourself."
            ),
            "notice_bounced": self.env._(
                "The notice has not arrived: post the letter, or send it again."
            ),
            "missed": self._explain_missed(),
            "returned_payment": self.env._(
                "A payment was taken back, and %(arrears)s.", arrears=arrears
            ),
            "new_overdue": self.env._(
                "Another invoice has fallen due unpaid, and %(arrears)s.",
                arrears=arrears,
            ),
            "not_cured": self.env._(
                "The time that the notice gave is over, and %(arrears)s.",
                arrears=arrears,
            ),
            "notice_running": self.env._(
                "The notice gives the debtor time until %(day)s.",
                day=format_date(self.env, self.date_cure),
            ),
            "notice_undelivered": self.env._(
                "The notice is on its way; the time to pay runs from its delivery."
            ),
            "on_schedule": self._explain_on_schedule(),
            "within_grace": self.env._(
                "%(arrears)s, but the rule asks for nothing yet.", arrears=arrears
            ),
            "respite": self.env._(
                "The debtor has time until %(day)s to pay the arrears.",
                day=format_date(self.env, self.date_respite),
            ),
        }
        return sentences[decision.reason]

    def _explain_books(self):
        books = self.company_id._get_collection_books()
        if not books:
            return self.env._("The books are being brought up to date.")
        return self.env._(
            "%(books)s The payment may have come in since.",
            books=self.company_id._describe_books(books),
        )

    def _explain_on_schedule(self):
        if self.amount_paid or self.amount_credited:
            return self.env._("All that was due is paid.")
        return self.env._("Nothing is due yet.")

    def _explain_missed(self):
        missed = self.installment_ids.filtered(lambda part: part.state == "missed")
        if not missed:
            return self.env._("Installments were missed.")
        return self.env._(
            "%(amount)s is missing of what was due by %(day)s.",
            amount=self.currency_id.format(sum(missed.mapped("amount_residual"))),
            day=format_date(self.env, missed[-1].date_due),
        )
