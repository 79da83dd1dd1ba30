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
    _inherit = "collection.dialog"
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
        store=True,
        readonly=False,
    )

    is_doubtful = fields.Boolean(compute="_compute_is_doubtful")
    keep_doubtful = fields.Boolean(
        string="Save Numbers Not Known to Be in Use",
        help="Countries give out new numbers; it takes a while until they are known.",
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

    @api.depends("line_ids.number")
    def _compute_is_doubtful(self):
        for correction in self:
            changed = correction._get_changed()
            correction.is_doubtful = any(line.is_doubtful for line in changed)

    @api.model_create_multi
    def create(self, vals_list):
        corrections = super().create(vals_list)
        corrections._check_case()
        return corrections

    def _check_case(self):
        """:raise AccessError: if it is a case that the user may not change"""
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
        changed = self._get_changed()
        if changed.partner_id - self._get_family():
            raise AccessError(
                self.env._(
                    "Only numbers of %(debtor)s and of contacts there can be corrected"
                    " here.",
                    debtor=self.partner_id.display_name,
                )
            )
        problems = [line.problem for line in changed if line._is_refused()]
        if problems:
            raise ValidationError(self._say_refusal(problems))
        for line in changed:
            line._correct()
        return {"type": "ir.actions.act_window_close"}

    def _get_changed(self):
        return self.line_ids.filtered(lambda line: line._is_changed())

    def _say_refusal(self, problems):
        problems = "\n".join(problems)
        if self.is_doubtful and not self.keep_doubtful:
            return self.env._(
                "%(problems)s\n\nCorrect it, or tick “Save Numbers Not Known to Be in"
                " Use” if you are sure: what you typed is kept.",
                problems=problems,
            )
        return self.env._(
            "%(problems)s\n\nCorrect it, or put back what was there: what you typed is"
            " kept.",
            problems=problems,
        )


class CollectionPhoneCorrectionLine(models.TransientModel):
    _name = "collection.phone.correction.line"
    _description = "Phone Number to Correct"
    _inherit = "collection.dialog"

    correction_id = fields.Many2one(
        "collection.phone.correction", required=True, ondelete="cascade"
    )
    partner_id = fields.Many2one("res.partner", string="Name", required=True)
    number = fields.Char(string="Phone Number")
    problem = fields.Char(string="What Is Wrong", compute="_compute_problem")
    is_doubtful = fields.Boolean(
        compute="_compute_problem",
        help="It can be dialled, but isn't known to be in use.",
    )

    @api.depends("number", "correction_id.country_id")
    def _compute_problem(self):
        words = self.env["collection.contact.correction"]
        for line in self:
            country = line.correction_id.country_id
            problem = words._say_number_problem(line.number, country)
            doubt = not problem and words._say_number_doubt(line.number, country)
            line.problem = problem or doubt
            line.is_doubtful = bool(doubt)

    def _is_changed(self):
        """Whether another number was typed. Nothing typed is no correction."""
        typed = (self.number or "").strip()
        return bool(typed) and typed != (self.partner_id.phone or "").strip()

    def _is_refused(self):
        accepted = self.is_doubtful and self.correction_id.keep_doubtful
        return bool(self.problem) and not accepted

    def _correct(self):
        """Write the number, known by its country, so that it rings from anywhere."""
        number = phone.international(self.number, self.correction_id.country_id.code)
        correction = self.env["collection.contact.correction"]
        correction._correct(self.partner_id, {"phone": number})
