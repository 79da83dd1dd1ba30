from odoo import api, fields, models

from ...engine.acceleration import ACTIVE, NOTICE
from ..agreement.written_word import ANSWER_STATES, CHANNELS
from ..groups import COLLECTORS
from ..letter.answer_reading import SAID
from .confirmation import GONE


class CollectionCall(models.Model):
    """What the debtor answered in writing to what was agreed in the call.

    What they said of promises and plans counts; where nothing was agreed, what they
    answered to the confirmation.
    """

    _inherit = "collection.call"

    written_answer_ids = fields.One2many(
        "collection.answer",
        "call_id",
        string="Answers",
        readonly=True,
        groups=COLLECTORS,
    )
    date_awaited = fields.Date(
        string="Answer Awaited Since",
        readonly=True,
        copy=False,
        help="When the confirmation left, on the company's calendar.",
    )
    answer_state = fields.Selection(
        ANSWER_STATES,
        string="Debtor's Written Word",
        compute="_compute_answer",
        store=True,
        index="btree_not_null",
        help="What the debtor answered to the confirmation. Empty: nothing was sent"
        " yet.",
    )
    answer_channel = fields.Selection(
        CHANNELS, string="Answered By", compute="_compute_answer", store=True
    )
    answer_date = fields.Datetime(
        string="Answered On", compute="_compute_answer", store=True
    )

    @api.depends(
        "date_awaited",
        "written_answer_ids.state",
        *(
            f"{agreements}.{name}"
            for agreements in ("promise_ids", "plan_ids")
            for name in ("answer_state", "answer_channel", "answer_date")
        ),
    )
    def _compute_answer(self):
        for call in self:
            told = call._get_written_words()
            words = {state for state, _channel, _date in told}
            state = _sum_up(words)
            call.answer_state = state
            if not state and call.date_awaited:
                call.answer_state = "awaited"
            last = max(
                (each for each in told if each[2]), key=lambda each: each[2], default=()
            )
            call.answer_channel = last[1] if last else False
            call.answer_date = last[2] if last else False

    def _get_written_words(self):
        """What was said: of each agreement, else in each e-mail.

        :return: list of tuples: state, channel, moment
        """
        agreed = [
            (agreement.answer_state, agreement.answer_channel, agreement.answer_date)
            for agreements in (self.promise_ids, self.plan_ids)
            for agreement in agreements
            if agreement.answer_state
        ]
        return agreed or [
            (SAID.get(answer.state, "answered"), "email", answer.date)
            for answer in self.written_answer_ids
        ]

    def _await_answers(self):
        result = super()._await_answers()
        if not self.date_awaited:
            today = self.company_id._get_collection_today()
            self._write_closed({"date_awaited": today})
        self.promise_ids.filtered(
            lambda promise: promise.state not in GONE
        )._await_answer()
        self.plan_ids.filtered(
            lambda plan: plan.state in ("offered", ACTIVE, NOTICE)
        )._await_answer()
        return result


def _sum_up(words):
    """What these words come to: an objection counts, an acceptance only of all."""
    if "objected" in words:
        return "objected"
    if words == {"accepted"}:
        return "accepted"
    if words & {"accepted", "answered"}:
        return "answered"
    return "awaited" if words else False
