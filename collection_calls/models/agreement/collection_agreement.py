import logging

import pytz

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL, clean_context

from ...engine.contact_gate import EMAIL, REMINDER
from ..company.books import BOOKS_ACTIVITY
from ..night.conflicts import CONFLICTS, is_passing, is_request, run_again

KINDS = ("collection.promise", "collection.plan")
REMIND_BATCH = 100
MONTHS_OF_RETURN = 13
EARLIEST_HOUR = 7  # on the company's clock, for reminders

_logger = logging.getLogger(__name__)


class CollectionAgreement(models.AbstractModel):
    """What promises and plans share: the ledger judges them, and nothing gets lost.

    Who agreed with whom, in which call and currency, is the same for both.
    """

    _name = "collection.agreement"
    _description = "Agreement with a Debtor"
    _inherit = ["collection.ledger", "collection.authorship", "collection.addressee"]

    name = fields.Char(
        string="Number", required=True, readonly=True, copy=False, default="/"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        check_company=True,
        index=True,
        ondelete="restrict",
        domain="['|', ('parent_id', '=', False), ('is_company', '=', True)]",
    )
    contact_id = fields.Many2one(
        "res.partner",
        check_company=True,
        ondelete="restrict",
        domain="[('id', 'child_of', partner_id)]",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(
        "res.currency",
        compute="_compute_currency_id",
        store=True,
        precompute=True,
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Collector",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain=[("share", "=", False)],
    )
    call_id = fields.Many2one(
        "collection.call",
        string="Collection Call",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('partner_id', '=', partner_id)]",
    )
    is_stale = fields.Boolean(
        string="Evaluation Due",
        readonly=True,
        copy=False,
        help="The last evaluation failed; the scheduled action tries again.",
    )
    is_failure_reported = fields.Boolean(
        readonly=True,
        copy=False,
        groups=fields.NO_ACCESS,
        help="The collector knows that the scheduled evaluation fails.",
    )
    failure_activity_id = fields.Many2one(
        "mail.activity",
        readonly=True,
        copy=False,
        ondelete="set null",
        groups=fields.NO_ACCESS,
    )

    # ------------------------------------------------------------------ computes

    def _get_items(self):
        """Journal items of the claims that the agreement is about."""
        raise NotImplementedError

    def _compute_currency_id(self):
        for agreement in self:
            items = agreement._get_items()
            agreement.currency_id = (
                items[:1].currency_id
                or agreement.currency_id
                or agreement.company_id.currency_id
            )

    @api.depends("name", "partner_id.name")
    def _compute_display_name(self):
        for agreement in self:
            debtor = agreement.partner_id.name
            agreement.display_name = f"{agreement.name} ({debtor})" if debtor else False

    # -------------------------------------------------------------------- checks

    @api.constrains("partner_id", "contact_id")
    def _check_contact(self):
        for agreement in self:
            debtor = agreement.partner_id
            person = agreement.contact_id
            if person and not person._may_stand_for(debtor):
                raise ValidationError(
                    self.env._(
                        "%(contact)s doesn't belong to %(debtor)s.",
                        contact=agreement.contact_id.display_name,
                        debtor=debtor.display_name,
                    )
                )

    @api.constrains("partner_id")
    def _check_debtor(self):
        """Whoever becomes part of another takes along what was paid long ago, too: all
        that is asked is whose the claims are."""
        for agreement in self:
            for item in agreement._get_items():
                if item.partner_id.commercial_partner_id != agreement.partner_id:
                    raise ValidationError(
                        self.env._(
                            "“%(claim)s” is no open claim on %(debtor)s. Choose an"
                            " unpaid invoice of theirs.",
                            claim=item.display_name,
                            debtor=agreement.partner_id.display_name,
                        )
                    )

    @api.constrains("call_id", "partner_id", "company_id")
    def _check_call(self):
        for agreement in self.filtered("call_id"):
            call = agreement.call_id
            parties = agreement.partner_id, agreement.company_id
            if (call.partner_id, call.company_id) != parties:
                raise ValidationError(
                    self.env._(
                        "%(call)s was held with %(debtor)s for %(company)s. Choose a"
                        " call with whoever makes the agreement, or leave the call"
                        " empty.",
                        call=call.name,
                        debtor=call.partner_id.display_name,
                        company=call.company_id.name,
                    )
                )

    # --------------------------------------------------------------------- hooks

    @api.model
    def _get_touched(self, move_ids):
        """The agreements that stand on these invoices, or once did."""
        raise NotImplementedError

    def _judge_touched(self, move_ids):
        """Judge agreements anew after something happened to these invoices."""
        raise NotImplementedError

    @api.model
    def _get_touched_sql(self, move_ids):
        """A query for the ids of the agreements on these invoices."""
        raise NotImplementedError

    def _get_to_remind_domain(self):
        """Whom to remind now."""
        raise NotImplementedError

    def _remind(self):
        """Remind of one payment."""
        raise NotImplementedError

    @api.model
    def _get_reminder_template(self):
        """:return: external id of the e-mail template"""
        raise NotImplementedError

    # -------------------------------------------------------------------- events

    @api.model
    def _touch_all(self, move_ids):
        """Have whatever stands on these invoices judged anew."""
        for name in KINDS:
            self.env[name]._touch(move_ids)

    @api.model
    def _touch(self, move_ids):
        """Have what stands on these invoices judged anew when the transaction ends.

        On other claims of the invoice too: their protection hangs together.

        However often this is called, all is judged once when the transaction ends;
        where somebody makes a savepoint before, what was touched so far is judged there
        already. An error of ours never gets in the way of what the accountant is doing.
        """
        if not move_ids:
            return
        data = self.env.cr.precommit.data
        key = self._get_touched_key()
        if key not in data:
            data[key] = set()
            # Defaults of the accountant's dialog don't concern what we create.
            clean = self.env(su=True, context=clean_context(self.env.context))
            self.env.cr.precommit.add(self.with_env(clean)._evaluate_touched)
        data[key].update(move_ids)

    @api.model
    def _get_touched_key(self):
        return f"collection_calls.touched.{self._name}"

    def _evaluate_touched(self):
        """Judge what was touched, unless a scheduled action has it in hand.

        Whoever changed the ledger neither waits for that nor is run again for our sake:
        it is judged a moment later then.
        """
        move_ids = self.env.cr.precommit.data.pop(self._get_touched_key())
        failure = f"{self._description} on changed claims: not evaluated"
        try:
            with run_again(is_last=True):
                is_judged = self._attempt(
                    lambda: self._judge_unlocked(move_ids), failure, let_pass=CONFLICTS
                )
        except CONFLICTS as error:
            if is_passing(error):
                raise
            self.env["collection.backlog"]._put(self._name, move_ids)
        else:
            if not is_judged:
                self._mark_touched_stale(move_ids)

    def _judge_unlocked(self, move_ids):
        """Judge what was touched; what others have locked is a conflict at once."""
        night = self.env["collection.night"]
        touched = self._get_touched_sql(move_ids)
        timeout = night._claim(self._table, touched)
        if timeout is not None:
            self._judge_touched(move_ids)
            self.env.flush_all()
            night._set_timeout(timeout)

    @api.model
    def _mark_touched_stale(self, move_ids):
        """Note it in plain SQL: whatever went wrong doesn't go wrong here again."""
        self.env.cr.execute(
            SQL(
                "UPDATE %(table)s SET is_stale = TRUE WHERE id IN (%(touched)s)",
                table=SQL.identifier(self._table),
                touched=self._get_touched_sql(move_ids),
            )
        )
        self.invalidate_model(["is_stale"])

    # ---------------------------------------------------------------------- care

    def _attempt(self, work, failure, let_pass=()):
        """Do some work of ours; if it fails, nothing is left of it but a log entry.

        Only our own work is at stake. What others have pending is written before, and
        their hooks run when the transaction ends: what they refuse stays refused. That
        is why the savepoint must not flush the cursor, which would run them in here.

        :param work: a function without arguments
        :param failure: what to log; None if the caller finds out more
        :param let_pass: exceptions that go on to the caller, as conflicts do where all
            is run again after them
        :return: whether it succeeded
        """
        self.env.flush_all()
        try:
            with self.env.cr.savepoint(flush=False):
                work()
                self.env.flush_all()
        except Exception as error:
            self.env.transaction.clear()  # what the cache says was rolled back
            is_retried = isinstance(error, CONFLICTS) and is_request()
            if is_retried or isinstance(error, let_pass) or is_passing(error):
                raise
            if failure:
                _logger.exception(failure)
            return False
        return True

    def _mark_stale(self):
        """Leave these records to the next scheduled evaluation.

        Where another transaction has just changed them, the error goes on: Odoo then
        runs the request again, as it does if two accountants match the same item.
        """
        self._attempt(
            lambda: self.write({"is_stale": True}),
            f"{self} could not be marked for evaluation",
            let_pass=PG_CONCURRENCY_EXCEPTIONS_TO_RETRY,
        )

    def _report_failures(self):
        """Tell the collectors, once each, of what could not be evaluated."""
        unreported = self.filtered(
            lambda record: record.is_stale and not record.is_failure_reported
        )
        for record in unreported:
            record._attempt(
                record._report_failure, f"{record.name}: failure not reported"
            )

    def _report_failure(self):
        """Tell the collector, once, that the ledger's verdict can't be had."""
        user = self._get_collector()
        self.failure_activity_id = self.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.company_id._get_collection_today(),
            user_id=user.id,
            summary=self.with_context(lang=user.lang).env._(
                "%(promise)s could not be evaluated: look at it, and ask your"
                " administrator for the server's log",
                promise=self.name,
            ),
        )
        self.is_failure_reported = True

    def _settle_failure(self):
        """The verdict is there after all."""
        self.failure_activity_id.filtered("active").unlink()
        self.is_failure_reported = False

    # -------------------------------------------------------------------- people

    def _follow_debtor(self):
        """Whoever owes the claims is the debtor; where several do, somebody looks."""
        for agreement in self:
            owing = agreement._get_items().partner_id.commercial_partner_id
            if len(owing) > 1:
                agreement._ask_for_one_debtor(owing)
            elif owing and owing != agreement.partner_id:
                person = agreement.contact_id or agreement.partner_id
                agreement._write_facts(
                    {
                        "partner_id": owing.id,
                        "contact_id": person._get_collection_heir(owing).id,
                    }
                )

    def _ask_for_one_debtor(self, debtors):
        user = self._get_collector()
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=self.company_id._get_collection_today(),
            user_id=user.id,
            summary=self.with_context(lang=user.lang).env._(
                "%(agreement)s is about claims on %(debtors)s: agree with each of them",
                agreement=self.name,
                debtors=", ".join(debtors.mapped("name")),
            ),
        )

    def _write_facts(self, vals):
        """What follows from the ledger, past the guards of what users write."""
        raise NotImplementedError

    def _get_person(self):
        """Whoever agreed, else the debtor."""
        self.ensure_one()
        return self.contact_id or self.partner_id

    def _get_document(self):
        return REMINDER

    def _get_case(self):
        # A new case is the collector's, not the accountant's or the scheduler's.
        cases = self.env["collection.case"].with_context(
            default_user_id=self.user_id.id
        )
        case = cases._get_or_create(self.partner_id, self.company_id)
        return case.with_env(self.env)

    # --------------------------------------------------------------------- books

    @api.model
    def _get_doubtful_domain(self, date_field):
        """Whatever was over on a day, on debtors to whom money seems to have gone back.

        Banks return debits that nobody authorized for thirteen months (article 71 of
        Directive (EU) 2015/2366).
        """
        returned = self._get_returned_debits()
        if not returned:
            return Domain.FALSE
        oldest = min(debit[1] for debits in returned.values() for debit in debits)
        since = fields.Date.subtract(oldest, months=MONTHS_OF_RETURN)
        return Domain("partner_id", "in", list(returned)) & Domain(
            date_field, ">=", since
        )

    @api.model
    def _settle_books(self):
        """Nobody has to import statements any more where no verdict waits for them."""
        to_do_id = self.env["ir.model.data"]._xmlid_to_res_id(BOOKS_ACTIVITY)
        # sudo: what waits doesn't depend on who asks.
        journals_sudo = self.env["account.journal"].sudo()
        asked = journals_sudo.search([("activity_ids.activity_type_id", "=", to_do_id)])
        if asked:
            self._attempt(
                lambda: self._settle_books_of(asked.company_id),
                "To-dos for statements could not be settled",
            )

    @api.model
    def _settle_books_of(self, companies):
        for company in companies:
            family = company._get_collection_family()
            if not any(self.env[kind].sudo()._is_unbooked(family) for kind in KINDS):
                company._settle_statements()

    @api.model
    def _is_unbooked(self, companies):
        """Whether a verdict in one of these companies waits for bank statements."""
        return any(
            self.search_count(self._get_unbooked_domain(company), limit=1)
            for company in companies
        )

    @api.model
    def _get_unbooked_domain(self, company):
        """Agreements of ``company`` whose verdict waits for bank statements."""
        raise NotImplementedError

    # --------------------------------------------------------------------- money

    @api.model
    def _recognize_money(self, domain):
        """Find out whose money without a partner seems to be, before anybody is judged.

        :param domain: of the agreements that are going to be judged
        :return: whether all of it was looked at
        """
        companies = self.env["res.company"].union(
            *(company for [company] in self.sudo()._read_group(domain, ["company_id"]))
        )
        lines = self.env["account.bank.statement.line"]
        return lines._recognize_in_slices(companies)

    def _get_meant_money(self, under_way):
        """What of this money may be meant for the agreement.

        :param dict under_way: as :meth:`_get_under_way`
        """
        money = [
            each
            for debtor in self._get_debtors()
            for each in under_way.get(debtor.id, ())
        ]
        if not any(each.move_ids for each in money):
            return money
        moves = self._get_claim_rows()._get_meant_moves()
        return [
            each
            for each in money
            if not each.move_ids or moves.intersection(each.move_ids)
        ]

    def _to_units(self, amount):
        """An amount in the smallest unit of the agreement's currency."""
        return round(amount / self.currency_id.rounding)

    def _convert_under_way(self, under_way):
        """What this money is worth today, in the agreement's currency.

        :param under_way: list of :class:`..ledger.money_under_way.UnderWay`
        """
        today = self.company_id._get_collection_today()
        currencies = self.env["res.currency"]
        return sum(
            currencies.browse(money.currency_id)._convert(
                money.amount, self.currency_id, self.company_id, today
            )
            for money in under_way
        )

    def _from_units(self, units):
        return self.currency_id.round(units * self.currency_id.rounding)

    # ------------------------------------------------------------------ reminders

    @api.model
    def _cron_remind(self):
        """Remind of the payments that fall due soon.

        Of each once, however often and on however many servers this runs. It runs every
        hour, as companies anywhere have their morning at another one.

        :return: whether everybody had their turn
        """
        return self.env["collection.night"]._work_off(
            self.sudo(),
            "remind",
            self._get_to_remind_domain,
            lambda todo, pace: todo._remind_each(pace),
            REMIND_BATCH,
        )

    def _remind_each(self, pace):
        """Remind of each, but for those of whose debtors nobody asks anything now."""
        for record in pace.walk(self - self._filter_held()):
            failure = f"{record.name}: no reminder could be sent"
            record._attempt(record._remind, failure)

    @api.model
    def _is_time_to_remind(self, company):
        now = pytz.utc.localize(fields.Datetime.now())
        return now.astimezone(company._get_collection_tz()).hour >= EARLIEST_HOUR

    def _say_not_reminded(self, answer):
        """Keep in the chatter why nobody was reminded in writing."""
        self._message_log(
            body=self.env._("No reminder was sent: %(why)s", why=answer.reason)
        )

    def _mail_reminder(self, answer):
        """Post the e-mail in the chatter; Odoo's mail queue sends it.

        :param answer: what the gate says to it
        """
        self._pass_gate(answer, EMAIL, self._post_reminder)
        self.env["collection.call"]._wake("mail.ir_cron_mail_scheduler_action")

    def _post_reminder(self, recipient):
        # The context wins over what callers such as server actions ask for.
        self.with_context(mail_notify_force_send=False).message_post_with_source(
            self.env.ref(self._get_reminder_template()),
            message_type="auto_comment",
            subtype_xmlid="mail.mt_note",
            force_send=False,
            notify_skip_followers=True,
            partner_ids=recipient.ids,
        )
