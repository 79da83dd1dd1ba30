from odoo import api, models
from odoo.fields import Domain

TO_CALL = Domain("is_to_call_today", "=", True)


class CollectionOverview(models.AbstractModel):
    """The manager's tile: how far each collector is today, and who is on the line."""

    _inherit = "collection.overview"

    @api.model
    def _get_team(self):
        """A row for each collector who has something to call, or has called today.

        What nobody has yet is left to everybody: the last row.
        """
        left = self._count_left()
        done = self._count_calls("done")
        talking = self._count_calls("ongoing")
        users = self.env["res.users"].union(*left, *done, *talking)
        rows = [
            self._get_team_row(
                user, left.get(user, 0), done.get(user, 0), talking.get(user, 0)
            )
            for user in users.sorted("name")
        ]
        nobody = self.env["res.users"]
        if left.get(nobody):
            rows.append(self._get_team_row(nobody, left[nobody], 0, 0))
        return {"label": self.env._("Team Today"), "rows": rows}

    @api.model
    def _get_team_row(self, user, left, done, talking):
        who = user.name or self.env._("Nobody's yet")
        of_today = self.env["collection.case"]._get_today_domain()
        calls = of_today & Domain("user_id", "=", user.id)
        return {
            "name": who,
            "left": self._figure(
                self.env._("Left"),
                "collection.case",
                TO_CALL & Domain("user_id", "=", user.id),
                left,
                name=self.env._("Left to Call: %(who)s", who=who),
            ),
            "done": self._figure(
                self.env._("Done"),
                "collection.call",
                calls & Domain("state", "=", "done"),
                done,
                name=self.env._("Called Today: %(who)s", who=who),
            ),
            "talking": self._figure(
                self.env._("Talking"),
                "collection.call",
                calls & Domain("state", "=", "ongoing"),
                talking,
                name=self.env._("Ongoing Calls: %(who)s", who=who),
            ),
        }

    @api.model
    def _count_left(self):
        cases = self.env["collection.case"]
        return dict(cases._read_group(TO_CALL, ["user_id"], ["__count"]))

    @api.model
    def _count_calls(self, state):
        of_today = self.env["collection.case"]._get_today_domain()
        return dict(
            self.env["collection.call"]._read_group(
                of_today & Domain("state", "=", state), ["user_id"], ["__count"]
            )
        )
