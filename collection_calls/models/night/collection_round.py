from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.rounds import Round


class CollectionRound(models.Model):
    """How far each kind of scheduled work has come with its records."""

    _name = "collection.round"
    _description = "Round of Scheduled Work"
    _log_access = False

    name = fields.Char(string="Work", required=True, readonly=True)
    number = fields.Integer(
        readonly=True, help="How many rounds have ended: each does everybody once."
    )
    day = fields.Date(string="Begun On", readonly=True)
    first_id = fields.Integer(string="Begun After", readonly=True)
    last_id = fields.Integer(string="Done Up To", readonly=True)
    skipped_ids = fields.Json(string="Left for the End", readonly=True)

    _name_uniq = models.UniqueIndex("(name)", "This work has a round already.")

    @api.model
    def _get(self, name):
        """The round of some work; on a new day it begins anew, where it was stopped."""
        rounds_sudo = self.sudo()
        found = rounds_sudo.search([("name", "=", name)])
        if not found:
            # Whoever does the same at this moment is told apart by the index.
            self.env.cr.execute(
                SQL(
                    "INSERT INTO collection_round (name, number, first_id, last_id)"
                    " VALUES (%s, 0, 0, 0) ON CONFLICT DO NOTHING",
                    name,
                )
            )
            found = rounds_sudo.search([("name", "=", name)])
        found.invalidate_recordset()
        today = fields.Date.today()
        if found.day != today:
            found._set(found._get_state().renew())
            found.day = today
        return found

    def _get_state(self):
        """:rtype: Round"""
        skipped = tuple(self.skipped_ids or ())
        return Round(self.first_id, self.last_id or None, skipped)

    def _set(self, state):
        self.write(
            {
                "first_id": state.first,
                "last_id": state.last or 0,
                "skipped_ids": list(state.skipped) or False,
            }
        )

    def _end(self):
        """Everybody had their turn: the next run begins with the first ones."""
        self._set(Round())
        self.number += 1
