from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date, format_datetime


class CollectionAuthorship(models.AbstractModel):
    """Evidence that users record: for themselves, and soon after it happened.

    A model that is recorded has ``user_id`` and ``company_id``. It says by the hooks
    below on which day something is said to have happened, and what was spoken about.
    """

    _name = "collection.authorship"
    _description = "Author of Evidence"

    recorded_note = fields.Char(
        string="Recorded",
        compute="_compute_recorded_note",
        help="Who recorded it and when, where that isn't who and when it says.",
    )

    @api.depends(
        lambda self: ("user_id", "company_id", "create_date", *self._get_day_fields())
    )
    @api.depends_context("lang", "tz")
    def _compute_recorded_note(self):
        for record in self:
            # sudo: the author may be a colleague whom the user doesn't see.
            author = record.create_uid.sudo().name
            record.recorded_note = record._is_recorded_otherwise() and self.env._(
                "By %(author)s on %(moment)s",
                author=author,
                moment=format_datetime(self.env, record.create_date, dt_format="short"),
            )

    def _is_recorded_otherwise(self):
        """Whether somebody else recorded it, or on another day than it tells."""
        self.ensure_one()
        if not self.create_date:
            return False
        recorded = self.company_id._get_collection_day(self.create_date)
        told = self._get_day_told() or recorded
        return self.create_uid != self.user_id or recorded != told

    # -------------------------------------------------------------------- checks

    @api.constrains("user_id", "company_id")
    def _check_user_of_company(self):
        """Check that whoever is named works here, or did, and for the company."""
        for record in self:
            user = record.user_id
            if user._is_superuser():  # server actions run as such
                continue
            if user.share or record.company_id not in user.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s has no access to %(company)s. Choose a colleague who"
                        " has.",
                        user=user.name,
                        company=record.company_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._check_recorded(self._fields)
        return records

    def write(self, vals):
        result = super().write(vals)
        self._check_recorded(vals)
        return result

    def _check_recorded(self, names):
        """Check in whose name something is recorded, and how long after it happened.

        Constraints are checked by the superuser, so they don't know who records.
        Managers record for others, and what is long past; imports, whatever they bring.

        :param names: of the fields that were written
        :raise ValidationError: if it can't be recorded like that
        """
        if self.env.su:
            return
        is_manager = self.env["collection.call"]._is_manager()
        for record in self:
            if "user_id" in names and not is_manager:
                record._check_own_name()
            if not self._get_day_fields().isdisjoint(names):
                if not is_manager:
                    record._check_soon()
                record._check_claims_existed()

    def _check_own_name(self):
        if self._names_author() and self.user_id != self.env.user:
            raise ValidationError(
                self.env._(
                    "You record what you heard yourself, and can't name %(user)s for"
                    " it. Leave your own name, or ask a manager, who may record it for"
                    " a colleague.",
                    user=self.user_id.name,
                )
            )

    def _check_soon(self):
        day, company = self._get_day_told(), self.company_id
        days = company.collection_backdating_days
        earliest = fields.Date.subtract(company._get_collection_today(), days=days)
        if day and day < earliest:
            raise ValidationError(
                self.env._(
                    "%(day)s is too long ago: you can record what happened on"
                    " %(earliest)s or later. Correct the day, or ask a manager to"
                    " record it.",
                    day=format_date(self.env, day),
                    earliest=format_date(self.env, earliest),
                )
            )

    def _check_claims_existed(self):
        """Check that the claims could be spoken about, on a day that is over.

        :raise ValidationError: if an invoice is younger; imports may bring corrected
            ones
        """
        day = self._get_day_told()
        is_over = day and day < self.company_id._get_collection_today()
        if self.env.su or not is_over:
            return
        for item in self._get_items_told():
            dated = item.move_id.invoice_date or item.date
            if dated and dated > day:
                raise ValidationError(
                    self.env._(
                        "%(claim)s is of %(dated)s: nobody could speak about it on"
                        " %(day)s. Correct the day, or take the claim out.",
                        claim=item.move_id.name or item.display_name,
                        dated=format_date(self.env, dated),
                        day=format_date(self.env, day),
                    )
                )

    # --------------------------------------------------------------------- hooks

    @api.model
    def _get_day_fields(self):
        """Fields that tell when it is said to have happened.

        :rtype: set[str]
        """
        return set()

    def _get_day_told(self):
        """Day on the company's calendar; False where it can't but be today."""
        return False

    def _get_items_told(self):
        """Journal items of the claims that it is about."""
        return self.env["account.move.line"]

    def _names_author(self):
        """Whether ``user_id`` says who heard it, and not who looks after it."""
        return True
