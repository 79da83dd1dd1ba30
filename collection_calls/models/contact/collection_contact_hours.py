from odoo import api, fields, models
from odoo.exceptions import ValidationError

WEEKDAYS = [
    ("0", "Monday"),
    ("1", "Tuesday"),
    ("2", "Wednesday"),
    ("3", "Thursday"),
    ("4", "Friday"),
    ("5", "Saturday"),
    ("6", "Sunday"),
]

MINUTES = 60


class CollectionContactHours(models.Model):
    """A span of a weekday in which debtors may be called.

    Odoo's working schedules say when we work, with one time zone for everybody. These
    hours are those of the debtor, whose clock is another one for each.
    """

    _name = "collection.contact.hours"
    _description = "Hours in Which to Call"
    _order = "weekday, hour_from, id"
    _rec_name = "weekday"

    policy_id = fields.Many2one(
        "collection.contact.policy", required=True, index=True, ondelete="cascade"
    )
    weekday = fields.Selection(WEEKDAYS, required=True, default="0")
    hour_from = fields.Float(string="From", required=True, default=8)
    hour_to = fields.Float(
        string="To", required=True, default=20, help="From this moment on, no call."
    )

    @api.constrains("hour_from", "hour_to")
    def _check_hours(self):
        for hours in self:
            start, end = hours._get_minutes()
            if not 0 <= start < end <= 24 * MINUTES:
                raise ValidationError(
                    self.env._(
                        "Hours in which to call begin before they end, between 0:00 and"
                        " 24:00. Correct them, or delete the line."
                    )
                )

    def _get_minutes(self):
        """Beginning and end, in minutes of the day."""
        self.ensure_one()
        return round(self.hour_from * MINUTES), round(self.hour_to * MINUTES)
