from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_date

from ...engine import bounds

DAYS = ("date", "datetime")
AMOUNTS = ("float", "monetary")
TEXTS = ("char", "text", "html")


class CollectionEntry(models.AbstractModel):
    """Values that make no sense are refused before anything is computed from them.

    Else it is somewhere deep in a computation that a day doesn't exist, or in the
    database that a number is too large, and users get a technical message.
    """

    _name = "collection.entry"
    _description = "What May Be Entered"

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_entered(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_entered(vals)
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        """While a form is filled in, too: what was typed stays there.

        Core computes related fields as superuser, also those of a record that isn't
        saved yet, about whatever a client puts into it.
        """
        self._check_entered(values)
        self._check_readable(values)
        if not field_names:  # the form is opened
            known = self._fields.keys() & fields_spec.keys()
            names = [name for name in known if self._fields[name].relational]
            self._check_readable(self.default_get(names))
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        self._check_entered(values)
        return values

    @api.model
    def _check_entered_on(self, model, vals):
        """As :meth:`_check_entered`, for the fields that we add to Odoo's models."""
        ours = {name: vals[name] for name in vals if name.startswith("collection_")}
        self._check_entered(ours, model._fields)

    @api.model
    def _check_entered(self, vals, known=None):
        """Check that something can be done with values, as create and write take them.

        :param known: {name: field}; by default the model's own
        :raise ValidationError: if not; the message names the field and says what to do
        """
        known = self._fields if known is None else known
        for name, value in vals.items():
            field = known.get(name)
            if field is None or value is None or value is False:
                continue
            if field.type in DAYS:
                self._check_entered_day(field, value)
            elif field.type in AMOUNTS:
                self._check_entered_amount(field, value)
            elif field.type == "integer":
                self._check_entered_count(field, value)
            elif field.type in TEXTS:
                self._check_entered_text(field, value)
            elif field.type == "one2many":
                self._check_entered_lines(field, value)

    @api.model
    def _check_entered_day(self, field, value):
        read = (
            fields.Date.to_date if field.type == "date" else fields.Datetime.to_datetime
        )
        try:
            day = read(value)
        except (TypeError, ValueError, AttributeError, OverflowError):
            self._refuse(field, self.env._("%(value)s is no day.", value=_show(value)))
        if day and not bounds.is_day(day):
            self._refuse(
                field,
                self.env._(
                    "%(value)s is no day to reckon with. Enter one from %(first)s to"
                    " %(last)s.",
                    value=_show(value),
                    first=format_date(self.env, bounds.FIRST_DAY),
                    last=format_date(self.env, bounds.LAST_DAY),
                ),
            )

    @api.model
    def _check_entered_amount(self, field, value):
        try:
            is_fine = bounds.is_amount(float(value))
        except (TypeError, ValueError, OverflowError):
            is_fine = False
        if not is_fine:
            self._refuse(
                field,
                self.env._(
                    "%(value)s is no amount. Enter a number with up to 13 digits in"
                    " front of the point.",
                    value=_show(value),
                ),
            )

    @api.model
    def _check_entered_count(self, field, value):
        of_days = field.name.endswith("_days") or "_days_" in field.name
        try:
            is_fine = bounds.is_count(int(value), of_days)
        except (TypeError, ValueError, OverflowError):
            is_fine = False
        if not is_fine:
            most = bounds.MOST_DAYS if of_days else bounds.MOST
            self._refuse(
                field,
                self.env._(
                    "%(value)s doesn't count anything. Enter a whole number up to"
                    " %(most)s.",
                    value=_show(value),
                    most=most,
                ),
            )

    @api.model
    def _check_entered_text(self, field, value):
        if isinstance(value, dict) and callable(field.translate):
            return  # a text in several languages
        if not bounds.is_text(value):
            self._refuse(field, self.env._("%(value)s is no text.", value=_show(value)))

    @api.model
    def _check_entered_lines(self, field, value):
        """Lines of a form, as commands, before the form's own values are computed."""
        lines = self.env[field.comodel_name]
        if not isinstance(value, list | tuple) or not hasattr(lines, "_check_entered"):
            return
        for command in value:
            if isinstance(command, dict):
                lines._check_entered(command)
            elif isinstance(command, list | tuple) and isinstance(command[-1], dict):
                lines._check_entered(command[-1])

    @api.model
    def _check_readable(self, values):
        """Check that the user may read all that a record is to be about.

        :param dict values: of fields, as for :meth:`write`
        :raise AccessError: if not
        """
        for name, value in values.items():
            field = self._fields.get(name)
            if not (field and field.relational and value):
                continue
            comodel = self.env[field.comodel_name]
            if field.type == "many2one":
                value = [value]
            commands = [
                item
                for item in value
                if isinstance(item, (list, tuple)) and len(item) > 1
            ]
            ids = [item for item in value if isinstance(item, int)]
            for code, number, *rest in commands:
                if code in (Command.UPDATE, Command.LINK):
                    ids.append(number)
                elif code == Command.SET:
                    ids += rest[0]
                is_line = code in (Command.CREATE, Command.UPDATE)
                if is_line and hasattr(comodel, "_check_readable"):
                    comodel._check_readable(rest[0])
            comodel.browse(i for i in ids if isinstance(i, int)).check_access("read")

    @api.model
    def _refuse(self, field, why):
        label = field._description_string(self.env)
        raise ValidationError(
            self.env._("%(field)s: %(why)s", field=label or field.name, why=why)
        )

    # ---------------------------------------------------------------- of actions
    # What is given to a method by a program has no field that would check it.

    @api.model
    def _read_reason(self, reason, refusal, error=UserError):
        """A reason without blanks around it.

        :param str refusal: what to say if there is none
        :param error: as what
        """
        if not reason:
            raise error(refusal)
        if not bounds.is_text(reason):
            raise error(
                self.env._(
                    "%(value)s is no text. %(why)s", value=_show(reason), why=refusal
                )
            )
        if not reason.strip():
            raise error(refusal)
        return reason.strip()

    @api.model
    def _read_day(self, day):
        """A day that a method was given, as a date or in the way of the database.

        :raise ValidationError: if it is none, or none to reckon with
        """
        try:
            found = fields.Date.to_date(day)
        except (TypeError, ValueError, AttributeError, OverflowError):
            found = None
        if not found or not bounds.is_day(found):
            raise ValidationError(
                self.env._(
                    "%(value)s is no day to reckon with. Enter one from %(first)s to"
                    " %(last)s.",
                    value=_show(day),
                    first=format_date(self.env, bounds.FIRST_DAY),
                    last=format_date(self.env, bounds.LAST_DAY),
                )
            )
        return found


def _show(value):
    """A value that was entered, as far as it fits into a sentence."""
    text = str(value).replace("\0", "?")
    return f"{text[:50]}…" if len(text) > 50 else text
