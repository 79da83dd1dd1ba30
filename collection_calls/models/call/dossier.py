import pytz

from odoo import api, fields, models
from odoo.fields import Domain

from ..contact.facts import aware


class CollectionCall(models.Model):
    """The dossier as the collector has it in view while calling."""

    _inherit = "collection.call"

    def _render_identity(self, is_shut=False):
        """What a person can prove to know, without amounts.

        :param bool is_shut: whether numbers can be read, but not dialled
        :return: HTML in the language of the collector
        """
        return self.env["ir.qweb"]._render(
            "collection_calls.call_identity",
            {
                "call": self,
                "is_shut": is_shut,
                "debtor": self.partner_id,
                "person": self._get_person(),
                "contacts": self._get_dossier_contacts(),
                "documents": self._get_document_numbers(),
                "messages": self._render_messages(),
            },
        )

    def _get_dossier_contacts(self):
        """Whoever may call nevertheless, and said why, may dial any of the numbers."""
        contacts = super()._get_dossier_contacts()
        is_told = (self.policy_override_reason or "").strip()
        if is_told and self._is_manager():
            return [{**contact, "is_shut": False} for contact in contacts]
        return contacts

    def _get_document_numbers(self):
        """Numbers of invoices and orders that the right person can look up."""
        moves = self._get_dossier_claims(limit=4).move_id
        return ", ".join(
            f"{move.name} ({move.invoice_origin})" if move.invoice_origin else move.name
            for move in moves
        )

    def _render_messages(self):
        """What to say when the call ends early, in the debtor's language.

        :return: list of (outcome, text)
        """
        outcomes = self.env["collection.call.outcome"].search(
            [("reached", "in", ["nobody", "third_party", "anyone"])]
        )
        scripts = self.env["collection.script"]._get_prompts(
            self.company_id, outcomes=outcomes
        )
        spoken = scripts.with_context(lang=self._get_lang())
        names = [script.outcome_id.name for script in scripts]
        return list(zip(names, spoken._render(self), strict=True))

    def _get_history_of_calls_domain(self):
        return super()._get_history_of_calls_domain() & Domain("id", "!=", self.id)

    def _get_other_ongoing_calls(self):
        """Calls that colleagues hold with the same debtor right now."""
        self.ensure_one()
        return self.search(
            self._get_held_domain()
            & Domain("partner_id", "=", self.partner_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("user_id", "!=", self.user_id.id)
        )

    @api.model
    def _get_held_domain(self):
        """Calls that somebody is on the line in, whatever the calendar says.

        One that was left open for half a day is forgotten, not held.
        """
        recent = fields.Datetime.subtract(fields.Datetime.now(), hours=12)
        return Domain("state", "=", "ongoing") & Domain("date_start", ">=", recent)

    def _get_local_time(self):
        """What the clock says at the debtor's, or False where nobody can tell."""
        self.ensure_one()
        now = aware(fields.Datetime.now())
        found = self.env["collection.contact.policy"]._find_clock(
            self.company_id, self._get_callee(), now
        )
        return found and f"{now.astimezone(pytz.timezone(found.zones[0])):%H:%M}"

    def _get_local_time_source(self):
        """What says which clock it is: “by country”, “by number”."""
        self.ensure_one()
        return self.env["collection.contact.policy"]._say_clock_source(
            self.company_id, self._get_callee(), aware(fields.Datetime.now())
        )
