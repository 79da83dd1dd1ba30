"""What a debtor disputes."""

from .day import CollectionCallsCommon


class CollectionCallsDisputeCommon(CollectionCallsCommon):
    """An overdue invoice over 1,000 and somebody who may make credit notes."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._create_claim(1000, days_overdue=30, invoice_user_id=False)
        cls.invoicing = cls._create_user("account.group_account_invoice")
        cls.other = cls.setup_other_company()["company"]
        cls.quality = cls.env.ref("collection_calls.collection_reason_quality")

    def _dispute(self, move=None, creator=None, **vals):
        """A dispute, opened by the collector unless told otherwise."""
        return (
            self.env["collection.dispute"]
            .with_user(creator or self.collector)
            .create(
                {
                    "move_id": (move or self.invoice).id,
                    "reason_id": self.quality.id,
                    **vals,
                }
            )
        )
