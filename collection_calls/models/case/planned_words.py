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

    def _say_collection_summaries(self):
        """What these planned calls are about, in the environment's language.

        The number of queries doesn't depend on the number of activities.

        :return: {activity: text}, False where nobody said it
        """
        told = self._find_collection_records()
        return {
            activity: activity._say_collection_summary(told.get(activity))
            for activity in self
        }

    def _find_collection_records(self):
        """:return: {activity: the call or the request that it is about}"""
        meant = {}
        for activity in self:
            values = activity.collection_values or {}
            if activity.collection_code == "call":
                meant[activity] = "collection.call", values.get("id")
            elif activity.collection_code == "request":
                meant[activity] = values.get("model"), values.get("id")
        found = {}
        for model in {model for model, _id in meant.values()} & set(self.env.registry):
            ids = [res_id for name, res_id in meant.values() if name == model]
            found[model] = {
                record.id: record for record in self.env[model].browse(ids).exists()
            }
        return {
            activity: found.get(model, {}).get(res_id)
            for activity, (model, res_id) in meant.items()
        }

    def _say_collection_summary(self, record):
        """:param record: the call or the request that it is about, if there is one"""
        self.ensure_one()
        if record and self.collection_code == "call":
            return record._get_next_call_summary()
        if record and self.collection_code == "request":
            return record._say_summary(self.env)
        sentence = self._get_collection_sentences().get(self.collection_code)
        if not sentence:
            return self.summary
        values = self.collection_values or {}
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
