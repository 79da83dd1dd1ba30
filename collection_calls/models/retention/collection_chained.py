from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.acceleration import ACTIVE
from ..plan.acceleration_terms import TERMS
from ..plan.collection_plan import OPEN


class CollectionChained(models.AbstractModel):
    """Evidence of which every change is seen, also one past Odoo.

    Whoever inherits this has ``company_id``, fills the hooks below, and calls
    :meth:`_seal_soon` whenever a fact of a closed record becomes another one.
    """

    _name = "collection.chained"
    _description = "Sealed Evidence"

    def _seal_soon(self, kind):
        """Seal these records as they are when the transaction ends."""
        self.env["collection.chain.link"]._seal_soon(self, kind)

    def _filter_evidence(self):
        return self._filter_sealed()

    def _filter_sealed(self):
        """Those of these records that the chain knows, or is about to."""
        return self.filtered_domain(self._get_evidence_domain())

    def _get_chained_facts(self):
        """What is sealed: plain values, the same in every language and time zone.

        :return: {record: {name: value}}, see :func:`...engine.chain.canonical`
        """
        names = [*self._get_chained_fields(), *self._get_chained_texts()]
        return self._read_plain(names)

    def _read_plain(self, names):
        """:return: {record: {name: value}}; what is translated, in every language"""
        translated = [name for name in names if self._fields[name].translate]
        told = {record: {} for record in self}
        if translated and self:
            self.flush_recordset(translated)
            columns = SQL(", ").join(SQL.identifier(name) for name in translated)
            rows = self.env.execute_query(
                SQL(
                    "SELECT id, %s FROM %s WHERE id = ANY(%s)",
                    columns,
                    SQL.identifier(self._table),
                    self.ids,
                )
            )
            for record_id, *values in rows:
                record = self.browse(record_id)
                told[record] = dict(zip(translated, values, strict=True))
        plain = [name for name in names if name not in translated]
        for record in self:
            for name in plain:
                told[record][name] = self._get_plain(record, name)
        return told

    def _get_chain_company(self):
        """In whose chain it is sealed, always the same."""
        self.ensure_one()
        return self.company_id

    @api.model
    def _get_plain(self, record, name):
        field = self._fields[name]
        if field.type == "many2one":
            return record[name].id or None
        if field.type == "boolean":
            return record[name]
        return record[name] or (0 if field.type in ("integer", "float") else None)

    # ---------------------------------------------------------------------- hooks

    @api.model
    def _get_evidence_domain(self):
        """Which records are evidence, so that the chain must know them."""
        return Domain.TRUE

    @api.model
    def _get_chained_fields(self):
        """Names of the facts that stay for good."""
        raise NotImplementedError

    @api.model
    def _get_chained_texts(self):
        """Names of the facts that retention empties: each is hashed with a salt."""
        raise NotImplementedError


class CollectionCall(models.Model):
    """Closed calls are sealed; so are calls that a manager cancels, once more."""

    _name = "collection.call"
    _inherit = ["collection.call", "collection.chained"]

    @api.model
    def _get_evidence_domain(self):
        return Domain("state", "in", ("done", "cancelled"))

    @api.model
    def _get_chained_fields(self):
        # Not what goes on after the call: whether it was confirmed, and the next call.
        return [
            "name",
            "partner_id",
            "contact_id",
            "user_id",
            "company_id",
            "direction",
            "date_start",
            "date_end",
            "outcome_id",
            "outcome_label",
            "right_party_verified",
            "verified_by",
            "debt_acknowledged",
            "reason_id",
            "reason_label",
            "is_dialled",
            "policy_date",
            "state",
        ]

    @api.model
    def _get_chained_texts(self):
        return [
            "statement",
            "improvement",
            "phone",
            "cancel_reason",
            "policy_breaches",
            "policy_override_reason",
            "contact_phone",
            "contact_email",
            "contact_street",
            "contact_street2",
            "contact_zip",
            "contact_city",
            "confirmation_subject",
            "confirmation_body",
            "answers",
        ]

    def _get_chained_facts(self):
        texts = set(self._get_chained_texts()) - {"answers"}
        facts = self._read_plain([*self._get_chained_fields(), *sorted(texts)])
        for call in self:
            facts[call]["files"] = [
                [file.id, file.checksum]
                for file in call.confirmation_attachment_ids.sorted("id")
            ]
            facts[call]["claims"] = [
                [claim.id, claim.label, claim.date_maturity, claim.amount_residual]
                for claim in call.claim_ids.sorted("id")
            ]
            facts[call]["answers"] = [
                [
                    answer.id,
                    answer.question,
                    answer.answer_text or None,
                    answer.answer_yes_no or None,
                    answer.answer_weekday or None,
                ]
                for answer in call.answer_ids.sorted("id")
            ] or None
        return facts

    def _write_closed(self, vals):
        result = super()._write_closed(vals)
        sealed = {*self._get_chained_fields(), *self._get_chained_texts()}
        if not sealed.isdisjoint(vals):
            closed = self.filtered(lambda call: call.state != "ongoing")
            kind = "cancelled" if vals.get("state") == "cancelled" else "closed"
            if "confirmation_body" in vals:
                kind = "confirmed"
            closed._seal_soon(kind)
        return result

    def _follow_debtor(self, debtor):
        result = super()._follow_debtor(debtor)
        self._filter_sealed()._seal_soon("moved")
        return result


class CollectionPlanEvent(models.Model):
    """What happened to a plan is sealed as it happens."""

    _name = "collection.plan.event"
    _inherit = ["collection.plan.event", "collection.chained"]

    @api.model
    def _get_chained_fields(self):
        return [
            "plan_id",
            "company_id",
            "installment_id",
            "kind",
            "date",
            "amount",
            "user_id",
            "term",
        ]

    @api.model
    def _get_chained_texts(self):
        return ["reason", "evidence"]

    @api.model_create_multi
    def create(self, vals_list):
        events = super().create(vals_list)
        events._seal_soon("noted")
        return events


class CollectionPlan(models.Model):
    """The terms of a plan are sealed when it runs, what its rule was called included.

    What becomes of it afterwards its events tell.
    """

    _name = "collection.plan"
    _inherit = ["collection.plan", "collection.chained"]

    @api.model
    def _get_evidence_domain(self):
        agreed = Domain("date_activated", "!=", False)
        return agreed & Domain("state", "not in", OPEN)

    @api.model
    def _get_chained_fields(self):
        return [
            "name",
            "partner_id",
            "company_id",
            "call_id",
            "date_activated",
            "rule_id",
            "rule_label",
            *TERMS,
        ]

    @api.model
    def _get_chained_texts(self):
        return []

    def _get_chained_facts(self):
        facts = super()._get_chained_facts()
        for plan in self:
            facts[plan]["schedule"] = [
                [part.id, part.date_due, part.amount]
                for part in plan.installment_ids.sorted("id")
            ]
        return facts

    def _start(self, state):
        result = super()._start(state)
        if state == ACTIVE:
            self._seal_soon("noted")
        elif state == "cancelled":
            self._seal_soon("cancelled")
        return result

    def _write_facts(self, vals):
        result = super()._write_facts(vals)
        if "partner_id" in vals:
            self._filter_sealed()._seal_soon("moved")
        return result


class CollectionPlanLetter(models.Model):
    """What was written to a debtor is sealed as it is written."""

    _name = "collection.plan.letter"
    _inherit = ["collection.plan.letter", "collection.chained"]

    @api.model
    def _get_chained_fields(self):
        # Not what goes on afterwards: whether it arrived, or has to leave at all.
        return ["plan_id", "kind", "contact_id", "lang", "date", "amount_to_pay"]

    @api.model
    def _get_chained_texts(self):
        return ["subject", "body"]

    @api.model_create_multi
    def create(self, vals_list):
        letters = super().create(vals_list)
        letters._seal_soon("noted")
        return letters

    def write(self, vals):
        result = super().write(vals)
        sealed = {*self._get_chained_fields(), *self._get_chained_texts()}
        if not sealed.isdisjoint(vals):
            self._seal_soon("noted")
        return result


class CollectionDispute(models.Model):
    """Disputes are sealed when they are closed."""

    _name = "collection.dispute"
    _inherit = ["collection.dispute", "collection.chained"]

    @api.model
    def _get_evidence_domain(self):
        return Domain("state", "!=", "open")

    @api.model
    def _get_chained_fields(self):
        return [
            "name",
            "move_id",
            "company_id",
            "call_id",
            "user_id",
            "amount",
            "reason_id",
            "reason_label",
            "date_opened",
            "date_closed",
            "state",
        ]

    @api.model
    def _get_chained_texts(self):
        return ["statement", "resolution"]

    def _write_closed(self, vals):
        result = super()._write_closed(vals)
        self._seal_soon("closed")
        return result


class CollectionContactRight(models.Model):
    """What a debtor asked for is sealed as it is noted, and again when it ends."""

    _name = "collection.contact.right"
    _inherit = ["collection.contact.right", "collection.chained"]

    @api.model
    def _get_chained_fields(self):
        return [
            "kind",
            "partner_id",
            "contact_id",
            "representative_id",
            "representative_role",
            "is_verified",
            "call_id",
            "user_id",
            "company_id",
            "date_from",
            "date_until",
            "date_ended",
            "ended_by_id",
        ]

    @api.model
    def _get_chained_texts(self):
        return ["wording", "said_by", "end_reason", "number", "number_e164"]

    def _get_chained_facts(self):
        facts = super()._get_chained_facts()
        for right in self:
            facts[right]["hours"] = [
                [span.id, span.weekday, span.hour_from, span.hour_to]
                for span in right.hours_ids.sorted("id")
            ]
        return facts

    def _get_chain_company(self):
        """What counts in all companies stands in the chain of the first one."""
        # sudo: whoever notes it may not work there.
        first_sudo = self.env["res.company"].sudo().search([], order="id", limit=1)
        return self.company_id or first_sudo

    @api.model_create_multi
    def create(self, vals_list):
        rights = super().create(vals_list)
        rights._seal_soon("noted")
        return rights

    def write(self, vals):
        result = super().write(vals)
        sealed = {*self._get_chained_fields(), *self._get_chained_texts()}
        if not sealed.isdisjoint(vals):
            self._seal_soon("ended" if "date_ended" in vals else "moved")
        return result


class CollectionAnswer(models.Model):
    """What a debtor wrote is sealed as it comes in, and again when it was read."""

    _name = "collection.answer"
    _inherit = ["collection.answer", "collection.chained"]

    @api.model
    def _get_chained_fields(self):
        return [
            "partner_id",
            "contact_id",
            "company_id",
            "is_unknown",
            "is_forwarded",
            "date",
            "call_id",
            "promise_id",
            "plan_id",
            "dispute_id",
            "state",
            "read_by_id",
            "date_read",
        ]

    @api.model
    def _get_chained_texts(self):
        return ["email_from", "subject", "text"]

    @api.model_create_multi
    def create(self, vals_list):
        answers = super().create(vals_list)
        answers._seal_soon("noted")
        return answers

    def write(self, vals):
        result = super().write(vals)
        sealed = {*self._get_chained_fields(), *self._get_chained_texts()}
        if not sealed.isdisjoint(vals):
            self._seal_soon("closed" if "state" in vals else "moved")
        return result


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """What merged partners said is about another one from now on."""
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()
        for model in self.env["collection.chain.link"]._get_chained_models():
            # sudo: those of every company.
            records_sudo = self.env[model].sudo()
            people = [
                name
                for name in records_sudo._get_chained_fields()
                if records_sudo._fields[name].comodel_name == "res.partner"
                and records_sudo._fields[name].store
            ]
            records_sudo.search(
                Domain.OR(Domain(name, "=", dst_partner.id) for name in people)
            )._filter_sealed()._seal_soon("moved")
        return result
