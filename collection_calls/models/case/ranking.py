from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine import next_call as engine
from ..groups import COLLECTORS
from .collection_case_rank import RANKS


class CollectionCaseRanking(models.AbstractModel):
    """Who is called next, when and why: stored for lists, never typed.

    The words are made from the codes when they are read, in the reader's language.
    """

    _name = "collection.case.ranking"
    _description = "Ranking of Cases"
    _inherit = ["collection.case.rank", "collection.case.words"]

    strategy_id = fields.Many2one(
        "collection.strategy",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The first strategy of the list that fits the debtor.",
    )
    priority = fields.Integer(
        readonly=True,
        copy=False,
        default=0,
        index=True,
        aggregator=None,  # the names of groups have that room in the list
        help="How urgent a call is, from 0 to 100, as the strategy weighs it. 0 where"
        " nobody is to call.",
    )
    priority_points = fields.Json(
        string="Points of the Priority",
        readonly=True,
        copy=False,
        help="The points that each part gives, by its code.",
    )
    priority_detail = fields.Text(
        string="Why This Priority",
        compute="_compute_priority_detail",
        help="The reasons and their points. They add up to the priority.",
    )
    next_call_date = fields.Date(
        string="Next Call",
        readonly=True,
        copy=False,
        index=True,
        help="The day of the call that is planned, or else the day that the strategy"
        " proposes. It stays when it has passed: who waits longest comes first. Nobody"
        " calls while the debtor is on hold.",
    )
    next_call_code = fields.Selection(
        [
            (engine.PLANNED, "Planned"),
            (engine.PROMISE_BROKEN, "Promise broken"),
            (engine.PLAN_INCIDENT, "Plan in trouble"),
            (engine.FIRST, "First call"),
            (engine.RETRY, "Try again"),
            (engine.FOLLOW_UP, "Follow up"),
        ],
        string="Kind of Next Call",
        readonly=True,
        copy=False,
    )
    next_call_reason = fields.Char(
        string="Why Next",
        compute="_compute_next_call_reason",
        groups=COLLECTORS,
        help="What the planned call is about, or why the strategy proposes one.",
    )
    kept_promise_count = fields.Integer(
        string="Kept Promises",
        readonly=True,
        copy=False,
        default=0,
        help="Promises of the last twelve months that were kept.",
    )

    has_plan_incident = fields.Boolean(
        string="Plan in Trouble",
        readonly=True,
        copy=False,
        help="An installment plan is in arrears, under notice or due at once.",
    )

    @api.depends(
        "priority_points",
        "next_call_date",
        "collectible_amount",
        "oldest_due_date",
        "broken_promise_count",
        "kept_promise_count",
        "last_contact_date",
    )
    @api.depends_context("lang")
    def _compute_priority_detail(self):
        for case in self:
            case.priority_detail = case._say_priority()

    @api.depends("next_call_code", "attempt_count", "activity_ids.summary")
    @api.depends_context("lang")
    def _compute_next_call_reason(self):
        summaries = self._get_planned_summaries()
        for case in self:
            case.next_call_reason = case._say_next_call(summaries.get(case.id))

    def _check_no_figures(self, vals):
        if not self.env.su and not set(RANKS).isdisjoint(vals):
            raise UserError(
                self.env._("Priority and next call follow from the strategy.")
            )
        return super()._check_no_figures(vals)
