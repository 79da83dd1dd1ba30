import json

from werkzeug.exceptions import NotFound

from odoo import http
from odoo.http import content_disposition, request


class CollectionPersonalData(http.Controller):
    @http.route(
        "/collection_calls/personal_data/<int:partner_id>",
        type="http",
        auth="user",
        methods=["GET"],
        readonly=True,
    )
    def download(self, partner_id):
        """All that is stored about a person, as JSON, in the person's language.

        Of the companies that the user has chosen on the screen.
        """
        company_ids = [
            int(company_id)
            for company_id in request.cookies.get("cids", "").split("-")
            if company_id.isdigit()
        ]
        if company_ids:
            request.update_context(allowed_company_ids=company_ids)
        partner = request.env["res.partner"].browse(partner_id).exists()
        if not partner:
            raise NotFound()
        data = partner._get_collection_personal_data()
        return request.make_response(
            json.dumps(data, ensure_ascii=False, indent=2),
            [
                ("Content-Type", "application/json; charset=utf-8"),
                (
                    "Content-Disposition",
                    content_disposition(f"{partner.display_name}.json"),
                ),
                ("Cache-Control", "no-store"),
                ("X-Content-Type-Options", "nosniff"),
            ],
        )
