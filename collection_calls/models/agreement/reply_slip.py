import base64
import binascii

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date
from odoo.tools.mimetypes import guess_mimetype

from ..letter.collection_letter import draw_qr_code

# What a scanner makes. Nothing in which a program could be.
SCANS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/tiff": "tiff",
}
MOST_BYTES = 25 * 1024 * 1024


class CollectionAgreement(models.AbstractModel):
    """The agreement by post: with a slip that the debtor signs and sends back.

    Beside it stands a code with the address of the page, where they can sign as well.
    """

    _inherit = "collection.agreement"

    def _draw_page_code(self):
        """A QR code with the address of the debtor's page.

        :return: the URI of an image
        """
        return draw_qr_code(self._get_page_link())

    def _has_reply_slip(self):
        """Whether a letter asks the debtor to sign."""
        self.ensure_one()
        return self._can_be_answered()

    def _say_agreed(self):
        """What the debtor signs on the slip, in the environment's language."""
        raise NotImplementedError

    def _get_first_written_day(self):
        """The day before which nobody can have signed, on the company's calendar.

        :return: False if nobody knows it
        """
        self.ensure_one()
        # sudo: when it was agreed isn't confidential.
        start = self.sudo().call_id.date_start
        return start and self.company_id._get_collection_day(start)

    # ---------------------------------------------------------------- it came back

    def _accept_by_letter(self, day, signer_name, signer_role, scan_name, scan):
        """Mark an agreement as accepted by the slip that came back signed.

        An offer becomes active by that.

        :param date day: that stands on the slip, on the company's calendar
        :param str signer_name: who has signed
        :param str signer_role: what they are in the debtor's company; may be empty
        :param str scan_name: of the file; may be empty
        :param scan: the file, in base 64
        :raise UserError: if the agreement isn't to be accepted any more
        :raise ValidationError: if something is missing or can't be
        """
        self.ensure_one()
        self.check_access("write")
        self.lock_for_update(allow_referencing=True)
        self._check_slip_awaited()
        day = self._check_signed_day(day)
        name = self._read_reason(
            signer_name, self.env._("Say who has signed."), ValidationError
        )
        file_vals = self._prepare_scan_vals(scan_name, scan)
        # sudo: what a debtor has accepted is nobody's to write.
        agreement_sudo = self.sudo().with_context(lang=self._get_lang())
        agreement_sudo._note_answer(
            "accepted",
            {
                "channel": "letter",
                "date": self._get_signed_moment(day),
                "user_id": self.env.uid,
                "signer_name": name,
                "signer_role": (signer_role or "").strip(),
            },
        )
        self._keep_slip(name, day, file_vals)
        self._begin()
        self._note_page_event("accepted", channel="letter")

    def _check_slip_awaited(self):
        if not self._can_be_answered():
            raise UserError(
                self.env._(
                    "%(agreement)s can't be accepted now: it is accepted already, or"
                    " doesn't stand any more. Look at its status.",
                    agreement=self.name,
                )
            )

    def _keep_slip(self, name, day, file_vals):
        """Keep the scan with the agreement, and say whose it is."""
        # sudo: nobody changes or deletes it afterwards.
        file_sudo = self.env["ir.attachment"].sudo().create(file_vals)
        self._message_log(
            body=self.env._(
                "The reply slip came back, signed by %(name)s on %(day)s.",
                name=name,
                day=format_date(self.env, day),
            ),
            attachment_ids=file_sudo.ids,
        )

    def _check_signed_day(self, day):
        """:rtype: datetime.date"""
        if not day:
            raise ValidationError(self.env._("Enter the day that stands on the slip."))
        day, today = self._read_day(day), self.company_id._get_collection_today()
        written = self._get_first_written_day() or day
        if not written <= day <= today:
            raise ValidationError(
                self.env._(
                    "Nobody can have signed on %(day)s: it was first written on"
                    " %(written)s, and today is %(today)s. Enter the day that stands on"
                    " the slip.",
                    day=format_date(self.env, day),
                    written=format_date(self.env, written),
                    today=format_date(self.env, today),
                )
            )
        return day

    def _get_signed_moment(self, day):
        """What stands for the day on the slip: noon, which is that day to readers in
        other time zones, too; never a moment that is still to come.

        :return: naive, in UTC
        """
        noon = self.company_id._get_collection_moment(day, 12.0)
        return min(noon, fields.Datetime.now())

    def _prepare_scan_vals(self, name, scan):
        """:raise ValidationError: if it is no scan, or too large"""
        try:
            raw = base64.b64decode(scan or b"")
        except (binascii.Error, ValueError, TypeError):
            raw = b""
        if not raw:
            raise ValidationError(self.env._("Add the scan of the signed slip."))
        if len(raw) > MOST_BYTES:
            raise ValidationError(
                self.env._(
                    "The scan is larger than %(most)s MB. Scan it with fewer details.",
                    most=MOST_BYTES // 1024 // 1024,
                )
            )
        mimetype = guess_mimetype(raw)
        if mimetype not in SCANS:
            raise ValidationError(
                self.env._(
                    "This is no scan. Add a PDF or a picture (JPEG, PNG, TIFF) of the"
                    " signed slip."
                )
            )
        return {
            "name": name or f"{self.name.replace('/', '-')}.{SCANS[mimetype]}",
            "raw": raw,
            "mimetype": mimetype,
            "res_model": self._name,
            "res_id": self.id,
        }
