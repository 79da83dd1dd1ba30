from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ...engine.topics import REQUESTED
from ..groups import COLLECTORS

SUPERSEDED, LAPSED = "superseded", "lapsed"
REPLIED = ("accepted", "declined")  # what the debtor is told
# What may be written once it was made, each by its step alone.
ANSWERS = {"state", "date_answered", "answered_by_id", "answer", "next_activity_id"}

UNSAID = {"contact_id", "limit_note"}  # who asks, and what we say of it
# By which field a request says on which page it was made.
FIELD_BY_MODEL = {
    "collection.plan": "plan_id",
    "collection.promise": "promise_id",
    "collection.case": "case_id",
}


class CollectionRequest(models.AbstractModel):
    """What a debtor asks for on a page; a collector answers.

    It is the page of an agreement, or of what is overdue without one.

    It changes nothing by itself. As long as it is open, the collector of the case has
    one to-do about it, and the debtor is on the call list. Whoever asks for something
    else meanwhile takes back what they asked for before.
    """

    _name = "collection.request"
    _description = "Request of a Debtor"
    _inherit = [
        "collection.guard",
        "collection.evidence",
        "collection.chained",
        "collection.to.do",
    ]

    plan_id = fields.Many2one(
        "collection.plan",
        string="Installment Plan",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    promise_id = fields.Many2one(
        "collection.promise",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    case_id = fields.Many2one(
        "collection.case",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Set where it is about overdue invoices that nothing was agreed on.",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        compute="_compute_parties",
        store=True,
        precompute=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company",
        compute="_compute_parties",
        store=True,
        precompute=True,
        index=True,
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    page_currency_id = fields.Many2one(
        "res.currency",
        readonly=True,
        help="The currency of the page then, where no agreement tells it.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Asked By",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Whom the agreement was made with, or who was logged in.",
    )
    statement = fields.Text(
        string="What the Debtor Says",
        readonly=True,
        groups=COLLECTORS,
        help="In the debtor's own words.",
    )
    date_made = fields.Datetime(
        string="Asked On", required=True, readonly=True, default=fields.Datetime.now
    )
    state = fields.Selection(
        [
            ("open", "To Answer"),
            ("accepted", "Accepted"),
            ("declined", "Declined"),
            (SUPERSEDED, "Replaced"),
            (LAPSED, "Lapsed"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default="open",
        index=True,
    )
    answer = fields.Text(
        string="Our Answer",
        readonly=True,
        copy=False,
        groups=COLLECTORS,
        help="In words for the debtor, who reads them in an e-mail and on the page.",
    )
    date_answered = fields.Datetime(string="Answered On", readonly=True, copy=False)
    answered_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    next_activity_id = fields.Many2one(
        "mail.activity",
        string="To-Do",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    # ------------------------------------------------------------------ computes

    @api.depends(
        "plan_id.partner_id",
        "plan_id.company_id",
        "promise_id.partner_id",
        "promise_id.company_id",
        "case_id.partner_id",
        "case_id.company_id",
    )
    def _compute_parties(self):
        for request in self:
            agreement = request._get_agreement()
            request.partner_id = agreement.partner_id
            request.company_id = agreement.company_id

    @api.depends("plan_id.currency_id", "promise_id.currency_id", "page_currency_id")
    def _compute_currency_id(self):
        for request in self:
            asked_about = request._get_agreement()
            request.currency_id = request.page_currency_id or asked_about.currency_id

    def _get_agreement(self):
        """What it is about: a plan, a promise, or the case of what is overdue."""
        return self.plan_id or self.promise_id or self.case_id

    # ------------------------------------------------------ create, write, unlink

    @api.model_create_multi
    def create(self, vals_list):
        """Only the page makes requests: it knows what the debtor was shown."""
        if not self.env.su:
            raise UserError(
                self.env._("What debtors ask for comes from their page alone.")
            )
        requests = super().create(vals_list)
        requests._seal_soon("noted")
        return requests

    def write(self, vals):
        self._check_writable(vals)
        result = super().write(vals)
        if not ANSWERS.isdisjoint(vals) and set(vals) != {"next_activity_id"}:
            self._seal_soon("ended")
        return result

    @api.model
    def _get_refusal(self, names):
        return self.env._(
            "What a debtor asked for is evidence and can't be changed. Accept or"
            " decline it."
        )

    @api.model
    def _get_chained_fields(self):
        # Not the debtor: that is whoever the agreement is with.
        return [
            "plan_id",
            "promise_id",
            "contact_id",
            "date_made",
            "state",
            "date_answered",
            "answered_by_id",
        ]

    def _get_chained_facts(self):
        """With its currency, where no agreement tells it; others are sealed as ever."""
        facts = super()._get_chained_facts()
        for request in self.filtered("page_currency_id"):
            facts[request]["page_currency_id"] = request.page_currency_id.id
        return facts

    @api.model
    def _get_chained_texts(self):
        return ["statement", "answer"]

    # ---------------------------------------------------------- business methods

    @api.model
    def _get_same_domain(self, vals):
        """What takes the place of each other, on one page."""
        return Domain.AND(
            Domain(name, "=", vals.get(name, False)) for name in FIELD_BY_MODEL.values()
        )

    @api.model
    def _ask(self, vals):
        """Take down what a debtor asks for, once, in place of what they asked before.

        :param dict vals: as for :meth:`create`
        :return: the request, and whether it is new: who sends a form twice asks once
        """
        standing = self._get_standing(vals)
        for request in standing:
            if request._says(vals):
                return request, False
        standing._close(SUPERSEDED)
        request = self.create(vals)
        request._put_on_list()
        return request, True

    @api.model
    def _take_back(self, vals):
        """The debtor does something else instead of what they asked for."""
        self._get_standing(vals)._close(SUPERSEDED)

    @api.model
    def _get_standing(self, vals):
        is_open = Domain("state", "=", "open")
        return self.search(self._get_same_domain(vals) & is_open)

    def _get_rivals(self, case):
        """Open requests about another case that this one, if open, stands beside."""
        self.ensure_one()
        names = ("kind", "person_id")
        vals = {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in names
            if name in self._fields
        }
        is_open = self.state == "open"
        return is_open and self._get_standing({**vals, "case_id": case.id})

    def _says(self, vals):
        """Whether it is what somebody asks for again."""
        self.ensure_one()
        return all(
            (self._fields[name].convert_to_write(self[name], self) or False)
            == (value or False)
            for name, value in vals.items()
            if name not in UNSAID
        )

    def _put_on_list(self):
        """Ask the collector of the case to deal with it, today."""
        for request in self:
            agreement = request._get_agreement()
            request.next_activity_id = agreement._ask_collector_to_look(
                request, REQUESTED
            )

    def _get_true_topics(self):
        """Nobody answers twice."""
        return {
            request: {REQUESTED} if request.state == "open" else set()
            for request in self
        }

    def _say_topic(self, topic):
        self.ensure_one()
        return topic == REQUESTED and self._say_summary(self.env)

    def _say_summary(self, env):
        """What it is about, in one line, in the environment's language."""
        raise NotImplementedError

    def _check_answerable(self):
        """Check that these requests may still be answered by the user.

        :raise AccessError: if the user may not
        :raise UserError: if one is answered already
        """
        self.check_access("write")
        for request in self:
            if request.state != "open":
                labels = dict(self._fields["state"]._description_selection(self.env))
                raise UserError(
                    self.env._(
                        "%(request)s is answered already (%(state)s).",
                        request=request.display_name,
                        state=labels[request.state],
                    )
                )

    def _close(self, state, answer=False, **vals):
        """Answer requests, and do what was to be done about them."""
        # sudo: users don't write evidence; the to-do may be a colleague's.
        requests_sudo = self.sudo()
        if not requests_sudo:
            return
        requests_sudo.write(
            {
                "state": state,
                "answer": answer,
                "date_answered": fields.Datetime.now(),
                "answered_by_id": state in REPLIED and self.env.uid,
                **vals,
            }
        )
        to_dos_sudo = requests_sudo.next_activity_id.filtered("active")
        if state not in REPLIED:
            to_dos_sudo.unlink()
        elif to_dos_sudo:
            to_dos_sudo.action_feedback()
        if state in REPLIED:
            self._reply()
