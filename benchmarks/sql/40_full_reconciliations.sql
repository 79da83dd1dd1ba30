INSERT INTO account_full_reconcile (id, create_uid, write_uid, create_date, write_date)
SELECT full_id, 1, 1, date, date FROM bench_receipt WHERE is_full;
