from odoo import api, fields, models

from ...engine import phone
from ..contact.facts import aware
from ..groups import COLLECTORS

# What says whom to call, and on which number.
CALLEE_FIELDS = [
    f"partner_id.{path}{name}"
    for path in ("", "child_ids.")
    for name in ("phone", "tz", "type", "active")
] + [
    *("partner_id.country_id", "partner_id.city", "partner_id.is_company"),
    *("company_id", "last_call_id"),
]

# What says whether a number can be dialled at all, and whether it was a wrong one.
NUMBER_FIELDS = [
    "partner_id.phone",
    "partner_id.country_id",
    "partner_id.is_company",
    "company_id.country_id",
    "last_call_id.outcome_id.is_wrong_number",
    *(
        f"partner_id.collection_people_ids.{name}"
        for name in ("name", "phone", "active", "type", "is_company", "parent_id")
    ),
]
COMMITMENTS_ON_SHEET = 5
LEAST_LINES = 4
MOST_LINES = 27  # on a sheet without a row of text
LINES_PER_ROW = 0.6  # a line to write on is higher than a row of text


class CollectionCase(models.Model):
    """Whether debtors may be called now, and on which number.

    What the clock says isn't stored: it goes on without anybody doing anything.
    """

    _inherit = "collection.case"

    contact_number = fields.Char(
        string="Number to Dial",
        compute="_compute_callee",
        help="The number that a call proposes: of the contact person, else of the"
        " debtor, else of somebody else there.",
    )
    contact_e164 = fields.Char(
        string="E.164 Number",
        compute="_compute_callee",
        help="The number to dial in the form every exchange in the world understands.",
    )
    local_time = fields.Char(
        compute="_compute_callee",
        help="What the clock says at the debtor's. Empty where nobody can tell.",
    )
    local_time_source = fields.Char(
        string="Whose Clock",
        compute="_compute_callee",
        help="What says which clock it is: the contact's time zone, the country or the"
        " number.",
    )
    phone_problem = fields.Selection(
        [
            ("missing", "No number"),
            ("invalid", "No valid number"),
            ("wrong", "Wrong number"),
        ],
        compute="_compute_phone_problem",
        store=True,
        index="btree_not_null",
        help="Why nobody can call this debtor. Empty: somebody can. Wrong number: the"
        " last calls to all of the numbers showed that somebody else has them.",
    )
    policy_note = fields.Text(
        string="Against a Call Now",
        compute="_compute_policy_note",
        groups=COLLECTORS,
        help="What the contact policy has against a call now, and when one is allowed.",
    )

    @api.depends(*CALLEE_FIELDS)
    @api.depends_context("lang")
    def _compute_callee(self):
        now = aware(fields.Datetime.now())
        policies = self.env["collection.contact.policy"]
        self.contact_number = self.contact_e164 = False
        self.local_time = self.local_time_source = False
        for company, cases in self.grouped("company_id").items():
            callees = cases.partner_id._get_collection_callees(company)
            for case in cases:
                callee = callees[case.partner_id]
                region = policies._get_region(company, callee)
                case.contact_number = phone.international(callee.number, region)
                case.contact_e164 = phone.e164(callee.number, region)
                case.local_time = policies._say_local_time(company, callee, now)
                source = policies._say_clock_source(company, callee, now)
                case.local_time_source = source

    @api.depends(*NUMBER_FIELDS)
    def _compute_phone_problem(self):
        debtors = self.partner_id.with_context(active_test=True)
        people = debtors._get_collection_people()
        for case in self:
            debtor = case.partner_id
            family = debtor | people[debtor]
            region = (debtor.country_id or case.company_id.country_id).code
            case.phone_problem = _judge_numbers(family.mapped("phone"), region)
        self._mark_wrong_numbers()

    def _mark_wrong_numbers(self):
        """Mark cases where even the number to dial is somebody else's.

        The number counts, not whose it is: another one on file is as good as new, and
        is dialled next.
        """
        suspects = self.filtered("last_call_id").with_context(active_test=True)
        for company, cases in suspects.grouped("company_id").items():
            wrong = cases.partner_id._get_collection_wrong_numbers(company)
            cases = cases.filtered(lambda case, wrong=wrong: wrong[case.partner_id])
            callees = cases.partner_id._get_collection_callees(company)
            policies = self.env["collection.contact.policy"]
            for case in cases:
                debtor = case.partner_id
                number = policies._get_e164(company, callees[debtor])
                if number in wrong[debtor]:
                    case.phone_problem = "wrong"

    @api.depends(*CALLEE_FIELDS)
    @api.depends_context("lang")
    def _compute_policy_note(self):
        policies = self.env["collection.contact.policy"]
        self.policy_note = False
        for company, cases in self.grouped("company_id").items():
            findings = policies._get_debtor_findings(company, cases.partner_id)
            for case in cases:
                sentences = findings[case.partner_id].sentences
                case.policy_note = "\n".join(sentences) or False

    def action_correct_phone(self):
        """Open the debtor's numbers, to put right those that nobody can dial."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct Phone Numbers"),
            "res_model": "collection.phone.correction",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_case_id": self.id},
        }

    # ----------------------------------------------------------------- call sheet
    # The dossier on one sheet of paper, for calls without a screen.

    def _render_sheet(self):
        """:return: HTML in the language of the environment"""
        return self.env["ir.qweb"]._render(
            "collection_calls.report_case_sheet_document",
            {"o": self, **self._get_sheet()},
        )

    def _get_sheet(self):
        """What the sheet says, cut to what fits on its page.

        :return: what :meth:`_get_dossier` returns, with ``commitment_count``, ``aging``
            (pairs of a title and an amount) and ``note_lines``: how many lines are left
            for notes
        """
        self.ensure_one()
        sheet = self._get_dossier()
        commitments = sheet["commitments"]
        sheet.update(
            commitments=commitments[:COMMITMENTS_ON_SHEET],
            commitment_count=len(commitments),
            aging=self._get_sheet_aging(),
        )
        return {**sheet, "note_lines": self._count_note_lines(sheet)}

    def _get_sheet_aging(self):
        names = ["bucket_1_30", "bucket_31_60", "bucket_61_90", "bucket_over_90"]
        titles = self.fields_get(names, ["string"])
        return [(titles[name]["string"], self[name]) for name in names]

    def _count_note_lines(self, sheet):
        people = max(2 * len(sheet["contacts"]) + 3, 9)  # the figures stand beside
        agreed = max(2 * len(sheet["commitments"]) + 2, len(sheet["history"]))
        warnings = len((self.policy_note or "").split("\n")) + bool(self.hold)
        rows = people + len(sheet["claims"]) + 2 + agreed + warnings
        return max(int(MOST_LINES - LINES_PER_ROW * rows), LEAST_LINES)


def _judge_numbers(numbers, region):
    """What is wrong with numbers; False if one of them can be dialled."""
    typed = [number for number in numbers if (number or "").strip()]
    if any(phone.e164(number, region) for number in typed):
        return False
    return "invalid" if typed else "missing"
