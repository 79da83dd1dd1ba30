"""What nobody reads who merely looks after the server, over a shoulder, or at a list
of mails: nothing of a debt is in logs, titles of pages, addresses or subject lines."""

import logging
import re
from contextlib import contextmanager
from urllib.parse import quote, unquote

from odoo.tests import HttpCase, tagged
from odoo.tests.common import JsonRpcException

from odoo.addons.mail.tests.common import MailCase

from .common import LANGUAGES, TODAY
from .test_collection_portal_link import CollectionLinkCommon
from .test_collection_portal_payment import PortalPaymentCommon
from .test_collection_portal_requests import JPEG, SVG

PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAA"
    "AABJRU5ErkJggg=="
)
SIGNER, WORDS = "Ottilie Krautwurst", "Blaubeere"
# The server's access log has every address, as core's own links have their tokens.
ACCESS_LOG = "werkzeug"
# What a subject may be made of: who writes, the number of what was agreed, a day.
IN_SUBJECTS = {
    "object.company_id.name",
    "object.name",
    "format_date(object.date_start)",
    "format_date(object.date_promised)",
}


class Listener(logging.Handler):
    """Hears what the server logs, as it would be written to a file."""

    def __init__(self):
        super().__init__(logging.INFO)
        self.setFormatter(logging.Formatter("%(message)s"))
        self.lines = []

    def emit(self, record):
        self.lines.append((record.name, unquote(self.format(record))))


class DiscretionCommon(MailCase, HttpCase):
    @contextmanager
    def _listen(self):
        """All that is logged at Odoo's usual level, of whatever logger."""
        listener = Listener()
        named = [logging.getLogger(name) for name in ("", "odoo", ACCESS_LOG)]
        before = [(logger, logger.level) for logger in named]
        handlers = logging.root.handlers[:]
        logging.root.handlers[:] = [listener]  # what is refused here is no warning
        for logger in named:
            logger.setLevel(logging.INFO)
        try:
            yield listener
        finally:
            logging.root.handlers[:] = handlers
            for logger, level in before:
                logger.setLevel(level)

    def _assert_silent(self, listener, secrets, tokens=()):
        self.assertTrue(listener.lines, "something is logged at all")
        for name, line in listener.lines:
            for secret in secrets:
                self.assertNotIn(secret, line, name)
            for token in tokens if name != ACCESS_LOG else ():
                self.assertNotIn(token, line, name)

    def _get_title(self, page):
        return re.search(r"<title>(.*?)</title>", page.text, re.S)[1].strip()


@tagged("post_install", "-at_install")
class TestPortalDiscretion(DiscretionCommon, PortalPaymentCommon):
    def setUp(self):
        super().setUp()
        self.debtor.name = "Zwetschgenmus & Sons"
        self.debtor.zip = "10987"
        self.invoices = self._create_claim(7310.41, 40) + self._create_claim(918.27, 30)
        self.plan = self._agree(self.invoices)
        self.promised = self._create_claim(613.08, 20)
        self.promise = self._promise(self.promised)
        self.env.flush_all()

    def _get_secrets(self):
        """Amounts as they are shown, stored and typed; numbers, names, words."""
        plan = self.plan
        amounts = [
            *plan.installment_ids.mapped("amount"),
            *self.invoices.mapped("amount_total"),
            plan.amount_total,
            self.promise.amount,
        ]
        shown = {f"{amount:,.2f}" for amount in amounts}
        shown |= {f"{amount:.2f}" for amount in amounts}
        moves = self.invoices + self.promised
        return [
            *shown,
            *{text.replace(".", "").replace(",", "") for text in shown},
            *moves.mapped("name"),
            *(quote(name, safe="") for name in moves.mapped("name")),
            "Zwetschgenmus",
            SIGNER,
            WORDS,
            "23125042",  # the number that is to be corrected
            "roof.jpg",
        ]

    def _get_tokens(self):
        self.env.invalidate_all()
        agreements = self.plan.sudo(), self.promise.sudo()
        return [one._portal_ensure_token() for one in agreements]

    def _fill_in(self, agreement, suffix, files=None, page=None, **typed):
        page = page or self._open(agreement, path=f"/{suffix}")
        hidden = re.findall(r'name="(csrf_token|digest)" value="([^"]*)"', page.text)
        token = agreement.sudo()._portal_ensure_token()
        return self.url_open(
            f"{agreement.access_url}/{suffix}",
            data={**dict(hidden), "access_token": token, **typed},
            files=files,
            allow_redirects=False,
        )

    def _sign(self, agreement, **vals):
        digest = re.search(r'name="digest" value="(\w+)"', self._open(agreement).text)
        return self.make_jsonrpc_request(
            f"{agreement.access_url}/accept",
            {
                "digest": digest[1],
                "access_token": agreement.sudo()._portal_ensure_token(),
                "name": SIGNER,
                "role": "CFO",
                "signature": PNG,
                **vals,
            },
        )

    def _answer_by_mail(self):
        original = self.plan.letter_ids.sudo().confirmation_message_id.message_id
        raw = (
            "From: office@mueller.example\nTo: catchall@ours.example\n"
            f"Subject: Re: {WORDS}\nMessage-ID: <1@mueller.example>\n"
            f"In-Reply-To: {original}\nContent-Type: text/plain\n\n{WORDS}\n"
        )
        gateway = self.env["mail.thread"].with_user(self.env.ref("base.user_root"))
        with self._at(TODAY, "10:00"):
            gateway.message_process(False, raw)
            self.env.flush_all()

    def test_nothing_of_it_is_logged(self):
        """Whatever a debtor does on the page, or tries to do."""
        plan, promise = self.plan, self.promise
        secrets = self._get_secrets()
        move = str(self.invoices[0].id)
        reason = self.env.ref("collection_calls.collection_reason_quality").id
        offered = self._plan(self._create_claim(613.08, 10), count=2)
        offered.action_offer()
        self.env.flush_all()
        with self.mock_mail_gateway(), self._listen() as log:
            self._open(plan)
            self._open(plan, token="wrong")
            self._open(plan, report_type="pdf")
            self._open(plan, path=f"/invoice/{move}")
            self.assertIn("error", self._sign(plan, signature="nonsense"))
            self.assertIn("redirect_url", self._sign(plan))
            self._fill_in(promise, "decline", page=self._open(promise), words=WORDS)
            for day in "2026-03-12", "yesterday":
                self._fill_in(promise, "promise", day=day, amount="5,5", words=WORDS)
            for amount in "1.00", "9999999", "NaN":
                self._fill_in(
                    plan,
                    "object",
                    files=[("files", ("roof.jpg", JPEG, "image/jpeg"))],
                    move_id=move,
                    amount=amount,
                    reason_id=str(reason),
                    words=WORDS,
                )
            self._fill_in(
                plan,
                "object",
                files=[("files", ("roof.jpg", SVG, "image/jpeg"))],
                move_id=move,
                reason_id=str(reason),
                words=WORDS,
            )
            for phone in "030 23125042", "23125042" * 9:
                self._fill_in(plan, "correct", phone=phone, words=WORDS)
            for count in "3", "900":
                self._fill_in(
                    offered,
                    "offer",
                    day="2026-03-20",
                    count=count,
                    frequency="monthly",
                    words=WORDS,
                )
            self._answer_by_mail()
        self._assert_silent(log, secrets, self._get_tokens())
        heard = "\n".join(line for _name, line in log.lines)
        for path in "/accept", "/decline", "/promise", "/object", "/correct", "/offer":
            self.assertIn(f"{path} HTTP", heard, "the way was gone, and listened to")
        # Odoo tells colleagues by e-mail what they are to do: that is for them alone.
        to_debtor = self._new_mails.filtered(
            lambda mail: not mail.recipient_ids.user_ids
        )
        for mail in to_debtor:
            for secret in secrets:
                self.assertNotIn(secret, mail.subject or "")

    def test_nothing_of_a_payment_is_logged(self):
        """Core's own lines included, and what a route refuses."""
        secrets = self._get_secrets()
        with self.mock_mail_gateway(), self._listen() as log:
            self._pay_online(self.plan)
            self._choose(self.plan, "613.08")
            self._choose(self.plan, "99999999")
            form = self._get_form(self._choose(self.plan, "10"))
            for amount in -1, 7310.41, 1e308, "NaN":
                with self.assertRaises(JsonRpcException, msg=amount):
                    self._send(form, amount=amount)
        self._assert_silent(log, secrets, self._get_tokens())
        heard = "\n".join(line for _name, line in log.lines)
        self.assertIn("Nothing was charged", heard)

    def test_titles_say_who_and_no_more(self):
        pages = [self._open(self.plan), self._open(self.promise)]
        pages.append(self._open(self.plan, token="wrong"))
        pages.append(self._open(self.plan, pay="next"))
        for suffix in "promise", "object", "correct":
            pages.append(self._open(self.plan, path=f"/{suffix}"))
        self.env.flush_all()
        self.authenticate(self.collector.login, self.collector.login)
        for page in pages:
            title = self._get_title(page)
            for secret in [*self._get_secrets(), self.plan.name, self.promise.name]:
                self.assertNotIn(secret, title)

    def test_subjects_are_made_of_nothing_else(self):
        """In all languages; the rest of a subject is the same for everybody."""
        templates = self.env["mail.template"].sudo().search([])
        ours = templates.filtered(
            lambda template: any(
                name.startswith("collection_calls.")
                for name in template.get_external_id().values()
            )
        )
        self.assertTrue(ours)
        for template in ours:
            for lang in "en_US", *LANGUAGES:
                subject = template.with_context(lang=lang).subject
                with self.subTest(f"{template.name} {lang}"):
                    said = set(re.findall(r"{{\s*(.*?)\s*}}", subject))
                    self.assertLessEqual(said, IN_SUBJECTS)


@tagged("post_install", "-at_install")
class TestLinkDiscretion(DiscretionCommon, CollectionLinkCommon):
    def test_the_link_of_a_call(self):
        with self.mock_mail_gateway(), self._listen() as log:
            wizard, link, token = self._send()
            link.mail_id.send()
            self.env.flush_all()
            url = f"/my/collection/{token}"
            page = self.url_open(url)
            csrf = re.search(r'name="csrf_token" value="(\w+)"', page.text)[1]
            for proof in "99999", "10117":
                page = self.url_open(url, data={"csrf_token": csrf, "proof": proof})
            self.assertIn("/my/plans/", page.url)
            self.url_open("/my/collection/nonsense")
        secrets = [self.invoice.name, "1,000", "166.6", "99999", "10117", "Weber"]
        self._assert_silent(log, secrets, [token])
        plan = self._plan_of(wizard)
        self.assertNotIn(plan.name, self._get_title(page))
        [mail] = self._mails
        for secret in (*secrets, plan.name, token):
            self.assertNotIn(secret, mail["subject"])
