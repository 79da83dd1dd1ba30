from odoo import fields, models
from odoo.tools import format_date


class MailActivity(models.Model):
    """What a planned call is about, told in the language of whoever reads the list.

    Odoo stores the summary of an activity in the words of one language. What the addon
    plans itself is known by a code and its values besides; what people plan is what
    they typed.
    """

    _inherit = "mail.activity"

    collection_code = fields.Char(readonly=True, copy=False)
    collection_values = fields.Json(readonly=True, copy=False)

    def _say_collection_summary(self):
        """What the planned call is about, in the environment's language.

        :rtype: str, or False where nobody said it
        """
        self.ensure_one()
        values = self.collection_values or {}
        if self.collection_code == "call":
            call = self.env["collection.call"].browse(values.get("id")).exists()
            return call._get_next_call_summary() if call else self.summary
        if self.collection_code == "request":
            request = self.env[values["model"]].browse(values["id"]).exists()
            return request._say_summary(self.env) if request else self.summary
        sentence = self._get_collection_sentences().get(self.collection_code)
        if not sentence:
            return self.summary
        if day := values.get("day"):
            day = format_date(self.env, fields.Date.to_date(day))
        return sentence % {**values, "day": day}

    def _get_collection_sentences(self):
        """{code: what it says, with its values as placeholders}"""
        return {
            "promise_broken": self.env._("Promise broken: %(promise)s"),
            "promise_partial": self.env._("Promise partly kept: %(promise)s"),
            "promise_reminder": self.env._("Remind of %(promise)s, due on %(day)s"),
            "plan_missed": self.env._("Installment missed: %(plan)s"),
            "plan_notice": self.env._("Notice sent: %(plan)s"),
            "plan_accelerated": self.env._("Rest due at once: %(plan)s"),
            "plan_reminder": self.env._("Remind of %(plan)s, due on %(day)s"),
            "page_promise": self.env._("%(promise)s: promises to pay on %(day)s"),
            "page_dispute": self.env._("%(dispute)s: objects to %(invoice)s"),
            "dispute_rejected": self.env._("%(dispute)s was rejected: tell the debtor"),
            "dispute_withdrawn": self.env._(
                "%(dispute)s was withdrawn: ask for the payment"
            ),
        }
