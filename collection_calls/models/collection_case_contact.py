from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..engine import phone
from .collection_call_contact import COLLECTORS
from .collection_contact_clock import aware
from .res_partner import PEOPLE_DOMAIN

# What says whom to call, and on which number.
CALLEE_FIELDS = [
    f"partner_id.{path}{name}"
    for path in ("", "child_ids.")
    for name in ("phone", "tz", "type", "active")
] + ["partner_id.country_id", "partner_id.city", "partner_id.is_company", "company_id"]


class CollectionCaseContact(models.AbstractModel):
    """Whether debtors may be called now, and on which number.

    Nothing of it is stored: the clock goes on without anybody doing anything.
    """

    _name = "collection.case.contact"
    _description = "Contact with Debtors"

    contact_number = fields.Char(
        string="Number to Dial",
        compute="_compute_callee",
        help="The number that a call proposes: of the contact person, else of the"
        " debtor, else of somebody else there.",
    )
    local_time = fields.Char(
        compute="_compute_callee",
        help="What the clock says at the debtor's. Empty where nobody can tell.",
    )
    phone_problem = fields.Selection(
        [("missing", "No number"), ("invalid", "No valid number")],
        compute="_compute_callee",
        search="_search_phone_problem",
        help="Why nobody can call this debtor. Empty: somebody can.",
    )
    policy_note = fields.Text(
        string="Against a Call Now",
        compute="_compute_policy_note",
        groups=COLLECTORS,
        help="What the contact policy has against a call now, and when one is allowed.",
    )
    policy_mode = fields.Selection(
        [("warn", "Warn"), ("block", "Block")],
        compute="_compute_policy_note",
        groups=COLLECTORS,
        help="Whether a reason is enough to call nevertheless, or a manager has to."
        " Empty: nothing is against a call.",
    )
    policy_next_date = fields.Datetime(
        string="Next Call Allowed",
        compute="_compute_policy_note",
        groups=COLLECTORS,
        help="From when on nothing is against a call. Empty if nothing is now, or if"
        " that is not in sight.",
    )

    @api.depends(*CALLEE_FIELDS)
    def _compute_callee(self):
        now = aware(fields.Datetime.now())
        policies = self.env["collection.contact.policy"]
        self.contact_number = self.local_time = self.phone_problem = False
        for company, cases in self.grouped("company_id").items():
            callees = cases.partner_id._get_collection_callees(company)
            for case in cases:
                callee = callees[case.partner_id]
                region = policies._get_region(company, callee)
                case.contact_number = phone.international(callee.number, region)
                case.local_time = policies._say_local_time(company, callee, now)
        self.filtered(lambda case: not case.contact_number)._set_phone_problem()

    def _set_phone_problem(self):
        """Say what is wrong with these cases, none of whose numbers can be dialled."""
        people = self.partner_id._get_collection_people()
        for case in self:
            debtor = case.partner_id
            family = debtor | people[debtor]
            region = (debtor.country_id or case.company_id.country_id).code
            case.phone_problem = _judge_numbers(family.mapped("phone"), region)

    @api.model
    def _search_phone_problem(self, operator, value):
        if operator != "in":
            return NotImplemented
        problems = dict(self._read_phone_problems())
        asked = [case_id for case_id, problem in problems.items() if problem in value]
        domain = Domain("id", "in", asked)
        if False in value:
            domain |= Domain("id", "not in", list(problems))
        return domain

    @api.model
    def _read_phone_problems(self):
        """Cases whose debtors nobody can call, as pairs of their id and the problem.

        Odoo has normalized what it takes for valid numbers: the database leaves those
        debtors out. Only other numbers are looked at, for the few that can be dialled
        nevertheless.
        """
        codes = {company.id: company.country_id.code for company in self.env.companies}
        for case_id, company_id, code, numbers in self._read_doubtful_numbers():
            problem = _judge_numbers(numbers, code or codes[company_id])
            if problem:
                yield case_id, problem

    @api.model
    def _read_doubtful_numbers(self):
        """Numbers of debtors of whom Odoo takes none for valid, theirs and contacts'.

        :return: list of (case's id, company's id, code of the debtor's country,
            numbers)
        """
        partners = self.env["res.partner"]
        people = partners._search(PEOPLE_DOMAIN)
        cases = self._search([("company_id", "in", self.env.companies.ids)])
        column = partners._field_to_sql
        return self.env.execute_query(
            SQL(
                """
                SELECT filed.id, filed.company_id, country.code, array_agg(%(number)s)
                  FROM collection_case AS filed
                  JOIN res_partner AS debtor ON debtor.id = filed.partner_id
             LEFT JOIN res_country AS country ON country.id = %(country)s
                  JOIN res_partner AS family
                    ON %(commercial)s = debtor.id
                   AND (family.id = debtor.id OR family.id IN %(people)s)
                 WHERE filed.id IN %(cases)s
                   AND %(own)s IS NULL
              GROUP BY filed.id, filed.company_id, country.code
                HAVING COUNT(%(sanitized)s) = 0
                """,
                number=column("family", "phone"),
                sanitized=column("family", "phone_sanitized"),
                commercial=column("family", "commercial_partner_id"),
                own=column("debtor", "phone_sanitized"),
                country=column("debtor", "country_id"),
                people=people.subselect(),
                cases=cases.subselect(),
            )
        )

    @api.depends(*CALLEE_FIELDS)
    @api.depends_context("lang")
    def _compute_policy_note(self):
        policies = self.env["collection.contact.policy"]
        self.policy_note = self.policy_mode = self.policy_next_date = False
        for company, cases in self.grouped("company_id").items():
            findings = policies._get_debtor_findings(company, cases.partner_id)
            for case in cases:
                finding = findings[case.partner_id]
                if finding.sentences:
                    case.policy_note = "\n".join(finding.sentences)
                    case.policy_mode = finding.policy.mode
                    case.policy_next_date = finding.permitted

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


def _judge_numbers(numbers, region):
    """What is wrong with numbers; False if one of them can be dialled."""
    typed = [number for number in numbers if (number or "").strip()]
    if any(phone.e164(number, region) for number in typed):
        return False
    return "invalid" if typed else "missing"
