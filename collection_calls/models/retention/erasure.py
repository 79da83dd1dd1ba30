from collections import Counter

from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...engine import retention as engine
from .places import Scope


class CollectionRetention(models.AbstractModel):
    """Erasure on a person's request, by a manager who says why.

    Regulation (EU) 2016/679, article 17. What is needed for claims (17(3)(e)) refuses
    it; letters and events, which commercial and tax law have us keep (17(3)(b)), stay
    until their own age, unless the manager decides otherwise.
    """

    _inherit = "collection.retention"

    @api.model
    def _erase(self, partner, companies, purposes, reason, include_by_law=False):
        """Empty what a person asks to have erased, in these companies, at once.

        :param partner: a debtor, or a contact of one: then what this person said
        :param purposes: some of :data:`...engine.retention.PURPOSES`
        :param str reason: who asked, when and how; goes into the log
        :param bool include_by_law: letters and events, too, whatever their age
        :return: {(purpose, kind of place): number of rows}
        :raise AccessError: if the user is no manager
        :raise UserError: if there is no reason, or something stands against it
        """
        self._check_may_erase(companies)
        if not (reason or "").strip():
            raise UserError(self.env._("Say who asked for it, when and how."))
        # sudo: a manager was found to have a say in it.
        retention_sudo = self.sudo()
        if refusals := retention_sudo._get_refusals(partner, companies):
            raise UserError(
                self.env._(
                    "Nothing of %(person)s can be erased yet, because it is needed for"
                    " claims (GDPR, article 17(3)(e)):\n%(refusals)s",
                    person=partner.display_name,
                    refusals="\n".join(f"- {refusal}" for refusal in refusals),
                )
            )
        total = Counter()
        for company in companies:
            erasable = retention_sudo._get_erasable(
                partner, company, purposes, include_by_law
            )
            scope = retention_sudo._get_person_scope(partner, company)
            counts = retention_sudo._empty(scope, erasable)
            total += counts
            noted = counts or {(purpose, ""): 0 for purpose in erasable}
            self.env["collection.retention.log"]._note(
                company,
                "erasure",
                noted,
                partner_id=partner.id,
                reason=reason.strip(),
                debtor_count=1,
            )
        return total

    @api.model
    def _check_may_erase(self, companies):
        if not self.env["collection.call"]._is_manager():
            raise AccessError(
                self.env._("Only a collection manager may erase what is stored.")
            )
        if companies - self.env.user.company_ids and not self.env.su:
            raise AccessError(self.env._("You have no access to this company."))

    @api.model
    def _get_person_scope(self, partner, company):
        debtor = partner.commercial_partner_id
        persons = None if partner == debtor else partner.ids
        return Scope(company.id, debtor.ids, persons)

    @api.model
    def _get_erasable(self, partner, company, purposes, include_by_law):
        return engine.get_erasable(
            purposes,
            company._get_retention_ages(),
            self._get_closing_day(partner.commercial_partner_id, company),
            company._get_collection_today(),
            include_by_law,
        )

    @api.model
    def _count_erasable(self, partner, companies, purposes, include_by_law=False):
        """How much would be erased, without doing it.

        :return: {(company, purpose): {kind of place: number of rows}}
        """
        # sudo: the managers who are asked may not read mails and files of others.
        retention_sudo = self.sudo()
        counts = {}
        for company in companies:
            erasable = retention_sudo._get_erasable(
                partner, company, purposes, include_by_law
            )
            scope = retention_sudo._get_person_scope(partner, company)
            for (_debtor_id, purpose), count in retention_sudo._count(
                scope, erasable
            ).items():
                counts.setdefault((company, purpose), Counter()).update(count)
        return counts

    @api.model
    def _get_closing_day(self, debtor, company):
        """Since when nothing happened in the debtor's case; None if it is open."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT since.day
                  FROM collection_case AS stored
            CROSS JOIN LATERAL (%s) AS since
                 WHERE stored.company_id = %s AND stored.partner_id = %s
                   AND stored.situation = 'closed'
                """,
                self._get_closed_sql(company),
                company.id,
                debtor.id,
            )
        )
        return rows[0][0] if rows else None

    @api.model
    def _get_refusals(self, partner, companies):
        """What stands against erasing anything of this debtor, in words.

        :rtype: list[str]
        """
        debtor = partner.commercial_partner_id
        sentences = self._get_refusal_sentences()
        return [
            sentences[code] % {"company": company.name, "debtor": debtor.display_name}
            for company in companies
            for code in self._get_blocks(debtor, company)
        ]

    @api.model
    def _get_blocks(self, debtor, company):
        """Codes of what holds the debtor's case back."""
        self.env.flush_all()
        blocks = self._get_blocks_sql(company)
        rows = self.env.execute_query(
            SQL(
                "SELECT %s FROM collection_case AS stored"
                " WHERE stored.company_id = %s AND stored.partner_id = %s",
                SQL(", ").join(blocks.values()),
                company.id,
                debtor.id,
            )
        )
        found = rows[0] if rows else []
        return [code for code, is_so in zip(blocks, found, strict=bool(rows)) if is_so]

    @api.model
    def _get_refusal_sentences(self):
        return {
            "open": self.env._("%(debtor)s still owes %(company)s something overdue."),
            "hold": self.env._(
                "There is a legal hold on %(debtor)s in %(company)s. Lift it first, if"
                " its reason is gone."
            ),
            "proceedings": self.env._(
                "The case of %(debtor)s in %(company)s is on hold for legal"
                " proceedings. Release it first, if they are over."
            ),
            "dispute": self.env._(
                "A dispute with %(debtor)s is open in %(company)s. Close it first."
            ),
            "promise": self.env._(
                "A promise of %(debtor)s stands in %(company)s. Wait for its verdict."
            ),
            "plan": self.env._(
                "%(debtor)s has an installment plan in %(company)s that isn't over."
            ),
            "call": self.env._(
                "A call with %(debtor)s goes on in %(company)s. Have it closed first."
            ),
        }
