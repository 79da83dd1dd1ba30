from odoo import fields, models
from odoo.fields import Domain

from ..groups import COLLECTORS


class CollectionCall(models.Model):
    """Why a call was held: what was to be told then, whatever becomes of it later."""

    _inherit = "collection.call"

    occasion = fields.Json(
        readonly=True,
        copy=False,
        groups=COLLECTORS,
        help="What brought the debtor on the list when the call was opened, the most"
        " urgent first: of each to-do its topic and source, or what was typed.",
    )
    occasion_note = fields.Text(
        string="Called Because",
        compute="_compute_occasion_note",
        groups=COLLECTORS,
        help="What brought the debtor on the list when the call was opened.",
    )

    def _compute_occasion_note(self):
        for call in self:
            call.occasion_note = "\n".join(call._get_occasion_lines()) or False

    def _note_occasion(self):
        """Keep why these calls are held, in a constant number of queries."""
        ours = self.filtered(
            lambda call: call.state == "ongoing" and call.direction == "outgoing"
        )
        # sudo: whoever plans a call with the debtor gives a reason for this one.
        cases_sudo = ours.sudo().case_id
        if not cases_sudo:
            return
        to_dos_sudo = self.env["mail.activity"].sudo()
        planned_sudo = to_dos_sudo.search(
            cases_sudo._get_call_activity_domain()
            & Domain("res_id", "in", cases_sudo.ids),
            order="date_deadline, id",
        )
        sources = planned_sudo._get_collection_sources()
        by_case = planned_sudo.grouped("res_id")
        for call in ours:
            mine_sudo = by_case.get(call.case_id.id, to_dos_sudo)
            call._write_closed({"occasion": call._read_occasion(mine_sudo, sources)})

    def _read_occasion(self, planned_sudo, sources):
        """
        :param planned_sudo: calls that are planned with the debtor, in order
        :param sources: {activity: what it was made from}
        """
        self.ensure_one()
        today = self.company_id._get_collection_today()
        due_sudo = planned_sudo.filtered(
            lambda to_do: to_do.date_deadline <= today or to_do._is_to_tell()
        )
        case_sudo = self.sudo().case_id
        if due_sudo or not case_sudo.next_call_code:
            return [
                to_do._read_occasion(sources.get(to_do)) for to_do in due_sudo
            ] or False
        return [{"code": case_sudo.next_call_code, "attempts": case_sudo.attempt_count}]

    def _get_occasion_lines(self):
        """Why this call is held, the most urgent first, in the environment's language.

        :return: list of sentences, without a full stop
        """
        self.ensure_one()
        kept = self.occasion if isinstance(self.occasion, list) else []
        lines = [self._say_occasion(item) for item in kept]
        return [line for line in dict.fromkeys(lines) if line]

    def _say_occasion(self, item):
        if "code" in item:
            return self.case_id._say_code(item["code"], item["attempts"])
        if item.get("model") in self.env:
            # sudo: what is to be told is told by whoever calls.
            source_sudo = self.env[item["model"]].sudo().browse(item["id"]).exists()
            if told := source_sudo and source_sudo._say_topic(item["topic"]):
                return told
        return item["text"]


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _read_occasion(self, source):
        """:param source: what it was made from, if that may be told"""
        self.ensure_one()
        return {
            "topic": (source and self.collection_topic) or None,
            "model": source._name if source else None,
            "id": source.id if source else None,
            "text": self.summary or None,
        }
