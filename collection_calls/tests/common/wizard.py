"""The five steps of a call."""

from .day import CollectionCallsCommon

STEPS = ["prepare", "call", "understand", "solve", "close"]


class CollectionCallsWizardCommon(CollectionCallsCommon):
    """Calls in five steps, held by the collector unless told otherwise."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.debtor.write({"ref": "C4711", "email": "office@mueller.example"})
        cls.contact.write({"email": "weber@mueller.example", "street": "Weg 1"})
        cls.invoice = cls._create_claim(1000, days_overdue=30)
        cls.voicemail = cls.env.ref(
            "collection_calls.collection_call_outcome_voicemail"
        )
        cls.call_back = cls.env.ref(
            "collection_calls.collection_call_outcome_call_back"
        )
        cls.no_commitment = cls.env.ref(
            "collection_calls.collection_call_outcome_no_commitment"
        )
        cls.no_money = cls.env.ref("collection_calls.collection_reason_no_money")

    def _open(self, record=None, user=None):
        record = (record or self.contact).with_user(user or self.collector)
        action = record.action_start_collection_call()
        wizard = self.env[action["res_model"]].with_user(user or self.collector)
        return wizard.browse(action["res_id"])

    def _go_to(self, step, wizard=None):
        wizard = wizard or self._open()
        wizard.verified_by = "customer_number"
        for _step in range(STEPS.index(wizard.step), STEPS.index(step)):
            if wizard.step == "solve" and not wizard.outcome_id:
                wizard.outcome_id = self.no_commitment
            wizard.action_next()
        return wizard
