-- The installments that are missed: over their days of grace, and more than the
-- tolerance lacks of what should have come in by then.
WITH received AS (
    SELECT claim.plan_id, sum(partial.debit_amount_currency) AS amount
    FROM collection_plan_claim AS claim
    JOIN account_partial_reconcile AS partial
        ON partial.debit_move_id = claim.move_line_id
    JOIN account_move_line AS receipt ON receipt.id = partial.credit_move_id
    JOIN account_journal AS journal ON journal.id = receipt.journal_id
    WHERE claim.is_running
        AND (
            receipt.payment_id IS NOT NULL
            OR receipt.statement_line_id IS NOT NULL
            OR journal.type IN ('bank', 'cash', 'credit')
        )
        AND NOT EXISTS (
            SELECT FROM collection_plan_known_item_rel AS known
            WHERE known.collection_plan_claim_id = claim.id
                AND known.account_move_line_id = receipt.id
        )
    GROUP BY claim.plan_id
), planned AS (
    SELECT
        id, plan_id, date_due, amount,
        sum(amount) OVER (PARTITION BY plan_id ORDER BY date_due) AS by_then
    FROM collection_plan_installment
)
SELECT planned.id, planned.by_then - coalesce(received.amount, 0)
FROM planned
JOIN collection_plan AS plan ON plan.id = planned.plan_id
LEFT JOIN received ON received.plan_id = plan.id
WHERE plan.state IN ('active', 'notice')
    AND planned.date_due + plan.grace_days < current_date
    AND least(planned.by_then - coalesce(received.amount, 0), planned.amount)
        > plan.tolerance_amount
