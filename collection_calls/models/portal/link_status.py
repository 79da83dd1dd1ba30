from odoo import fields, models
from odoo.tools import format_datetime, format_time


class CollectionLink(models.Model):
    """What a link has come to, for the collector on the line."""

    _inherit = "collection.link"

    def _take_back(self):
        self.ensure_one()
        # sudo: links are the addon's.
        link_sudo = self.sudo()
        link_sudo._replace(fields.Datetime.now())
        link_sudo._mark_taken_back()

    def _get_visits(self):
        """When the debtor was on the pages that it leads to."""
        self.ensure_one()
        visits = self.env["collection.page.visit"]
        if not self._get_agreements():  # since it was sent: the page is always there
            return visits.search(
                [
                    ("case_id", "=", self.call_id.case_id.id),
                    ("date_answered", ">=", self.date_sent),
                ]
            )
        return visits.search(
            [
                "|",
                ("plan_id", "in", self.plan_ids.ids),
                ("promise_id", "in", self.promise_ids.ids),
            ]
        )

    def _is_accepted(self):
        return any(self._get_visits().mapped("date_accepted"))

    def _is_declined(self):
        """Whether the debtor said no to it, and hasn't accepted since."""
        return any(
            visit.date_declined
            and not (visit.date_accepted and visit.date_accepted > visit.date_declined)
            for visit in self._get_visits()
        )

    def _get_status(self):
        """How far the debtor has come, for the widget ``collection_link_status``.

        :return: a dictionary with ``tone``, ``sentence`` and ``marks``: a list of
            ``label`` and ``when``, empty as long as it hasn't happened
        """
        self.ensure_one()
        visits = self._get_visits()

        def first(name):
            return min((day for day in visits.mapped(name) if day), default=False)

        accepted, declined = first("date_accepted"), first("date_declined")
        paid, answered = first("date_paid"), first("date_answered")
        marks = [
            (self.env._("Sent"), self.date_sent),
            (self.env._("Opened"), self.date_opened),
            (self.env._("Proven"), self.date_proven),
            (self.env._("Accepted"), accepted),
        ]
        marks += [
            (label, moment)
            for label, moment in (
                (self.env._("Paid online"), paid),
                (self.env._("Answered"), answered),
            )
            if moment
        ]
        tone, sentence = self._get_status_sentence(accepted, declined)
        return {
            "tone": tone,
            "sentence": sentence,
            "marks": [
                {"label": label, "when": self._format_moment(moment)}
                for label, moment in marks
            ],
        }

    def _say_sent(self):
        """What the call notes of it."""
        if self._get_agreements():
            return self.env._(
                "A link to what was agreed was sent to %(address)s.",
                address=self.address,
            )
        return self.env._(
            "A link to what is overdue was sent to %(address)s.", address=self.address
        )

    def _get_status_sentence(self, accepted, declined):
        """:return: (tone, sentence), in the environment's language"""
        if declined and (not accepted or declined > accepted):
            return "danger", self.env._(
                "The debtor has declined. Ask why; to agree on something else, take it"
                " back."
            )
        if accepted:
            return "success", self.env._("The debtor has accepted and signed.")
        sentences = {
            "sent": (
                "secondary",
                self.env._("On its way to %(to)s.", to=self.address or ""),
            ),
            "failed": (
                "danger",
                self.env._(
                    "The e-mail to %(to)s didn't leave. Ask for another address, or go"
                    " on without the link.",
                    to=self.address or "",
                ),
            ),
            "opened": (
                "info",
                self.env._(
                    "The debtor has opened the link, and is asked for the postcode or"
                    " the customer number."
                ),
            ),
            "proven": (
                "info",
                self.env._("The debtor is looking at what was agreed.")
                if self._get_agreements()
                else self.env._("The debtor is looking at what is overdue."),
            ),
            "used": ("info", self.env._("The debtor has answered.")),
            "dead": (
                "danger",
                self.env._(
                    "Locked: three wrong answers. Check postcode and customer number on"
                    " file, and send another link."
                ),
            ),
            "expired": ("warning", self.env._("Expired. Send another link.")),
            "replaced": ("warning", self.env._("Replaced by another link.")),
        }
        return sentences[self.state]

    def _format_moment(self, moment):
        """The hour, with the day if it isn't today's."""
        if not moment:
            return ""
        local = fields.Datetime.context_timestamp(self, moment)
        if local.date() == fields.Date.context_today(self):
            return format_time(self.env, moment, time_format="short")
        return format_datetime(self.env, moment, dt_format="short")
