import base64
import binascii
import hashlib

from odoo import fields, models
from odoo.exceptions import UserError

from .agreement_page import PageRefusal

PNG = b"\x89PNG\r\n\x1a\n"
LARGEST_SIGNATURE = 500_000  # bytes
LONGEST_NAME = 200
LONGEST_WORDS = 5000


class CollectionAgreement(models.AbstractModel):
    """A debtor accepts or declines in writing: what is checked, and what comes of it.

    Whoever calls these methods has found out who may see the agreement. They run as
    the superuser, since debtors have no rights on our records.
    """

    _inherit = "collection.agreement"

    def _accept(self, digest, name, signature, role="", **origin):
        """The debtor signs what the page shows.

        Two that sign at once come one after the other: who is second finds it accepted.

        :param str digest: of the text that was shown, see
            :meth:`_get_agreement_digest`
        :param str name: who signs
        :param str signature: a PNG image, base64
        :param str role: what this person is in the debtor's company, if it is one
        :param origin: further fields of the acceptance: ``channel``, ``ip_address``,
            ``user_id``
        :return: the acceptance
        :raise PageRefusal: if it can't be signed, or not like that
        """
        self.ensure_one()
        self._get_case()._serialize()
        if self._is_accepted():
            return self.acceptance_ids.filtered(lambda a: a.kind == "accepted")
        self._check_answerable()
        self._check_shown(digest)
        vals = {
            "signer_name": self._read_signer(name),
            "signer_role": self._read_role(role),
            "signature": self._read_signature(signature),
            **origin,
        }
        self._check_begins()
        acceptance = self._note_answer("accepted", vals)
        self._begin()
        self._note_page_event("accepted")
        return acceptance

    def _decline(self, digest, words, **origin):
        """The debtor doesn't agree, and says why.

        :param str words: what the debtor says
        :return: the acceptance
        :raise PageRefusal: if it can't be declined, or not like that
        """
        self.ensure_one()
        self._get_case()._serialize()
        self._check_answerable()
        self._check_shown(digest)
        words = self._read_words(words)
        last = self.acceptance_ids[:1]
        if last.kind == "declined" and last.words == words:
            return last  # sent twice
        acceptance = self._note_answer("declined", {"words": words, **origin})
        self._end_offer()
        self._ask_to_look()
        self._note_page_event("declined")
        return acceptance

    def _note_answer(self, kind, vals):
        """Keep what was answered, along with the text that it was about."""
        text = self._get_agreement_text()
        vals = {
            "channel": "portal",
            "date": fields.Datetime.now(),
            "lang": self.env.lang,
            "text": text,
            "text_hash": hashlib.sha256(text.encode()).hexdigest(),
            self._get_acceptance_field(): self.id,
            "kind": kind,
            **vals,
        }
        # sudo: nobody but the addon writes evidence.
        acceptance = self.env["collection.acceptance"].sudo().create(vals)
        state = "accepted" if kind == "accepted" else "objected"
        self._set_answer(state, acceptance.channel, acceptance.date)
        self._tell_answer(acceptance)
        return acceptance

    def _tell_answer(self, acceptance):
        """Tell in the agreement's own history what was answered."""
        self.message_post(body=acceptance._describe(), subtype_xmlid="mail.mt_note")

    def _ask_to_look(self):
        """Have the collector look today at what the debtor doesn't agree to."""
        user = self._get_collector()
        summary = self.with_context(lang=user.lang).env._(
            "%(agreement)s was declined by the debtor: read why, and call",
            agreement=self.name,
        )
        if summary not in self.activity_ids.mapped("summary"):
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=self.company_id._get_collection_today(),
                user_id=user.id,
                summary=summary,
            )

    # --------------------------------------------------------------------- hooks

    def _get_acceptance_field(self):
        """By which field an acceptance says what it is about."""
        raise NotImplementedError

    def _check_begins(self):
        """Check that an offer can begin as it is.

        :raise PageRefusal: if it can't any more
        """

    def _begin(self):
        """Let an offer that was accepted begin."""

    def _end_offer(self):
        """An offer that was declined is none any more."""

    # --------------------------------------------------------------------- checks

    def _check_answerable(self):
        if not self._can_be_answered():
            raise PageRefusal(
                self.env._(
                    "This agreement can't be signed or declined any more. Please read"
                    " below how it stands, and call us if something is not right."
                ),
                "over",
            )

    def _check_shown(self, digest):
        """Check that the debtor saw what is agreed now."""
        if digest != self._get_agreement_digest():
            raise PageRefusal(
                self.env._(
                    "What you saw has changed meanwhile. Please read it once more, and"
                    " answer then."
                ),
                "changed",
            )

    def _read_line(self, value, refusal, longest=LONGEST_NAME):
        """What was typed, without blanks around it.

        :raise PageRefusal: if there is nothing, or more than anybody types
        """
        text = value.strip() if isinstance(value, str) else ""
        if not text or "\0" in text:
            raise PageRefusal(refusal)
        if len(text) > longest:
            raise PageRefusal(
                self.env._(
                    "That is too long: please use up to %(count)s characters.",
                    count=longest,
                )
            )
        return text

    def _read_signer(self, name):
        return self._read_line(name, self.env._("Please enter your name."))

    def _read_role(self, role):
        if not self.partner_id.is_company:
            return False
        return self._read_line(
            role,
            self.env._(
                "Please enter your role at %(company)s, such as managing director or"
                " accountant.",
                company=self.partner_id.name,
            ),
        )

    def _read_words(self, words):
        refusal = self.env._("Please say what you don't agree to.")
        return self._read_line(words, refusal, LONGEST_WORDS)

    def _read_signature(self, signature):
        """:return: the image as it is kept, base64"""
        refusal = PageRefusal(self.env._("Please sign in the field."))
        if not isinstance(signature, str) or len(signature) > LARGEST_SIGNATURE * 4 / 3:
            raise refusal
        try:
            image = base64.b64decode(signature, validate=True)
        except (binascii.Error, ValueError):
            raise refusal from None
        if not image.startswith(PNG):
            raise refusal
        return base64.b64encode(image)


class CollectionPlan(models.Model):
    """What comes of a plan that is accepted or declined."""

    _inherit = "collection.plan"

    def _get_acceptance_field(self):
        return "plan_id"

    def _check_begins(self):
        """An offer is accepted as it is: it fits the claims and the calendar, or there
        has to be a new one."""
        if self.state != "offered":
            return
        outdated = PageRefusal(
            self.env._(
                "This offer is out of date: an invoice or a day has changed since we"
                " made it. Please call us, or write to us, for a new one."
            ),
            "outdated",
        )
        if self._is_outdated():
            raise outdated
        try:
            self._check_call_counts()
            self._check_ready()
        except UserError:
            raise outdated from None

    def _begin(self):
        if self.state == "offered":
            self.action_activate()

    def _get_acceptance(self):
        accepted = self.acceptance_ids.filtered(lambda a: a.kind == "accepted")
        return accepted._describe() if accepted else super()._get_acceptance()

    def _end_offer(self):
        if self.state == "offered":
            self._cancel(self.env._("The debtor declined the offer."))

    def _tell_answer(self, acceptance):
        self._log(
            acceptance.kind,
            self.amount_open,
            acceptance._describe(),
            evidence=self.env._("SHA-256 %(hash)s", hash=acceptance.text_hash),
        )


class CollectionPromise(models.Model):
    """A promise is accepted or declined without anything else coming of it."""

    _inherit = "collection.promise"

    def _get_acceptance_field(self):
        return "promise_id"
