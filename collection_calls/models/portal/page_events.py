from odoo import api, fields, models
from odoo.tools import format_datetime

from ..call.invitation import BUS
from ..groups import COLLECTORS
from ..request.collection_request import FIELD_BY_MODEL
from .collection_page_visit import NOTED

ANSWERS = ("accepted", "declined")


class CollectionAgreement(models.AbstractModel):
    """What the debtor did on the page: kept, and told to the collectors at once."""

    _inherit = "collection.agreement"

    page_note = fields.Char(
        string="On the Debtor's Page",
        compute="_compute_page_note",
        groups=COLLECTORS,
        help="When the debtor opened the page, and what they did there.",
    )

    @api.depends_context("lang", "tz")
    def _compute_page_note(self):
        visits = self.env["collection.page.visit"]
        name = FIELD_BY_MODEL[self._name]
        found = visits.search([(name, "in", self._origin.ids)]).grouped(name)
        for agreement in self:
            visit = found.get(agreement._origin)
            agreement.page_note = visit and visit._describe()

    def _note_page_event(self, kind, channel="portal", **details):
        """Keep that the debtor did something on the page, and tell who cares.

        :param str kind: ``opened``, ``proven``, ``accepted``, ``declined``, ``paid``,
            ``answered``, ``promised``, ``objected``, ``proposed`` or ``corrected``
        :param str channel: ``email`` or ``letter`` if it came another way: then nobody
            was on the page
        :param details: what others need to know of it
        """
        if kind not in NOTED:
            raise ValueError(f"Nothing of the kind is done on a page: {kind}")
        visits = self.env["collection.page.visit"]
        for agreement in self:
            if channel == "portal":
                visits._get(agreement)._note(kind)
            if kind in ANSWERS:
                agreement._get_page_links()._mark_used()
            agreement._tell_page_event(kind)

    def _is_accepted_on_page(self):
        """Whether the debtor has accepted this: on the page, or by the slip of a letter
        that leads there."""
        self.ensure_one()
        visit = self.env["collection.page.visit"]._get(self)
        return bool(visit.date_accepted) or self.answer_state == "accepted"

    def _get_page_links(self):
        """Links that lead to this agreement, as superuser."""
        name = FIELD_BY_MODEL[self._name].replace("_id", "_ids")
        # sudo: links are the addon's, whoever opens them.
        return self.env["collection.link"].sudo().search([(name, "in", self.ids)])

    def _tell_page_event(self, kind):
        """Tell the collectors' browsers of it, without a word about the debt."""
        for agreement in self:
            call = agreement.call_id
            users = agreement.user_id | call.user_id
            message = {"call_id": call.id, "kind": kind}
            users._bus_send(
                BUS, {**message, "model": agreement._name, "id": agreement.id}
            )


class CollectionPageVisit(models.Model):
    _inherit = "collection.page.visit"

    def _describe(self):
        """What happened when, in one line, in the environment's language and zone."""
        self.ensure_one()
        words = [
            (self.date_first, self.env._("opened")),
            (self.date_accepted, self.env._("accepted")),
            (self.date_declined, self.env._("declined")),
            (self.date_paid, self.env._("paid online")),
            (self.date_answered, self.env._("answered")),
        ]
        return ", ".join(
            self.env._(
                "%(what)s %(when)s",
                what=what,
                when=format_datetime(self.env, moment, dt_format="short"),
            )
            for moment, what in words
            if moment
        )
