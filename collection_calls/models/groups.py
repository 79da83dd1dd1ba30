"""Who may see what debtors said: for the ``groups`` of fields."""

COLLECTORS = "collection_calls.group_collection_user"
