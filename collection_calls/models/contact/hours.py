from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_duration

from ..evidence.door import is_door_open


class CollectionContactHours(models.Model):
    """Hours may be those of a policy, or what a debtor has asked for.

    The latter are noted with the wish that they belong to, and stay as they are.
    """

    _inherit = "collection.contact.hours"

    policy_id = fields.Many2one(required=False)
    right_id = fields.Many2one(
        "collection.contact.right", index="btree_not_null", ondelete="cascade"
    )

    @api.constrains("policy_id", "right_id")
    def _check_owner(self):
        for hours in self:
            if bool(hours.policy_id) == bool(hours.right_id):
                raise ValidationError(
                    self.env._(
                        "Hours in which to call belong to a contact policy or to what a"
                        " debtor asked for. Add them there."
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        hours = super().create(vals_list)
        if not self.env.su:
            hours._check_not_asked_for()
        return hours

    def write(self, vals):
        self._check_not_asked_for()
        result = super().write(vals)
        self._check_not_asked_for()  # they may have been moved there
        return result

    def unlink(self):
        self._check_not_asked_for()
        return super().unlink()

    def _check_not_asked_for(self):
        """Check that these hours are nothing but configuration.

        :raise UserError: if a debtor asked for some of them
        """
        if not is_door_open(self.env) and self.right_id:
            raise UserError(
                self.env._(
                    "A debtor asked for these hours. End what they asked for, and note"
                    " anew what they ask for now."
                )
            )

    def _say(self):
        """In words: “Monday–Friday 17:00–20:00, Saturday 9:00–12:00”."""
        labels = dict(self._fields["weekday"]._description_selection(self.env))
        texts = []
        for days, spans in self._get_runs():
            first, last = labels[days[0]], labels[days[-1]]
            texts += [
                self.env._(
                    "%(day)s %(start)s–%(end)s",
                    day=first if first == last else f"{first}–{last}",
                    start=format_duration(start),
                    end=format_duration(end),
                )
                for start, end in spans
            ]
        return ", ".join(texts)

    def _get_runs(self):
        """Days that follow each other and have the same hours, put together.

        :return: list of (weekdays, pairs of hours), from Monday on
        """
        spans = {}
        for hours in self.sorted(lambda hours: (hours.weekday, hours.hour_from)):
            times = hours.hour_from, hours.hour_to
            spans.setdefault(hours.weekday, []).append(times)
        runs = []
        for day, times in spans.items():
            if runs and runs[-1][1] == times and int(runs[-1][0][-1]) == int(day) - 1:
                runs[-1][0].append(day)
            else:
                runs.append(([day], times))
        return runs
