from lxml import html
from markupsafe import Markup, escape

from odoo import fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import email_normalize_all, format_date, is_html_empty

from ...engine import acceleration, bounds, offer, phone
from ...engine import promise as promise_engine
from ...engine.topics import OBJECTED, PROMISED
from ..plan.schedule import FREQUENCIES
from .collection_offer import DAY, SCHEDULE
from .collection_request import FIELD_BY_MODEL
from .files import MOST_OF_ALL

MOST_WORDS = 5000  # signs that somebody writes on the page
# A plan that may be spoken about: what the debtor has, or is asked to agree to.
ASKABLE = (
    "offered",
    acceleration.ACTIVE,
    acceleration.NOTICE,
    acceleration.ACCELERATED,
)
DISPUTE_REASONS = [("is_dispute", "=", True)]


class CollectionDebtorPage(models.AbstractModel):
    """What a debtor does on a page, beside signing and paying.

    All of it is done by the page as superuser, after it has found out that whoever asks
    may see it. What can't be done is refused by a :class:`UserError` in words for the
    debtor, and nothing is written then. Who sends a form twice does it once.
    """

    _inherit = "collection.debtor.page"

    # --------------------------------------------------------------- what is possible

    def _is_open_to_requests(self):
        """Whether something is left to pay and to be spoken about."""
        raise NotImplementedError

    def _can_be_promised(self):
        """Whether the debtor may promise another day, within the limits."""
        return self._is_open_to_requests() and bool(self._get_free_claims())

    def _can_be_rescheduled(self):
        """Whether the debtor may propose installments of their own."""
        if not self._is_open_to_requests():
            return False
        total = self._get_free_total()
        return offer.most_installments(total, self._get_offer_limits()) > 0

    def _get_free_claims(self):
        """Open claims of the agreement that no running plan has."""
        claims = self._get_open_claims()
        running = self.env["collection.plan.claim"]._get_running(claims.ids)
        return claims - running.move_line_id.with_env(self.env)

    def _get_free_total(self):
        """What is open on them, in the smallest unit of the agreement's currency."""
        rounding = self._get_page_currency().rounding
        return sum(
            round(item.sudo().amount_residual_currency / rounding)
            for item in self._get_free_claims()
        )

    def _get_disputable_moves(self):
        """Invoices of the agreement to which the debtor may object."""
        # sudo: the debtor sees the invoices of the agreement.
        moves_sudo = self._get_open_claims().sudo().move_id
        return moves_sudo.filtered(lambda move: move._is_collection_disputable())

    def _get_dispute_reasons(self):
        """What there is to object, as the company has set it up."""
        # sudo: reasons are the company's, and are shown to the debtor.
        return self.env["collection.reason"].sudo().search(DISPUTE_REASONS)

    def _get_offer_limits(self):
        """What the company lets debtors propose, in the agreement's currency."""
        self.ensure_one()
        company_sudo = self.company_id.sudo()  # settings are nobody's to read
        currency = self._get_page_currency()
        least = company_sudo.currency_id._convert(
            company_sudo.collection_offer_min_amount,
            currency,
            company_sudo,
            company_sudo._get_collection_today(),
        )
        return offer.Limits(
            most=company_sudo.collection_offer_max_count,
            first_days=company_sudo.collection_offer_first_days,
            least=round(least / currency.rounding),
            most_days=company_sudo.collection_plan_max_days,
        )

    # ----------------------------------------------------------------- another day

    def _request_day(self, day, amount=None, words="", contact=None):
        """The debtor can't pay as agreed, and says when they will.

        On claims that no running plan has it is a promise, within the company's limits.
        Beyond them, and where a plan runs, it is an offer that a collector answers.

        :param date day: on the company's calendar
        :param float amount: in the agreement's currency; all that is open if empty
        :return: a promise or an offer, and whether it is new
        :raise UserError: if it can't be taken down
        """
        day = self._check_day_to_come(day)
        if again := self._find_replaced_by(day):
            return again, False
        self._check_open_to_requests()
        words = self._check_words(words)
        total = self._get_day_total()
        amount = self._check_proposed(amount, total)
        self._get_case()._serialize()
        lines = self._get_promise_lines(self._get_free_claims(), amount)
        if lines and (same := self._find_same_promise(day, lines)):
            return same, False
        notes = self._get_day_notes(day, lines)
        if notes or not lines:
            return self.env["collection.offer"]._ask(
                {
                    **self._prepare_request_vals(words, contact),
                    "kind": DAY,
                    "date_first": day,
                    "amount": amount,
                    "limit_note": "\n".join(notes) or False,
                }
            )
        return self._take_promise(day, lines, words, contact), True

    def _get_day_total(self):
        """What a debtor may propose to pay on another day, in the agreement's currency.

        On a plan that runs: what is in arrears, else the next installment.
        """
        return self._get_free_total() * self._get_page_currency().rounding

    def _get_day_notes(self, day, lines):
        """Which limits of the company a promise would go beyond, in words."""
        if not lines:
            return []
        # They are for the collector, who reads them in another language.
        lang = self._get_collector().lang
        company_sudo = self.company_id.sudo().with_context(lang=lang)
        claims = self.env["account.move.line"].browse(
            line["move_line_id"] for line in lines
        )
        shares = [
            100 * line["amount"] / claim.sudo().amount_residual_currency
            for line, claim in zip(lines, claims, strict=True)
        ]
        return company_sudo._get_promise_limit_notes(
            days=(day - company_sudo._get_collection_today()).days,
            share=min(shares),
            in_a_row=claims._count_promises_in_a_row(superseding=True) + 1,
        )

    def _find_replaced_by(self, day):
        """The promise that this one was replaced by, if that is of this day."""
        return self.env["collection.promise"]

    def _find_same_promise(self, day, lines):
        """An open promise that says the same already."""
        promises = self.env["collection.promise"].search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "=", promise_engine.OPEN),
                ("date_promised", "=", day),
            ]
        )
        said = {line["move_line_id"]: line["amount"] for line in lines}
        return promises.filtered(
            lambda promise: (
                {line.move_line_id.id: line.amount for line in promise.line_ids} == said
            )
        )[:1]

    def _take_promise(self, day, lines, words, contact):
        asked = self._prepare_request_vals(words, contact)
        self.env["collection.offer"]._take_back({**asked, "kind": DAY})
        promise = self.env["collection.promise"].create(
            {
                "partner_id": self.partner_id.id,
                "contact_id": (contact or self._get_page_contact()).id,
                "company_id": self.company_id.id,
                "user_id": self._get_collector().id,
                "date_promised": day,
                "line_ids": [Command.create(line) for line in lines],
            }
        )
        promise.message_post(
            body=self._quote(self.env._("Promised on the debtor's page."), words),
            author_id=(contact or self._get_person()).id,
            subtype_xmlid="mail.mt_note",
        )
        promise._set_answer("accepted", "portal")
        promise._ask_collector_to_look(promise, PROMISED)
        return promise

    # ----------------------------------------------------------------- own schedule

    def _request_schedule(
        self, first, count, frequency, words="", contact=None, is_whole=False
    ):
        """The debtor proposes installments of their own, within the company's limits.

        :param date first: day of the first one, on the company's calendar
        :param bool is_whole: whether it is about all that is overdue
        :return: the offer, and whether it is new
        :raise UserError: if it goes beyond a limit, saying all that does
        """
        self._check_open_to_requests()
        words = self._check_words(words)
        first = self._check_day_to_come(first)
        if frequency not in dict(FREQUENCIES):
            raise UserError(self.env._("How often do you pay? Choose it."))
        if not self._can_be_promised():
            raise UserError(
                self.env._("What is open is in a plan already. Propose another day.")
            )
        judged = self._judge_schedule(first, count, frequency)
        if judged.codes:
            raise UserError("\n".join(self._say_limits(judged.codes)))
        self._get_case()._serialize()
        return self.env["collection.offer"]._ask(
            {
                **self._prepare_request_vals(words, contact),
                "kind": SCHEDULE,
                "date_first": first,
                "installment_count": count,
                "frequency": frequency,
                "amount": self._get_free_total() * self._get_page_currency().rounding,
                "is_whole": bool(is_whole),
            }
        )

    def _judge_schedule(self, first, count, frequency):
        return offer.judge(
            self._get_free_total(),
            self.company_id._get_collection_today(),
            first,
            frequency,
            count,
            self._get_offer_limits(),
        )

    def _say_limits(self, codes):
        """Why a schedule isn't taken, and what would be, in words."""
        limits = self._get_offer_limits()
        today = self.company_id._get_collection_today()
        rounding = self._get_page_currency().rounding
        total = self._get_free_total()
        sentences = {
            offer.NONE: self.env._(
                "Installments can't be proposed here. Call us, please."
            ),
            offer.NOTHING: self.env._("Nothing is left to pay. Thank you."),
            offer.COUNT: self.env._(
                "Propose from 1 to %(most)s installments.",
                most=max(offer.most_installments(total, limits), 1),
            ),
            offer.PAST: self.env._("The first day is past. Choose a day to come."),
            offer.LATE: self.env._(
                "Pay the first installment by %(day)s.",
                day=format_date(
                    self.env, fields.Date.add(today, days=limits.first_days)
                ),
            ),
            offer.SMALL: self.env._(
                "An installment is at least %(least)s: propose fewer of them.",
                least=self._get_page_currency().format(limits.least * rounding),
            ),
            offer.LONG: self.env._(
                "The last installment is due by %(day)s: propose fewer of them, or pay"
                " more often.",
                day=format_date(
                    self.env, fields.Date.add(today, days=limits.most_days)
                ),
            ),
            offer.IMPOSSIBLE: self.env._(
                "That makes no schedule. Propose fewer installments."
            ),
        }
        return [sentences[code] for code in codes]

    # -------------------------------------------------------------------- objection

    def _request_dispute(
        self, move, amount=None, reason=None, words="", files=(), contact=None
    ):
        """The debtor objects to an invoice of the agreement, or to a part of it.

        Where it is disputed already, the words and files are added to the open dispute.

        :param move: one of :meth:`_get_disputable_moves`
        :param float amount: in the currency of the invoice; all of it if empty
        :param files: as :meth:`.files.CollectionRequestFile._read_uploads` returns
        :return: the dispute, and whether something was written
        :raise UserError: if it can't be taken down
        """
        self._check_open_to_requests()
        words = self._check_words(words)
        if not move or move not in self._get_disputable_moves():
            raise UserError(
                self.env._("Choose the invoice that you object to: one that is open.")
            )
        if not reason or reason not in self._get_dispute_reasons():
            raise UserError(self.env._("Choose what is wrong with it."))
        self._get_case()._serialize()
        disputes = self.env["collection.dispute"]
        standing = disputes.search([("move_id", "=", move.id), ("state", "=", "open")])
        person = contact or self._get_person()
        if standing:
            return standing, self._add_to_dispute(standing, words, files, person)
        amount = self._check_proposed(amount, move.amount_residual, move.currency_id)
        dispute = disputes.create(
            {
                "move_id": move.id,
                "amount": amount,
                "reason_id": reason.id,
                "statement": words or False,
            }
        )
        dispute._write_closed({"channel": "portal"})
        self._attach_to_dispute(
            dispute, self.env._("Objected on the debtor's page."), words, files, person
        )
        self._ask_to_look_at_dispute(dispute)
        return dispute, True

    def _add_to_dispute(self, dispute, words, files, person):
        """:return: whether something is new"""
        known = {attachment.checksum for attachment in self._get_files(dispute)}
        checksum = self.env["ir.attachment"]._compute_checksum
        files = [file for file in files if checksum(file[2]) not in known]
        told = [dispute.statement or ""] + [
            html.fromstring(message.body).text_content()
            for message in dispute.message_ids
            if not is_html_empty(message.body)
        ]
        is_said = any(_squeeze(words) in _squeeze(text) for text in told)
        if not files and is_said:
            return False
        self._attach_to_dispute(
            dispute, self.env._("Added on the debtor's page."), words, files, person
        )
        self._ask_to_look_at_dispute(dispute)
        return True

    def _get_files(self, record):
        return (
            self.env["ir.attachment"]
            .sudo()
            .search([("res_model", "=", record._name), ("res_id", "=", record.id)])
        )

    def _attach_to_dispute(self, dispute, intro, words, files, person):
        if len(self._get_files(dispute)) + len(files) > MOST_OF_ALL:
            raise UserError(
                self.env._(
                    "We have %(most)s files about this invoice: that is all we can take"
                    " here. Call us, please.",
                    most=MOST_OF_ALL,
                )
            )
        attachments = self.env["collection.request.file"]._attach(dispute, files)
        dispute.message_post(
            body=self._quote(intro, words),
            author_id=person.id,
            subtype_xmlid="mail.mt_note",
            attachment_ids=attachments.ids,
        )

    def _ask_to_look_at_dispute(self, dispute):
        self._ask_collector_to_look(dispute, OBJECTED)

    # ------------------------------------------------------------------ contact data

    def _request_correction(self, number="", email="", words="", contact=None):
        """The debtor corrects phone or e-mail: kept, and checked by a collector.

        :return: the correction, and whether it is new
        :raise UserError: if nothing was entered, or nobody can be reached by it
        """
        self._check_open_to_requests()
        words = self._check_words(words)
        number, email = (number or "").strip(), (email or "").strip()
        if not number and not email:
            raise UserError(
                self.env._("Enter the telephone number or the e-mail address to use.")
            )
        person = contact or self._get_person()
        country = person.country_id or self.company_id.country_id
        corrections = self.env["collection.contact.correction"]
        if number:
            problem = corrections._say_number_problem(number[:100], country)
            if problem:
                raise UserError(problem)
            number = phone.international(number, country.code) or number
        if email and (len(email) > 254 or len(email_normalize_all(email)) != 1):
            raise UserError(
                self.env._(
                    "“%(email)s” is no e-mail address. Enter one, such as"
                    " name@example.com.",
                    email=email[:100],
                )
            )
        self._get_case()._serialize()
        return corrections._ask(
            {
                **self._prepare_request_vals(words, contact),
                "person_id": person.id,
                "phone": number or False,
                "email": email or False,
            }
        )

    # ------------------------------------------------------------------------ checks

    def _check_open_to_requests(self):
        self.ensure_one()
        if not self._is_open_to_requests():
            raise UserError(self._say_over())

    def _say_over(self):
        """Why nothing can be asked for here any more, in words for the debtor."""
        return self.env._(
            "This agreement is over, so nothing can be changed about it here. Call us,"
            " please, if you have a question."
        )

    def _check_day_to_come(self, day):
        today = self.company_id._get_collection_today()
        try:
            day = self.env["collection.offer"]._read_day(day)
        except ValidationError as error:
            raise UserError(
                self.env._(
                    "On which day do you pay? Enter it, such as %(day)s.",
                    day=format_date(self.env, today),
                )
            ) from error
        if day < today:
            raise UserError(
                self.env._(
                    "%(day)s is past. Choose a day to come.",
                    day=format_date(self.env, day),
                )
            )
        return day

    def _check_words(self, words):
        """What somebody wrote, as written."""
        words = (words or "").replace("\r\n", "\n").strip()
        if not bounds.is_text(words):
            raise UserError(self.env._("What you wrote can't be read. Please type it."))
        if len(words) > MOST_WORDS:
            raise UserError(
                self.env._(
                    "That is more than %(most)s characters. Make it shorter, or attach"
                    " it as PDF.",
                    most=MOST_WORDS,
                )
            )
        return words

    def _check_proposed(self, amount, most, currency=None):
        """An amount that somebody entered; all of it if nothing was entered.

        :raise UserError: if it is none, not above zero, or more than is open
        """
        currency = currency or self._get_page_currency()
        if amount is None:
            return currency.round(most)
        is_fine = bounds.is_amount(amount)
        amount = currency.round(amount) if is_fine else 0
        if not is_fine or currency.compare_amounts(amount, 0) <= 0:
            raise UserError(
                self.env._(
                    "Enter an amount above zero, up to %(most)s.",
                    most=currency.format(most),
                )
            )
        if currency.compare_amounts(amount, most) > 0:
            raise UserError(
                self.env._(
                    "%(amount)s is more than the %(most)s that is open. Enter up to"
                    " that.",
                    amount=currency.format(amount),
                    most=currency.format(most),
                )
            )
        return amount

    # -------------------------------------------------------------------------- help

    def _get_promise_lines(self, claims, amount):
        """An amount, spread over claims: values for the lines of a promise.

        :param claims: journal items in one currency, the oldest first
        :param float amount: in that currency; all that is open if zero
        :return: list of dictionaries
        """
        currency = claims.sudo().currency_id or self._get_page_currency()
        rounding = currency.rounding
        residuals = [
            round(item.sudo().amount_residual_currency / rounding) for item in claims
        ]
        units = round(amount / rounding) if amount else sum(residuals)
        return [
            {
                "move_line_id": item.id,
                "amount": currency.round(part * rounding),
            }
            for item, part in zip(claims, offer.spread(units, residuals), strict=True)
            if part
        ]

    def _prepare_request_vals(self, words, contact):
        return {
            FIELD_BY_MODEL[self._name]: self.id,
            "contact_id": (contact or self._get_page_contact()).id,
            "statement": words or False,
        }

    def _quote(self, intro, words):
        """What a debtor wrote, escaped, under a line that says where."""
        lines = Markup("<br/>").join(escape(line) for line in words.split("\n"))
        quoted = Markup("<blockquote>%s</blockquote>") % lines if words else ""
        return Markup("<p>%s</p>%s") % (intro, quoted)

    def _ask_collector_to_look(self, source, topic):
        """One to-do for the collector of the case, who finds the debtor on the list.

        :param source: a record of ``collection.to.do``, which the to-do links to
        :param str topic: what there is to look at
        :return: the activity
        """
        self.ensure_one()
        # sudo: whoever is on the page sees neither the case nor its collector.
        case_sudo = self.sudo()._get_case()
        user = case_sudo._get_caller(self.user_id)
        activity_sudo = case_sudo._schedule_call(
            self.company_id._get_collection_today(),
            user,
            source.with_context(lang=user.lang)._say_topic(topic),
            source._get_topic(topic),
        )
        link = source._get_html_link()
        activity_sudo.note = Markup("%s<p>%s</p>") % (activity_sudo.note or "", link)
        return activity_sudo


class CollectionPlan(models.Model):
    _inherit = "collection.plan"

    def _is_open_to_requests(self):
        return self.state in ASKABLE and bool(self._get_open_claims())

    def _can_be_promised(self):
        return not self._has_running_claims() and super()._can_be_promised()

    def _has_running_claims(self):
        return self.state in (acceleration.ACTIVE, acceleration.NOTICE)

    def _get_free_claims(self):
        """None while the plan runs: its installments are the commitment."""
        if self._has_running_claims():
            return self.env["account.move.line"]
        return super()._get_free_claims()

    def _get_day_total(self):
        if self._has_running_claims():
            return max(self.amount_arrears, self.amount_next)
        return super()._get_day_total()


class CollectionPromise(models.Model):
    _inherit = "collection.promise"

    def _is_open_to_requests(self):
        standing = (*promise_engine.STANDING, *promise_engine.FAILED)
        return self.state in standing and bool(self._get_open_claims())

    def _find_replaced_by(self, day):
        newer = self.superseded_by_id
        return newer if newer.date_promised == day else newer.browse()


class CollectionDispute(models.Model):
    _inherit = "collection.dispute"

    channel = fields.Selection(
        [("portal", "Debtor's page")],
        string="Opened By the Debtor",
        readonly=True,
        copy=False,
        help="Where the debtor objected. Empty: somebody of ours has noted it.",
    )


def _squeeze(text):
    """A text without blanks: Odoo breaks the lines of notes elsewhere."""
    return "".join(text.split())
