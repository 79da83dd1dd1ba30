from collections import defaultdict

from odoo import fields, models

from ...engine.topics import TO_TELL


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

        :return: {to-do: record}
        """
        ids = defaultdict(set)
        for to_do in self:
            if to_do.collection_source_model in self.env:
                ids[to_do.collection_source_model].add(to_do.collection_source_id)
        # sudo: a to-do says what it says, whoever may see its source.
        known = {
            name: self.env[name].sudo().browse(some).exists()
            for name, some in ids.items()
        }
        return {
            to_do: source
            for to_do in self
            if (name := to_do.collection_source_model) in known
            and (source := known[name].browse(to_do.collection_source_id))
            in known[name]
        }

    def _filter_to_tell(self):
        """Those that only the right person may hear; what people planned, too."""
        return self.filtered(lambda to_do: to_do._is_to_tell())

    def _is_to_tell(self):
        self.ensure_one()
        return not self.automated or self.collection_topic in TO_TELL

    def _is_to_tell_besides(self, topic):
        """Whether this is still to be told, whatever a new to-do is about.

        :param dict topic: of the new one; what its source says takes the place of what
            it said before
        """
        self.ensure_one()
        made_from = self.collection_source_model, self.collection_source_id
        source = topic and (
            topic["collection_source_model"],
            topic["collection_source_id"],
        )
        return self._is_to_tell() and made_from != source

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
