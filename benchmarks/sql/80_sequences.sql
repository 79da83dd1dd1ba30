-- Rows were written with ids of our own: Odoo's next ones follow them.
SELECT
    setval('res_partner_id_seq', (SELECT max(id) FROM res_partner)),
    setval('account_move_id_seq', (SELECT max(id) FROM account_move)),
    setval('account_move_line_id_seq', (SELECT max(id) FROM account_move_line)),
    setval('account_payment_id_seq', (SELECT max(id) FROM account_payment)),
    setval(
        'account_partial_reconcile_id_seq',
        (SELECT max(id) FROM account_partial_reconcile)
    ),
    setval(
        'account_full_reconcile_id_seq', (SELECT max(id) FROM account_full_reconcile)
    );
