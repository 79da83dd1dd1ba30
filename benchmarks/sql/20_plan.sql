-- What the ledger will hold, decided by arithmetic on numbers: the same every time.
--
-- Customer 1 is large: a fiftieth of all invoices, none of them due yet. The others
-- get the rest in turn. Every second customer is a debtor and pays late: their first
-- eight invoices are overdue, of which every tenth has a receipt of 60 % and every
-- tenth one of 20 %. What is neither overdue nor not yet due is paid.

CREATE TABLE bench_invoice AS
WITH numbered AS (
    SELECT
        number,
        number <= large_customer_invoices AS is_large,
        number - large_customer_invoices - 1 AS place,
        customers - 1 AS others
    FROM bench_setting, generate_series(1, invoices) AS number
), shared AS (
    SELECT
        number,
        CASE WHEN is_large THEN 1 ELSE 2 + place % others END AS customer,
        CASE WHEN is_large THEN NULL ELSE place / others END AS turn
    FROM numbered
), judged AS (
    SELECT
        number,
        customer,
        CASE
            WHEN turn IS NULL THEN 'open'
            WHEN customer % 2 = 0 AND turn < 8 THEN 'overdue'
            WHEN turn = 8 + customer % 2 THEN 'open'
            ELSE 'paid'
        END AS situation,
        (5000 + number::bigint * 7919 % 95000) / 100.0 AS amount
    FROM shared
)
SELECT
    judged.*,
    last_partner + customer AS partner_id,
    last_move + number AS move_id,
    last_line + 2 * number - 1 AS claim_id,
    last_line + 2 * number AS income_line_id,
    CASE situation
        WHEN 'overdue' THEN today - 1 - number * 37 % 180
        WHEN 'open' THEN today + 1 + number * 37 % 30
        ELSE today - 20 - number * 37 % 340
    END AS date_due,
    CASE
        WHEN situation = 'paid' THEN amount
        WHEN situation = 'open' THEN 0
        WHEN number % 10 = 0 THEN round(amount * 0.6, 2)
        WHEN number % 10 = 1 THEN round(amount * 0.2, 2)
        ELSE 0
    END AS amount_paid
FROM judged, bench_setting;

ALTER TABLE bench_invoice ADD PRIMARY KEY (number);

-- One receipt for each invoice with money on it. Every fiftieth customer has another
-- one that nobody has matched yet (without invoice).
CREATE TABLE bench_receipt AS
WITH wanted AS (
    SELECT
        number AS invoice,
        customer,
        claim_id,
        move_id AS invoice_move_id,
        amount_paid AS amount,
        amount_paid = bench_invoice.amount AS is_full,
        CASE situation
            WHEN 'paid' THEN date_due - 5 + number % 20
            ELSE today - 1 - number % 40
        END AS date
    FROM bench_invoice, bench_setting
    WHERE amount_paid > 0
    UNION ALL
    SELECT NULL, customer, NULL, NULL, 150, FALSE, today - 2
    FROM bench_setting, generate_series(50, customers, 50) AS customer
), numbered AS (
    SELECT row_number() OVER (ORDER BY invoice, customer)::int AS number, wanted.*
    FROM wanted
)
SELECT
    numbered.*,
    last_partner + customer AS partner_id,
    last_move + invoices + number AS move_id,
    last_line + 2 * (invoices + number) - 1 AS credit_line_id,
    last_line + 2 * (invoices + number) AS debit_line_id,
    last_payment + number AS payment_id,
    CASE WHEN invoice IS NOT NULL THEN last_partial + number END AS partial_id,
    CASE WHEN is_full THEN last_full + number END AS full_id
FROM numbered, bench_setting;

ALTER TABLE bench_receipt ADD PRIMARY KEY (number);
CREATE UNIQUE INDEX ON bench_receipt (invoice);
ANALYZE bench_invoice, bench_receipt;
