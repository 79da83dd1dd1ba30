from collections import defaultdict

from odoo import fields, models

from ...engine.topics import TO_ANSWER, TO_TELL, TOLD_TOGETHER


class MailActivity(models.Model):
    """Planned calls that say what they were made from."""

    _inherit = "mail.activity"

    collection_topic = fields.Char(
        readonly=True,
        copy=False,
        help="What the planned call is about, as a code. Empty where a person planned"
        " it.",
    )
    collection_source_model = fields.Char(readonly=True, copy=False)
    collection_source_id = fields.Many2oneReference(
        model_field="collection_source_model", readonly=True, copy=False
    )

    def _get_collection_sources(self):
        """What these to-dos were made from, as far as it is there.

        Whoever owns an activity may write anything to it: nothing is told of another
        company, nor of records that are no source.

        :return: {to-do: record}
        """
        ids = defaultdict(set)
        models_of_ours = self.env.registry.descendants(["collection.to.do"], "_inherit")
        for to_do in self:
            if to_do.collection_source_model in models_of_ours - {"collection.to.do"}:
                ids[to_do.collection_source_model].add(to_do.collection_source_id)
        # sudo: a to-do says what it says, whoever may see its source.
        known = {
            (name, record.id): record
            for name, some in ids.items()
            for record in self.env[name].sudo().browse(some).exists()
        }
        made_from = {to_do: known.get(to_do._get_source_key()) for to_do in self}
        return {
            to_do: source
            for to_do, source in made_from.items()
            if source and source.company_id == to_do._get_source_company()
        }

    def _get_source_company(self):
        """The company of the case or the dispute that has this to-do."""
        self.ensure_one()
        # sudo: it is compared only.
        return self.env[self.res_model].sudo().browse(self.res_id).company_id

    def _get_source_key(self):
        self.ensure_one()
        return self.collection_source_model, self.collection_source_id

    def _say_collection_summaries(self):
        """What these planned calls are about, in the environment's language.

        Odoo stores the summary of an activity in the words of one language. What people
        plan is what they typed. The number of queries doesn't depend on the number of
        activities.

        :return: {activity: text}, False where nobody said it
        """
        sources = self._get_collection_sources()
        return {
            to_do: (
                (source := sources.get(to_do))
                and source._say_topic(to_do.collection_topic)
            )
            or to_do.summary
            for to_do in self
        }

    def _filter_to_tell(self):
        """Those that only the right person may hear; what people planned, too."""
        return self.filtered(lambda to_do: to_do._is_to_tell())

    def _is_to_tell(self):
        self.ensure_one()
        return not self.automated or self.collection_topic in TO_TELL

    def _filter_to_answer(self):
        """Those that only an answer ends, whoever was spoken to."""
        return self.filtered(lambda to_do: to_do.collection_topic in TO_ANSWER)

    def _is_to_tell_besides(self, topic):
        """Whether this is still to be told, whatever a new to-do is about.

        :param dict topic: of the new one; what its source says takes the place of what
            it said before, and one broken promise that of another
        """
        self.ensure_one()
        topics = {self.collection_topic, topic and topic["collection_topic"]}
        if topics <= set(TOLD_TOGETHER):
            return False
        source = topic and (
            topic["collection_source_model"],
            topic["collection_source_id"],
        )
        return self._is_to_tell() and self._get_source_key() != source

    def _filter_untrue(self):
        """Those that say what isn't so any more."""
        made = self.filtered("collection_topic")
        sources = made._get_collection_sources()
        true = {}
        for name in {source._name for source in sources.values()}:
            records = self.env[name].union(
                *(r for r in sources.values() if r._name == name)
            )
            true.update(records._get_true_topics())
        return made.filtered(
            lambda to_do: to_do.collection_topic not in true.get(sources.get(to_do), ())
        )
