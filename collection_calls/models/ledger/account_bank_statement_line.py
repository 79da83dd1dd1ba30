from odoo import api, fields, models
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL, clean_context, html2plaintext

from odoo.addons.base.models.res_bank import sanitize_account_number

from ...engine.references import References

BATCH = 2000
# Models whose records have names by which debtors may pay.
NAMING = (
    "account.move",
    "collection.promise",
    "collection.promise.line",
    "collection.plan",
    "collection.plan.claim",
)
# What tells whose money it is, where the bank names no partner that Odoo knows.
RECOGNIZED = "collection_calls.recognized"
TELLING = {
    "account_number",
    "narration",
    "partner_id",
    "partner_name",
    "payment_ref",
    "ref",
    "transaction_details",
}


class AccountBankStatementLine(models.Model):
    """Money without a partner: whose it seems to be.

    Nobody is pressed for money that lies on our account already. A line that names an
    invoice, its payment reference, a promise or a plan, that comes from a debtor's bank
    account, or that bears exactly a debtor's name, is taken to be that debtor's until
    somebody has looked. If it may be several people's, it holds us back with each.
    """

    _inherit = "account.bank.statement.line"

    collection_debtor_ids = fields.Many2many(
        "res.partner",
        "collection_recognized_line_rel",
        "line_id",
        "partner_id",
        string="Seems to Come From",
        readonly=True,
        copy=False,
        help="Debtors whose invoice, promise, plan, account or name is on the line."
        " While it isn't matched, nothing is held to be broken that it would cover.",
    )
    collection_recognized_on = fields.Date(
        string="Debtors Looked For On",
        readonly=True,
        copy=False,
        help="When it was last looked at, on the company's calendar.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._recognize_soon()
        return lines

    def write(self, vals):
        if not TELLING.intersection(vals):
            return super().write(vals)
        result = super().write(dict(vals, collection_recognized_on=False))
        self._recognize_soon()
        return result

    def _recognize_soon(self):
        """Look at these lines, all of them at once, when the transaction ends.

        An error of ours never gets in the way of an import: the night looks again.
        """
        if all(line.partner_id for line in self):
            return
        data = self.env.cr.precommit.data
        if RECOGNIZED not in data:
            data[RECOGNIZED] = set()
            clean = self.env(su=True, context=clean_context(self.env.context))
            self.env.cr.precommit.add(self.with_env(clean).browse()._recognize_new)
        data[RECOGNIZED].update(self.company_id.ids)

    def _recognize_new(self):
        ids = self.env.cr.precommit.data.pop(RECOGNIZED)
        companies = self.env["res.company"].browse(sorted(ids))
        self.env["collection.agreement"]._attempt(
            lambda: self._recognize_collection_debtors(companies),
            "Statement lines without a partner could not be looked at",
            let_pass=PG_CONCURRENCY_EXCEPTIONS_TO_RETRY,
        )

    @api.model
    def _recognize_collection_debtors(self, companies):
        """Look at the lines without a partner that wait to be matched, once a day.

        What somebody is working on is left to the next time.

        :param companies: whose debtors are looked for; the lines of their parents and
            branches are looked at, too
        """
        # sudo: whose money it is doesn't depend on who asks.
        for family in companies._get_collection_families():
            lines_sudo = self.sudo().search(self._get_to_recognize_domain(family))
            if lines_sudo:
                lines_sudo.try_lock_for_update(
                    allow_referencing=True
                )._recognize_in_family(family)

    @api.model
    def _recognize_in_slices(self, companies):
        """As :meth:`_recognize_collection_debtors`, for a scheduled action: in several
        transactions.

        :return: whether all of them were looked at
        """
        lines_sudo, families = self.sudo(), companies._get_collection_families()

        def get_domain():
            return Domain.OR(self._get_to_recognize_domain(each) for each in families)

        def recognize(lines_sudo, _pace):
            for family in families:
                lines_sudo.filtered(
                    lambda line, family=family: line.company_id in family
                )._recognize_in_family(family)

        if not lines_sudo.search_count(get_domain(), limit=1):
            return True
        return self.env["collection.night"]._work_off(
            lines_sudo, "recognize", get_domain, recognize, BATCH
        )

    @api.model
    def _get_to_recognize_domain(self, family):
        return self.env["collection.ledger"]._get_waiting_domain() & Domain(
            [
                ("company_id", "in", family.ids),
                ("partner_id", "=", False),
                ("collection_recognized_on", "!=", family[:1]._get_collection_today()),
            ]
        )

    def _recognize_in_family(self, family):
        if self:
            self._recognize_debtors_in(family)
            self.collection_recognized_on = family[:1]._get_collection_today()

    def _recognize_debtors_in(self, family):
        debtors, references = self._get_known_references(family)
        accounts = self._get_known_accounts(debtors)
        names = self._get_known_names(debtors)
        found = []
        for line in self:
            owners = references.find(line._get_telling_text())
            owners |= accounts.get(sanitize_account_number(line.account_number), set())
            owners |= names.get(_plain_name(line.partner_name), set())
            found += [(line.id, owner) for owner in sorted(owners)]
        self._write_collection_debtors(found)

    def _write_collection_debtors(self, pairs):
        """Replace what these lines tell by pairs of line and debtor, at once."""
        field = self._fields["collection_debtor_ids"]
        table = SQL.identifier(field.relation)
        self.env.cr.execute(
            SQL("DELETE FROM %s WHERE line_id = ANY(%s)", table, list(self.ids))
        )
        if pairs:
            self.env.cr.execute(
                SQL(
                    "INSERT INTO %s (line_id, partner_id)"
                    " SELECT * FROM unnest(%s::int[], %s::int[])",
                    table,
                    *(list(column) for column in zip(*pairs, strict=True)),
                )
            )
        self.invalidate_recordset(["collection_debtor_ids"])
        self.env["collection.case"]._touch(
            partners={
                (debtor_id, line.company_id.id)
                for line in self
                for line_id, debtor_id in pairs
                if line_id == line.id
            }
        )

    def _get_telling_text(self):
        """All that payer and bank have written on the line."""
        self.ensure_one()
        texts = (
            self.payment_ref,
            self.move_id.ref,
            html2plaintext(self.narration or ""),
            self.partner_name,
            str(self.transaction_details or ""),
        )
        return "\n".join(text for text in texts if text)

    @api.model
    def _get_known_references(self, family):
        """The numbers by which money can be known as a debtor's.

        :return: ids of the debtors with open claims, and
            :class:`...engine.references.References`
        """
        for name in NAMING:
            self.env[name].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                WITH claim AS (
                    SELECT partner.commercial_partner_id AS debtor_id,
                           item.move_id, item.id
                      FROM account_move_line item
                      JOIN account_account account ON account.id = item.account_id
                      JOIN res_partner partner ON partner.id = item.partner_id
                     WHERE account.account_type = 'asset_receivable'
                       AND item.company_id = ANY(%(companies)s)
                       AND item.parent_state = 'posted'
                       AND NOT item.reconciled
                       AND item.balance > 0
                )
                SELECT DISTINCT claim.debtor_id, move.name, move.payment_reference
                  FROM claim
                  JOIN account_move move ON move.id = claim.move_id
                 UNION ALL
                -- by the names, too, of what these have taken the place of
                SELECT claim.debtor_id, former.name, former.payment_reference
                  FROM claim
                  JOIN (%(lineage)s) lineage ON lineage.root_id = claim.id
                  JOIN account_move_line item ON item.id = lineage.item_id
                  JOIN account_move former ON former.id = item.move_id
                 WHERE former.id <> claim.move_id
                 UNION ALL
                SELECT agreed.partner_id, former.name, former.payment_reference
                  FROM (
                        SELECT promise.partner_id, promise.company_id,
                               line.origin_line_id
                          FROM collection_promise_line line
                          JOIN collection_promise promise
                            ON promise.id = line.promise_id
                         WHERE line.origin_line_id IS NOT NULL
                         UNION
                        SELECT plan.partner_id, plan.company_id, claim.origin_line_id
                          FROM collection_plan_claim claim
                          JOIN collection_plan plan ON plan.id = claim.plan_id
                         WHERE claim.origin_line_id IS NOT NULL
                       ) agreed
                  JOIN account_move_line origin ON origin.id = agreed.origin_line_id
                  JOIN account_move former ON former.id = origin.move_id
                 WHERE agreed.company_id = ANY(%(companies)s)
                   AND agreed.partner_id IN (SELECT debtor_id FROM claim)
                 UNION ALL
                SELECT partner_id, name, NULL
                  FROM collection_promise
                 WHERE company_id = ANY(%(companies)s)
                   AND partner_id IN (SELECT debtor_id FROM claim)
                 UNION ALL
                SELECT partner_id, name, NULL
                  FROM collection_plan
                 WHERE company_id = ANY(%(companies)s)
                   AND partner_id IN (SELECT debtor_id FROM claim)
                """,
                companies=family.ids,
                lineage=self.env["collection.ledger"]._trace_sql(
                    SQL("SELECT id, id FROM claim")
                ),
            )
        )
        pairs = [(text, row[0]) for row in rows for text in row[1:] if text]
        return {row[0] for row in rows}, References(pairs)

    def _get_known_accounts(self, debtors):
        """:return: {bank account's number: ids of the debtors it belongs to}"""
        numbers = {sanitize_account_number(line.account_number) for line in self}
        numbers.discard(False)
        if not numbers:
            return {}
        banks_sudo = self.env["res.partner.bank"].sudo()
        owners = {}
        for bank in banks_sudo.search([("sanitized_acc_number", "in", list(numbers))]):
            debtor = bank.partner_id.commercial_partner_id
            if debtor.id in debtors:
                owners.setdefault(bank.sanitized_acc_number, set()).add(debtor.id)
        return owners

    def _get_known_names(self, debtors):
        """The debtors' own names and those of their people: whoever became part of a
        company pays as before.

        :return: {name, in lower case: ids of the debtors}
        """
        names = {_plain_name(line.partner_name) for line in self} - {""}
        if not names:
            return {}
        self.env["res.partner"].flush_model(["name", "commercial_partner_id"])
        owners = {}
        for debtor_id, name in self.env.execute_query(
            SQL(
                "SELECT commercial_partner_id, name FROM res_partner"
                " WHERE commercial_partner_id = ANY(%s)"
                " AND LOWER(REGEXP_REPLACE(TRIM(name), '[[:space:]]+', ' ', 'g'))"
                " = ANY(%s)",
                list(debtors),
                list(names),
            )
        ):
            owners.setdefault(_plain_name(name), set()).add(debtor_id)
        return owners


def _plain_name(name):
    return " ".join((name or "").split()).lower()
