{
    "name": "Collection Calls: Credit Control",
    "summary": "What is promised or paid by installments is not dunned meanwhile",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "license": "AGPL-3",
    "author": "Collection Calls maintainers",
    "depends": ["collection_calls", "account_credit_control"],
    "auto_install": True,
    "post_init_hook": "post_init_hook",
}
