from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, format_datetime

from ...engine import chain as engine

BATCH = 1000
MOST = 500  # findings that are listed; one is bad enough
# What a fact with rows of its own is called after.
FACT_FIELDS = {
    "answers": "answer_ids",
    "claims": "claim_ids",
    "files": "confirmation_attachment_ids",
    "hours": "hours_ids",
    "schedule": "installment_ids",
}


class CollectionChainCheck(models.Model):
    """Whether evidence is what it was when it was sealed, and what was done to it."""

    _name = "collection.chain.check"
    _description = "Check of the Evidence Chain"
    _inherit = "collection.evidence"
    _order = "id desc"
    _rec_name = "date"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users", string="Checked By", readonly=True, default=lambda s: s.env.user
    )
    date = fields.Datetime(
        string="Checked", required=True, readonly=True, default=fields.Datetime.now
    )
    link_count = fields.Integer(
        string="Links",
        readonly=True,
        help="How often something was sealed: what was cancelled, moved or emptied has"
        " a link for that, too.",
    )
    record_count = fields.Integer(
        string="Records",
        readonly=True,
        help="How many calls, disputes, plans, events, letters and wishes were compared"
        " with what was sealed.",
    )
    finding_ids = fields.One2many("collection.chain.finding", "check_id", readonly=True)
    finding_count = fields.Integer(string="Findings", readonly=True)
    head_sequence = fields.Integer(string="Last Number", readonly=True)
    head_digest = fields.Char(
        string="Last Digest",
        readonly=True,
        help="Keep it where nobody who writes to the database can: as long as a later"
        " check still finds it, nothing before it was replaced.",
    )
    state = fields.Selection(
        [("whole", "Whole"), ("broken", "Changed")],
        string="Result",
        compute="_compute_state",
        store=True,
    )

    @api.depends("date")
    @api.depends_context("lang", "tz")
    def _compute_display_name(self):
        for check in self:
            moment = format_datetime(self.env, check.date, dt_format="short")
            check.display_name = self.env._("Check of %(moment)s", moment=moment)

    @api.depends("finding_count")
    def _compute_state(self):
        for check in self:
            check.state = "broken" if check.finding_count else "whole"

    def write(self, vals):
        if vals:
            self._refuse()
        return super().write(vals)

    def _check_deletable(self):
        self._refuse()

    @api.model
    def _refuse(self):
        raise UserError(self.env._("Checks of the chain stay as they were made."))

    # ------------------------------------------------------------------- checking

    @api.model
    def action_check(self):
        """Check the chains of the chosen companies, and show what was found.

        :raise AccessError: if the user is no manager
        """
        if not self.env["collection.call"]._is_manager():
            raise AccessError(self.env._("Only a collection manager may check it."))
        checks = self.browse()
        for company in self.env.companies:
            checks += self._check_company(company)
        action = {
            "type": "ir.actions.act_window",
            "name": self.env._("Check of the Chain"),
            "res_model": self._name,
            "views": [(False, "form")],
            "res_id": checks[:1].id,
        }
        if len(checks) > 1:
            action["views"] = [(False, view) for view in ("list", "kanban", "form")]
            action["domain"] = [("id", "in", checks.ids)]
            action.pop("res_id")
        return action

    @api.model
    def _check_company(self, company):
        self.env.flush_all()
        self.env.invalidate_all()  # what counts is what the database says
        # sudo: the chain belongs to nobody, and evidence is compared as it is.
        links_sudo = self.env["collection.chain.link"].sudo()
        sequence, digest = links_sudo._get_head(company.id)
        findings = [
            *self._examine_heads(company),
            *self._examine_chain(links_sudo, company),
        ]
        count = 0
        for model in links_sudo._get_chained_models():
            found, seen = self._examine_records(links_sudo, model, company)
            findings += found
            count += seen
        # sudo: a check is written by checking alone.
        check_sudo = self.sudo().create(
            {
                "company_id": company.id,
                "link_count": links_sudo.search_count(
                    [("company_id", "=", company.id)]
                ),
                "record_count": count,
                "finding_count": len(findings),
                "finding_ids": [
                    fields.Command.create(vals) for vals in findings[:MOST]
                ],
                "head_sequence": sequence,
                "head_digest": digest if sequence else False,
            }
        )
        return check_sudo.with_env(self.env)

    @api.model
    def _examine_heads(self, company):
        """Whether the chain still holds what earlier checks saw at its end."""
        for check in self.search(
            [("company_id", "=", company.id), ("head_sequence", ">", 0)], order="id"
        ):
            found = self.env.execute_query(
                SQL(
                    "SELECT digest FROM collection_chain_link"
                    " WHERE company_id = %s AND sequence = %s",
                    company.id,
                    check.head_sequence,
                )
            )
            if found != [(check.head_digest,)]:
                yield {
                    "description": self.env._(
                        "Number %(number)s of the chain isn't what it was on %(day)s:"
                        " the chain was shortened or written anew since then.",
                        number=check.head_sequence,
                        day=format_datetime(self.env, check.date),
                    )
                }

    @api.model
    def _examine_chain(self, links_sudo, company):
        """Whether the links follow one another as they were appended."""
        sentences = {
            engine.MISSING: self.env._(
                "The numbers %(first)s to %(last)s of the chain were deleted."
            ),
            engine.DISORDERED: self.env._(
                "Number %(first)s of the chain doesn't follow the one before it: links"
                " were replaced or put into another order."
            ),
            engine.ALTERED: self.env._(
                "Number %(first)s of the chain was changed: it isn't what was sealed."
            ),
        }
        for flaw in engine.examine(self._iterate(links_sudo, company)):
            yield {
                "description": sentences[flaw.kind]
                % {"first": flaw.sequence, "last": flaw.until}
            }

    @api.model
    def _iterate(self, links_sudo, company):
        last = 0
        while True:
            where = SQL("company_id = %s AND sequence > %s", company.id, last)
            batch = links_sudo._read_links(where, SQL("sequence"), BATCH)
            for _id, link in batch:
                yield link
            if len(batch) < BATCH:
                return
            last = batch[-1][1].sequence

    @api.model
    def _examine_records(self, links_sudo, model, company):
        """Whether the records say what their last links say.

        :return: list of values of findings, and how many records were looked at
        """
        findings, count, last_id = [], 0, 0
        while batch := self._read_last_links(model, company, last_id):
            records_sudo = self.env[model].sudo().browse(row[0] for row in batch)
            there = records_sudo.exists()
            facts = there._get_chained_facts()
            for record, (_id, digests, salts) in zip(records_sudo, batch, strict=True):
                if record not in there:
                    findings.append(self._prepare_gone(record))
                    continue
                names = engine.compare(facts[record], digests, salts or {})
                findings += [self._prepare_changed(record, name) for name in names]
            count += len(batch)
            last_id = batch[-1][0]
            self.env.invalidate_all()
        for [record_id] in links_sudo._get_unsealed(model, company):
            findings.append(self._prepare_unsealed(self.env[model].browse(record_id)))
        return findings, count

    @api.model
    def _read_last_links(self, model, company, last_id):
        return self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (res_id) res_id, facts, salts
                  FROM collection_chain_link
                 WHERE company_id = %s AND res_model = %s AND res_id > %s
              ORDER BY res_id, id DESC
                 LIMIT %s
                """,
                company.id,
                model,
                last_id,
                BATCH,
            )
        )

    # ---------------------------------------------------------------------- words

    @api.model
    def _prepare_finding(self, record, description, **vals):
        return {
            "res_model": record._name,
            "res_id": record.id,
            "description": description,
            **vals,
        }

    @api.model
    def _prepare_gone(self, record):
        return self._prepare_finding(
            record,
            self.env._(
                "%(kind)s number %(id)s was deleted.",
                kind=self.env["ir.model"]._get(record._name).name,
                id=record.id,
            ),
        )

    @api.model
    def _prepare_unsealed(self, record):
        return self._prepare_finding(
            record,
            self.env._(
                "%(record)s (%(kind)s) is not in the chain: it was written past the"
                " addon, or its links were deleted.",
                kind=self.env["ir.model"]._get(record._name).name,
                record=self._name_record(record),
            ),
        )

    @api.model
    def _prepare_changed(self, record, name):
        label = self._get_label(record, name)
        return self._prepare_finding(
            record,
            self.env._(
                "%(record)s (%(kind)s): “%(field)s” isn't what it was when it was"
                " sealed.",
                kind=self.env["ir.model"]._get(record._name).name,
                record=self._name_record(record),
                field=label,
            ),
            field_label=label,
        )

    @api.model
    def _name_record(self, record):
        """How to find it: what it belongs to comes first, codes are put into words."""
        # sudo: whoever checks the chain is told what was changed, read or not.
        record_sudo = record.sudo()
        name = record_sudo.display_name
        field = record._fields.get(record._rec_name)
        if field and field.type == "selection":
            name = dict(field._description_selection(self.env)).get(name, name)
        owners = [
            record_sudo[owner].display_name
            for owner in ("plan_id", "promise_id", "call_id")
            if owner in record and record_sudo[owner]
        ]
        if not owners or owners[0] in name or record._rec_name == "name":
            return name
        return f"{owners[0]}: {name}"

    @api.model
    def _get_label(self, record, name):
        name = FACT_FIELDS.get(name, name)
        field = record._fields.get(name)
        return field._description_string(self.env) if field else name


class CollectionChainFinding(models.Model):
    """One thing that was done to evidence. It tells where, and not what was said."""

    _name = "collection.chain.finding"
    _description = "Finding in the Evidence Chain"
    _order = "id"
    _rec_name = "description"

    check_id = fields.Many2one(
        "collection.chain.check",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="check_id.company_id", store=True)
    res_model = fields.Char(string="Model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", readonly=True
    )
    field_label = fields.Char(string="Field", readonly=True)
    description = fields.Char(string="What Was Changed", required=True, readonly=True)

    def action_open(self):
        """Open the record, if it is still there.

        :raise UserError: if it isn't
        """
        self.ensure_one()
        record = self.res_model and self.env[self.res_model].browse(self.res_id)
        if not record or not record.exists():
            raise UserError(self.env._("There is no record any more to look at."))
        if record._name == "collection.plan.event":
            record = record.plan_id
        return record._get_records_action()
