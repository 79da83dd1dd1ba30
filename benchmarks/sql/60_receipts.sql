INSERT INTO account_move (
    id, name, sequence_prefix, sequence_number, ref, journal_id, company_id,
    currency_id, partner_id, commercial_partner_id, invoice_partner_display_name,
    state, move_type, auto_post, payment_state, date, invoice_date_due,
    invoice_currency_rate, amount_untaxed, amount_untaxed_signed,
    amount_untaxed_in_currency_signed, amount_tax, amount_tax_signed, amount_total,
    amount_total_signed, amount_total_in_currency_signed, amount_residual,
    amount_residual_signed, always_tax_exigible, checked, posted_before,
    made_sequence_gap, is_manually_modified, create_uid, write_uid, create_date,
    write_date
)
SELECT
    move_id, prefix || bench_number(number), prefix, number, 'Invoice ' || invoice,
    bank_journal_id, company_id,
    currency_id, partner_id, partner_id, 'Customer ' || customer,
    'posted', 'entry', 'no', 'not_paid', date, date,
    0, 0, 0,
    0, 0, 0, amount,
    amount, amount, 0,
    0, TRUE, TRUE, TRUE,
    FALSE, FALSE, 1, 1, date,
    date
FROM bench_receipt
CROSS JOIN bench_setting
CROSS JOIN LATERAL (SELECT to_char(date, '"PBNK1/"YYYY"/"') AS prefix) AS text;

INSERT INTO account_payment (
    id, move_id, name, memo, journal_id, company_id, payment_method_line_id,
    payment_method_id, currency_id, partner_id, outstanding_account_id,
    destination_account_id, state, payment_type, partner_type, date, amount,
    amount_company_currency_signed, is_reconciled, is_matched, create_uid, write_uid,
    create_date, write_date
)
SELECT
    payment_id, move_id, move.name, move.ref, bank_journal_id,
    bench_setting.company_id, method_line_id,
    method_id, bench_setting.currency_id, receipt.partner_id, outstanding_id,
    receivable_id, CASE WHEN is_full THEN 'paid' ELSE 'in_process' END, 'inbound',
    'customer', receipt.date, amount,
    amount, invoice IS NOT NULL, FALSE, 1, 1,
    receipt.date, receipt.date
FROM bench_receipt AS receipt
CROSS JOIN bench_setting
JOIN account_move AS move ON move.id = move_id;

UPDATE account_move
SET origin_payment_id = payment_id
FROM bench_receipt
WHERE account_move.id = move_id;

INSERT INTO account_move__account_payment (invoice_id, payment_id)
SELECT invoice_move_id, payment_id FROM bench_receipt WHERE invoice IS NOT NULL;

INSERT INTO account_move_line (
    id, move_id, move_name, name, ref, parent_state, journal_id, company_id,
    company_currency_id, currency_id, account_id, partner_id, payment_id, sequence,
    display_type, date, date_maturity, quantity, price_unit, price_subtotal,
    price_total, discount, debit, credit, balance, amount_currency, amount_residual,
    amount_residual_currency, reconciled, matching_number, full_reconcile_id,
    is_storno, no_followup, deductible_amount, create_uid, write_uid, create_date,
    write_date
)
SELECT
    line.id, move_id, move.name, 'Manual Payment', move.ref, 'posted',
    bank_journal_id, bench_setting.company_id,
    bench_setting.currency_id, bench_setting.currency_id, account_id,
    receipt.partner_id, payment_id, 100,
    'product', receipt.date, receipt.date, 1, 0, balance,
    balance, 0, greatest(balance, 0), greatest(-balance, 0), balance, balance, residual,
    residual, residual = 0, matching, CASE WHEN is_credit THEN full_id END,
    FALSE, FALSE, 100, 1, 1, receipt.date,
    receipt.date
FROM bench_receipt AS receipt
CROSS JOIN bench_setting
JOIN account_move AS move ON move.id = move_id
CROSS JOIN LATERAL (
    VALUES
    (debit_line_id, FALSE, outstanding_id, receipt.amount, receipt.amount, NULL),
    (credit_line_id, TRUE, receivable_id, -receipt.amount,
        CASE WHEN invoice IS NULL THEN -receipt.amount ELSE 0 END,
        coalesce(full_id::text, 'P' || partial_id))
) AS line (id, is_credit, account_id, balance, residual, matching);
