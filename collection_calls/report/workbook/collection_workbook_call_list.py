from collections import Counter

from odoo import api, models

from .collection_workbook_claims import BUCKETS, CREDIT
from .xlsx.cells import (
    AGES,
    DARK,
    GREEN,
    INTEGER,
    MONEY,
    ORANGE,
    PERCENT,
    POSITIVE,
    RED,
    TEXT,
    Color,
    Column,
    Formula,
)

CASE_FIELDS = (
    *("partner_id", "priority", "situation", "contact_number", "days_overdue"),
    *("overdue_amount", "protected_amount", "disputed_amount", "collectible_amount"),
    *("bucket_1_30", "bucket_31_60", "bucket_61_90", "bucket_over_90"),
    *("next_call_date", "next_call_reason", "last_contact_date", "user_id"),
)
URGENT = (Color(RED, ">=", (70,)), Color(ORANGE, "between", (40, 69)))
AGE_AT, AMOUNT_AT = 5, 9  # columns of the sheet of claims, after the debtor
# As the call list on the screen shows them; credits in a colour of their own.
BUCKET_FILLS = ("#BFBFBF", "#F8CB7C", DARK[ORANGE], DARK[RED], DARK[GREEN])


class CollectionWorkbookCallList(models.AbstractModel):
    """Whom to call, about which claims, and how old they are."""

    _name = "collection.workbook.call.list"
    _description = "Call List as a Workbook"
    _inherit = "collection.workbook.claims"

    @api.model
    def _get_title(self):
        return self.env._("Call List")

    @api.model
    def _fill(self, book, cases):
        """Write the sheets.

        :param cases: of the company; they are put in order here
        """
        cases = cases.with_env(self.env).search(
            [("id", "in", cases.ids)], order="priority desc, overdue_amount desc, id"
        )
        self._add_cases(book, cases)
        claims, buckets = self._add_claims(book, cases)
        self._add_aging(book, claims, buckets)

    def _add_cases(self, book, cases):
        self._add_records(
            book,
            self._get_title(),
            cases,
            CASE_FIELDS,
            self.env._("%(count)s debtors", count=len(cases)),
            currency=self._get_own_currency(),
            colors={
                "days_overdue": AGES,
                "priority": URGENT,
                "bucket_over_90": POSITIVE,
            },
        )

    def _add_claims(self, book, cases):
        """A row for each overdue claim and open credit of these cases, in their order.

        :return: the sheet, and how much and how many of each age there are
        """
        columns = [
            Column(self._get_label(cases, "partner_id")),
            *self._get_claim_columns(),
            Column(self._get_label(cases, "user_id")),
        ]
        buckets = {"amount": Counter(), "count": Counter()}
        rows = self._read_claim_rows(cases, buckets)
        return self._add_sheet(book, self.env._("Claims"), columns, rows), buckets

    def _read_claim_rows(self, cases, buckets):
        """Rows of the sheet; counts in ``buckets`` what is in them."""
        read = self._get_claim_reader()
        for batch in self._in_batches(cases):
            claims = self._read_due(batch.partner_id.ids)
            for case in batch:
                debtor, collector = case.partner_id.display_name, case.user_id.name
                for claim in claims[case.partner_id.id]:
                    bucket = self._get_bucket(claim)
                    buckets["amount"][bucket] += claim.amount
                    buckets["count"][bucket] += 1
                    yield [debtor, *read(claim), collector]

    def _add_aging(self, book, claims, buckets):
        """How old the claims of the sheet before are, and a picture of it."""
        columns = [
            Column(self.env._("Age"), TEXT),
            Column(self.env._("Items"), INTEGER, is_summed=True),
            Column(
                self.env._("Open"),
                MONEY,
                currency=self._get_own_currency(),
                is_summed=True,
            ),
            Column(self.env._("Share"), PERCENT),
        ]
        words = self._get_age_words()
        shown = [
            *range(len(BUCKETS) + 1),
            *([CREDIT] if buckets["count"][CREDIT] else []),
        ]
        rows = [
            [words[bucket], *self._get_aging_cells(claims, buckets, bucket)]
            for bucket in shown
        ]
        sheet = self._add_sheet(book, self.env._("Aging"), columns, rows)
        sheet.add_chart(self.env._("Overdue by Age"), 0, [2], BUCKET_FILLS)

    def _get_aging_cells(self, claims, buckets, bucket):
        """Formulas over the sheet of claims, and what they come to.

        Shares are those of the claims; credits have none.
        """
        ages, amounts = claims.get_range(AGE_AT), claims.get_range(AMOUNT_AT)
        number, amount = buckets["count"][bucket], round(buckets["amount"][bucket], 6)
        whole = sum(value for value in buckets["amount"].values() if value > 0)
        of_claims = f'SUMIF({amounts},">0")'
        share = f"=IF({of_claims}=0,0,C{{row}}/{of_claims})"
        return [
            Formula(f"=COUNTIF({ages},A{{row}})", number),
            Formula(f"=SUMIF({ages},A{{row}},{amounts})", amount),
            None
            if bucket == CREDIT
            else Formula(share, amount / whole if whole else 0),
        ]
