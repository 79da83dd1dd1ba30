from odoo import api, fields, models
from odoo.exceptions import UserError

from ..contact.collection_contact_policy import WEEKDAYS
from ..evidence.door import is_door_open

FACTS = {"call_id", "question_id", "answer_text", "answer_yes_no", "answer_weekday"}


class CollectionCallEvidence(models.AbstractModel):
    """Parts of a call that are fixed once it is closed. They have a ``call_id``."""

    _name = "collection.call.evidence"
    _description = "Evidence of a Call"
    _inherit = "collection.entry"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._check_call_is_open()
        return records

    def write(self, vals):
        self._check_call_is_open()
        result = super().write(vals)
        self._check_call_is_open()  # it may be another call now
        return result

    @api.ondelete(at_uninstall=True)  # the context can't skip it
    def _unlink_except_closed_call(self):
        self._check_call_is_open()

    def _check_call_is_open(self):
        if is_door_open(self.env):
            return
        for call in self.call_id:
            if call.state != "ongoing":
                raise UserError(
                    self.env._(
                        "%(call)s is closed: what it says can't be changed any more."
                        " Add a note below the call instead.",
                        call=call.name,
                    )
                )


class CollectionCallAnswer(models.Model):
    _name = "collection.call.answer"
    _description = "Answer in a Call"
    _inherit = ["collection.guard", "collection.call.evidence"]
    _rec_name = "question"
    _order = "sequence, id"

    call_id = fields.Many2one(
        "collection.call",
        string="Collection Call",
        required=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(related="call_id.company_id", store=True)
    question_id = fields.Many2one(
        "collection.reason.question", string="Asked", ondelete="set null"
    )
    reason_id = fields.Many2one(
        related="question_id.reason_id", help="The answers to another one aren't shown."
    )
    # As it was asked: questions change, and the answer must stay understandable.
    question = fields.Char(
        compute="_compute_question", store=True, precompute=True, required=True
    )
    sequence = fields.Integer(compute="_compute_question", store=True, precompute=True)
    answer_kind = fields.Selection(
        selection=lambda self: (
            self.env["collection.reason.question"]._fields["answer_kind"].selection
        ),
        compute="_compute_question",
        store=True,
        precompute=True,
    )
    answer_text = fields.Char(string="Answer")
    answer_yes_no = fields.Selection([("yes", "Yes"), ("no", "No")], string="Yes or No")
    answer_weekday = fields.Selection(WEEKDAYS, string="Weekday")

    @api.depends("question_id")
    def _compute_question(self):
        for answer in self.filtered("question_id"):
            # It is read out, so it is in the language of the person on the line.
            lang = answer.call_id._get_lang()
            question = answer.question_id.with_context(lang=lang)
            answer.question = question.name
            answer.sequence = question.sequence
            answer.answer_kind = question.answer_kind

    @api.model
    def _get_fact_fields(self):
        return super()._get_fact_fields() | FACTS

    @api.model
    def _get_refusal(self, names):
        return self.env._("A question stays as it was asked. Note the answer.")

    def _is_answered(self):
        self.ensure_one()
        return self.answer_text or self.answer_yes_no or self.answer_weekday

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._drop_guarded(vals) for vals in vals_list])

    def write(self, vals):
        self._check_writable(vals)
        result = super().write(vals)
        if vals.get("answer_weekday"):
            for call in self.call_id:
                call._propose_payment_date(vals["answer_weekday"])
        return result
