from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command

from ..engine import phone


class CollectionPhoneCorrection(models.TransientModel):
    """The numbers of a debtor and of who is there, to put right those that don't ring.

    Nothing is written before all of it is right.
    """

    _name = "collection.phone.correction"
    _description = "Correct Phone Numbers"
    _rec_name = "partner_id"

    case_id = fields.Many2one("collection.case", required=True, ondelete="cascade")
    partner_id = fields.Many2one(related="case_id.partner_id")
    country_id = fields.Many2one(
        "res.country",
        compute="_compute_country_id",
        help="Numbers without the code of a country are dialled from here.",
    )
    line_ids = fields.One2many(
        "collection.phone.correction.line",
        "correction_id",
        string="Numbers",
        compute="_compute_line_ids",
        compute_sudo=False,
        store=True,
        readonly=False,
    )

    @api.depends("case_id")
    def _compute_country_id(self):
        for correction in self:
            case = correction.case_id
            own = case.partner_id.country_id
            correction.country_id = own or case.company_id.country_id

    @api.depends("case_id")
    def _compute_line_ids(self):
        for correction in self:
            correction.line_ids = [Command.clear()] + [
                Command.create({"partner_id": partner.id, "number": partner.phone})
                for partner in correction._get_family()
            ]

    @api.model_create_multi
    def create(self, vals_list):
        corrections = super().create(vals_list)
        corrections._check_case()
        return corrections

    def _check_case(self):
        """:raise AccessError: if it is a case that the user may not change"""
        # What is related is read as superuser, so the door is guarded here.
        self.case_id.check_access("write")

    def _get_family(self):
        """The debtor and who else may be called about what the debtor owes."""
        self._check_case()
        debtor = self.case_id.partner_id
        return debtor | debtor._get_collection_people().get(debtor, debtor)

    def action_confirm(self):
        """Write the numbers that were typed to the debtor and the contacts.

        :raise ValidationError: if nobody can dial one of them; none is written then
        :raise AccessError: if one is not of this debtor's
        """
        self.ensure_one()
        changed = self.line_ids.filtered(lambda line: line._is_changed())
        if changed.partner_id - self._get_family():
            raise AccessError(
                self.env._(
                    "Only numbers of %(debtor)s and of contacts there can be corrected"
                    " here.",
                    debtor=self.partner_id.display_name,
                )
            )
        problems = [line.problem for line in changed if line.problem]
        if problems:
            raise ValidationError(
                self.env._(
                    "%(problems)s\n\nCorrect it, or put back what was there: what you"
                    " typed is kept.",
                    problems="\n".join(problems),
                )
            )
        for line in changed:
            line._correct()
        return {"type": "ir.actions.act_window_close"}


class CollectionPhoneCorrectionLine(models.TransientModel):
    _name = "collection.phone.correction.line"
    _description = "Phone Number to Correct"

    correction_id = fields.Many2one(
        "collection.phone.correction", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one("res.partner", string="Name", required=True)
    number = fields.Char(string="Phone Number")
    problem = fields.Char(string="What Is Wrong", compute="_compute_problem")

    @api.depends("number", "correction_id.country_id")
    def _compute_problem(self):
        words = self.env["collection.contact.correction"]
        for line in self:
            country = line.correction_id.country_id
            line.problem = words._say_number_problem(line.number, country)

    def _is_changed(self):
        """Whether another number was typed. Nothing typed is no correction."""
        typed = (self.number or "").strip()
        return bool(typed) and typed != (self.partner_id.phone or "").strip()

    def _correct(self):
        """Write the number, known by its country, so that it rings from anywhere."""
        number = phone.international(self.number, self.correction_id.country_id.code)
        correction = self.env["collection.contact.correction"]
        correction._correct(self.partner_id, {"phone": number})
