from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.acceleration import ACTIVE, NOTICE
from ...engine.promise import STANDING

FIGURES = (
    "overdue_amount",
    "protected_amount",
    "disputed_amount",
    "collectible_amount",
    "overdue_count",
    "oldest_due_date",
    "bucket_1_30",
    "bucket_31_60",
    "bucket_61_90",
    "bucket_over_90",
    "aging",
    "pending_amount",
    "left_out_amount",
    "last_call_id",
    "last_contact_date",
    "attempt_count",
    "broken_promise_count",
    "situation",
    "date_closed",
)
# What figures follow from besides, and by which a case is found again.
FILED = (
    "id",
    "partner_id",
    "company_id",
    "hold",
    "last_call_id",
    "situation",
    "date_closed",
)
SKIP_COMPILING = SQL("SET LOCAL jit = off")


class CollectionCase(models.Model):
    """What the call list shows and sorts by, and how it is brought up to date.

    The figures are stored, never typed: they are derived from the ledger and the
    records of calls, promises, plans and disputes, for any number of debtors at once.
    Amounts are in company currency, as :mod:`..ledger.collection_overdue` says.
    """

    _inherit = "collection.case"

    currency_id = fields.Many2one(related="company_id.currency_id")
    overdue_amount = fields.Monetary(
        string="Overdue",
        readonly=True,
        copy=False,
        help="Overdue claims less open credits, in company currency at the rate of"
        " today.",
    )
    protected_amount = fields.Monetary(
        string="Protected",
        readonly=True,
        copy=False,
        help="Overdue claims that nobody duns meanwhile: they are promised, or paid by"
        " installments.",
    )
    disputed_amount = fields.Monetary(
        string="Disputed",
        readonly=True,
        copy=False,
        help="What the debtor objects to on overdue claims that aren't protected.",
    )
    collectible_amount = fields.Monetary(
        string="Collectible",
        readonly=True,
        copy=False,
        help="What to call about: what is overdue and neither protected, disputed nor"
        " on its way.",
    )
    overdue_count = fields.Integer(
        string="Overdue Invoices", readonly=True, copy=False, default=0
    )
    oldest_due_date = fields.Date(string="Overdue Since", readonly=True, copy=False)
    days_overdue = fields.Integer(compute="_compute_days_overdue")
    bucket_1_30 = fields.Monetary(
        string="1–30 Days",
        readonly=True,
        copy=False,
        help="Overdue claims up to 30 days old, open credits not deducted. The rest of"
        " a plan that fell due at once is among them, however late its invoices are"
        " due.",
    )
    bucket_31_60 = fields.Monetary(string="31–60 Days", readonly=True, copy=False)
    bucket_61_90 = fields.Monetary(string="61–90 Days", readonly=True, copy=False)
    bucket_over_90 = fields.Monetary(string="Over 90 Days", readonly=True, copy=False)
    aging = fields.Selection(
        [
            ("1_30", "1–30 Days"),
            ("31_60", "31–60 Days"),
            ("61_90", "61–90 Days"),
            ("over_90", "Over 90 Days"),
        ],
        readonly=True,
        copy=False,
        help="Where the oldest of the overdue claims belongs.",
    )
    pending_amount = fields.Monetary(
        string="On Its Way",
        readonly=True,
        copy=False,
        help="Payments in process, online payments and bank statement lines that wait"
        " to be matched. It stays overdue until it arrives, but nobody calls for it.",
    )
    left_out_amount = fields.Monetary(
        string="Left Out",
        readonly=True,
        copy=False,
        help="Due items and credits of general journals, opening balances for instance,"
        " which Odoo leaves out of follow-up by itself. They aren't overdue here.",
    )
    last_call_id = fields.Many2one(
        "collection.call",
        string="Last Closed Call",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    last_contact_date = fields.Datetime(
        string="Last Contact",
        readonly=True,
        copy=False,
        help="When somebody was last spoken to who is proven to be allowed to hear"
        " about the debt.",
    )
    attempt_count = fields.Integer(
        string="Attempts",
        readonly=True,
        copy=False,
        default=0,
        help="How often we tried to reach the debtor since the last contact.",
    )
    broken_promise_count = fields.Integer(
        string="Broken Promises",
        readonly=True,
        copy=False,
        default=0,
        help="Promises of the last twelve months that weren't kept, or only partly.",
    )
    situation = fields.Selection(
        [
            ("to_call", "To Call"),
            ("paying", "Being Paid"),
            ("promised", "Promised"),
            ("on_plan", "On Plan"),
            ("disputed", "Disputed"),
            ("on_hold", "On Hold"),
            ("closed", "Closed"),
        ],
        readonly=True,
        copy=False,
        default="closed",
        index=True,
        help="Whether there is something to call about; if not, what holds most of it"
        " back. Closed: nothing is overdue.",
    )

    date_closed = fields.Datetime(
        string="Closed On",
        readonly=True,
        copy=False,
        help="Since when nothing is overdue any more. Empty if something is, or never"
        " was.",
    )

    @api.depends("oldest_due_date", "company_id")
    def _compute_days_overdue(self):
        for company, cases in self.grouped("company_id").items():
            today = company and company._get_collection_today()
            for case in cases:
                oldest = case.oldest_due_date
                case.days_overdue = max((today - oldest).days, 0) if oldest else 0

    def _check_no_figures(self, vals):
        """Check that users don't type what the ledger says.

        :raise UserError: if they do
        """
        if not self.env.su and not set(FIGURES).isdisjoint(vals):
            raise UserError(
                self.env._("Figures of a case follow from the ledger and the calls.")
            )

    # ------------------------------------------------------------------- refreshing

    @api.model
    def _refresh_debtors(self, debtor_ids):
        """Bring the figures of these debtors up to date.

        :param debtor_ids: ids of commercial partners
        :return: the cases that changed
        """
        self._lock_debtors(debtor_ids)
        self._drop_untrue_to_dos(debtor_ids)
        rows = self.env.execute_query(
            self._get_refresh_sql(self.env.companies, debtor_ids)
        )
        changed = self.browse(row_id for row_id, is_new, _called in rows if not is_new)
        changed.invalidate_recordset(FIGURES, flush=False)
        # What follows from the last call is stored, and most changes are about money.
        changed.modified(set(FIGURES) - {"last_call_id"})
        called = self.browse(row_id for row_id, _new, is_called in rows if is_called)
        called.modified(["last_call_id"])
        created = self.browse(row_id for row_id, is_new, _called in rows if is_new)
        if created:
            self.env["res.partner"].invalidate_model(["collection_case_id"])
            created.modified(self._fields, create=True)
        return changed + created

    @api.model
    def _lock_debtors(self, debtor_ids):
        """Lock the cases of these debtors in one order, whatever is changed after that.

        Two transactions with several debtors would wait for each other otherwise. With
        ``collection_nowait`` in the context, nobody is waited for. What
        :meth:`_skip_compiling` says goes with it.

        :raise LockNotAvailable: if somebody else has one of them then
        """
        mine = self.env["collection.case.facts"]._get_mine(
            self.env.companies, debtor_ids
        )
        query = self._search(mine, order="id")
        nowait = SQL(" NOWAIT" if self.env.context.get("collection_nowait") else "")
        self.env.cr.execute(
            SQL("%s; %s FOR NO KEY UPDATE%s", SKIP_COMPILING, query.select(), nowait)
        )

    @api.model
    def _skip_compiling(self):
        """Have PostgreSQL plan and read at once: to compile what it reads by, in this
        transaction, would take longer than the reading."""
        self.env.cr.execute(SKIP_COMPILING)

    @api.model
    def _drop_untrue_to_dos(self, debtor_ids):
        """Drop what isn't to be told to these debtors any more: ``to_do`` knows that.

        It comes before their figures, which tell the next call.
        """

    @api.model
    def _get_refresh_sql(self, companies, debtor_ids):
        """One statement that writes what changed and adds the cases that are missing.

        It returns the ids of both, which of them are new, and which of the others have
        another last call.
        """
        columns = [SQL.identifier(name) for name in FIGURES]
        return SQL(
            """
            WITH %(figures)s,
            changed AS (
                UPDATE collection_case AS stored
                   SET (%(columns)s) = ROW(%(values)s),
                       write_uid = %(uid)s,
                       write_date = %(now)s
                  FROM figure
                 WHERE stored.id = figure.id
                   AND (%(stored)s) IS DISTINCT FROM (%(values)s)
             RETURNING stored.id,
                       figure.known_call_id IS DISTINCT FROM figure.last_call_id
                           AS is_called
            ),
            added AS (
                INSERT INTO collection_case (
                    partner_id, company_id, %(columns)s,
                    create_uid, create_date, write_uid, write_date
                )
                SELECT partner_id, company_id, %(values)s,
                       %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM figure
                 WHERE id IS NULL
              ORDER BY company_id, partner_id
           ON CONFLICT DO NOTHING
             RETURNING id
            )
            SELECT id, FALSE, is_called FROM changed
         UNION ALL
            SELECT id, TRUE, FALSE FROM added
            """,
            figures=self._get_figures_sql(companies, debtor_ids),
            columns=SQL(", ").join(columns),
            values=SQL(", ").join(SQL("figure.%s", column) for column in columns),
            stored=SQL(", ").join(SQL("stored.%s", column) for column in columns),
            uid=self.env.uid,
            now=self.env.cr.now(),
        )

    @api.model
    def _get_figures_sql(self, companies, debtor_ids):
        """Common table expressions up to ``figure``: cases as they should be.

        Without an id where a debtor has something overdue or left out, but no case.
        """
        facts = self.env["collection.case.facts"]
        return SQL(
            """
            %(overdue)s,
            disputed AS (%(disputed)s),
            pending AS (
                SELECT money.debtor_id AS partner_id,
                       money.company_id,
                       SUM(ROUND(COALESCE(money.amount * rate.rate, money.booked)
                                 / setting.unit) * setting.unit) AS amount
                  FROM (%(pending)s) money
                  JOIN setting USING (company_id)
             LEFT JOIN rate USING (company_id, currency_id)
              GROUP BY money.debtor_id, money.company_id
            ),
            held AS (%(calls)s),
            failed AS (%(failed)s),
            filed AS (%(cases)s),
            summed AS (
                SELECT filed.id,
                       filed.hold,
                       filed.last_call_id AS known_call_id,
                       filed.situation AS known_situation,
                       filed.date_closed AS known_date,
                       partner_id,
                       company_id,
                       GREATEST(
                           COALESCE(overdue.amount, 0) + COALESCE(credit.amount, 0), 0
                       ) AS overdue_amount,
                       COALESCE(overdue.protected, 0) AS protected_amount,
                       COALESCE(overdue.planned, 0) AS planned_amount,
                       COALESCE(overdue.promised, 0) AS promised_amount,
                       COALESCE(disputed.amount, 0) AS disputed_amount,
                       COALESCE(overdue.overdue_count, 0) AS overdue_count,
                       overdue.oldest_due_date,
                       COALESCE(overdue.bucket_1_30, 0) AS bucket_1_30,
                       COALESCE(overdue.bucket_31_60, 0) AS bucket_31_60,
                       COALESCE(overdue.bucket_61_90, 0) AS bucket_61_90,
                       COALESCE(overdue.bucket_over_90, 0) AS bucket_over_90,
                       COALESCE(pending.amount, 0) AS pending_amount,
                       COALESCE(left_out.amount, 0) AS left_out_amount,
                       held.last_call_id,
                       held.last_contact_date,
                       COALESCE(held.attempt_count, 0) AS attempt_count,
                       COALESCE(failed.count, 0) AS broken_promise_count
                  FROM overdue
             FULL JOIN filed USING (partner_id, company_id)
             FULL JOIN left_out USING (partner_id, company_id)
             LEFT JOIN credit USING (partner_id, company_id)
             LEFT JOIN disputed USING (partner_id, company_id)
             LEFT JOIN pending USING (partner_id, company_id)
             LEFT JOIN held USING (partner_id, company_id)
             LEFT JOIN failed USING (partner_id, company_id)
            ),
            settled AS (
                SELECT summed.*,
                       GREATEST(
                           overdue_amount - protected_amount - disputed_amount
                           - GREATEST(pending_amount, 0), 0
                       ) AS collectible_amount
                  FROM summed
                 WHERE id IS NOT NULL OR overdue_amount > 0 OR left_out_amount > 0
            ),
            figure AS (
                SELECT settled.*,
                       %(aging)s AS aging,
                       %(situation)s AS situation,
                       CASE WHEN overdue_amount > 0 THEN NULL
                            WHEN known_situation = 'closed' THEN known_date
                            ELSE %(now)s
                       END AS date_closed
                  FROM settled
            )
            """,
            overdue=facts._get_overdue_sql(companies, debtor_ids),
            disputed=facts._get_disputed_sql(companies, debtor_ids),
            pending=facts._get_pending_sql(companies, debtor_ids),
            calls=facts._get_calls_sql(companies, debtor_ids),
            failed=facts._get_broken_sql(companies, debtor_ids),
            cases=facts._get_cases_sql(companies, debtor_ids, FILED),
            aging=self._get_aging_sql(),
            situation=self._get_situation_sql(),
            now=fields.Datetime.now(),
        )

    @api.model
    def _get_aging_sql(self):
        """The bucket of the oldest claim."""
        return SQL(
            """
            CASE WHEN bucket_over_90 > 0 THEN 'over_90'
                 WHEN bucket_61_90 > 0 THEN '61_90'
                 WHEN bucket_31_60 > 0 THEN '31_60'
                 WHEN bucket_1_30 > 0 THEN '1_30'
            END
            """
        )

    @api.model
    def _get_situation_sql(self):
        """Whether to call; if all is held back, by what most of it is."""
        return SQL(
            """
            CASE WHEN overdue_amount <= 0 THEN 'closed'
                 WHEN hold IS NOT NULL THEN 'on_hold'
                 WHEN collectible_amount > 0 THEN 'to_call'
                 WHEN pending_amount > GREATEST(
                     planned_amount, promised_amount, disputed_amount
                 ) THEN 'paying'
                 WHEN planned_amount >= GREATEST(promised_amount, disputed_amount)
                 THEN 'on_plan'
                 WHEN promised_amount >= disputed_amount THEN 'promised'
                 ELSE 'disputed'
            END
            """
        )

    # -------------------------------------------------------------------- closing
    # What becomes of the calls that are planned with debtors who have paid.
    #
    # They are settled by night: a payment that is matched and undone on the same day
    # leaves what was agreed as it is. If something falls overdue later, the strategy
    # proposes a call as with anybody else.

    @api.model
    def _settle_needless_calls(self, debtor_ids):
        """Mark calls as done that were planned before their case was closed.

        What people planned themselves stays, and so does everything with debtors who
        promised something else, or have a plan that runs.
        """
        closed = self.search(
            self.env["collection.case.facts"]._get_mine(self.env.companies, debtor_ids)
            & Domain("situation", "=", "closed")
            & Domain("date_closed", "<", self.env.company._get_collection_midnight())
        )
        planned = self.env["mail.activity"].search(
            self._get_call_activity_domain()
            & Domain("automated", "=", True)
            & Domain("res_id", "in", closed.ids)
        )
        if planned:
            dates = {case.id: case.date_closed for case in closed._without_agreement()}
            needless = planned.filtered(
                lambda call: (
                    call.res_id in dates and call.create_date <= dates[call.res_id]
                )
            )
            for user, calls in needless.grouped("user_id").items():
                env = self.with_context(lang=user.lang).env
                calls.action_feedback(feedback=env._("Nothing is overdue any more."))

    def _without_agreement(self):
        """Cases of debtors who neither promised anything nor pay by installments."""
        mine = Domain("partner_id", "in", self.partner_id.ids)
        standing = self.env["collection.promise"].search(
            mine & Domain("state", "in", STANDING)
        )
        running = self.env["collection.plan"].search(
            mine & Domain("state", "in", (ACTIVE, NOTICE))
        )
        bound = {
            (agreement.partner_id, agreement.company_id)
            for agreement in [*standing, *running]
        }
        return self.filtered(
            lambda case: (case.partner_id, case.company_id) not in bound
        )
