from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Command


class ResPartner(models.Model):
    """What the buttons of a debtor open."""

    _inherit = "res.partner"

    def action_start_collection_call(self):
        """Open the five steps of a call with this debtor."""
        self.ensure_one()
        call = self.env["collection.call"]._start(
            self,
            self.env.company,
            contact=self._get_collection_callee_person(self.env.company),
        )
        return call.action_resume()

    def action_log_collection_call(self):
        """Open the form that logs a call with this debtor about what is overdue."""
        self.ensure_one()
        debtor = self.commercial_partner_id
        company = self.env.company
        return debtor._get_collection_log_action(
            company,
            contact=self if self != debtor else None,
            claims=debtor._get_collection_overdue_claims(company),
        )

    def _get_collection_log_action(self, company, contact=None, claims=()):
        """Action that opens the log form for this debtor.

        :param contact: who is called; by default whoever gets the invoices
        :param claims: journal items that the call is about
        """
        self.ensure_one()
        if not company:
            raise UserError(self.env._("Select a company first."))
        if not contact or contact.commercial_partner_id == self:
            contact = (contact or self)._get_collection_callee_person(company)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Log Call with %(debtor)s", debtor=self.display_name),
            "res_model": "collection.call",
            "views": [
                (
                    self.env.ref("collection_calls.collection_call_view_form_log").id,
                    "form",
                )
            ],
            "target": "new",
            "context": {
                "default_partner_id": self.id,
                "default_contact_id": contact.id,
                "default_company_id": company.id,
                "default_claim_ids": [
                    Command.create({"move_line_id": claim.id}) for claim in claims
                ],
            },
        }

    def action_plan_collection_installments(self):
        """Open the terms of an installment plan for what is overdue and in no plan."""
        self.ensure_one()
        debtor = self.commercial_partner_id
        overdue = debtor._get_collection_overdue_claims(self.env.company)
        planned_sudo = self.env["collection.plan.claim"]._get_running(overdue.ids)
        return debtor._get_collection_plan_action(
            self.env.company,
            contact=self._get_collection_contact(),
            claims=overdue - planned_sudo.move_line_id,
        )

    def _get_collection_plan_action(self, company, contact, claims):
        """Action that opens the terms of an installment plan for this debtor."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Installments of %(debtor)s", debtor=self.display_name),
            "res_model": "collection.plan.wizard",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_partner_id": self.id,
                "default_contact_id": contact.id,
                "default_company_id": company.id,
                "default_claim_ids": [Command.set(claims.ids)],
                "dialog_size": "extra-large",
            },
        }

    def action_view_collection_calls(self):
        """Open the calls with this debtor."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "collection_calls.collection_call_action"
        )
        debtor = self.commercial_partner_id
        return dict(
            action,
            domain=[
                ("partner_id", "=", debtor.id),
                ("company_id", "=", self.env.company.id),
                ("state", "!=", "cancelled"),
            ],
            context={"default_partner_id": debtor.id},
        )

    def action_view_collection_disputes(self):
        """Open what this debtor objected to."""
        self.ensure_one()
        return self.env["collection.dispute"]._get_list_action(
            [
                ("partner_id", "=", self.commercial_partner_id.id),
                ("company_id", "=", self.env.company.id),
            ]
        )

    def action_view_collection_promises(self):
        """Open the promises of this debtor, kept or not."""
        self.ensure_one()
        action = self.env["ir.actions.actions"]._for_xml_id(
            "collection_calls.collection_promise_action"
        )
        return dict(
            action,
            domain=list(self._get_collection_promise_domain()),
            context={"default_partner_id": self.commercial_partner_id.id},
        )

    def action_view_collection_plans(self):
        """Open the installment plans of this debtor."""
        self.ensure_one()
        debtor = self.commercial_partner_id
        claims = debtor._get_collection_overdue_claims(self.env.company)
        return self.env["collection.plan"]._get_list_action(
            list(self._get_collection_plan_domain()),
            default_partner_id=debtor.id,
            default_claim_ids=[
                Command.create({"move_line_id": claim.id})
                for claim in claims - claims._get_collection_protected()
            ],
        )
