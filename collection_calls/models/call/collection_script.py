from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ...engine import prompt

STEPS = [
    ("prepare", "Prepare"),
    ("call", "Call"),
    ("understand", "Understand"),
    ("solve", "Solve"),
    ("close", "Close"),
]


class CollectionScript(models.Model):
    _name = "collection.script"
    _description = "Prompt for the Collector"
    _inherit = "collection.entry"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one("res.company", help="Empty: for all companies.")
    step = fields.Selection(STEPS, required=True, default="call")
    outcome_id = fields.Many2one(
        "collection.call.outcome",
        ondelete="cascade",
        help="Shown for calls that end this way, such as the text left on a voicemail."
        " Empty: shown in every call.",
    )
    needs_online = fields.Boolean(
        string="Only If Paid Online",
        help="Said only where a payment provider takes what is open, in its currency.",
    )
    body = fields.Text(
        required=True,
        translate=True,
        help="What to say. {collector}, {company}, {company_phone}, {contact} and"
        " {debtor} are filled in; after verification also {amount}, {invoices},"
        " {invoice_count}, {oldest_due_date} and {days_overdue}.",
    )
    is_public = fields.Boolean(
        string="Heard by Anybody",
        compute="_compute_is_public",
        help="Said before the right party is verified: a word about the debt is"
        " refused.",
    )

    @api.depends("step", "outcome_id.reached")
    def _compute_is_public(self):
        for script in self:
            script.is_public = script.step == "call" or (
                script.outcome_id and script.outcome_id.reached != "right_party"
            )

    @api.constrains("body", "step", "outcome_id")
    def _check_body(self):
        for script in self:
            for language, body in script._get_bodies():
                script._check_placeholders(language, body)
                if script.is_public:
                    script._check_discretion(language, body)

    def _get_bodies(self):
        """The text in every installed language: (language code, text)."""
        self.ensure_one()
        codes = [code for code, _name in self.env["res.lang"].get_installed()]
        return [(code, self.with_context(lang=code).body) for code in codes]

    def _check_placeholders(self, language, body):
        try:
            unknown = prompt.unknown(body)
        except ValueError as error:
            raise ValidationError(
                self.env._(
                    "“%(script)s” (%(language)s): “%(text)s” can't be filled in."
                    " Write a name in braces, such as {debtor}.",
                    script=self.name,
                    language=language,
                    text=str(error),
                )
            ) from error
        if unknown:
            raise ValidationError(
                self.env._(
                    "“%(script)s” (%(language)s): nobody can fill in %(unknown)s. Use"
                    " %(known)s.",
                    script=self.name,
                    language=language,
                    unknown=", ".join(f"{{{name}}}" for name in unknown),
                    known=", ".join(
                        f"{{{name}}}"
                        for name in sorted(prompt.PUBLIC | prompt.CONFIDENTIAL)
                    ),
                )
            )

    def _check_discretion(self, language, body):
        revealing = prompt.revealing(body)
        if revealing:
            raise ValidationError(
                self.env._(
                    "“%(script)s” (%(language)s) is heard before anybody is verified,"
                    " so it can't contain debt data. Remove: %(words)s.",
                    script=self.name,
                    language=language,
                    words=", ".join(revealing),
                )
            )

    @api.model
    def _get_prompts(self, company, step=None, outcomes=None):
        """Prompts of a step, or of outcomes, that apply in ``company``."""
        domain = Domain("company_id", "in", [False, company.id])
        if outcomes is None:
            domain &= Domain([("step", "=", step), ("outcome_id", "=", False)])
        else:
            domain &= Domain("outcome_id", "in", outcomes.ids)
        return self.search(domain)

    def _render(self, call):
        """The prompts for a call, in the language of ``self``'s environment.

        What anybody may hear gets no debt data, whatever the text says.

        :return: list of texts
        """
        values = call._get_prompt_values(self.env.lang)
        public = {name: values[name] for name in prompt.PUBLIC}
        return [
            prompt.render(script.body, public if script.is_public else values)
            for script in self
        ]
