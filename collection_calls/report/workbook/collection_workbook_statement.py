from odoo import api, models

from .xlsx.cells import GREEN, ORANGE, RED

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
PROMISE_COLORS = {"kept": GREEN, "partial": ORANGE, "to_check": ORANGE, "broken": RED}
PART_COLORS = {"paid": GREEN, "due": ORANGE, "partial": ORANGE, "missed": RED}


class CollectionWorkbookStatement(models.AbstractModel):
    """What one debtor owes, promised, pays by installments, and said."""

    _name = "collection.workbook.statement"
    _description = "Statement as a Workbook"
    _inherit = "collection.workbook.claims"

    @api.model
    def _get_title(self):
        return self.env._("Statement")

    @api.model
    def _fill(self, book, debtor):
        """Write the sheets.

        :param debtor: the commercial partner who owes
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
        self._add_sheet_of(book, debtor, about, "collection.call", CALL_FIELDS)

    def _add_open_items(self, book, debtor, about):
        columns = self._get_claim_columns()
        sheet = self._add_sheet(book, self.env._("Claims"), columns, about)
        read = self._get_claim_reader()
        for claim in self._read_open(debtor.ids)[debtor.id]:
            sheet.append(read(claim))
        sheet.close()

    def _add_sheet_of(self, book, debtor, about, model, names):
        """A sheet with the debtor's records of a model."""
        records = self.env[model]
        sheets = {
            "collection.promise": (self.env._("Promises"), PROMISE_COLORS),
            "collection.plan.installment": (
                self.env._("Installment Plans"),
                PART_COLORS,
            ),
            "collection.call": (self.env._("Calls"), {}),
        }
        name, fills = sheets[model]
        found = records.search(
            [("partner_id", "=", debtor.id), ("company_id", "=", self.env.company.id)]
        )
        self._add_records(
            book,
            name,
            found,
            names,
            about,
            sums=("duration",),
            colors={"state": self._color_states(records, fills)},
        )
