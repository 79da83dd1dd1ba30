INSERT INTO account_partial_reconcile (
    id, debit_move_id, credit_move_id, full_reconcile_id, debit_currency_id,
    credit_currency_id, company_id, amount, debit_amount_currency,
    credit_amount_currency, max_date, create_uid, write_uid, create_date, write_date
)
SELECT
    partial_id, claim_id, credit_line_id, full_id, bench_setting.currency_id,
    bench_setting.currency_id, bench_setting.company_id, receipt.amount,
    receipt.amount,
    receipt.amount, greatest(receipt.date, claim.date), 1, 1, receipt.date, receipt.date
FROM bench_receipt AS receipt
CROSS JOIN bench_setting
JOIN account_move_line AS claim ON claim.id = claim_id;
