from odoo import api, models


class CollectionCaseEvent(models.AbstractModel):
    """Records that figures of a case follow from: its case is told when they change.

    They have a ``partner_id`` and a ``company_id``, or say otherwise in
    :meth:`_get_case_keys`.
    """

    _name = "collection.case.event"
    _description = "Event for a Case"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._touch_cases()
        return records

    def write(self, vals):
        if self._get_case_facts().isdisjoint(vals):
            return super().write(vals)
        self._touch_cases()  # it may be another debtor's then
        result = super().write(vals)
        self._touch_cases()
        return result

    def unlink(self):
        self._touch_cases()
        return super().unlink()

    @api.model
    def _get_case_facts(self):
        """Fields that figures of a case follow from."""
        return {"state", "partner_id", "company_id"}

    def _get_case_keys(self):
        """:return: pairs of the ids of a debtor, or a contact, and of a company"""
        return {(record.partner_id.id, record.company_id.id) for record in self.sudo()}

    def _touch_cases(self):
        keys = {key for key in self._get_case_keys() if all(key)}
        self.env["collection.case"]._touch(partners=keys)


class CollectionCall(models.Model):
    _name = "collection.call"
    _inherit = ["collection.call", "collection.case.event"]


class CollectionDispute(models.Model):
    _name = "collection.dispute"
    _inherit = ["collection.dispute", "collection.case.event"]

    @api.model
    def _get_case_facts(self):
        return super()._get_case_facts() | {"amount", "move_id"}

    def _touch_cases(self):
        """What is disputed isn't asked for, whatever was agreed on it."""
        result = super()._touch_cases()
        self.env["collection.agreement"]._touch_all(self.sudo().move_id.ids)
        return result


class CollectionPromise(models.Model):
    _name = "collection.promise"
    _inherit = ["collection.promise", "collection.case.event"]

    @api.model
    def _get_case_facts(self):
        deadline = {"date_promised", "tolerance_days", "date_deadline"}
        return super()._get_case_facts() | {"needs_confirmation"} | deadline


class CollectionPromiseLine(models.Model):
    _name = "collection.promise.line"
    _inherit = ["collection.promise.line", "collection.case.event"]

    def _get_case_keys(self):
        return self.promise_id._get_case_keys()


class CollectionPlan(models.Model):
    _name = "collection.plan"
    _inherit = ["collection.plan", "collection.case.event"]

    @api.model
    def _get_case_facts(self):
        return super()._get_case_facts() | {"amount_arrears"}


class CollectionPlanClaim(models.Model):
    _name = "collection.plan.claim"
    _inherit = ["collection.plan.claim", "collection.case.event"]

    @api.model
    def _get_case_facts(self):
        return super()._get_case_facts() | {"is_running", "is_accelerated"}

    def _get_case_keys(self):
        plans = self.sudo().plan_id
        return {(plan.partner_id.id, plan.company_id.id) for plan in plans}


class MailActivity(models.Model):
    """Calls are planned, moved, done and deleted in Odoo's own dialogs, too."""

    _name = "mail.activity"
    _inherit = ["mail.activity", "collection.case.event"]

    @api.model
    def _get_case_facts(self):
        return {"active", "activity_type_id", "date_deadline", "res_id", "res_model_id"}

    def _get_case_keys(self):
        cases_sudo = self.env["collection.case"].sudo()
        call_type = cases_sudo._get_call_activity_type_id()
        ids = {
            activity.res_id
            for activity in self.sudo()
            if activity.res_model == cases_sudo._name
            and activity.activity_type_id.id == call_type
        }
        # The case may be gone already: its activities are deleted after it.
        cases_sudo = cases_sudo.browse(ids).exists()
        return {(case.partner_id.id, case.company_id.id) for case in cases_sudo}


class AccountPayment(models.Model):
    _name = "account.payment"
    _inherit = ["account.payment", "collection.case.event"]

    @api.model
    def _get_case_facts(self):
        return super()._get_case_facts() | {"amount", "currency_id", "move_id"}

    def _compute_state(self):
        """Paid once its invoices are: nobody writes that."""
        result = super()._compute_state()
        self.filtered(
            lambda payment: (
                payment.id
                and not payment.move_id
                and payment.payment_type == "inbound"
                and payment.partner_type == "customer"
            )
        )._touch_cases()
        return result


class PaymentTransaction(models.Model):
    _name = "payment.transaction"
    _inherit = ["payment.transaction", "collection.case.event"]

    @api.model
    def _get_case_facts(self):
        return super()._get_case_facts() | {"amount", "payment_id"}


class AccountBankStatementLine(models.Model):
    _name = "account.bank.statement.line"
    _inherit = ["account.bank.statement.line", "collection.case.event"]

    @api.model
    def _get_case_facts(self):
        return super()._get_case_facts() | {
            "amount",
            "amount_currency",
            "foreign_currency_id",
            "journal_id",
        }

    def _compute_is_reconciled(self):
        """What waits changes with the items of the entry, without being written."""
        result = super()._compute_is_reconciled()
        self.filtered(lambda line: line.id and line.amount > 0)._touch_cases()
        return result
