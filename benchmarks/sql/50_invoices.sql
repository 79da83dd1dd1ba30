INSERT INTO account_move (
    id, name, sequence_prefix, sequence_number, payment_reference, journal_id,
    company_id, currency_id, partner_id, commercial_partner_id, partner_shipping_id,
    invoice_partner_display_name, invoice_user_id, state, move_type, auto_post,
    payment_state, date, invoice_date, invoice_date_due, invoice_currency_rate,
    amount_untaxed, amount_untaxed_signed, amount_untaxed_in_currency_signed,
    amount_tax, amount_tax_signed, amount_total, amount_total_signed,
    amount_total_in_currency_signed, amount_residual, amount_residual_signed,
    always_tax_exigible, checked, posted_before, made_sequence_gap,
    is_manually_modified, create_uid, write_uid, create_date, write_date
)
SELECT
    move_id, prefix || bench_number(number), prefix, number,
    prefix || bench_number(number), sale_journal_id,
    company_id, currency_id, partner_id, partner_id, partner_id,
    'Customer ' || customer, 1, 'posted', 'out_invoice', 'no',
    CASE amount_paid WHEN amount THEN 'paid' WHEN 0 THEN 'not_paid' ELSE 'partial' END,
    date_due - 30, date_due - 30, date_due, 1,
    amount, amount, amount,
    0, 0, amount, amount,
    amount, amount - amount_paid, amount - amount_paid,
    FALSE, TRUE, TRUE, FALSE,
    FALSE, 1, 1, date_due - 30, date_due - 30
FROM bench_invoice
CROSS JOIN bench_setting
CROSS JOIN LATERAL (SELECT to_char(date_due - 30, '"INV/"YYYY"/"') AS prefix) AS text;

INSERT INTO account_move_line (
    id, move_id, move_name, name, parent_state, journal_id, company_id,
    company_currency_id, currency_id, account_id, partner_id, sequence, display_type,
    date, invoice_date, date_maturity, quantity, price_unit, price_subtotal,
    price_total, discount, debit, credit, balance, amount_currency, amount_residual,
    amount_residual_currency, reconciled, matching_number, full_reconcile_id,
    is_storno, no_followup, deductible_amount, create_uid, write_uid, create_date,
    write_date
)
SELECT
    line.id, plan.move_id, move.name, line.name, 'posted', journal_id,
    bench_setting.company_id, bench_setting.currency_id, bench_setting.currency_id,
    line.account_id, plan.partner_id, line.sequence, line.display_type,
    move.date, move.date, line.date_maturity, CASE WHEN is_claim THEN 0 ELSE 1 END, line.price,
    line.price, line.price, 0, greatest(balance, 0), greatest(-balance, 0), balance,
    balance, line.residual,
    line.residual, is_claim AND receipt.is_full IS TRUE,
    CASE WHEN is_claim THEN receipt.matching END, CASE WHEN is_claim THEN full_id END,
    FALSE, FALSE, 100, 1, 1, move.date,
    move.date
FROM bench_invoice AS plan
CROSS JOIN bench_setting
JOIN account_move AS move ON move.id = plan.move_id
LEFT JOIN LATERAL (
    SELECT is_full, full_id, coalesce(full_id::text, 'P' || partial_id) AS matching
    FROM bench_receipt
    WHERE invoice = plan.number
) AS receipt ON TRUE
CROSS JOIN LATERAL (
    VALUES
    (claim_id, TRUE, move.name, receivable_id, 12000, 'payment_term', date_due, 0,
        plan.amount, plan.amount - amount_paid),
    (income_line_id, FALSE, 'Service', income_id, 100, 'product', NULL, plan.amount,
        -plan.amount, 0)
) AS line (
    id, is_claim, name, account_id, sequence, display_type, date_maturity, price,
    balance, residual
);
