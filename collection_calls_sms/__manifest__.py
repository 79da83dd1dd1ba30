{
    "name": "Collection Calls: Text Messages",
    "summary": "The link to the debtor's page goes out as a text message, too",
    "version": "19.0.1.0.0",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "author": "Collection Calls maintainers",
    "depends": ["collection_calls", "sms"],
    "data": ["views/collection_call_wizard_views.xml"],
    "auto_install": True,
}
