from markupsafe import Markup

from odoo import fields, models

from .contact import TICKS
from .conversation import ONLY_RIGHT_PARTY

# What holds for one conversation only. Disputes are commitments, see below.
OF_ONE_DAY = {
    "outcome_id",
    "verified_by",
    "policy_override_reason",
    *ONLY_RIGHT_PARTY,
} - {"dispute_ids"}


class CollectionCallRestart(models.AbstractModel):
    """Calls that were left on an earlier day and are held today after all.

    Who was verified then isn't on the line now, and what the contact policy said then
    says nothing about today. That somebody dialled stays, and what was against it: such
    a call ends with an outcome, and with a reason that is given once more. A call out
    of which something binding came is evidence of its day and stays as it is.
    """

    _name = "collection.call.restart"
    _description = "Restart of a Call"

    def _is_outdated(self):
        """Whether the call was left on an earlier day of the company's calendar."""
        self.ensure_one()
        started = self.company_id._get_collection_day(self.date_start)
        today = self.company_id._get_collection_today()
        return self.state == "ongoing" and started < today

    def _restart_outdated(self):
        """Start calls of an earlier day anew; what they are about stays.

        :raise AccessError: if a colleague holds one, unless the user is a manager
        """
        for call in self:
            if call._is_outdated() and not call._has_commitments():
                call._restart()

    def _restart(self):
        self.ensure_one()
        self._check_open_to_edits()
        self._note_earlier_day()
        self.write(
            {
                **dict.fromkeys(OF_ONE_DAY | set(TICKS), False),
                "right_party_verified": False,
                "date_start": fields.Datetime.now(),
                "date_end": False,
                "step": "prepare",
            }
        )
        self._write_closed({"policy_date": False})

    def _note_earlier_day(self):
        """Keep in the chatter what holds for the earlier day only."""
        self.ensure_one()
        lines = [
            f"{field.get_description(self.env)['string']}: {value}"
            for field in map(self._fields.get, sorted(OF_ONE_DAY))
            if (value := field.convert_to_export(self[field.name], self))
        ]
        if lines:
            title = self.env._(
                "Started anew. Noted on %(day)s:",
                day=self._format_day(
                    self.company_id._get_collection_day(self.date_start)
                ),
            )
            rows = Markup("").join(Markup("<br/>%s") % line for line in lines)
            self._message_log(body=Markup("%s%s") % (title, rows))
