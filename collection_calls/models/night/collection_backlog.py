from odoo import api, fields, models

BATCH = 100
CRON = "collection_calls.ir_cron_catch_up"


class CollectionBacklog(models.Model):
    """Invoices whose agreements and cases have to be looked at once more.

    Something happened to them while a scheduled action had these in hand: whoever did
    it didn't wait. A scheduled action catches up as soon as that is committed.
    """

    _name = "collection.backlog"
    _description = "Invoice to Look at Once More"
    _order = "id"
    _log_access = False

    kind = fields.Char(
        required=True, readonly=True, help="The model whose records stand on it."
    )
    move_id = fields.Integer(
        string="Invoice",
        required=True,
        readonly=True,
        help="Its id: it may be deleted meanwhile.",
    )

    @api.model
    def _put(self, kind, move_ids):
        """Have these invoices looked at once more, right after the commit.

        :param str kind: the model that couldn't do it now
        """
        if not move_ids:
            return
        # sudo: whoever changed the ledger knows nothing of it.
        self.sudo().create([{"kind": kind, "move_id": each} for each in move_ids])
        cron = self.env.ref(CRON, raise_if_not_found=False)
        if cron:
            cron.sudo()._trigger()

    @api.model
    def _cron_catch_up(self):
        """Do what had to wait."""
        self.env["collection.night"]._work_off(
            self.sudo(),
            "catch up",
            lambda: [],
            lambda rows, _pace: rows._look_again(),
            BATCH,
        )

    def _look_again(self):
        moves = {
            kind: set(rows.mapped("move_id"))
            for kind, rows in self.grouped("kind").items()
        }
        self.unlink()
        for kind in moves:
            self.env[kind]._touch(moves[kind])
