import secrets

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, clean_context

from ...engine import chain as engine
from ..night.conflicts import CONFLICTS, silence

BATCH = 1000
SEALS = "collection_calls.seals"
CRON = "collection_calls.ir_cron_chain_evidence"
KINDS = [
    ("noted", "Noted"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
    ("confirmed", "Confirmed in Writing"),
    ("ended", "Ended"),
    ("moved", "Moved with Its Debtor"),
    ("emptied", "Texts Emptied"),
    ("first", "Taken into the Chain"),
]


class CollectionChainLink(models.Model):
    """One link of a company's chain over its evidence. Nobody changes it.

    Evidence is sealed in the transaction that closes it: a link holds the digests of
    its facts from then on. It gets its number, and the digest of the link before it,
    from a scheduled action a moment later. So nobody who closes a call waits for others
    who do, and a change in between is seen as well as one after it.
    """

    _name = "collection.chain.link"
    _description = "Link of the Evidence Chain"
    _inherit = "collection.evidence"
    _order = "id desc"
    _rec_name = "sequence"

    company_id = fields.Many2one("res.company", required=True, readonly=True)
    sequence = fields.Integer(
        string="Number",
        readonly=True,
        help="Empty for the moment that it takes to append it to the chain.",
    )
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", required=True, readonly=True
    )
    kind = fields.Selection(KINDS, string="Why", required=True, readonly=True)
    moment = fields.Datetime(string="Sealed", required=True, readonly=True)
    facts = fields.Json(
        readonly=True, help="The digest of each fact, as it was when it was sealed."
    )
    salts = fields.Json(
        readonly=True,
        groups=fields.NO_ACCESS,
        help="What the texts among the facts were hashed with. It goes with the text.",
    )
    predecessor = fields.Char(string="Digest Before", readonly=True)
    digest = fields.Char(readonly=True)

    _company_sequence_uniq = models.UniqueIndex(
        "(company_id, sequence)", "This number of the chain is taken."
    )
    _record_idx = models.Index("(res_model, res_id, id)")
    _unnumbered_idx = models.Index("(company_id, id) WHERE sequence IS NULL")

    # ------------------------------------------------------ create, write, unlink

    @api.model_create_multi
    def create(self, vals_list):
        if vals_list:
            self._refuse()
        return super().create(vals_list)

    def write(self, vals):
        if vals:
            self._refuse()
        return super().write(vals)

    def _check_deletable(self):
        self._refuse()

    @api.model
    def _refuse(self):
        raise UserError(
            self.env._("The chain proves what happened: nobody adds or changes links.")
        )

    def _append(self, vals_list):
        """Keep sealed evidence, past the guard in :meth:`create`."""
        return super().create(vals_list)

    # -------------------------------------------------------------------- sealing

    @api.model
    def _seal_soon(self, records, kind):
        """Seal evidence when the transaction ends, as it is then.

        :param records: of a model that inherits ``collection.chained``
        :param str kind: why, one of :data:`KINDS`
        """
        data = self.env.cr.precommit.data
        if SEALS not in data:
            data[SEALS] = {}
            # Defaults of somebody's dialog don't concern what we do.
            clean = self.env(su=True, context=clean_context(self.env.context))
            self.env.cr.precommit.add(self.with_env(clean).browse()._seal_noted)
        data[SEALS].update({(record._name, record.id): kind for record in records})

    def _seal_noted(self):
        groups = {}
        for (model, record_id), kind in self.env.cr.precommit.data.pop(SEALS).items():
            groups.setdefault((model, kind), []).append(record_id)
        for (model, kind), record_ids in groups.items():
            # What failed meanwhile left nothing behind.
            self._seal(self.env[model].browse(record_ids).exists(), kind)

    @api.model
    def _seal(self, records, kind):
        """Seal evidence as it is now, and have it appended to the chain.

        :return: the links
        """
        evidence = records.sudo()._filter_sealed()
        if not evidence:
            return self.browse()
        texts = evidence._get_chained_texts()
        now = fields.Datetime.now()
        vals_list = []
        for record, facts in evidence._get_chained_facts().items():
            salts = {name: secrets.token_hex(16) for name in texts if facts.get(name)}
            vals_list.append(
                {
                    "company_id": record._get_chain_company().id,
                    "res_model": record._name,
                    "res_id": record.id,
                    "kind": kind,
                    "moment": now,
                    "facts": {
                        name: engine.digest_fact(value, salts.get(name, ""))
                        for name, value in facts.items()
                    },
                    "salts": salts,
                }
            )
        # sudo: evidence is sealed whoever closes it.
        links_sudo = self.sudo()._append(vals_list)
        self.env["collection.confirmation"]._wake(CRON)
        return links_sudo

    @api.model
    def _seal_all(self):
        """Take evidence into the chain that was there before it."""
        for model in self._get_chained_models():
            ids = [row[0] for row in self._get_unsealed(model)]
            for start in range(0, len(ids), BATCH):
                self._seal(self.env[model].browse(ids[start : start + BATCH]), "first")
                self.env.flush_all()
                self.env.invalidate_all()

    @api.model
    def _get_chained_models(self):
        """Names of the models whose evidence is sealed."""
        return sorted(
            name
            for name in self.env["collection.chained"]._inherit_children
            if not self.env[name]._abstract
        )

    @api.model
    def _get_unsealed(self, model, company=None):
        """Evidence that no link knows of, oldest first.

        :return: list of (id,)
        """
        # sudo: what is evidence doesn't depend on who asks.
        records_sudo = self.env[model].sudo().with_context(active_test=False)
        domain = records_sudo._get_evidence_domain()
        if company:
            # What counts in all companies is missed in each of them.
            domain &= fields.Domain("company_id", "in", [False, company.id])
        query = records_sudo._search(domain, order="id")
        return self.env.execute_query(
            SQL(
                """
                SELECT record.id
                  FROM (%(records)s) AS record (id)
                 WHERE NOT EXISTS (
                           SELECT FROM collection_chain_link AS link
                            WHERE link.res_model = %(model)s
                              AND link.res_id = record.id
                       )
              ORDER BY record.id
                """,
                records=query.select(),
                model=model,
            )
        )

    @api.model
    def _forget_salts(self, model, record_ids, names):
        """What these texts were hashed with goes with them: their digests stay."""
        self.env.cr.execute(
            SQL(
                """
                UPDATE collection_chain_link
                   SET salts = salts - %(names)s::text[]
                 WHERE res_model = %(model)s
                   AND res_id = ANY(%(ids)s)
                   AND salts ?| %(names)s::text[]
                """,
                names=sorted(names),
                model=model,
                ids=list(record_ids),
            )
        )
        self.env["collection.chain.link"].invalidate_model(["salts"])

    # ------------------------------------------------------------------ numbering

    @api.model
    def _cron_chain(self):
        """Append what was sealed to the chain of its company.

        One server a company; whoever finds it busy leaves it to the next run.
        """
        work = self._count_unnumbered()
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=sum(count for _company_id, count in work))
        for company_id, _count in work:
            while done := self._chain_next(company_id):
                if not cron._commit_progress(done):
                    return
                if done < BATCH:
                    break

    @api.model
    def _count_unnumbered(self):
        return self.env.execute_query(
            SQL(
                """
                SELECT company_id, COUNT(*)
                  FROM collection_chain_link
                 WHERE sequence IS NULL
              GROUP BY company_id
              ORDER BY company_id
                """
            )
        )

    @api.model
    def _chain_next(self, company_id):
        """Append a batch to the chain of a company.

        :return: how many links; 0 also if another server is at it
        """
        passing = (UniqueViolation, *CONFLICTS)
        try:
            with silence(passing), self.env.cr.savepoint(flush=False):
                return self._number_next(company_id)
        except passing:
            return 0  # another server was faster; nothing is lost

    @api.model
    def _number_next(self, company_id):
        key = SQL("hashtext(%s), %s", self._name, company_id)
        [[is_alone]] = self.env.execute_query(
            SQL("SELECT pg_try_advisory_xact_lock(%s)", key)
        )
        if not is_alone:
            return 0
        loose = self._read_links(
            SQL("company_id = %s AND sequence IS NULL", company_id), SQL("id"), BATCH
        )
        sequence, predecessor = self._get_head(company_id)
        links = engine.forge((link for _id, link in loose), sequence, predecessor)
        if links:
            self._write_numbers([link_id for link_id, _link in loose], links)
        return len(links)

    @api.model
    def _get_head(self, company_id):
        """:return: number and digest of the last link of a company's chain"""
        head = self.env.execute_query(
            SQL(
                """
                SELECT sequence, digest
                  FROM collection_chain_link
                 WHERE company_id = %s AND sequence IS NOT NULL
              ORDER BY sequence DESC
                 LIMIT 1
                """,
                company_id,
            )
        )
        return head[0] if head else (0, engine.START)

    @api.model
    def _read_links(self, where, order, limit):
        """:return: list of (id, :class:`...engine.chain.Link`)"""
        rows = self.env.execute_query(
            SQL(
                """
                SELECT id, COALESCE(sequence, 0), company_id, res_model, res_id, kind,
                       moment, facts, COALESCE(predecessor, ''), COALESCE(digest, '')
                  FROM collection_chain_link
                 WHERE %s
              ORDER BY %s
                 LIMIT %s
                """,
                where,
                order,
                limit,
            )
        )
        return [(link_id, engine.Link(*values)) for link_id, *values in rows]

    @api.model
    def _write_numbers(self, link_ids, links):
        self.env.cr.execute(
            SQL(
                """
                UPDATE collection_chain_link AS link
                   SET sequence = numbered.sequence,
                       predecessor = numbered.predecessor,
                       digest = numbered.digest
                  FROM unnest(%s::int[], %s::int[], %s::text[], %s::text[])
                    AS numbered (id, sequence, predecessor, digest)
                 WHERE link.id = numbered.id
                """,
                link_ids,
                [link.sequence for link in links],
                [link.predecessor for link in links],
                [link.digest for link in links],
            )
        )
        self.browse(link_ids).invalidate_recordset(
            ["sequence", "predecessor", "digest"], flush=False
        )
