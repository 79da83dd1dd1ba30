INSERT INTO res_partner (
    id, name, complete_name, commercial_company_name, commercial_partner_id, email,
    email_normalized, phone, lang, type, active, is_company, partner_share, color,
    customer_rank, supplier_rank, message_bounce, autopost_bills, country_id,
    create_uid, write_uid, create_date, write_date
)
SELECT
    last_partner + number, label, label, label, last_partner + number, address,
    address, '+1 202 555 ' || lpad((number % 10000)::text, 4, '0'), 'en_US', 'contact',
    TRUE, TRUE, TRUE, 0,
    1, 0, 0, 'ask', company.country_id,
    1, 1, created, created
FROM bench_setting
JOIN res_partner AS company ON company.id = bench_setting.company_id
CROSS JOIN generate_series(1, customers) AS number
CROSS JOIN LATERAL (
    SELECT 'Customer ' || number AS label, 'c' || number || '@example.com' AS address
) AS text;
