from odoo import api, fields, models

MARKS = ("collection_no_followup", "collection_followup_by_person")


class CollectionFollowupMark(models.AbstractModel):
    """Who excluded something from follow-up: we, for a while, or a person for good.

    Invoices carry the mark as a whole, as core couples their items; the items of other
    entries, such as opening balances, one by one.
    """

    _name = "collection.followup.mark"
    _description = "Mark on What Is Excluded from Follow-Up"

    collection_no_followup = fields.Boolean(
        string="Excluded While Promised",
        readonly=True,
        copy=False,
        help="We excluded it from follow-up, because all that is open on it is"
        " promised. It is put back when that ends.",
    )
    collection_followup_by_person = fields.Boolean(
        string="Follow-Up Decided by a Person",
        readonly=True,
        copy=False,
        help="Somebody excluded it from follow-up or put it back while it was promised."
        " We leave it alone until the promise ends.",
    )

    @api.model
    def _has_field_access(self, field, operation):
        """Users decide with core's own mark; ours says what we have done."""
        ours = field.name in MARKS and operation == "write"
        if ours and not self.env.su:
            return False
        return super()._has_field_access(field, operation)

    def _exclude_promised(self, promised, touched):
        """Exclude from follow-up what is promised, and put back what no longer is.

        What a person decided is left alone.

        :param promised: those of these records on which all that is open is promised
        :param touched: those on which anything is promised
        """
        newly = promised.filtered(
            lambda record: (
                not record.no_followup and not record.collection_followup_by_person
            )
        )
        newly._write_mark({"no_followup": True, "collection_no_followup": True})
        over = (self - promised).filtered("collection_no_followup")
        over._write_mark({"no_followup": False, "collection_no_followup": False})
        settled = (self - touched).filtered("collection_followup_by_person")
        settled._write_mark({"collection_followup_by_person": False})

    def _write_mark(self, vals):
        """Set marks as a compute does: they are no change to an entry.

        Writing them would have core check and synchronize each entry, which makes a
        payment of many promised invoices a fifth slower.
        """
        vals = dict(vals)
        if "no_followup" in vals:
            items = self._get_marked_items()
            items._set_quietly("no_followup", vals.pop("no_followup"))
            items.modified(["no_followup"])
        for name, value in vals.items():
            self._set_quietly(name, value)

    def _set_quietly(self, name, value):
        with self.env.protecting([self._fields[name]], self):
            self[name] = value

    def _get_marked_items(self):
        """The journal items that carry core's mark of these records."""
        raise NotImplementedError

    def _remember_followup_decision(self):
        """Note that a person decided on these records while they are promised."""
        # sudo: whoever may exclude an item need not see what is promised on it.
        records_sudo = self.sudo()
        marked = records_sudo.filtered("collection_no_followup")
        decided = marked | records_sudo._get_promised()
        decided._write_mark(
            {"collection_no_followup": False, "collection_followup_by_person": True}
        )

    def _get_promised(self):
        """Those of these records on which something is promised and protected."""
        raise NotImplementedError
