import psycopg2

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import ConcurrencyError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, html2plaintext, plaintext2html

from ..evidence.door import open_door

CALL_ACTIVITY = "collection_calls.mail_activity_type_collection_call"


class CollectionCase(models.Model):
    _name = "collection.case"
    _description = "Collection Case"
    _inherit = [
        "collection.evidence",
        "collection.confidential",
        "collection.dossier",
        "collection.entry",
    ]
    _check_company_auto = True
    _rec_name = "partner_id"
    _order = "id desc"

    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        readonly=True,
        check_company=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Collector",
        tracking=True,
        index=True,
        default=lambda self: self._default_user(),
        domain=lambda self: self.env["collection.strategy"]._get_collector_domain(),
    )
    phone = fields.Char(related="partner_id.phone")
    call_ids = fields.One2many("collection.call", "case_id", string="Calls")
    last_call_date = fields.Datetime(string="Last Call", compute="_compute_last_call")

    _partner_company_uniq = models.UniqueIndex(
        "(partner_id, company_id)",
        "This debtor already has a case in this company.",
    )

    @api.model
    def _default_user(self):
        """Whoever deals with the debtor; scheduled work and the debtor's page don't."""
        is_nobody = self.env.uid == SUPERUSER_ID
        return self.env["res.users"] if is_nobody else self.env.user

    @api.depends("call_ids.date_start", "call_ids.state")
    def _compute_last_call(self):
        last_dates = dict(
            self.env["collection.call"]._read_group(
                [("case_id", "in", self.ids), ("state", "!=", "cancelled")],
                ["case_id"],
                ["date_start:max"],
            )
        )
        for case in self:
            case.last_call_date = last_dates.get(case, False)

    @api.constrains("partner_id")
    def _check_debtor(self):
        for case in self:
            if case.partner_id != case.partner_id.commercial_partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact. A case belongs to the company that"
                        " owes: %(debtor)s.",
                        contact=case.partner_id.name,
                        debtor=case.partner_id.commercial_partner_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_no_figures(vals)
        cases = super().create(vals_list)
        for company, group in cases.grouped("company_id").items():
            opened = group.with_context(allowed_company_ids=company.ids)
            opened._refresh(group.partner_id)
        return cases

    def write(self, vals):
        if {"partner_id", "company_id"}.intersection(vals):
            raise UserError(
                self.env._("Debtor and company of a case are fixed. Open another case.")
            )
        self._check_no_figures(vals)
        self._check_reassign(vals)
        result = super().write(vals)
        if "hold" in vals:
            self.env["collection.agreement"]._touch_debtors(self.partner_id)
        if "hold" in vals or not vals.get("user_id", True):
            self._touch(
                partners={(case.partner_id.id, case.company_id.id) for case in self}
            )
        return result

    def _check_deletable(self):
        """A case that is but figures may go, with a debtor who never owed anything.

        :raise UserError: if there was a call, or somebody noted something
        """
        # sudo: notes keep the case, whoever may read them.
        messages_sudo = self.env["mail.message"].sudo()
        messages_sudo = messages_sudo.search(
            [("model", "=", self._name), ("res_id", "in", self.ids)], order="id"
        ).grouped("res_id")
        made = self._get_creation_messages()
        for case in self:
            notes_sudo = messages_sudo.get(case.id, self.env["mail.message"])
            texts = {html2plaintext(body).strip() for body in notes_sudo.mapped("body")}
            if case.call_ids or texts - made - {""}:
                raise UserError(
                    self.env._(
                        "The case of %(debtor)s tells what was done about their debt."
                        " It is evidence and can't be deleted.",
                        debtor=case.partner_id.display_name,
                    )
                )

    def _get_creation_messages(self):
        """What Odoo notes when a case is made, in every language."""
        languages = [code for code, _name in self.env["res.lang"].get_installed()]
        return {
            html2plaintext(case._creation_message()).strip()
            for lang in languages
            for case in self[:1].with_context(lang=lang)
        }

    def action_log_call(self):
        """Open the form that logs a call with this debtor."""
        self.ensure_one()
        debtor = self.partner_id.with_company(self.company_id)
        return debtor.action_log_collection_call()

    def action_start_call(self):
        """Open the five steps of a call with this debtor."""
        self.ensure_one()
        debtor = self.partner_id.with_company(self.company_id)
        return debtor.action_start_collection_call()

    @api.model
    def _get_call_activity_type_id(self):
        # An administrator may have deleted it; nothing is planned then.
        xmlids = self.env["ir.model.data"]
        return xmlids._xmlid_to_res_id(CALL_ACTIVITY, raise_if_not_found=False)

    @api.model
    def _get_call_activity_domain(self):
        return Domain(
            [
                ("res_model", "=", self._name),
                ("activity_type_id", "=", self._get_call_activity_type_id()),
                ("active", "=", True),
            ]
        )

    @api.model
    def _get_or_create(self, partners, company):
        """The cases of these debtors in a company, made where they are missing.

        :param partners: debtors; contacts stand for the company they belong to
        :raise ConcurrencyError: if another transaction makes one at this moment; Odoo
            then runs the request again and finds it
        """
        debtors = partners.commercial_partner_id
        # sudo: a case that the user may not see is no reason to make another.
        cases_sudo = self.sudo().search(
            [("partner_id", "in", debtors.ids), ("company_id", "=", company.id)]
        )
        cases = cases_sudo.sudo(self.env.su)
        cases._assign()
        missing = debtors - cases.partner_id
        if not missing:
            return cases
        # Hooks of other modules have no place in here: a savepoint would run them.
        self.env.flush_all()
        try:
            with self.env.cr.savepoint(flush=False):
                return cases | self.create(
                    [self._prepare_case_vals(debtor, company) for debtor in missing]
                )
        except psycopg2.errors.UniqueViolation as error:
            raise ConcurrencyError(str(error)) from error

    def _assign(self):
        """A case that nobody has yet is whose who deals with it first."""
        if self.env.context.get("collection_leave_unassigned"):
            return  # it is handed out, and perhaps skipped
        # sudo: it may be a case that the user doesn't see.
        free_sudo = self.sudo().filtered(lambda case: not case.user_id)
        user_id = self.default_get(["user_id"]).get("user_id")
        # An agreement that a program made is nobody's, too.
        if free_sudo and user_id and user_id != SUPERUSER_ID:
            free_sudo.with_context(mail_notrack=True).write({"user_id": user_id})

    def _serialize(self):
        """Let one transaction at a time start a call with these debtors, or change what
        stands on their claims.

        Promises and plans exclude each other on a claim, and no index spans both. Who
        comes second gets a serialization failure and is run again by Odoo: then it sees
        what the first one did.
        """
        self.env.cr.execute(
            SQL("UPDATE collection_case SET id = id WHERE id = ANY(%s)", self.ids)
        )

    @api.model
    def _serialize_debtor(self, debtor, company):
        """Let one transaction at a time start a call with this debtor.

        Two that made the case at once are told apart by its unique index.
        """
        # sudo: whoever is on the line with a debtor, the case is taken.
        cases_sudo = self.sudo().search(
            [("partner_id", "=", debtor.id), ("company_id", "=", company.id)]
        )
        cases_sudo._serialize()

    @api.model
    def _prepare_case_vals(self, debtor, company):
        return {"partner_id": debtor.id, "company_id": company.id}

    def _schedule_next_call(
        self, day, user, summary, keep_later=False, kept=(), topic=None
    ):
        """Schedule the next call with this debtor, in place of those planned before.

        :param date day: on the company's calendar
        :param user: who shall call
        :param bool keep_later: nobody has spoken to the debtor: leave alone what is
            planned for a later day, and all that is still to be told
        :param kept: activities to leave alone
        :param dict topic: as :meth:`_schedule_call` takes it; in place of what is to be
            told of that source
        :return: the activity
        """
        self.ensure_one()
        planned = self._get_call_activities() - self.env["mail.activity"].union(*kept)
        planned -= planned._filter_to_answer()
        if keep_later:
            planned = planned.filtered(
                lambda activity: (
                    activity.date_deadline <= day
                    and not activity._is_to_tell_besides(topic)
                )
            )
        planned.unlink()
        return self._schedule_call(day, user, summary, topic)

    def _schedule_call(self, day, user, summary, topic=None):
        """Ask somebody to call, or to find another way where nobody may call.

        :param dict topic: what it is about, by :meth:`collection.to.do._get_topic`:
            lists tell the summary anew in the language of whoever reads them
        :return: the activities, one for each case
        """
        vals = {"date_deadline": day, "user_id": user.id, "summary": summary}
        vals.update(topic or {})
        whys = self._get_why_not_called()
        activities = self.env["mail.activity"]
        if callable_cases := self.filtered(lambda case: case not in whys):
            activities |= callable_cases.activity_schedule(CALL_ACTIVITY, **vals)
        for case, why in whys.items():
            note = self.with_context(lang=user.lang).env._(
                "Don't call: %(why)s", why=why
            )
            activities |= case.activity_schedule(
                "mail.mail_activity_data_todo", note=plaintext2html(note), **vals
            )
        return activities

    def _get_why_not_called(self):
        """:return: {case: what is against asking anybody to call}, as the gate says"""
        gate = self.env["collection.contact.gate"]
        whys = {}
        for company, cases in self.grouped("company_id").items():
            found = gate._get_why_not_called(company, cases.partner_id)
            whys.update(
                (case, found[case.partner_id])
                for case in cases
                if case.partner_id in found
            )
        return whys

    def _get_caller(self, user):
        """Who calls next: this case's collector, or ``user`` if that one has left.

        Where both have, the manager who confirms exceptions, else another manager.
        """
        self.ensure_one()
        company = self.company_id
        able = self.env["collection.dispute"]._is_able_to_own
        for candidate in self.user_id, user, company.sudo().collection_confirmer_id:
            if able(candidate, company):
                return candidate.with_env(self.env)
        return self._get_any_manager() or user or self.env.user

    def _get_any_manager(self):
        """A collection manager with access to this case's company."""
        group = self.env.ref("collection_calls.group_collection_manager")
        # sudo: collectors may not read other users' groups and companies.
        managers_sudo = self.env["res.users"].sudo().with_context(active_test=True)
        return managers_sudo.search(
            [
                ("all_group_ids", "in", group.ids),
                ("company_ids", "in", self.company_id.ids),
                ("share", "=", False),
            ],
            order="id",
            limit=1,
        ).with_env(self.env)

    def _is_called_by(self, day):
        """Whether a call with these debtors is planned up to a day, whatever about.

        :param date day: on the company's calendar
        """
        activities = self._get_call_activities()
        return any(activity.date_deadline <= day for activity in activities)

    def _get_due_calls(self, today):
        """Calls that are planned for ``today`` or before."""
        return self._get_call_activities().filtered(
            lambda activity: activity.date_deadline <= today
        )

    def _get_call_activities(self):
        """Calls scheduled with these debtors, whoever they are assigned to."""
        return self.env["mail.activity"].search(
            self._get_call_activity_domain() & Domain("res_id", "in", self.ids)
        )

    def _follow_debtor(self, debtor):
        """The debtor became part of another one, who has a case or gets this one."""
        self.ensure_one()
        target = self.search(
            [("partner_id", "=", debtor.id), ("company_id", "=", self.company_id.id)]
        )
        if not target:
            return super().write({"partner_id": debtor.id})
        self._merge_into(target)
        return True

    def _merge_into(self, target):
        """Hand calls, chatter and activities over to another case and vanish."""
        self.ensure_one()
        self.call_ids._move_to_case(target)
        self.with_context(active_test=False).activity_ids.res_id = target.id
        open_door(self.message_ids).res_id = target.id
        of_this_case = [("res_model", "=", self._name), ("res_id", "=", self.id)]
        files = self.env["ir.attachment"].search(of_this_case)
        open_door(files).res_id = target.id
        target.message_subscribe(self.message_partner_ids.ids)
        target._touch(partners={(target.partner_id.id, target.company_id.id)})
        self.unlink()
