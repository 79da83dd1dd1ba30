-- What decides about open promises: the money that came in on their claims from the
-- day of the promise to its deadline.
SELECT line.promise_id, sum(least(partial.debit_amount_currency, line.amount))
FROM collection_promise AS promise
JOIN collection_promise_line AS line ON line.promise_id = promise.id
JOIN account_partial_reconcile AS partial ON partial.debit_move_id = line.move_line_id
JOIN account_move_line AS receipt ON receipt.id = partial.credit_move_id
JOIN account_journal AS journal ON journal.id = receipt.journal_id
WHERE promise.state = 'open'
    AND receipt.date BETWEEN promise.date_made AND promise.date_deadline
    AND (
        receipt.payment_id IS NOT NULL
        OR receipt.statement_line_id IS NOT NULL
        OR journal.type IN ('bank', 'cash', 'credit')
    )
GROUP BY line.promise_id
