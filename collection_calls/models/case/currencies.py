from odoo import api, fields, models


class CollectionCase(models.Model):
    """What is owed as the debtor knows it: nobody owes us dollars who was billed euros.

    Sums, order and priorities are in company currency; what people read aloud is not.
    """

    _inherit = "collection.case"

    overdue_told = fields.Char(
        string="Overdue as Billed",
        compute="_compute_overdue_told",
        help="What is overdue less open credits, in the currencies of the invoices.",
    )

    @api.depends("overdue_amount", "partner_id", "company_id")
    @api.depends_context("lang")
    def _compute_overdue_told(self):
        self.overdue_told = False
        for company, cases in self.grouped("company_id").items():
            told = cases.partner_id._say_collection_overdue(company)
            for case in cases:
                case.overdue_told = told[case.partner_id]
