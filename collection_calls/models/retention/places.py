from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ...engine.retention import LETTERS, NUMBERS, SAID

FIELDS = "field_count"
NOTES = "note_count"
TRACKING = "tracking_count"
MAILS = "mail_count"
FILES = "file_count"
ACTIVITIES = "activity_count"
KINDS = (FIELDS, NOTES, TRACKING, MAILS, FILES, ACTIVITIES)
# Messages that leave for the debtor, or come from there.
WRITTEN = ("auto_comment", "email", "email_outgoing", "user_notification", "sms")
WRITTEN_FILES = ("mail.message", "mail.compose.message", "mail.mail")
# What collectors correct on a contact, and Odoo tracks there.
CORRECTED = (
    "phone",
    "email",
    "street",
    "street2",
    "zip",
    "city",
    "country_id",
)
TRACKED_COLUMNS = (
    "old_value_char",
    "old_value_text",
    "new_value_char",
    "new_value_text",
)


class Scope(NamedTuple):
    """Whose data: that of debtors in a company, or of some persons there only."""

    company_id: int
    debtor_ids: list
    person_ids: list | None = None


class Place(NamedTuple):
    """Rows of one table with something of one purpose in them.

    ``rows`` selects their ``id`` and ``debtor_id``; ``values`` is what empties them:
    None where the rows go altogether. ``kind`` is what they count as, if at all.
    """

    purpose: str
    kind: str
    table: str
    rows: SQL
    values: SQL = None
    model: str = ""


class CollectionRetention(models.AbstractModel):
    """Where what was said stands: in fields, and wherever Odoo copies it to.

    One statement a place, whatever the number of debtors. They are plain SQL on
    purpose: what is emptied mustn't be tracked, noted, mailed or computed anew, and
    evidence refuses every other way.
    """

    _inherit = "collection.retention"

    @api.model
    def _get_places(self, scope, purposes):
        """All places with something of these purposes in them.

        :rtype: list[Place]
        """
        places = []
        for model, holder in self._get_holders().items():
            records = self._select_records(model, holder, scope)
            for purpose in purposes:
                needed = self._get_needed_sql(model, purpose, scope)
                places += self._get_field_places(
                    model, holder, records, purpose, needed
                )
            if holder.chatter:
                places += self._get_chatter_places(model, holder, records, purposes)
        places += self._get_invoice_places(scope, purposes)
        return places + self._get_partner_places(scope, purposes)

    @api.model
    def _select_records(self, model, holder, scope, is_told=False):
        """Ids of the records of a model that are about these debtors or persons.

        What counts in all companies is told by each, and emptied by the last one.
        """
        table = self.env[model]._table
        owner = self.env[model]
        if holder.via:
            owner = self.env[owner._fields[holder.via].comodel_name]
            source = SQL(
                "%s AS record JOIN %s AS parent ON parent.id = record.%s",
                SQL.identifier(table),
                SQL.identifier(owner._table),
                SQL.identifier(holder.via),
            )
            parent = SQL.identifier("parent")
        else:
            source = SQL("%s AS record", SQL.identifier(table))
            parent = SQL.identifier("record")
        of_company = SQL("%s.company_id = %s", parent, scope.company_id)
        if not owner._fields["company_id"].required:
            debtor = SQL("%s.partner_id", parent)
            elsewhere = self._get_elsewhere_sql(debtor, scope)
            of_company = SQL(
                "(%s OR %s.company_id IS NULL AND NOT %s)",
                of_company,
                parent,
                SQL("FALSE") if is_told else elsewhere,
            )
        return SQL(
            """
            SELECT record.id, %(parent)s.partner_id AS debtor_id
              FROM %(source)s
             WHERE %(of_company)s
               AND %(parent)s.partner_id = ANY(%(debtor_ids)s)
               AND %(person)s
            """,
            parent=parent,
            source=source,
            of_company=of_company,
            debtor_ids=list(scope.debtor_ids),
            person=self._get_person_sql(holder, parent, scope),
        )

    @api.model
    def _get_elsewhere_sql(self, debtor, scope):
        """Whether another company still needs what isn't kept company by company."""
        company = self.env["res.company"].browse(scope.company_id)
        return SQL(
            """
            EXISTS (SELECT
                      FROM collection_case AS stored
                     WHERE stored.partner_id = %s
                       AND stored.company_id <> %s
                       AND (%s))
            """,
            debtor,
            scope.company_id,
            SQL(" OR ").join(self._get_blocks_sql(company).values()),
        )

    @api.model
    def _get_needed_sql(self, model, purpose, scope):
        """Which records still need their texts, as a condition on ``stored``.

        Without its number, a wish that stands couldn't be kept to: Regulation (EU)
        2016/679, article 21(3). It goes when the wish is over.
        """
        if model != "collection.contact.right" or purpose != NUMBERS:
            return SQL("FALSE")
        company = self.env["res.company"].browse(scope.company_id)
        return SQL(
            """
            (stored.date_ended IS NULL
             AND COALESCE(stored.date_until, 'infinity') >= %s)
            """,
            company._get_collection_today(),
        )

    @api.model
    def _get_person_sql(self, holder, parent, scope):
        if scope.person_ids is None:
            return SQL("TRUE")
        ids = list(scope.person_ids)
        if holder.person == "contact_id":
            return SQL("%s.contact_id = ANY(%s)", parent, ids)
        if holder.person == "call_id":
            return SQL(
                "%s.call_id IN ("
                "SELECT id FROM collection_call WHERE contact_id = ANY(%s))",
                parent,
                ids,
            )
        return SQL("FALSE")

    @api.model
    def _get_field_places(self, model, holder, records, purpose, needed):
        fields = self.env[model]._fields
        names = [n for n, of in holder.texts.items() if of == purpose and n in fields]
        if not names:
            return []
        empty = {
            name: SQL("''") if fields[name].required else SQL("NULL") for name in names
        }
        columns = {name: SQL.identifier(name) for name in names}
        rows = SQL(
            """
            SELECT holder.id, holder.debtor_id
              FROM (%s) AS holder
              JOIN %s AS stored ON stored.id = holder.id
             WHERE NOT %s AND (%s)
            """,
            records,
            SQL.identifier(self.env[model]._table),
            needed,
            SQL(" OR ").join(
                SQL("stored.%s::text <> ''", column) for column in columns.values()
            ),
        )
        values = SQL(", ").join(SQL("%s = %s", columns[n], empty[n]) for n in names)
        table = self.env[model]._table
        return [Place(purpose, FIELDS, table, rows, values, model)]

    # -------------------------------------------------------------------- chatter

    @api.model
    def _get_chatter_places(self, model, holder, records, purposes):
        """What is noted, tracked, mailed, attached and planned on these records."""
        places = []
        is_written = SQL("message.message_type IN %s", WRITTEN)
        if LETTERS in purposes:
            messages = self._select_messages(model, records, is_written)
            places += self._get_message_places(LETTERS, messages, model)
        if holder.chatter in purposes:
            purpose = holder.chatter
            messages = self._select_messages(model, records, SQL("NOT %s", is_written))
            places += self._get_message_places(purpose, messages, model)
            places += self._get_record_places(purpose, model, records)
        return places

    @api.model
    def _select_messages(self, model, records, condition):
        return SQL(
            """
            SELECT message.id, holder.debtor_id
              FROM (%s) AS holder
              JOIN mail_message AS message
                ON message.model = %s AND message.res_id = holder.id
             WHERE %s
            """,
            records,
            model,
            condition,
        )

    @api.model
    def _get_message_places(self, purpose, messages, model):
        """What stands in these messages, and wherever Odoo copies it to."""
        is_text = SQL("(field.id IS NULL OR field.ttype IN ('char', 'text', 'html'))")
        return [
            Place(
                purpose,
                FILES,
                "ir_attachment",
                self._select_attached(messages, (model, *WRITTEN_FILES)),
            ),
            Place(
                purpose,
                NOTES,
                "mail_message",
                self._select_messages_with_text(messages),
                SQL(
                    """
                    body = '', subject = NULL, incoming_email_to = NULL,
                    incoming_email_cc = NULL, outgoing_email_to = NULL,
                    email_from = CASE WHEN message_type = 'email' THEN NULL
                                      ELSE email_from END,
                    reply_to = CASE WHEN message_type = 'email' THEN NULL
                                    ELSE reply_to END
                    """
                ),
            ),
            self._get_tracking_place(purpose, messages, is_text),
            *self._get_copy_places(purpose, messages),
        ]

    @api.model
    def _select_messages_with_text(self, messages):
        return SQL(
            """
            SELECT own.id, own.debtor_id
              FROM (%s) AS own
              JOIN mail_message AS message ON message.id = own.id
             WHERE COALESCE(message.body, '') NOT IN ('', '<p></p>')
                OR message.subject <> ''
                OR COALESCE(message.incoming_email_to, message.incoming_email_cc,
                            message.outgoing_email_to) IS NOT NULL
                OR message.message_type = 'email' AND message.email_from IS NOT NULL
            """,
            messages,
        )

    @api.model
    def _get_tracking_place(self, purpose, messages, condition):
        columns = [SQL.identifier(name) for name in TRACKED_COLUMNS]
        rows = SQL(
            """
            SELECT tracked.id, own.debtor_id
              FROM (%s) AS own
              JOIN mail_tracking_value AS tracked ON tracked.mail_message_id = own.id
         LEFT JOIN ir_model_fields AS field ON field.id = tracked.field_id
             WHERE %s AND (%s)
            """,
            messages,
            condition,
            SQL(" OR ").join(SQL("tracked.%s <> ''", column) for column in columns),
        )
        values = SQL(", ").join(SQL("%s = NULL", column) for column in columns)
        return Place(purpose, TRACKING, "mail_tracking_value", rows, values)

    @api.model
    def _get_copy_places(self, purpose, messages):
        """Copies that Odoo makes of a message when it is sent, translated or shown."""
        mail_values = SQL(
            """
            body_html = NULL, email_to = NULL, email_cc = NULL, headers = NULL,
            failure_reason = NULL,
            state = CASE WHEN state IN ('outgoing', 'exception') THEN 'cancel'
                         ELSE state END
            """
        )
        tell = SQL("mail_email_address = NULL, failure_reason = NULL")
        copies = [
            (MAILS, "mail.mail", "mail_message_id", mail_values),
            ("", "mail.notification", "mail_message_id", tell),
            ("", "mail.message.translation", "message_id", None),
            ("", "mail.message.link.preview", "message_id", None),
            ("", "mail.message.schedule", "mail_message_id", None),
            ("", "sms.sms", "mail_message_id", SQL("body = NULL, number = NULL")),
        ]
        places = []
        for kind, model, column, values in copies:
            if model not in self.env:
                continue
            table = self.env[model]._table
            rows = SQL(
                """
                SELECT copy.id, own.debtor_id
                  FROM (%s) AS own
                  JOIN %s AS copy ON copy.%s = own.id
                """,
                messages,
                SQL.identifier(table),
                SQL.identifier(column),
            )
            if kind == MAILS:
                told = (
                    "copy.body_html, copy.email_to, copy.headers, copy.failure_reason"
                )
                rows = SQL(f"%s WHERE CONCAT({told}) <> ''", rows)
            places.append(Place(purpose, kind, table, rows, values))
        return places

    @api.model
    def _select_attached(self, messages, models):
        """Files that came with messages, but for those of other documents."""
        return SQL(
            """
            SELECT DISTINCT file.id, own.debtor_id
              FROM (%s) AS own
              JOIN message_attachment_rel AS rel ON rel.message_id = own.id
              JOIN ir_attachment AS file ON file.id = rel.attachment_id
             WHERE COALESCE(file.res_model, '') IN %s
            """,
            messages,
            ("", *models),
        )

    @api.model
    def _get_record_places(self, purpose, model, records):
        """Files and activities of the records themselves, and notes to be sent."""
        on_record = "SELECT stored.id, holder.debtor_id FROM (%s) AS holder JOIN "
        files = SQL(
            on_record
            + """
            ir_attachment AS stored
                ON stored.res_model = %s AND stored.res_id = holder.id
               AND stored.res_field IS NULL
             WHERE NOT EXISTS (
                       SELECT FROM message_attachment_rel AS rel
                        WHERE rel.attachment_id = stored.id
                   )
            """,
            records,
            model,
        )
        activities = SQL(
            on_record
            + """
            mail_activity AS stored
                ON stored.res_model = %s AND stored.res_id = holder.id
            """,
            records,
            model,
        )
        their_files = SQL(
            on_record
            + """
            ir_attachment AS stored
                ON stored.res_model = 'mail.activity' AND stored.res_id = holder.id
            """,
            activities,
        )
        planned = SQL(
            on_record
            + """
            mail_scheduled_message AS stored
                ON stored.model = %s AND stored.res_id = holder.id
            """,
            records,
            model,
        )
        told = SQL(
            "%s WHERE stored.note <> '' OR stored.summary <> ''"
            " OR stored.feedback <> ''",
            activities,
        )
        return [
            Place(purpose, FILES, "ir_attachment", files),
            Place(purpose, FILES, "ir_attachment", their_files),
            Place(
                purpose,
                ACTIVITIES,
                "mail_activity",
                told,
                SQL("note = NULL, summary = NULL, feedback = NULL"),
            ),
            Place(purpose, NOTES, "mail_scheduled_message", planned),
        ]

    # ------------------------------------------------------------------- invoices

    @api.model
    def _get_invoice_places(self, scope, purposes):
        """What an accountant was asked to do about what was said on a call.

        It names the call, as an activity of the invoice or once that is done. Whatever
        else stands there is of the accountants.
        """
        if SAID not in purposes:
            return []
        holder = self._get_holders()["collection.call"]
        asked = """
            SELECT DISTINCT stored.id, holder.debtor_id
              FROM (%s) AS holder
              JOIN collection_call AS call ON call.id = holder.id
              JOIN collection_call_claim AS claim ON claim.call_id = call.id
              JOIN account_move_line AS item ON item.id = claim.move_line_id
        """
        activities = SQL(
            asked
            + """
              JOIN mail_activity AS stored
                ON stored.res_model = 'account.move' AND stored.res_id = item.move_id
               AND POSITION(call.name IN stored.summary) > 0
            """,
            self._select_records("collection.call", holder, scope),
        )
        done = SQL(
            asked
            + """
              JOIN mail_message AS stored
                ON stored.model = 'account.move' AND stored.res_id = item.move_id
               AND stored.mail_activity_type_id IS NOT NULL
               AND POSITION(call.name IN stored.body) > 0
            """,
            self._select_records("collection.call", holder, scope),
        )
        return [
            Place(
                SAID,
                ACTIVITIES,
                "mail_activity",
                activities,
                SQL("note = NULL, summary = NULL, feedback = NULL"),
            ),
            Place(
                SAID,
                NOTES,
                "mail_message",
                done,
                SQL("body = '', subject = NULL"),
            ),
            *self._get_copy_places(SAID, done),
        ]

    # ------------------------------------------------------------------- partners

    @api.model
    def _get_partner_places(self, scope, purposes):
        """What collectors noted and corrected on the contacts themselves.

        Whatever others noted there is theirs, and so are the contact's own data.
        """
        places = []
        if SAID in purposes:
            notes = self._select_partner_messages(scope, ("comment", "notification"))
            files = ("res.partner", *WRITTEN_FILES)
            places += [
                Place(
                    SAID, FILES, "ir_attachment", self._select_attached(notes, files)
                ),
                Place(
                    SAID,
                    NOTES,
                    "mail_message",
                    self._select_messages_with_text(notes),
                    SQL("body = '', subject = NULL"),
                ),
                *self._get_copy_places(SAID, notes),
            ]
        if NUMBERS in purposes:
            changes = self._select_partner_messages(scope, ("comment", "notification"))
            is_corrected = SQL("field.name IN %s", CORRECTED)
            places.append(self._get_tracking_place(NUMBERS, changes, is_corrected))
        return places

    @api.model
    def _select_partner_messages(self, scope, types):
        whose = SQL("partner.commercial_partner_id = ANY(%s)", list(scope.debtor_ids))
        if scope.person_ids is not None:
            whose = SQL("partner.id = ANY(%s)", list(scope.person_ids))
        # sudo: who collects isn't told to everybody.
        group_sudo = self.env.ref("collection_calls.group_collection_user").sudo()
        collectors_sudo = group_sudo.with_context(active_test=False).all_user_ids
        note_id = self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note")
        # Odoo tracks changes of contacts without telling in which company.
        debtor = SQL("partner.commercial_partner_id")
        elsewhere = self._get_elsewhere_sql(debtor, scope)
        return SQL(
            """
            SELECT message.id, partner.commercial_partner_id AS debtor_id
              FROM res_partner AS partner
              JOIN mail_message AS message
                ON message.model = 'res.partner' AND message.res_id = partner.id
             WHERE %(whose)s
               AND (message.record_company_id = %(company_id)s
                    OR message.record_company_id IS NULL AND NOT %(elsewhere)s)
               AND message.message_type IN %(types)s
               AND message.subtype_id = %(note_id)s
               AND message.author_id = ANY(%(authors)s)
            """,
            whose=whose,
            company_id=scope.company_id,
            elsewhere=elsewhere,
            types=types,
            note_id=note_id,
            authors=collectors_sudo.partner_id.ids,
        )
