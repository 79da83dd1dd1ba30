from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .collection_confirmation import UNSETTLED
from .collection_letter import KINDS


class CollectionPosting(models.Model):
    """Letters that wait to be posted, of calls and of plans, in one list.

    A row lasts as long as its letter waits: there is nothing to create or to delete.
    """

    _name = "collection.posting"
    _description = "Letter to Post"
    _auto = False
    _depends = {
        "collection.call": [
            "name",
            "state",
            "date_start",
            "company_id",
            "partner_id",
            "contact_id",
            "user_id",
            "confirmation_state",
            "confirmation_channel",
            "confirmation_print_date",
        ],
        "collection.plan.letter": [
            "plan_id",
            "kind",
            "date",
            "company_id",
            "partner_id",
            "contact_id",
            "lang",
            "is_obsolete",
            "confirmation_state",
            "confirmation_channel",
            "confirmation_print_date",
        ],
        "collection.plan": ["name", "user_id"],
        "res.partner": ["lang", "tz"],
    }
    _order = "date, id"
    _rec_name = "reference"

    call_id = fields.Many2one(
        "collection.call", string="Collection Call", readonly=True
    )
    letter_id = fields.Many2one(
        "collection.plan.letter", string="Letter of a Plan", readonly=True
    )
    plan_id = fields.Many2one("collection.plan", readonly=True)
    reference = fields.Char(string="About", readonly=True)
    kind = fields.Selection(
        [("call", "Confirmation of a Call"), *KINDS], string="Letter", readonly=True
    )
    date = fields.Date(
        string="Written On", readonly=True, help="On the company's calendar."
    )
    company_id = fields.Many2one("res.company", readonly=True)
    partner_id = fields.Many2one("res.partner", string="Debtor", readonly=True)
    contact_id = fields.Many2one("res.partner", string="Written To", readonly=True)
    user_id = fields.Many2one("res.users", string="Collector", readonly=True)
    lang = fields.Selection(
        lambda self: self.env["res.lang"].get_installed(),
        string="Language",
        readonly=True,
    )
    confirmation_state = fields.Selection(
        [("to_send", "No E-mail Address"), ("failed", "E-mail Failed")],
        string="Why a Letter",
        readonly=True,
    )
    print_date = fields.Date(
        string="Printed On",
        readonly=True,
        help="Day on which the letter was last printed, on the company's calendar.",
    )

    @property
    def _table_query(self):
        return SQL("%s UNION ALL %s", self._select_calls(), self._select_plan_letters())

    def _select_calls(self):
        """Ids are even here and odd below: two tables, one list."""
        # sudo: record rules say which letters are read; companies only tell the time.
        companies_sudo = self.env["res.company"].sudo()
        companies_sudo = companies_sudo.search([("active", "in", (True, False))])
        return SQL(
            """
            SELECT 2 * call.id AS id,
                   call.id AS call_id,
                   NULL::integer AS letter_id,
                   NULL::integer AS plan_id,
                   call.name AS reference,
                   'call' AS kind,
                   %s::date AS date,
                   call.company_id,
                   call.partner_id,
                   COALESCE(call.contact_id, call.partner_id) AS contact_id,
                   call.user_id,
                   COALESCE(person.lang, debtor.lang) AS lang,
                   call.confirmation_state,
                   call.confirmation_print_date AS print_date
              FROM collection_call call
              JOIN res_partner debtor ON debtor.id = call.partner_id
              JOIN %s clock ON clock.company_id = call.company_id
         LEFT JOIN res_partner person ON person.id = call.contact_id
             WHERE call.confirmation_channel = 'letter'
               AND call.confirmation_state IN %s
               AND call.state = 'done'
            """,
            companies_sudo._read_collection_clock_sql(
                SQL("clock"), SQL("call.date_start")
            ),
            companies_sudo._get_collection_clocks_sql(),
            UNSETTLED,
        )

    def _select_plan_letters(self):
        return SQL(
            """
            SELECT 2 * letter.id + 1,
                   NULL,
                   letter.id,
                   letter.plan_id,
                   plan.name,
                   letter.kind,
                   letter.date,
                   letter.company_id,
                   letter.partner_id,
                   COALESCE(letter.contact_id, letter.partner_id),
                   plan.user_id,
                   letter.lang,
                   letter.confirmation_state,
                   letter.confirmation_print_date
              FROM collection_plan_letter letter
              JOIN collection_plan plan ON plan.id = letter.plan_id
             WHERE letter.confirmation_channel = 'letter'
               AND letter.confirmation_state IN %s
               AND letter.is_obsolete IS NOT TRUE
            """,
            UNSETTLED,
        )

    # ------------------------------------------------------------------- actions

    def action_print(self):
        """Print these letters into one PDF, in the order of the list."""
        self._check_waiting()
        self.call_id._note_printed()
        self.letter_id._note_printed()
        self.invalidate_model()
        report = self.env.ref("collection_calls.action_report_posting")
        return report.report_action(self, config=False)

    def action_mark_posted(self):
        """Note that these letters are in the post."""
        self._check_waiting()
        self.call_id.action_mark_posted()
        self.letter_id.action_mark_posted()
        self.invalidate_model()
        return True

    def action_resend_confirmation(self):
        """Send the e-mails after all, now that the address is right or the server runs.

        :raise UserError: if none of them can be sent
        """
        self._check_waiting()
        if len(self) == 1:
            return (self.call_id or self.letter_id).action_resend_confirmation()
        left = len(self.call_id._resend()) + len(self.letter_id._resend())
        count = len(self)
        self.invalidate_model()
        return self.env["collection.confirmation"]._tell_resent(count, left)

    def action_open_source(self):
        """Open the call or the plan that the letter is about."""
        self.ensure_one()
        self._check_waiting()
        source = self.call_id or self.plan_id
        return {
            "type": "ir.actions.act_window",
            "res_model": source._name,
            "res_id": source.id,
            "views": [(False, "form")],
        }

    def _check_waiting(self):
        """Check that nobody has posted or dropped one of these letters meanwhile.

        :raise UserError: if somebody has
        """
        if self.exists() != self:
            raise UserError(
                self.env._(
                    "Some of these letters don't wait any more: they were posted, sent"
                    " or withdrawn meanwhile. Reload the list."
                )
            )
        self.call_id.check_access("write")
        self.letter_id.check_access("write")
