-- A conversation with each debtor who has a case, spread over the last four weeks.
INSERT INTO collection_call (
    name, case_id, partner_id, company_id, user_id, direction, date_start, date_end,
    duration, outcome_id, right_party_verified, state, step,
    create_uid, write_uid, create_date, write_date
)
SELECT
    'CALL/BENCH/' || cases.id, cases.id, cases.partner_id, cases.company_id, %(user)s,
    'outgoing', moment, moment, 5, outcome.id, TRUE, 'done', 'close', 1, 1, now(), now()
FROM collection_case AS cases
CROSS JOIN LATERAL (
    SELECT now() AT TIME ZONE 'UTC' - (1 + cases.id %% 27) * INTERVAL '1 day' AS moment
) AS clock
CROSS JOIN (
    SELECT min(id) AS id FROM collection_call_outcome WHERE is_right_party
) AS outcome;
