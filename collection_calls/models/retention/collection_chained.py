from odoo import api, models
from odoo.fields import Domain


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
        return self.filtered_domain(self._get_evidence_domain())

    def _get_chained_facts(self):
        """What is sealed: plain values, the same in every language and time zone.

        :return: {record: {name: value}}, see :func:`...engine.chain.canonical`
        """
        names = [*self._get_chained_fields(), *self._get_chained_texts()]
        return {
            record: {name: self._get_plain(record, name) for name in names}
            for record in self
        }

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
        # Not what goes on after the call: its confirmation and the next call.
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
            "right_party_verified",
            "verified_by",
            "debt_acknowledged",
            "reason_id",
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
            "answers",
        ]

    def _get_chained_facts(self):
        texts = set(self._get_chained_texts()) - {"answers"}
        facts = {}
        for call in self:
            names = [*self._get_chained_fields(), *texts]
            facts[call] = {name: self._get_plain(call, name) for name in names}
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
        if "state" in vals or not set(vals).isdisjoint(self._get_chained_fields()):
            closed = self.filtered(lambda call: call.state != "ongoing")
            kind = "cancelled" if vals.get("state") == "cancelled" else "closed"
            closed._seal_soon(kind)
        return result

    def _follow_debtor(self, debtor):
        result = super()._follow_debtor(debtor)
        self._filter_evidence()._seal_soon("moved")
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


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """Calls with partners that were merged are about another one from now on."""
        result = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()
        # sudo: calls of every company.
        calls_sudo = self.env["collection.call"].sudo()
        calls_sudo.search(
            Domain("partner_id", "=", dst_partner.id)
            | Domain("contact_id", "=", dst_partner.id)
        )._filter_evidence()._seal_soon("moved")
        return result
