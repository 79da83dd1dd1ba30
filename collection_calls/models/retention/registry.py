from typing import NamedTuple

from odoo import api, models

from ...engine.retention import EVENTS, LETTERS, NUMBERS, REASONS, SAID

TEXT_TYPES = ("char", "text", "html", "binary", "json", "properties")


class Holder(NamedTuple):
    """How records of a model belong to a person, and what of them is personal.

    ``texts`` is {field: purpose}; ``chatter`` the purpose of what is noted, attached
    and planned on them; ``via`` the field that leads to the record with ``partner_id``
    and ``company_id``; ``person`` the field of that one that says who it was: a
    ``contact_id``, or the ``call_id`` of a call that has one.
    """

    texts: dict
    chatter: str = ""
    via: str = ""
    person: str = "contact_id"


HOLDERS = {
    "collection.case": Holder({"hold_reason": REASONS}, chatter=SAID, person=""),
    "collection.call": Holder(
        {
            "statement": SAID,
            "improvement": SAID,
            "paid_reference": SAID,
            "cancel_reason": REASONS,
            "occasion": REASONS,
            "policy_breaches": REASONS,
            "policy_override_reason": REASONS,
            "phone": NUMBERS,
            "phone_e164": NUMBERS,
            "confirmation_subject": LETTERS,
            "confirmation_body": LETTERS,
            "contact_phone": NUMBERS,
            "contact_email": NUMBERS,
            "contact_street": NUMBERS,
            "contact_street2": NUMBERS,
            "contact_zip": NUMBERS,
            "contact_city": NUMBERS,
        },
        chatter=SAID,
    ),
    "collection.call.answer": Holder({"answer_text": SAID}, via="call_id"),
    "collection.call.claim": Holder({}, via="call_id"),
    "collection.dispute": Holder(
        {"statement": SAID, "resolution": REASONS}, chatter=REASONS, person="call_id"
    ),
    "collection.promise": Holder({"limit_note": REASONS}, chatter=REASONS),
    "collection.promise.line": Holder({}, via="promise_id"),
    "collection.plan": Holder({}, chatter=REASONS),
    "collection.plan.claim": Holder({}, via="plan_id"),
    "collection.plan.installment": Holder({}, via="plan_id"),
    "collection.plan.event": Holder(
        {"reason": EVENTS, "evidence": EVENTS}, via="plan_id"
    ),
    "collection.acceptance": Holder(
        {
            "signer_name": EVENTS,
            "signer_role": EVENTS,
            "ip_address": NUMBERS,
            "text": EVENTS,
            "signature": EVENTS,
            "words": SAID,
        }
    ),
    "collection.plan.letter": Holder({"subject": LETTERS, "body": LETTERS}),
    "collection.contact.right": Holder(
        {
            "wording": REASONS,
            "said_by": REASONS,
            "end_reason": REASONS,
            "number": NUMBERS,
            "number_e164": NUMBERS,
            "blacklisted": NUMBERS,
        }
    ),
    "collection.contact.hours": Holder({}, via="right_id"),
    "collection.answer": Holder({"subject": SAID, "text": SAID, "email_from": NUMBERS}),
    "collection.contact.correction": Holder(
        {"phone": NUMBERS, "email": NUMBERS, "statement": SAID, "answer": REASONS},
    ),
    "collection.offer": Holder(
        {"statement": SAID, "limit_note": REASONS, "answer": REASONS}
    ),
    "collection.contact.log": Holder({}),
    "collection.link": Holder({"address": NUMBERS}),
    "collection.page.visit": Holder({}, person=""),
    "collection.legal.hold": Holder({"reason": REASONS}, chatter=REASONS, person=""),
}
NUMBER = "The number by which everybody knows the record."
SETTINGS = "What the company has set up."
INVOICE = "The number of the invoice; the ledger has the rest."
FIGURES = "Figures and ids of the ledger."
NAMES = "What something the company has set up was called then."
CODE = "One of a few codes of the addon."
NIGHT = "Where scheduled actions stopped."
DIGEST = "The digest of a random word that nobody keeps."
CHAIN = "Digests that prove what happened; they tell nothing of it."
LANGUAGE = "The code of a language."
LINK = "Opens the debtor's page, and tells nothing."
PROOF = "Proves what was emptied, and on whose request (GDPR, article 5(2))."
IMPERSONAL = {
    "collection.acceleration.rule": SETTINGS,
    "collection.backlog": NIGHT,
    "collection.call.outcome": SETTINGS,
    "collection.chain.check": CHAIN,
    "collection.chain.finding": CHAIN,
    "collection.chain.link": CHAIN,
    "collection.contact.policy": SETTINGS,
    "collection.holiday": SETTINGS,
    "collection.reason": SETTINGS,
    "collection.reason.question": SETTINGS,
    "collection.retention.log": PROOF,
    "collection.round": NIGHT,
    "collection.script": SETTINGS,
    "collection.strategy": SETTINGS,
    "collection.call": {
        "name": NUMBER,
        "outcome_label": NAMES,
        "reason_label": NAMES,
        "next_call_zone": CODE,
        "settled_to_dos": FIGURES,
    },
    "mail.activity": {"collection_topic": CODE, "collection_source_model": CODE},
    "collection.call.answer": {"question": SETTINGS},
    "collection.call.claim": {"label": INVOICE},
    "collection.answer": {"message_key": "A digest; it tells nothing of the e-mail."},
    "collection.case": {
        "priority_points": FIGURES,
        "retention_marks": "When which purpose was emptied.",
    },
    "collection.dispute": {"name": NUMBER, "reason_label": NAMES},
    "collection.link": {"token_digest": DIGEST},
    "collection.offer": {"name": NUMBER},
    "collection.plan": {
        "name": NUMBER,
        "received_items": FIGURES,
        "hold_code": CODE,
        "held_code": CODE,
        "rule_label": NAMES,
        "access_token": LINK,
    },
    "collection.plan.claim": {"label": INVOICE, "known_money": FIGURES},
    "collection.acceptance": {"lang": LANGUAGE, "text_hash": CHAIN},
    "collection.plan.letter": {"lang": LANGUAGE},
    "collection.promise": {"name": NUMBER, "held_code": CODE, "access_token": LINK},
    "collection.promise.line": {"label": INVOICE},
}


class CollectionRetention(models.AbstractModel):
    """Which texts are kept about people, for what purpose, and for how long.

    Another module that keeps texts about debtors extends :meth:`_get_holders`, and says
    in :meth:`_get_impersonal` why other texts of its own tell nothing about them.

    A service: it has neither records nor heirs. It is a model so that they can do that.
    """

    _name = "collection.retention"
    _description = "Retention of Personal Data"

    @api.model
    def _get_holders(self):
        """:return: {model: Holder}"""
        return dict(HOLDERS)

    @api.model
    def _get_impersonal(self):
        """:return: {model: why, or {field: why}}"""
        return dict(IMPERSONAL)

    @api.model
    def _get_unclassified(self):
        """Texts of which nobody has said whose they are: there must be none.

        :return: list of "model.field"
        """
        holders, impersonal = self._get_holders(), self._get_impersonal()
        return [
            f"{model}.{name}"
            for model, name in self._iterate_texts()
            if not isinstance(impersonal.get(model), str)
            and name not in impersonal.get(model, {})
            and not (model in holders and name in holders[model].texts)
        ]

    @api.model
    def _iterate_texts(self):
        """Every stored text of ours: of our models, and that we add to others.

        Of dialogs nothing is kept: Odoo empties them within hours.
        """
        for model_name, model in sorted(self.env.registry.items()):
            if model._abstract or model._transient or not model._auto:
                continue
            for name, field in model._fields.items():
                ours = model_name.startswith("collection.") or (
                    (field._module or "").startswith("collection_calls")
                )
                if ours and field.store and field.type in TEXT_TYPES:
                    yield model_name, name
