from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.promise import STANDING
from ..groups import COLLECTORS

LAST = 3  # agreements of which a case tells what the debtor did there


class CollectionAgreement(models.AbstractModel):
    _inherit = "collection.agreement"

    @api.model
    def _get_awaited_domain(self):
        """Agreements that stand and that the debtor hasn't answered in writing."""
        return Domain("answer_state", "=", "awaited")


class CollectionPlan(models.Model):
    _inherit = "collection.plan"

    @api.model
    def _get_awaited_domain(self):
        states = ("offered", "active", "notice")
        return super()._get_awaited_domain() & Domain("state", "in", states)


class CollectionPromise(models.Model):
    _inherit = "collection.promise"

    @api.model
    def _get_awaited_domain(self):
        return super()._get_awaited_domain() & Domain("state", "in", [*STANDING])


class CollectionCase(models.Model):
    """Debtors of whom something in writing is awaited, and what they did meanwhile."""

    _inherit = "collection.case"

    is_waiting_for_debtor = fields.Boolean(
        string="Waiting for the Debtor",
        compute="_compute_is_waiting_for_debtor",
        search="_search_is_waiting_for_debtor",
        help="A plan or a promise was sent, and isn't signed or answered.",
    )
    page_note = fields.Char(
        string="On the Debtor's Page",
        compute="_compute_page_note",
        groups=COLLECTORS,
        help="What the debtor did last on the pages of plans and promises.",
    )

    def _compute_is_waiting_for_debtor(self):
        waiting = self.search(Domain("id", "in", self.ids) & self._get_waiting_domain())
        for case in self:
            case.is_waiting_for_debtor = case in waiting

    @api.model
    def _search_is_waiting_for_debtor(self, operator, value):
        if operator != "in":
            return NotImplemented
        return self._get_waiting_domain()

    @api.model
    def _get_waiting_domain(self):
        awaited = []
        for name in ("collection.plan", "collection.promise"):
            # sudo: whether something is awaited is told with the case.
            agreements_sudo = self.env[name].sudo()
            query = agreements_sudo._search(agreements_sudo._get_awaited_domain())
            awaited.append(query.select("partner_id", "company_id"))
        pairs = SQL(" UNION ALL ").join(awaited)
        found = SQL(
            """
            (SELECT own.id
               FROM collection_case AS own
               JOIN (%s) AS awaited (partner_id, company_id)
                 ON awaited.partner_id = own.partner_id
                AND awaited.company_id = own.company_id)
            """,
            pairs,
        )
        return Domain("id", "in", found)

    @api.depends_context("lang", "tz")
    def _compute_page_note(self):
        visits = self.env["collection.page.visit"].search(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("date_first", "!=", False),
            ]
        )
        found = visits.grouped(lambda visit: (visit.partner_id, visit.company_id))
        for case in self:
            last = found.get((case.partner_id, case.company_id), visits[:0])[:LAST]
            case.page_note = "; ".join(
                self.env._(
                    "%(agreement)s: %(what)s",
                    agreement=visit._get_agreement()._get_subject(self.env),
                    what=visit._describe(),
                )
                for visit in last
            )
