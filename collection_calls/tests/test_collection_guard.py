"""No default of the context or of the user fills what only we say."""

from unittest.mock import patch

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import TODAY, CollectionCallsPlanCommon, walk

# The addon alone writes these: nobody has the right to.
OURS = {
    "collection.backlog",
    "collection.chain.check",
    "collection.chain.finding",
    "collection.chain.link",
    "collection.contact.log",
    "collection.retention.log",
    "collection.round",
}
# What users set up, and the case, which is a list's row and no evidence.
CONFIGURATION = {
    "collection.acceleration.rule",
    "collection.call.outcome",
    "collection.case",
    "collection.contact.hours",
    "collection.contact.policy",
    "collection.holiday",
    "collection.reason",
    "collection.reason.question",
    "collection.script",
    "collection.strategy",
} | OURS
PROPOSED = "proposed"


@tagged("post_install", "-at_install")
class TestCollectionGuard(CollectionCallsPlanCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quality = cls.env.ref("collection_calls.collection_reason_quality")

    # ------------------------------------------------------------- all of evidence

    def test_all_evidence_is_guarded(self):
        found = walk.find_unguarded_evidence(self.env, CONFIGURATION)
        self.assertEqual(found, [])

    def test_nobody_writes_what_is_ours(self):
        rights = self.env["ir.model.access"].search([("model_id.model", "in", [*OURS])])
        self.assertEqual(set(rights.model_id.mapped("model")), OURS)
        for name in ("perm_create", "perm_write", "perm_unlink"):
            self.assertFalse(rights.filtered(name), name)

    def test_unguarded_evidence_is_found(self):
        class Witness(models.Model):
            _module = None
            _name = "collection.witness"
            _description = "Anybody says anything"

            verdict = fields.Char(readonly=True)

        with walk.add_model(self, Witness):
            found = walk.find_unguarded_evidence(self.env, CONFIGURATION)
        self.assertEqual(found, ["collection.witness is no collection.guard"])

    def test_no_default_fills_what_is_guarded(self):
        count = 0
        for model in walk.walk_models(self.env):
            if model._name in CONFIGURATION or not model._auto:
                continue
            guarded = sorted(model._get_guarded_fields() - set(models.MAGIC_COLUMNS))
            count += len(guarded)
            evidence = model.with_user(self.collector)
            context = {f"default_{name}": PROPOSED for name in guarded}
            proposed = evidence.with_context(**context).default_get(guarded)
            self.assertNotIn(PROPOSED, proposed.values(), model._name)
            with patch.object(
                type(self.env["ir.default"]),
                "_get_model_defaults",
                lambda *_args, names=guarded: dict.fromkeys(names, PROPOSED),
            ):
                proposed = evidence.default_get(guarded)
            self.assertNotIn(PROPOSED, proposed.values(), model._name)
        self.assertGreater(count, 150)

    def test_all_that_is_only_read_is_guarded(self):
        """Whatever a form never lets users type no client writes either."""
        for model in walk.walk_models(self.env):
            if model._name in CONFIGURATION or not model._auto:
                continue
            readonly = {
                name
                for name, field in model._fields.items()
                if field.readonly and field.store and field._module != "mail"
            }
            missing = readonly - model._get_guarded_fields()
            self.assertFalse(
                missing - set(models.MAGIC_COLUMNS) - {"partner_id", "company_id"},
                model._name,
            )

    def test_no_translation_writes_what_is_guarded(self):
        """Odoo has a method of its own for that, and a dialog in the form."""
        seen = set()
        for model in walk.walk_models(self.env):
            if model._name in CONFIGURATION or not model._auto:
                continue
            for name, field in model._fields.items():
                if not (field.translate and field.store):
                    continue
                seen.add(str(field))
                for user in (
                    self.collector,
                    self.manager,
                    self.env.ref("base.user_root"),
                ):
                    record = model.with_user(user).browse(1)
                    for translate, value in (
                        (record.update_field_translations, (name, {"en_US": "No"})),
                        (record.web_override_translations, ({name: "No"},)),
                    ):
                        with self.assertRaises(UserError), self.cr.savepoint():
                            translate(*value)
        self.assertIn("collection.call.outcome_label", seen)

    # --------------------------------------------------------------------- scenarios

    def test_the_contact_policy_leaves_its_trace(self):
        policies = self.env["collection.contact.policy"].with_user(self.manager)
        policy = policies.create(
            {"name": "Once", "max_attempts": 1, "hours_ids": False}
        )
        self.assertTrue(policy.active)
        self._log().action_done()
        self.env["ir.default"].with_user(self.collector).set(
            "collection.call", "policy_date", "2026-03-10 08:00:00", user_id=True
        )
        context = {
            "default_policy_date": "2026-03-10 08:00:00",
            "default_policy_breaches": "Nothing",
            "default_confirmation_state": "sent",
            "default_state": "done",
            "default_is_dialled": True,
            "default_cancel_reason": "No",
            "default_duration": 99,
        }
        calls = self.env["collection.call"].with_user(self.collector)
        call = calls.with_context(**context).create(
            {
                "partner_id": self.debtor.id,
                "company_id": self.company.id,
                "outcome_id": self.no_answer.id,
            }
        )
        self.assertEqual(call.state, "ongoing")
        self.assertFalse(call.policy_date or call.confirmation_state or call.duration)
        self.assertFalse(call.is_dialled or call.cancel_reason)
        with self._refused(UserError, "is against this call"):
            call.action_done()
        call.policy_override_reason = "Asked for it"
        call.action_done()
        self.assertTrue(call.policy_breaches and call.is_against_policy)

    def test_a_dispute_is_born_open(self):
        disputes = self.env["collection.dispute"].with_user(self.collector)
        self.env["ir.default"].with_user(self.collector).set(
            "collection.dispute", "state", "accepted", user_id=True
        )
        context = {
            "default_state": "accepted",
            "default_resolution": "Fine",
            "default_date_closed": TODAY,
            "default_name": "D/0",
        }
        dispute = disputes.with_context(**context).create(
            {"move_id": self.invoice.id, "reason_id": self.quality.id}
        )
        self.assertEqual((dispute.state, dispute.date_closed), ("open", False))
        self.assertFalse(dispute.resolution)
        self.assertNotEqual(dispute.name, "D/0")

    def test_figures_of_an_ongoing_call_are_not_typed(self):
        call = self._log(claim_ids=self._as_claims(self.invoice))
        for name, value in {"duration": 99, "phone_e164": "+4930"}.items():
            with self._refused(UserError, "follows from what is noted"):
                call.write({name: value})
        with self._refused(UserError, "the ledger's to tell"):
            call.claim_ids.write({"promised_amount_proposal": 5})

    def test_events_are_what_happened(self):
        plan = self._plan(self.invoice)
        plan.with_context(
            default_evidence="Nothing", default_term=5, default_kind="completed"
        ).action_activate()
        self.assertEqual(plan.event_ids.kind, "activated")
        self.assertFalse(plan.event_ids.evidence or plan.event_ids.term)
