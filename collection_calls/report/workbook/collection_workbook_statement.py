from odoo import api, models

PROMISE_FIELDS = (
    *("name", "date_made", "date_promised", "date_deadline", "state", "currency_id"),
    *("amount", "amount_due", "amount_paid", "payment_method", "user_id"),
)
PART_FIELDS = (
    *("plan_id", "plan_state", "date_due", "state", "currency_id"),
    *("amount", "amount_paid", "amount_residual"),
)
CALL_FIELDS = (
    *("name", "date_start", "duration", "direction", "user_id", "contact_id"),
    *("outcome_id", "right_party_verified", "statement", "next_call_date", "state"),
)


class CollectionWorkbookStatement(models.AbstractModel):
    """What one debtor owes, promised, pays by installments, and said if that is asked
    for: what was said is ours, and statements are sent."""

    _name = "collection.workbook.statement"
    _description = "Statement as a Workbook"
    _inherit = "collection.workbook.claims"

    @api.model
    def _get_title(self):
        return self.env._("Statement")

    @api.model
    def _fill(self, book, debtor, with_notes=False):
        """Write the sheets.

        :param debtor: the commercial partner who owes
        :param bool with_notes: whether the calls, and what was said in them, are told
        """
        debtor = debtor.with_env(self.env)
        about = debtor.display_name
        if debtor.ref:
            about = f"{about} ({debtor.ref})"
        self._add_open_items(book, debtor, about)
        self._add_sheet_of(book, debtor, about, "collection.promise", PROMISE_FIELDS)
        self._add_sheet_of(
            book, debtor, about, "collection.plan.installment", PART_FIELDS
        )
        if with_notes:
            self._add_sheet_of(book, debtor, about, "collection.call", CALL_FIELDS)

    def _add_open_items(self, book, debtor, about):
        columns = self._get_claim_columns()
        read = self._get_claim_reader()
        rows = map(read, self._read_open(debtor.ids)[debtor.id])
        self._add_sheet(book, self.env._("Claims"), columns, rows, about)

    def _add_sheet_of(self, book, debtor, about, model, names):
        """A sheet with the debtor's records of a model."""
        sheets = {
            "collection.promise": self.env._("Promises"),
            "collection.plan.installment": self.env._("Installment Plans"),
            "collection.call": self.env._("Calls"),
        }
        found = self.env[model].search(
            [("partner_id", "=", debtor.id), ("company_id", "=", self.env.company.id)]
        )
        self._add_records(book, sheets[model], found, names, about, sums=("duration",))
