-- A running plan of twelve monthly installments on each two overdue claims of a debtor,
-- made 45 days ago under the rule "Any incident" over all that was open then.
-- Of each 20 plans, one has missed its first installment, ten days ago, and nobody has
-- noticed yet. Where much has come in, two installments were paid; all others begin in
-- the days to come. What is noted on them is what the ledger says.
CREATE TABLE bench_plan AS
WITH numbered AS (
    SELECT
        invoice.*,
        row_number() OVER (PARTITION BY customer ORDER BY number) - 1 AS place
    FROM bench_invoice AS invoice
    WHERE situation = 'overdue'
), plan AS (
    SELECT
        row_number() OVER (ORDER BY customer, place / 2)::int AS id,
        partner_id,
        array_agg(claim_id ORDER BY claim_id) AS claim_ids,
        sum(amount) AS amount,
        round(sum(amount) / 12, 2) AS installment,
        sum(amount_paid) AS received
    FROM numbered
    GROUP BY customer, partner_id, place / 2
), placed AS (
    SELECT
        plan.*,
        row_number() OVER (PARTITION BY (id - 1) / 20 ORDER BY received, id) AS place
    FROM plan
)
SELECT
    placed.*,
    place = 1 AND received = 0 AS is_late,
    CASE
        WHEN place = 1 AND received = 0 THEN today - 10
        WHEN received > 3 * installment THEN today - 40
        ELSE today + 1 + id % 28
    END AS date_start,
    today,
    company_id,
    currency_id
FROM placed, bench_setting;

ALTER TABLE bench_plan ADD PRIMARY KEY (id);

CREATE TABLE bench_installment AS
WITH part AS (
    SELECT
        plan.id AS plan_id,
        number,
        (date_start + (number - 1) * interval '1 month')::date AS date_due,
        received,
        installment * (number - 1) AS before,
        CASE number
            WHEN 12 THEN plan.amount - 11 * installment ELSE installment
        END AS amount
    FROM bench_plan AS plan, generate_series(1, 12) AS number
)
SELECT part.*, least(greatest(received - before, 0), amount) AS amount_paid
FROM part;

ALTER TABLE bench_installment ADD PRIMARY KEY (plan_id, number);
ANALYZE bench_plan, bench_installment;

INSERT INTO collection_plan (
    id, name, partner_id, company_id, currency_id, user_id, state, frequency,
    schedule_by, installment_count, date_start, date_activated, date_next, rule_id,
    grace_days, tolerance_amount, missed_count, consecutive, min_arrears_percent,
    on_returned_payment, on_new_overdue, notice_days, mode, max_reinstatements,
    reinstatement_count, amount_total, amount_paid, amount_residual, amount_arrears,
    is_stale, create_uid, write_uid, create_date, write_date
)
SELECT
    plan.id, 'BENCH/' || plan.id, partner_id, plan.company_id, plan.currency_id, 2,
    'active', 'monthly',
    'count', 12, plan.date_start, today - 45, next.date_due, rule.id,
    grace_days, tolerance_amount, missed_count, consecutive, min_arrears_percent,
    on_returned_payment, on_new_overdue, notice_days, mode, max_reinstatements,
    0, plan.amount, received, plan.amount - received,
    CASE WHEN is_late THEN installment ELSE 0 END,
    FALSE, 1, 1, today - 45, today - 45
FROM bench_plan AS plan
CROSS JOIN LATERAL (
    SELECT min(date_due) AS date_due
    FROM bench_installment WHERE plan_id = plan.id AND amount_paid < amount
) AS next
JOIN ir_model_data AS xmlid
    ON xmlid.name = 'collection_acceleration_rule_any_incident'
JOIN collection_acceleration_rule AS rule ON rule.id = xmlid.res_id;

INSERT INTO collection_plan_installment (
    plan_id, company_id, partner_id, currency_id, date_due, amount, amount_paid,
    amount_residual, state, create_uid, write_uid, create_date, write_date
)
SELECT
    plan.id, company_id, partner_id, currency_id, date_due, part.amount, amount_paid,
    part.amount - amount_paid,
    CASE
        WHEN amount_paid = part.amount THEN 'paid'
        WHEN amount_paid > 0 THEN 'partial'
        WHEN date_due < today THEN 'due'
        ELSE 'upcoming'
    END,
    1, 1, today - 45, today - 45
FROM bench_installment AS part
JOIN bench_plan AS plan ON plan.id = plan_id
ORDER BY plan.id, part.number;

INSERT INTO collection_plan_claim (
    plan_id, company_id, currency_id, move_line_id, move_id, label, date_maturity,
    amount, is_running, is_accelerated, create_uid, write_uid, create_date, write_date
)
SELECT
    plan.id, plan.company_id, plan.currency_id, claim.id, claim.move_id,
    claim.move_name, claim.date_maturity,
    claim.balance, TRUE, FALSE, 1, 1, today - 45, today - 45
FROM bench_plan AS plan
JOIN account_move_line AS claim ON claim.id = any(claim_ids)
ORDER BY plan.id, claim.id;

INSERT INTO collection_case (
    partner_id, company_id, user_id, create_uid, write_uid, create_date, write_date
)
SELECT DISTINCT partner_id, company_id, 2, 1, 1, today - 45, today - 45
FROM bench_plan;

-- Claims in a running plan are out of other programs' reminders.
UPDATE account_move_line SET no_followup = TRUE
FROM collection_plan_claim WHERE account_move_line.id = move_line_id;

UPDATE account_move SET collection_no_followup = TRUE
FROM collection_plan_claim WHERE account_move.id = collection_plan_claim.move_id;

SELECT setval('collection_plan_id_seq', (SELECT max(id) FROM collection_plan));
