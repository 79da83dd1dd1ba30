from tempfile import TemporaryFile

from werkzeug.exceptions import NotFound
from werkzeug.utils import send_file

from odoo import http
from odoo.http import request


class CollectionWorkbook(http.Controller):
    @http.route(
        "/collection_calls/workbook/<int:export_id>",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def download(self, export_id):
        """The workbook that the user has asked for, written to disk and streamed."""
        export = request.env["collection.export"].browse(export_id).exists()
        if not export:
            raise NotFound()
        export.check_access("read")
        file = TemporaryFile()
        try:
            name = export._write_file(file)
        except BaseException:
            file.close()
            raise
        return self._stream(file, name)

    def _stream(self, file, name):
        """The file as an answer; it is gone once it is sent."""
        size = file.tell()
        file.seek(0)
        response = send_file(
            file,
            request.httprequest.environ,
            as_attachment=True,
            download_name=name,
            etag=False,
            response_class=http.Response,
        )
        response.content_length = size
        response.headers["Cache-Control"] = "no-store"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
