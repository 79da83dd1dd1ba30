-- What each debtor should have paid by today: the least that anybody has to read who
-- wants to know whom to call.
SELECT debtor.commercial_partner_id, sum(claim.amount_residual), count(*)
FROM account_move_line AS claim
JOIN account_account AS account ON account.id = claim.account_id
JOIN res_partner AS debtor ON debtor.id = claim.partner_id
WHERE claim.parent_state = 'posted'
    AND account.account_type = 'asset_receivable'
    AND NOT claim.reconciled
    AND claim.amount_residual > 0
    AND claim.date_maturity < current_date
GROUP BY debtor.commercial_partner_id
