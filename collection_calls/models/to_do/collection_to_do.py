from odoo import models


class CollectionToDo(models.AbstractModel):
    """What planned calls are made from: they must not outlive what they say."""

    _name = "collection.to.do"
    _description = "Source of To-Dos"

    def _get_true_topics(self):
        """What may be told of each of these records today.

        :return: {record: set of topics}
        """
        raise NotImplementedError

    def _say_topic(self, topic):
        """What there is to tell, in the environment's language.

        :return: a sentence; False where the to-do's own words say it
        """
        self.ensure_one()
        return False

    def _get_topic(self, topic):
        """What a planned call is about, as values of its activity."""
        self.ensure_one()
        return {
            "collection_topic": topic,
            "collection_source_model": self._name,
            "collection_source_id": self.id,
        }
