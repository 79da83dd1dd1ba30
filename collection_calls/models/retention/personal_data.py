import json

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import format_date, format_datetime, html2plaintext, human_size

TOLD_TYPES = (
    "boolean",
    "char",
    "date",
    "datetime",
    "float",
    "html",
    "integer",
    "many2one",
    "monetary",
    "selection",
    "text",
)
# What tells nothing of a person, and what would let others in on a page of theirs.
UNTOLD = ("id", "create_uid", "write_uid", "write_date", "access_token")


class CollectionRetention(models.AbstractModel):
    """All that is stored about a person.

    Regulation (EU) 2016/679, article 15: the data, what they are kept for and for how
    long; (3): a copy, in a form that can be read by machines, too.
    """

    _inherit = "collection.retention"

    @api.model
    def _gather(self, partner, companies):
        """What collections know of a person, in the environment's language.

        :param partner: a debtor, or a contact of one: then what this person said
        :return: a dictionary of plain values: ``person``, ``day``, ``companies`` with
            ``name``, ``keeping`` and ``sections``, each with ``records``
        :raise AccessError: if the user is no manager
        """
        if not self.env["collection.call"]._is_manager():
            raise AccessError(
                self.env._("Only a collection manager may tell all that is stored.")
            )
        partner.check_access("read")
        self.env.flush_all()
        return {
            "person": partner.display_name,
            "debtor": partner.commercial_partner_id.display_name,
            "day": fields.Date.context_today(self).isoformat(),
            "companies": [
                {
                    "name": company.name,
                    "keeping": self._tell_keeping(company),
                    "sections": self._gather_sections(partner, company),
                }
                for company in companies
            ],
        }

    @api.model
    def _tell_keeping(self, company):
        """What it is kept for, and how long."""
        labels = dict(
            self.env["collection.retention.log"]
            ._fields["purpose"]
            ._description_selection(self.env)
        )
        # sudo: ages are no secret to whom they are about.
        ages = company.sudo()._get_retention_ages()
        return [
            {
                "purpose": labels[purpose],
                "kept": self._say_age(months),
            }
            for purpose, months in ages.items()
        ]

    @api.model
    def _say_age(self, months):
        if not months:
            return self.env._("No period was set")
        if months == 1:
            return self.env._("One month after the matter was closed")
        return self.env._("%(count)s months after the matter was closed", count=months)

    @api.model
    def _gather_sections(self, partner, company):
        scope = self._get_person_scope(partner, company)
        sections = []
        for model, holder in self._get_holders().items():
            query = self._select_records(model, holder, scope, is_told=True)
            rows = self.env.execute_query(query)
            records = self.env[model].browse(sorted(row[0] for row in rows))
            records = records.with_context(allowed_company_ids=company.ids)
            if records := records._filtered_access("read"):
                sections.append(
                    {
                        "model": model,
                        "title": self.env["ir.model"]._get(model).name,
                        "records": [self._tell_record(record) for record in records],
                    }
                )
        return sections + self._gather_contact_notes(scope)

    @api.model
    def _gather_contact_notes(self, scope):
        """What collectors noted on the contacts themselves."""
        rows = self.env.execute_query(
            self._select_partner_messages(scope, ("comment", "notification"))
        )
        # sudo: a manager was found to have a say in it.
        messages_sudo = self.env["mail.message"].sudo()
        messages_sudo = messages_sudo.browse(sorted(row[0] for row in rows))
        people = messages_sudo.grouped("res_id")
        if not people:
            return []
        return [
            {
                "model": "res.partner",
                "title": self.env["ir.model"]._get("res.partner").name,
                "records": [
                    {
                        "name": self.env["res.partner"].browse(res_id).display_name,
                        "fields": [],
                        "notes": [self._tell_note(message) for message in notes],
                        "files": notes.attachment_ids.mapped("name"),
                    }
                    for res_id, notes in people.items()
                ],
            }
        ]

    @api.model
    def _tell_record(self, record):
        told = {"name": record.display_name or "", "fields": self._tell_fields(record)}
        if "message_ids" in record._fields:
            # sudo: whoever may tell of the record may tell what is noted on it.
            record_sudo = record.sudo().with_context(active_test=False)
            told["notes"] = [self._tell_note(m) for m in record_sudo.message_ids[::-1]]
            told["files"] = self._tell_files(record_sudo)
        if "activity_ids" in record._fields:
            told["activities"] = self._tell_activities(record_sudo)
        return told

    @api.model
    def _tell_fields(self, record):
        mixins = self.env["mail.thread"], self.env["mail.activity.mixin"]
        chatter = {name for mixin in mixins for name in mixin._fields}
        personal = self._get_holders()[record._name].texts
        return [
            {"name": name, "label": field._description_string(self.env), **told}
            for name, field in record._fields.items()
            if field.store
            and name not in chatter
            and name not in UNTOLD
            and (
                name in personal
                or (
                    field.type in TOLD_TYPES and record._has_field_access(field, "read")
                )
            )
            and (told := self._tell_value(record, field))
        ]

    @api.model
    def _tell_value(self, record, field):
        """The plain value, and how people read it; nothing where there is none.

        A signature is told as its image, in base64.
        """
        # sudo: a manager tells also what the addon keeps for itself.
        value = record.sudo()[field.name]
        if field.type == "boolean":
            return {"value": True, "text": self.env._("Yes")} if value else {}
        if not value:
            return {}
        if field.type == "many2one":
            # sudo: the name of what it is about, whoever may open it.
            return {"value": value.id, "text": value.sudo().display_name}
        if field.type == "selection":
            labels = dict(field._description_selection(self.env))
            return {"value": value, "text": labels.get(value, value)}
        if field.type == "date":
            return {"value": value.isoformat(), "text": format_date(self.env, value)}
        if field.type == "datetime":
            text = format_datetime(self.env, value)
            return {"value": f"{value.isoformat()}Z", "text": text}
        if field.type == "monetary":
            currency = record[field.get_currency_field(record)]
            return {"value": value, "text": currency.format(value)}
        return self._tell_content(value, field.type)

    @api.model
    def _tell_content(self, value, kind):
        if kind == "html":
            return {"value": str(value), "text": html2plaintext(value)}
        if kind == "binary":
            size = human_size(len(value) * 3 // 4)
            return {"value": value.decode(), "text": size, "is_image": True}
        if kind == "json":
            return {"value": value, "text": json.dumps(value, ensure_ascii=False)}
        return {"value": value, "text": str(value)}

    @api.model
    def _tell_note(self, message_sudo):
        changes = message_sudo.tracking_value_ids._tracking_value_format()
        return {
            "date": f"{message_sudo.date.isoformat()}Z",
            "day": format_datetime(self.env, message_sudo.date),
            "author": message_sudo.author_id.name or message_sudo.email_from or "",
            "subject": message_sudo.subject or "",
            "text": html2plaintext(message_sudo.body or ""),
            "changes": [
                {
                    "label": change["fieldInfo"]["changedField"],
                    "before": str(change["oldValue"] or ""),
                    "after": str(change["newValue"] or ""),
                }
                for change in changes
            ],
        }

    @api.model
    def _tell_files(self, record_sudo):
        files_sudo = self.env["ir.attachment"].sudo()
        files_sudo = files_sudo.search(
            [("res_model", "=", record_sudo._name), ("res_id", "=", record_sudo.id)]
        )
        return (files_sudo | record_sudo.message_ids.attachment_ids).mapped("name")

    @api.model
    def _tell_activities(self, record_sudo):
        return [
            {
                "day": format_date(self.env, activity.date_deadline),
                "kind": activity.activity_type_id.name or "",
                "text": "\n".join(
                    filter(
                        None,
                        [
                            activity.summary,
                            html2plaintext(activity.note or ""),
                            activity.feedback,
                        ],
                    )
                ),
            }
            for activity in record_sudo.activity_ids
        ]


class ResPartner(models.Model):
    """What is stored about a person, for the person."""

    _inherit = "res.partner"

    def _get_collection_personal_data(self):
        """All that collections store about this person, in the person's language."""
        self.ensure_one()
        spoken = self.with_context(lang=self.lang or self.env.lang)
        retention = spoken.env["collection.retention"]
        return retention._gather(spoken, spoken.env.companies)

    def action_download_collection_data(self):
        """Download all that is stored about this person, for machines to read."""
        self.ensure_one()
        self.env["collection.retention"]._check_may_erase(self.env.companies)
        return {
            "type": "ir.actions.act_url",
            "url": f"/collection_calls/personal_data/{self.id}",
            "target": "download",
        }
