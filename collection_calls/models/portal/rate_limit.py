from odoo import fields, models
from odoo.tools import SQL

PER_MINUTE = 30  # a person who reloads a page in anger stays below that


class CollectionRateLimit(models.AbstractModel):
    """A page that answers so many requests a minute, whichever server is asked.

    They are counted in the row that the page belongs to. Whoever has no right to the
    page writes nothing: the token is looked at before.
    """

    _name = "collection.rate.limit"
    _description = "Page with a Rate Limit"

    rate_minute = fields.Datetime(readonly=True, copy=False, groups=fields.NO_ACCESS)
    rate_count = fields.Integer(readonly=True, copy=False, groups=fields.NO_ACCESS)

    def _pass_rate(self):
        """Count a request.

        :return: whether it may be answered
        :rtype: bool
        """
        self.ensure_one()
        minute = fields.Datetime.now().replace(second=0, microsecond=0)
        # A page and what it calls come at once: Odoo runs the later one again, and need
        # not log that as an error.
        self.env.cr.execute(
            SQL(
                """
                UPDATE %(table)s
                   SET rate_count = CASE WHEN rate_minute = %(minute)s
                                         THEN rate_count + 1 ELSE 1 END,
                       rate_minute = %(minute)s
                 WHERE id = %(id)s
             RETURNING rate_count
                """,
                table=SQL.identifier(self._table),
                minute=minute,
                id=self.id,
            ),
            log_exceptions=False,
        )
        [count] = self.env.cr.fetchone()
        self.invalidate_recordset(["rate_minute", "rate_count"], flush=False)
        return count <= PER_MINUTE
