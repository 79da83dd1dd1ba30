import hashlib
import textwrap

import lxml.html
from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import email_normalize, format_date, html2plaintext

from ...engine import incoming

# By the model in whose chatter an answer arrives: the field that remembers it.
DOCUMENTS = {
    "collection.call": "call_id",
    "collection.promise": "promise_id",
    "collection.plan": "plan_id",
    "collection.dispute": "dispute_id",
    "collection.case": False,  # found by debtor and company
}
UNREAD = "unread"
READ_ACTIVITY = "collection_calls.mail_activity_type_read_answer"
MOST_TEXT = 20_000  # characters that are shown; the chatter has all of it
SHORT = 160  # of them, in lists


class CollectionAnswer(models.Model):
    """An e-mail by which a debtor answered one of ours.

    It stands in the chatter of what it answers, as it came in; here is what becomes of
    it. Until somebody has read it, at most the days that the company sets, nobody
    presses the debtor: see :mod:`..agreement.obstacles`. Which e-mails are answers says
    :mod:`...engine.incoming`; ``mail_thread`` hands them over.
    """

    _name = "collection.answer"
    _description = "Answer of a Debtor"
    _inherit = ["collection.guard", "collection.evidence"]
    _check_company_auto = True
    _order = "date desc, id desc"
    _rec_name = "subject"

    partner_id = fields.Many2one(
        "res.partner",
        string="Debtor",
        required=True,
        readonly=True,
        ondelete="restrict",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Written By",
        readonly=True,
        ondelete="restrict",
        help="Who wrote it: the debtor, somebody there, or who represents them. Empty"
        " where the address is nobody's in our contacts.",
    )
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    email_from = fields.Char(string="Sender", readonly=True)
    is_unknown = fields.Boolean(
        string="Unknown Sender",
        readonly=True,
        help="Nobody at the debtor's has this address. Make sure who it is before you"
        " write anything about the debt to it.",
    )
    is_forwarded = fields.Boolean(
        string="Forwarded",
        readonly=True,
        help="The subject says so: somebody else may have written it.",
    )
    date = fields.Datetime(string="Received", required=True, readonly=True)
    subject = fields.Char(readonly=True)
    text = fields.Text(
        string="What They Write",
        readonly=True,
        help="Without what it quotes. The whole e-mail is in the chatter of what it"
        " answers.",
    )
    excerpt = fields.Char(
        string="In Short",
        compute="_compute_excerpt",
        help="How it begins, on one line.",
    )
    mail_message_id = fields.Many2one(
        "mail.message",
        string="E-mail",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    message_key = fields.Char(
        readonly=True,
        required=True,
        groups=fields.NO_ACCESS,
        help="A digest of the e-mail's Message-Id and of what it answers: the same"
        " e-mail is one answer, however often it is delivered.",
    )
    attachment_ids = fields.Many2many(
        "ir.attachment", string="Files", compute="_compute_attachment_ids"
    )
    call_id = fields.Many2one(
        "collection.call",
        string="Answers the Call",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    promise_id = fields.Many2one(
        "collection.promise",
        string="Answers the Promise",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    plan_id = fields.Many2one(
        "collection.plan",
        string="Answers the Plan",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    dispute_id = fields.Many2one(
        "collection.dispute",
        string="Answers about the Dispute",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    state = fields.Selection(
        [
            (UNREAD, "To Read"),
            ("note", "Noted"),
            ("accepted", "Agreement Accepted"),
            ("promise", "Promise"),
            ("dispute", "Dispute"),
        ],
        string="What Became of It",
        required=True,
        readonly=True,
        default=UNREAD,
    )
    read_by_id = fields.Many2one("res.users", readonly=True)
    date_read = fields.Datetime(string="Read On", readonly=True)
    date_hold_until = fields.Date(
        string="Holds Back Until",
        readonly=True,
        help="Until it is read, nothing is demanded from the debtor; from this day on,"
        " on the company's calendar, everything goes on all the same.",
    )
    activity_id = fields.Many2one(
        "mail.activity", readonly=True, ondelete="set null", groups=fields.NO_ACCESS
    )

    _message_uniq = models.UniqueIndex(
        "(message_key)", "This e-mail has been taken in already."
    )
    _unread_idx = models.Index("(company_id, partner_id) WHERE state = 'unread'")
    _partner_idx = models.Index("(partner_id, company_id, date DESC)")

    # ------------------------------------------------------------------ computes

    @api.depends("text")
    def _compute_excerpt(self):
        for answer in self:
            answer.excerpt = textwrap.shorten(answer.text or "", SHORT, placeholder="…")

    @api.depends("mail_message_id")
    def _compute_attachment_ids(self):
        for answer in self:
            # sudo: who reads the answer reads what came with it.
            files_sudo = answer.mail_message_id.sudo().attachment_ids
            answer.attachment_ids = files_sudo.with_env(self.env)

    @api.depends("subject", "partner_id.name", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for answer in self:
            day = answer.date and format_date(
                self.env, answer.company_id._get_collection_day(answer.date)
            )
            answer.display_name = self.env._(
                "Answer of %(debtor)s, %(day)s",
                debtor=answer.partner_id.name,
                day=day or "–",
            )

    # -------------------------------------------------------------------- guards

    def write(self, vals):
        self._check_writable(vals)
        return super().write(vals)

    @api.model
    def _get_refusal(self, names):
        return self.env._(
            "What a debtor wrote is evidence and can't be changed. Make it a promise, a"
            " dispute or a note."
        )

    def _check_deletable(self):
        raise UserError(
            self.env._("What a debtor wrote is evidence and can't be deleted.")
        )

    # ----------------------------------------------------------------- coming in

    @api.model
    def _get_documents(self, routes):
        """What an e-mail answers, as far as it is ours.

        :param routes: as :meth:`mail.thread.message_route` returns them
        :return: list of records as superuser
        """
        found = []
        for model, record_id, *_more in routes or ():
            if model in DOCUMENTS and record_id:
                # sudo: the gateway runs as whoever has the sender's address.
                found.append(self.env[model].sudo().browse(record_id))
        return found

    @api.model
    def _take(self, documents, message_id):
        """Take in an answer that has arrived in the chatter of these documents.

        Whatever goes wrong with that, the e-mail stays in the chatter.

        :param documents: as :meth:`_get_documents`
        :param str message_id: of the e-mail
        """
        for document in documents:
            # sudo: the gateway runs as whoever fetches e-mails.
            message_sudo = self.env["mail.message"].sudo()
            message_sudo = message_sudo.search(
                [
                    ("model", "=", document._name),
                    ("res_id", "=", document.id),
                    ("message_id", "=", message_id),
                ],
                limit=1,
            )
            if message_sudo:
                self.env["collection.agreement"]._attempt(
                    lambda d=document, m=message_sudo: self.sudo()._receive(d, m),
                    f"The answer to {document} was kept, but nobody was told of it",
                    # Odoo fetches it once more; the same e-mail makes no second answer.
                    let_pass=(*PG_CONCURRENCY_EXCEPTIONS_TO_RETRY, UniqueViolation),
                )

    @api.model
    def _receive(self, document, message):
        """Make an answer of an e-mail, unless one of us wrote it, and tell of it.

        :param document: what it answers
        :param message: the mail.message
        :return: the answer; empty if it is none, or known already
        """
        sender, is_ours = self._find_sender(document, message)
        key = self._get_message_key(document, message)
        if is_ours or self.search_count([("message_key", "=", key)], limit=1):
            return self.browse()
        answer = self.create(self._prepare_answer_vals(document, message, sender, key))
        answer._ask_to_read()
        for agreements in answer._get_agreements():
            agreements._note_answered("email")
            for agreement in agreements:
                agreement._note_page_event("answered", channel="email")
        self.env["collection.agreement"]._touch_debtors(answer.partner_id)
        return answer

    @api.model
    def _prepare_answer_vals(self, document, message, sender, key):
        company = document.company_id
        days = company.collection_answer_hold_days
        name = DOCUMENTS[document._name]
        return {
            "partner_id": document.partner_id.commercial_partner_id.id,
            "company_id": company.id,
            "contact_id": sender.id,
            "email_from": message.email_from,
            "is_unknown": not sender,
            "is_forwarded": incoming.is_forwarded(message.subject),
            "date": fields.Datetime.now(),
            "subject": message.subject or document.display_name,
            "text": _read_new_text(message.body)[:MOST_TEXT],
            "mail_message_id": message.id,
            "message_key": key,
            "date_hold_until": fields.Date.add(
                company._get_collection_today(), days=days
            ),
            **({name: document.id} if name else {}),
        }

    @api.model
    def _get_message_key(self, document, message):
        known = f"{document._name},{document.id},{message.message_id}"
        return hashlib.sha256(known.encode()).hexdigest()

    @api.model
    def _find_sender(self, document, message):
        """Who at the debtor's has written, and whether it was one of us.

        :return: the contact, empty if the address is nobody's there; and whether a
            colleague, or the company itself, has that address
        """
        debtor = document.partner_id.commercial_partner_id
        email = email_normalize(message.email_from or "")
        if not email:
            return debtor.browse(), False
        people = debtor.search([("email_normalized", "=", email)])
        colleagues = people.user_ids.filtered(lambda user: not user.share)
        # A company of ours that owes to another one is a debtor like any.
        if colleagues or (people - debtor).ref_company_ids:
            return debtor.browse(), True
        rights = self.env["collection.contact.gate"]._get_rights(
            document.company_id, debtor
        )
        representatives = debtor.union(
            *(right.key.representative_id for right in rights[debtor])
        )
        known = people.filtered(
            lambda person: (
                person.commercial_partner_id == debtor or person in representatives
            )
        )
        return (message.author_id & known or known)[:1], False

    def _ask_to_read(self):
        """One to-do for all that a debtor wrote and nobody has read."""
        self.ensure_one()
        # Whoever follows what was answered gets the e-mail itself, and no second one.
        case = self._get_case().with_context(mail_activity_quick_update=True)
        waiting = case.activity_search([READ_ACTIVITY])
        if waiting:
            self.activity_id = waiting[0]
            return
        user = case._get_caller(self._get_user())
        self.activity_id = case.activity_schedule(
            READ_ACTIVITY,
            date_deadline=self.company_id._get_collection_today(),
            user_id=user.id,
            summary=self.with_context(lang=user.lang).env._(
                "Read the answer of %(debtor)s", debtor=self.partner_id.name
            ),
        )

    def _get_user(self):
        """Who looks after what was answered."""
        return (self.plan_id or self.promise_id or self.call_id).user_id

    def _get_case(self):
        cases = self.env["collection.case"]
        if user := self._get_user():
            cases = cases.with_context(default_user_id=user.id)
        case = cases._get_or_create(self.partner_id, self.company_id)
        return case.with_env(self.env)

    def _get_agreements(self):
        """What these answers are about: the agreement, or those of the call.

        :return: the promises, and the plans
        """
        calls = self.call_id
        return self.promise_id | calls.promise_ids, self.plan_id | calls.plan_ids

    @api.model
    def _get_holding_domain(self, company):
        """Answers that nobody has read, and that hold everything back today."""
        return (
            Domain("company_id", "=", company.id)
            & Domain("state", "=", UNREAD)
            & Domain("date_hold_until", ">", company._get_collection_today())
        )

    def _check_debtor(self, debtor):
        """Check that these answers are from a debtor.

        :raise ValidationError: if one is from another
        """
        for answer in self.filtered(lambda answer: answer.partner_id != debtor):
            raise ValidationError(
                self.env._(
                    "%(answer)s is not from %(debtor)s. Choose an answer of theirs, or"
                    " none.",
                    answer=answer.display_name,
                    debtor=debtor.name,
                )
            )


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _take_collections_along(self, former_debtors):
        """What a debtor wrote goes along when they become part of another one."""
        result = super()._take_collections_along(former_debtors)
        answers_sudo = self.env["collection.answer"].sudo()
        for debtor in former_debtors:
            heir = debtor.commercial_partner_id
            if heir != debtor:
                answers_sudo.search([("partner_id", "=", debtor.id)]).partner_id = heir
        return result


def _read_new_text(body):
    """What an e-mail says without what it quotes; all of it if that is nothing."""
    if not body:
        return ""
    root = lxml.html.fragment_fromstring(str(body), create_parent="div")
    for quoted in root.xpath("//*[@data-o-mail-quote or @data-o-mail-quote-container]"):
        if quoted is not root and quoted.getparent() is not None:
            quoted.drop_tree()
    text = html2plaintext(lxml.html.tostring(root, encoding="unicode")).strip()
    return text or html2plaintext(body).strip()
