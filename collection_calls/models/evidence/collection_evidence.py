from collections import defaultdict

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from .door import is_door_open, open_door

# Files that wait for the note they are written for.
PENDING = ("mail.compose.message", "mail.scheduled.message")


class CollectionEvidence(models.AbstractModel):
    """Records that are evidence one day: nothing of them is taken away then.

    Every model of ours with a chatter inherits this, and those that are written to
    debtors. By default all of its records are evidence from the first moment; one that
    starts as a draft says in :meth:`_filter_evidence` which aren't any more.

    Guards are methods here and no ``@api.ondelete(at_uninstall=False)``: Odoo skips
    those if the context says that a module is uninstalled, and clients send contexts.
    """

    _name = "collection.evidence"
    _description = "Evidence"

    # Where what was configured stays as it was called when the record was closed:
    # {translated field of the label: many2one}
    _kept_labels = {}

    # --------------------------------------------------------------------- hooks

    def _filter_evidence(self):
        """Those of these records whose notes, e-mails and files stay as they are."""
        return self

    def _check_deletable(self):
        """Check that these records may be deleted.

        :raise UserError: if one is evidence
        """
        for record in self._filter_evidence():
            raise UserError(
                self.env._(
                    "%(record)s is evidence and can't be deleted.",
                    record=record.display_name,
                )
            )

    @api.model
    def _get_note_refusal(self):
        """Why a note below a record of this model stays as it is, in words."""
        return self.env._(
            "Notes here are evidence and can't be deleted or changed. Add another note"
            " instead."
        )

    # -------------------------------------------------------------------- guards

    def unlink(self):
        """A record that may go takes its chatter and its files with it."""
        self.check_access("unlink")
        if self and not is_door_open(self.env):
            self._check_deletable()
        return super(CollectionEvidence, open_door(self)).unlink()

    def _process_attachments_for_post(self, attachments, attachment_ids, values):
        """What is noted here with a file of something else keeps a copy of it.

        A template, an invoice or an answer changes its files as it likes.
        """
        # People from outside send but what they have just uploaded: core sees to that.
        if attachment_ids and self.env.user._is_internal():
            document = values.get("res_id", self.id)
            attachment_ids = self._borrow_files(attachment_ids, document)
        return super()._process_attachments_for_post(
            attachments, attachment_ids, values
        )

    @api.model
    def _borrow_files(self, file_ids, record_id):
        """:return: ids of files that are a record's, or about to become its"""
        own = {"res_model": self._name, "res_id": record_id}
        ids = []
        for file in self.env["ir.attachment"].browse(file_ids):
            file_sudo = file.sudo()
            is_own = (file_sudo.res_model, file_sudo.res_id) == (self._name, record_id)
            if not is_own and file_sudo.res_model not in PENDING:
                file.check_access("read")
                # sudo: whoever may note something here may do so with a file.
                file_sudo = file_sudo.copy(own)
            ids.append(file_sudo.id)
        return ids

    @api.model
    def _find_evidence(self, documents):
        """Which documents are ours, and which of those are evidence.

        :param documents: iterable of tuples (model name, id)
        :return: {(model name, id): whether it is evidence}, of those that exist
        """
        ids_by_model = defaultdict(set)
        for name, record_id in documents:
            if record_id and self._is_guarded(name):
                ids_by_model[name].add(record_id)
        found = {}
        for name, ids in ids_by_model.items():
            # sudo: it is evidence as well for those who don't see it.
            records_sudo = self.env[name].sudo().browse(ids).exists()
            kept_sudo = records_sudo._filter_evidence()
            found.update(
                ((name, record.id), record in kept_sudo) for record in records_sudo
            )
        return found

    @api.model
    def _is_guarded(self, name):
        model = self.env.registry.get(name or "")
        guard = self.env.registry["collection.evidence"]
        return model is not None and issubclass(model, guard) and model._auto

    # -------------------------------------------------------------------- labels
    # Outcomes, reasons and rules are renamed; what was closed says what it said.

    def _keep_labels(self):
        """Remember, in every language, what these records' configuration is called.

        What is remembered already stays.
        """
        # sudo: labels are the addon's, whoever closes the record.
        new_sudo = self.sudo().filtered(
            lambda record: any(
                record[name] and not record[label]
                for label, name in self._kept_labels.items()
            )
        )
        if not new_sudo:
            return
        new_sudo.flush_recordset([*self._kept_labels, *self._kept_labels.values()])
        for label, name in self._kept_labels.items():
            config = self.env[self._fields[name].comodel_name]
            config.flush_model(["name"])
            self.env.cr.execute(
                SQL(
                    """
                    UPDATE %(table)s record
                       SET %(label)s = config.name
                      FROM %(config)s config
                     WHERE config.id = record.%(name)s
                       AND record.id = ANY(%(ids)s)
                       AND record.%(label)s IS NULL
                    """,
                    table=SQL.identifier(self._table),
                    label=SQL.identifier(label),
                    config=SQL.identifier(config._table),
                    name=SQL.identifier(name),
                    ids=new_sudo.ids,
                )
            )
        self.invalidate_recordset(list(self._kept_labels))

    def _get_label(self, name):
        """What a many2one of :attr:`_kept_labels` is called on this record.

        :rtype: str or bool
        """
        self.ensure_one()
        labels = {field: label for label, field in self._kept_labels.items()}
        # sudo: who reads the record reads what it shows.
        return self[name] and (self.sudo()[labels[name]] or self[name].display_name)

    def _read_format(self, fnames, load="_classic_read"):
        rows = super()._read_format(fnames, load=load)
        if load == "_classic_read":
            for name in set(self._kept_labels.values()).intersection(fnames):
                for record, row in self._zip_shown(rows, name):
                    row[name] = (row[name][0], record._get_label(name))
        return rows

    def web_read(self, specification):
        rows = super().web_read(specification)
        for name in self._kept_labels.values():
            if "display_name" not in specification.get(name, {}).get("fields", ()):
                continue
            for record, row in self._zip_shown(rows, name):
                # Rows share what they refer to, and each has a label of its own.
                row[name] = dict(row[name], display_name=record._get_label(name))
        return rows

    @api.model
    @api.readonly
    def formatted_read_group(self, domain, groupby=(), aggregates=(), *args, **kwargs):
        names = self._get_shown_names(groupby)
        told = [*aggregates, *names.values()]
        groups = super().formatted_read_group(domain, groupby, told, *args, **kwargs)
        self._show_groups(groups, names)
        return groups

    @api.model
    @api.readonly
    def formatted_read_grouping_sets(
        self, domain, grouping_sets, aggregates=(), **kwargs
    ):
        grouping_sets = [tuple(groupby) for groupby in grouping_sets]
        names = self._get_shown_names({name for each in grouping_sets for name in each})
        told = [*aggregates, *names.values()]
        found = super().formatted_read_grouping_sets(
            domain, grouping_sets, told, **kwargs
        )
        for groups in found:
            self._show_groups(groups, names)
        return found

    @api.model
    def _get_shown_names(self, groupby):
        """:return: {many2one: the aggregate of the names that its records show}"""
        return {
            name: f"{label}:array_agg_distinct"
            for label, name in self._kept_labels.items()
            if name in groupby
        }

    @api.model
    def _show_groups(self, groups, names):
        """Head each group with all the names that its records show.

        They are of one outcome, one reason or one rule, whatever it was called: groups
        that are counted stay whole. The analyses, which are about what is configured
        and no evidence, call it as it is called today.
        """
        for group in groups:
            for name, aggregate in names.items():
                kept = group.pop(aggregate) or []
                if not group.get(name) or not any(kept):
                    continue
                config_id, today = group[name]
                shown = {label or today for label in kept}
                group[name] = (config_id, " / ".join(sorted(shown)))

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        """Odoo's own export names them as well.

        A column with the record's own id tells which lines begin a record: those of
        its one2many fields follow it.
        """
        shown = [(at, path[0]) for at, path in enumerate(fields) if self._is_name(path)]
        if not shown:
            return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)
        lines = super()._export_rows(
            [*fields, [".id"]], _is_toplevel_call=_is_toplevel_call
        )
        records = {str(record.id): record for record in self}
        for line in lines:
            record = records.get(line.pop())
            for at, name in shown if record else ():
                line[at] = record._get_label(name) or ""
        return lines

    @api.model
    def _is_name(self, path):
        """Whether a path of the export asks what something configured is called."""
        return (
            bool(path)
            and path[0] in self._kept_labels.values()
            and path[1:] in ([], ["name"], ["display_name"])
        )

    def _zip_shown(self, rows, name):
        """Each record beside the row that was read of it, if it has this many2one."""
        records = {record.id: record for record in self}
        return [
            (records[row["id"]], row)
            for row in rows
            if row[name] and row["id"] in records
        ]
