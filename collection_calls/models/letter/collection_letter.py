import base64
import io
import logging

import qrcode
from reportlab.graphics.barcode import createBarcodeDrawing

from odoo import models
from odoo.tools import format_date

from ...engine import envelope

# The occasions on which a debtor gets a letter about a plan.
KINDS = [
    ("offer", "Offer"),
    ("agreement", "Agreement"),
    ("notice", "Notice"),
    ("acceleration", "Acceleration"),
    ("reinstatement", "Reinstatement"),
]

_logger = logging.getLogger(__name__)


class CollectionLetter(models.AbstractModel):
    """What every letter to a debtor says, in the environment's language.

    A model that is written about has ``partner_id`` (who owes) and ``company_id``, and
    says in :meth:`_get_person` who is written to.
    """

    _name = "collection.letter"
    _description = "Letter to a Debtor"
    _inherit = "collection.addressee"

    def _get_lang(self):
        """Language of the person who is spoken or written to."""
        self.ensure_one()
        return self._get_person().lang or self.partner_id.lang or self.env.lang

    def _format_day(self, day):
        return format_date(self.env, day, date_format="full")

    def _get_letter_day(self):
        """The date of the letter, on the company's calendar."""
        return self.company_id._get_collection_today()

    def _get_letter_address(self):
        """Lines of the address: the company that owes, the person, the place.

        Whoever represents the debtor has the letter at their own place.

        :rtype: list[str]
        """
        self.ensure_one()
        person = self._get_recipient()
        place = person if person.street or person.city else self.partner_id
        names = [self.partner_id.name, person.name or ""]
        if person.commercial_partner_id != self.partner_id:
            place = person
            names = [
                person.name,
                self.env._("for %(debtor)s", debtor=self.partner_id.name),
            ]
        lines = place._display_address(without_company=True).split("\n")
        names = list(dict.fromkeys(names))
        return envelope.fit(names, [line for line in lines if line not in names])

    def _get_letter_sender(self):
        """The company's address on one line, as it shows in the window.

        :rtype: str
        """
        self.ensure_one()
        company = self.company_id
        place = " ".join(filter(None, [company.zip, company.city]))
        return " · ".join(filter(None, [company.name, company.street, place]))

    def _get_letterhead(self):
        """What a letter says of the company where no header is printed above it.

        Builds of wkhtmltopdf without a patched Qt, as distributions have them, leave
        headers out.

        :return: ``name``, ``logo`` (which may be empty) and ``lines``; None where a
            header is printed
        """
        self.ensure_one()
        if self.env["ir.actions.report"]._prints_headers():
            return None
        company_sudo = self.company_id.sudo()
        place = " ".join(filter(None, [company_sudo.zip, company_sudo.city]))
        lines = [
            company_sudo.street,
            company_sudo.street2,
            place,
            company_sudo.country_id.name,
            company_sudo.phone,
            company_sudo.email,
            company_sudo.website,
            company_sudo.vat,
        ]
        return {
            "name": company_sudo.name,
            "logo": company_sudo.logo,
            "lines": [line for line in lines if line],
        }

    def _get_letter_payments(self):
        """What the letter asks to pay; nothing, by default.

        :return: list of tuples: the invoice whose account is paid to, currency, payment
            reference, and the amount in that currency
        """
        return []

    def _get_payment_slips(self):
        """What to pay on which account, with Odoo's QR codes.

        :return: list of dictionaries with ``bank`` (which may be empty) and
            ``payments``: dictionaries with ``reference``, ``amount``, ``currency`` and
            ``qr``, an image's URI or None
        """
        self.ensure_one()
        slips = {}
        for move, currency, reference, amount in self._get_letter_payments():
            if currency.compare_amounts(amount, 0) > 0:
                bank = self._get_letter_bank(move, currency)
                slips.setdefault(bank, []).append(
                    self._prepare_payment(bank, currency, reference, amount)
                )
        return [{"bank": bank, "payments": slips[bank]} for bank in slips]

    def _get_letter_bank(self, move, currency):
        """The account that the invoice names, or the company's first that fits."""
        company = self.company_id
        # sudo: the account stands on every invoice that the debtor has received.
        banks_sudo = move.sudo().partner_bank_id or (
            company.sudo().partner_id.bank_ids.filtered(
                lambda bank: bank.company_id in (company, company.browse())
            )
        )
        return banks_sudo.sorted(
            lambda bank: bank.currency_id not in (currency, currency.browse())
        )[:1]

    def _prepare_payment(self, bank_sudo, currency, reference, amount):
        return {
            "reference": reference,
            "amount": amount,
            "currency": currency,
            "qr": self._draw_qr_code(bank_sudo, reference, currency, amount),
        }

    def _draw_qr_code(self, bank_sudo, reference, currency, amount):
        """Odoo's own QR code, where the account and the currency have one.

        :return: the URI of an image, or None
        """
        payment = self._prepare_qr_code(reference, currency, amount)
        try:
            return bank_sudo.build_qr_code_base64(**payment)
        except Exception:
            # Odoo draws a PNG, for which reportlab needs libraries beside it.
            _logger.info("%s: a QR code can't be drawn as PNG", self)
        try:
            return self._draw_qr_code_as_svg(bank_sudo, payment)
        except Exception:
            _logger.warning("%s: no QR code in the letter", self, exc_info=True)
            return None

    def _render_slips(self, slips):
        """How to pay, as HTML for an e-mail: account, references, amounts and codes.

        :param slips: as :meth:`_get_payment_slips` gives them
        """
        told = [
            {
                "bank": slip["bank"],
                "payments": [
                    {**payment, "qr_png": self._draw_qr_code_as_png(slip, payment)}
                    for payment in slip["payments"]
                ],
            }
            for slip in slips
        ]
        return self.env["ir.qweb"]._render(
            "collection_calls.payment_details",
            {"slips": told, "company": self.company_id.sudo()},
        )

    def _draw_qr_code_as_png(self, slip, payment):
        """The code of a payment as mail programs show it; None where there is none.

        Few of them show SVG, and Odoo makes an attachment of a PNG.
        """
        if not payment["qr"]:
            return None
        params = self._get_qr_code_params(
            slip["bank"],
            self._prepare_qr_code(
                payment["reference"], payment["currency"], payment["amount"]
            ),
        )
        if not params:
            return None
        image = io.BytesIO()
        qrcode.make(params["value"], box_size=4, border=2).save(image, "PNG")
        return f"data:image/png;base64,{base64.b64encode(image.getvalue()).decode()}"

    def _prepare_qr_code(self, reference, currency, amount):
        return {
            "amount": currency.round(amount),
            "free_communication": reference,
            "structured_communication": reference,
            "currency": currency,
            "debtor_partner": self.partner_id,
        }

    def _get_qr_code_params(self, bank_sudo, payment):
        """What Odoo draws, or None where it draws nothing, or a picture into it."""
        vals = bank_sudo._build_qr_code_vals(**payment)
        params = vals and bank_sudo._get_qr_code_generation_params(**vals)
        if not params or params.get("barcode_type") != "QR" or params.get("mask"):
            return None  # a code with a picture in it can only be a PNG
        return params

    def _draw_qr_code_as_svg(self, bank_sudo, payment):
        params = self._get_qr_code_params(bank_sudo, payment)
        if not params:
            return None
        size = {name: params.get(name, 128) for name in ("width", "height")}
        return draw_qr_code(params["value"], **size)


def draw_qr_code(value, width=128, height=128):
    """A QR code, as it is printed.

    :return: the URI of an image
    """
    drawing = createBarcodeDrawing(
        "QR", value=value, format="svg", barBorder=0, width=width, height=height
    )
    image = base64.b64encode(drawing.asString("svg").encode())
    return f"data:image/svg+xml;base64,{image.decode()}"
