-- One open promise on every overdue claim, made 30 days ago over all that was open
-- then.
-- Their deadlines spread over 40 days from yesterday on: of each 40, one is due for its
-- last verdict. What has come in since is noted on them, as it is at every matching.
CREATE TABLE bench_promise AS
SELECT
    row_number() OVER (ORDER BY invoice.number)::int AS id,
    invoice.*,
    today - 30 AS date_made,
    today - 3 + number / 10 % 40 AS date_promised,
    2 AS tolerance_days,
    company_id,
    currency_id,
    (
        SELECT coalesce(sum(receipt.amount), 0)
        FROM bench_receipt AS receipt
        WHERE receipt.invoice = invoice.number AND receipt.date >= today - 30
    ) AS amount_received
FROM bench_invoice AS invoice
CROSS JOIN bench_setting
WHERE situation = 'overdue';

ALTER TABLE bench_promise ADD COLUMN amount_promised numeric;
UPDATE bench_promise SET amount_promised = amount - (amount_paid - amount_received);

INSERT INTO collection_promise (
    id, name, partner_id, company_id, currency_id, user_id, state, date_made,
    date_promised, tolerance_days, date_deadline, date_remind, date_reminded, amount,
    amount_due, amount_paid, needs_confirmation, is_stale, create_uid, write_uid,
    create_date, write_date
)
SELECT
    id, 'PROMISE/' || number, partner_id, company_id, currency_id, 2, 'open', date_made,
    date_promised, tolerance_days, date_promised + tolerance_days, date_promised - 1,
    NULL, amount_promised,
    amount_promised, amount_received, FALSE, FALSE, 1, 1,
    date_made, date_made
FROM bench_promise;

INSERT INTO collection_promise_line (
    id, promise_id, company_id, currency_id, move_line_id, move_id, state, label,
    date_maturity, amount, create_uid, write_uid, create_date, write_date
)
SELECT
    promise.id, promise.id, promise.company_id, promise.currency_id, claim_id,
    claim.move_id, 'open', claim.move_name,
    date_due, amount_promised, 1, 1, date_made, date_made
FROM bench_promise AS promise
JOIN account_move_line AS claim ON claim.id = claim_id;

-- Promised claims are out of other programs' reminders.
UPDATE account_move_line SET no_followup = TRUE
FROM bench_promise
WHERE account_move_line.id = claim_id;

UPDATE account_move SET collection_no_followup = TRUE
FROM bench_promise
WHERE account_move.id = bench_promise.move_id;

SELECT
    setval('collection_promise_id_seq', (SELECT max(id) FROM collection_promise)),
    setval('collection_promise_line_id_seq', (SELECT max(id) FROM bench_promise));
