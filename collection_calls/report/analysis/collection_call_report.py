from odoo import fields, models
from odoo.tools import SQL

from .collection_report import HOURS, WEEKDAYS

DAYS = 14  # in which money counts as having come in after a call


class CollectionCallReport(models.Model):
    """Closed calls: whom they reached, what was agreed, and what came in after them.

    Money counts for one call alone, so that sums never count it twice: of the calls
    with the debtor in the two weeks up to the day the money is dated, the last one with
    the right party; where nobody was reached, the last one at all. A voicemail doesn't
    take from a conversation what that one had achieved.
    """

    _name = "collection.call.report"
    _description = "Calls Analysis"
    _inherit = "collection.report"
    _auto = False
    _order = "date_start desc, id desc"
    _rec_name = "call_id"
    _alias = "held"
    _claims = "collection.call.claim"
    _rates = {
        "right_party_rate": ("reached_count", "attempt_count"),
        "promise_rate": ("promise_count", "contact_count"),
        "plan_rate": ("plan_count", "contact_count"),
    }
    _depends = {
        "collection.call": [
            "partner_id",
            "company_id",
            "user_id",
            "outcome_id",
            "direction",
            "date_start",
            "duration",
            "right_party_verified",
            "state",
        ],
        "collection.call.claim": ["call_id", "date_maturity"],
        "collection.call.outcome": ["is_attempt"],
        "collection.promise": ["call_id", "amount", "currency_id"],
        "collection.plan": ["call_id", "date_activated"],
        "res.partner": ["commercial_partner_id"],
        "account.move.line": [
            "partner_id",
            "account_id",
            "company_id",
            "currency_id",
            "parent_state",
            "balance",
            "date",
            "date_maturity",
            "reconciled",
            "move_id",
            "payment_id",
            "statement_line_id",
            "tax_line_id",
            "journal_id",
        ],
        "account.partial.reconcile": [
            "debit_move_id",
            "credit_move_id",
            "debit_amount_currency",
            "exchange_move_id",
            "max_date",
        ],
    }

    date_start = fields.Datetime(string="Date", readonly=True)
    weekday = fields.Selection(
        WEEKDAYS, readonly=True, help="On the company's calendar."
    )
    hour = fields.Selection(
        HOURS, readonly=True, help="In which the call began, on the company's clock."
    )
    direction = fields.Selection(
        [("outgoing", "We called"), ("incoming", "The debtor called")], readonly=True
    )
    outcome_id = fields.Many2one("collection.call.outcome", readonly=True)
    attempt_count = fields.Integer(
        string="Attempts",
        readonly=True,
        help="Calls that we made, unless their outcome doesn't count as an attempt.",
    )
    reached_count = fields.Integer(
        string="Successful Attempts",
        readonly=True,
        help="Attempts that reached the right party.",
    )
    contact_count = fields.Integer(
        string="Right-Party Contacts",
        readonly=True,
        help="Conversations with somebody proven to be allowed to hear about the debt,"
        " whoever called.",
    )
    promise_count = fields.Integer(
        string="Calls with a Promise",
        readonly=True,
        help="Right-party contacts in which a payment was promised.",
    )
    plan_count = fields.Integer(
        string="Calls with a Plan",
        readonly=True,
        help="Right-party contacts that an installment plan came out of.",
    )
    right_party_rate = fields.Float(
        string="Right-Party Rate",
        readonly=True,
        aggregator="avg",
        help="Attempts that reached the right party, of all attempts.",
    )
    promise_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Right-party contacts with a promise, of all right-party contacts.",
    )
    plan_rate = fields.Float(
        readonly=True,
        aggregator="avg",
        help="Right-party contacts with an installment plan, of all right-party"
        " contacts.",
    )
    promised_amount = fields.Monetary(
        string="Promised", readonly=True, help="In promises that the call brought."
    )
    received_amount = fields.Monetary(
        string="Received in 14 Days",
        readonly=True,
        help="Money dated from the day of the call to 14 days after and matched with"
        " claims on the debtor; no credit notes. It counts for one call: the last one"
        " with the right party in the 14 days before it, else the last one.",
    )
    duration = fields.Float(string="Minutes", readonly=True)
    duration_average = fields.Float(
        string="Minutes per Call", readonly=True, aggregator="avg"
    )

    def _get_columns(self):
        is_attempt = SQL(
            "COALESCE(outcome.is_attempt AND held.direction = 'outgoing', FALSE)"
        )
        is_contact = SQL("COALESCE(held.right_party_verified, FALSE)")
        own = "date_start", "direction", "outcome_id", "duration"
        return {
            **super()._get_columns(),
            **self._get_clock_columns(),
            **self._get_own_columns(*own),
            "duration_average": SQL("held.duration"),
            "attempt_count": SQL("%s::int", is_attempt),
            "reached_count": SQL("(%s AND %s)::int", is_attempt, is_contact),
            "contact_count": SQL("%s::int", is_contact),
            "promise_count": SQL(
                """
                (%s AND EXISTS (
                    SELECT 1
                      FROM collection_promise promise
                     WHERE promise.call_id = held.id
                ))::int
                """,
                is_contact,
            ),
            "plan_count": SQL(
                """
                (%s AND EXISTS (
                    SELECT 1
                      FROM collection_plan plan
                     WHERE plan.call_id = held.id
                       AND plan.date_activated IS NOT NULL
                ))::int
                """,
                is_contact,
            ),
            "promised_amount": SQL(
                """
                (SELECT COALESCE(SUM(%s), 0)
                   FROM collection_promise promise
                   JOIN %s USING (currency_id)
                  WHERE promise.call_id = held.id)
                """,
                self._convert_sql(SQL("promise.amount")),
                self._get_rate_sql(),
            ),
            "received_amount": self._get_received_sql(),
        }

    def _get_day_sql(self):
        return SQL("(%s)::date", self._get_clock_sql(SQL("held.date_start")))

    def _get_joins_sql(self):
        return SQL(
            "LEFT JOIN collection_call_outcome outcome ON outcome.id = held.outcome_id"
        )

    def _get_where_sql(self):
        return SQL("held.state = 'done'")

    def _get_oldest_due_sql(self):
        """Since when the oldest claim that a call was about has been due.

        Where nobody was reached, and so nothing spoken about, it is the oldest claim
        that was overdue and open on that day.
        """
        return SQL(
            """
            COALESCE(
                %(spoken)s,
                (SELECT MIN(COALESCE(claim.date_maturity, claim.date))
                   FROM %(claims)s
                  WHERE claim.parent_state = 'posted'
                    AND claim.balance > 0
                    AND claim.date <= %(day)s
                    AND COALESCE(claim.date_maturity, claim.date) < %(day)s
                    AND (NOT COALESCE(claim.reconciled, FALSE) OR EXISTS (
                            SELECT 1
                              FROM account_partial_reconcile match
                             WHERE match.debit_move_id = claim.id
                               AND match.max_date >= %(day)s
                        ))
                )
            )
            """,
            spoken=super()._get_oldest_due_sql(),
            claims=self._get_claims_sql(),
            day=self._get_day_sql(),
        )

    def _get_claims_sql(self):
        """The receivable items ``claim`` of the debtor of ``held``."""
        return SQL(
            """
            (SELECT owner.id
               FROM res_partner owner
              WHERE owner.commercial_partner_id = held.partner_id) owner
              JOIN account_move_line claim ON claim.partner_id = owner.id
                                          AND claim.company_id = held.company_id
              JOIN account_account account
                ON account.id = claim.account_id
               AND account.account_type = 'asset_receivable'
            """
        )

    def _get_received_sql(self):
        """What came in after a call.

        Money that went back is a debit of the debtor as well, and matched with what it
        takes back: that has not come in.
        """
        ledger = self.env["collection.ledger"]
        return SQL(
            """
            (SELECT COALESCE(SUM(%(amount)s), 0)
               FROM %(claims)s
               JOIN account_journal source
                 ON source.id = claim.journal_id
                AND source.type NOT IN ('bank', 'cash', 'credit')
               JOIN %(rates)s ON rate.currency_id = claim.currency_id
         CROSS JOIN LATERAL (%(matches)s) receipt
              WHERE claim.payment_id IS NULL
                AND claim.statement_line_id IS NULL
                AND receipt.money <> 0
                AND receipt.date BETWEEN %(day)s AND %(day)s + %(days)s
                AND NOT EXISTS (
                        SELECT 1
                          FROM collection_call other
                         WHERE other.partner_id = held.partner_id
                           AND other.company_id = held.company_id
                           AND other.state = 'done'
                           AND %(others)s::date BETWEEN receipt.date - %(days)s
                                                    AND receipt.date
                           AND (COALESCE(other.right_party_verified, FALSE),
                                other.date_start, other.id)
                             > (COALESCE(held.right_party_verified, FALSE),
                                held.date_start, held.id)
                    ))
            """,
            amount=self._convert_sql(SQL("receipt.money")),
            claims=self._get_claims_sql(),
            rates=self._get_rate_sql(),
            matches=ledger._get_matches_sql(SQL("match.debit_move_id = claim.id")),
            day=self._get_day_sql(),
            others=self._get_clock_sql(SQL("other.date_start")),
            days=DAYS,
        )
