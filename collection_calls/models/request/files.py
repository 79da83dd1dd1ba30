from pathlib import PurePath

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools.mimetypes import guess_mimetype

MEGABYTE = 1024 * 1024
MOST_BYTES = 10 * MEGABYTE  # of one file
MOST_FILES = 5  # at once
MOST_OF_ALL = 20  # on one dispute, from the page
# What is shown as it is by every browser, or downloaded, and runs nothing.
TYPES = {
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "image/heic": (".heic", ".heif"),
    "application/pdf": (".pdf",),
}
# Telephones take photos as HEIC (ISO/IEC 23008-12, annex B); core doesn't know it
# where libmagic isn't installed.
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
HEAD = 32  # bytes in which a HEIC file says what it is


class CollectionRequestFile(models.AbstractModel):
    """What may be attached on the debtor's page, judged by its content.

    Neither the name nor what the browser says of a file counts.
    """

    _name = "collection.request.file"
    _description = "File of a Debtor"

    @api.model
    def _read_uploads(self, uploads):
        """The files of a form, checked before anything is written.

        A file that is too large isn't read.

        :param uploads: of :class:`werkzeug.datastructures.FileStorage`; those without a
            name are empty fields of the form
        :return: list of (name, type, content)
        :raise UserError: if one can't be taken; the message says what to do
        """
        uploads = [upload for upload in uploads if upload and upload.filename]
        if len(uploads) > MOST_FILES:
            raise UserError(
                self.env._(
                    "%(count)s files are too many at once. Send up to %(most)s now, and"
                    " the others afterwards.",
                    count=len(uploads),
                    most=MOST_FILES,
                )
            )
        return [self._read_upload(upload) for upload in uploads]

    @api.model
    def _read_upload(self, upload):
        name = PurePath(upload.filename.replace("\\", "/")).name[:100]
        name = "".join(sign for sign in name if sign.isprintable()) or "file"
        upload.stream.seek(0)  # it was read where Odoo runs a request once more
        content = upload.stream.read(MOST_BYTES + 1)
        if len(content) > MOST_BYTES:
            raise UserError(
                self.env._(
                    "“%(file)s” is larger than %(most)s MB. Take a smaller photo, or"
                    " send a part of the document.",
                    file=name,
                    most=MOST_BYTES // MEGABYTE,
                )
            )
        kind = self._guess_type(content)
        if kind not in TYPES:
            raise UserError(
                self.env._(
                    "“%(file)s” is neither a photo (JPEG, PNG, WebP, HEIC) nor a PDF."
                    " Take a photo of it, or save it as PDF.",
                    file=name,
                )
            )
        if not name.lower().endswith(TYPES[kind]):
            name += TYPES[kind][0]
        return name, kind, content

    @api.model
    def _guess_type(self, content):
        """The type of a file by what is in it; empty if there is nothing in it."""
        if not content:
            return ""
        if content[4:8] == b"ftyp":
            # The major brand, or one of those it is compatible with.
            brands = [content[8:12], *_cut(content[16:HEAD])]
            return "image/heic" if set(brands) & set(HEIC_BRANDS) else ""
        return guess_mimetype(content)

    @api.model
    def _attach(self, record, files):
        """Attach checked files to a record: for whoever sees it, never public."""
        # sudo: nobody on the page may write the record, nor files.
        return (
            self.env["ir.attachment"]
            .sudo()
            .create(
                [
                    {
                        "name": name,
                        "raw": content,
                        "mimetype": kind,
                        "res_model": record._name,
                        "res_id": record.id,
                        "public": False,
                    }
                    for name, kind, content in files
                ]
            )
        )


def _cut(text):
    return [text[start : start + 4] for start in range(0, len(text), 4)]
