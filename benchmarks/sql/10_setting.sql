-- One row that every other file joins: the company of a new database and what its
-- chart of accounts brings. Variables: invoices, customers, today.

CREATE FUNCTION bench_ref(wanted text) RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT res_id FROM ir_model_data WHERE module = 'account' AND name = wanted
$$;

-- The number of an entry as Odoo writes it: five digits, or as many as it takes.
CREATE FUNCTION bench_number(number integer) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT lpad(number::text, greatest(5, length(number::text)), '0')
$$;

CREATE TABLE bench_setting AS
SELECT
    :invoices AS invoices,
    :customers AS customers,
    :invoices / 50 AS large_customer_invoices,
    :'today'::date AS today,
    company.id AS company_id,
    company.currency_id,
    bench_ref('1_receivable') AS receivable_id,
    bench_ref('1_income') AS income_id,
    bench_ref('1_account_journal_payment_debit_account_id') AS outstanding_id,
    bench_ref('1_sale') AS sale_journal_id,
    bench_ref('1_bank') AS bank_journal_id,
    method.id AS method_line_id,
    method.payment_method_id AS method_id,
    (SELECT coalesce(max(id), 0) FROM res_partner) AS last_partner,
    (SELECT coalesce(max(id), 0) FROM account_move) AS last_move,
    (SELECT coalesce(max(id), 0) FROM account_move_line) AS last_line,
    (SELECT coalesce(max(id), 0) FROM account_payment) AS last_payment,
    (SELECT coalesce(max(id), 0) FROM account_partial_reconcile) AS last_partial,
    (SELECT coalesce(max(id), 0) FROM account_full_reconcile) AS last_full,
    (:'today'::date - 365)::timestamp AS created
FROM res_company AS company
JOIN account_payment_method_line AS method
    ON method.journal_id = bench_ref('1_bank')
JOIN account_payment_method AS kind
    ON kind.id = method.payment_method_id AND kind.payment_type = 'inbound'
WHERE company.id = 1
ORDER BY method.id
LIMIT 1;
