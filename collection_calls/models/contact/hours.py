from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_duration


class CollectionContactHours(models.Model):
    """Hours may be those of a policy, or what a debtor has asked for."""

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

    def _say(self):
        """In words: “Monday 14:00–16:00”."""
        labels = dict(self._fields["weekday"]._description_selection(self.env))
        return self.env._(
            "%(day)s %(start)s–%(end)s",
            day=labels[self.weekday],
            start=format_duration(self.hour_from),
            end=format_duration(self.hour_to),
        )
