from dataclasses import replace
from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_datetime

from ...engine import contact_gate as engine
from ...engine import contact_window as window
from .facts import ELSEWHERE, aware

EMAIL, LETTER = engine.EMAIL, engine.LETTER
ADDRESSED = (EMAIL, engine.PORTAL)  # what takes an e-mail address
RINGING = (engine.PHONE, engine.TODO)  # where a telephone rings, now or later


class Question(NamedTuple):
    """What is about to be sent to a debtor, to which person if to any, and how.

    ``document`` and ``channel`` are those of :mod:`...engine.contact_gate`. A text
    message has the ``number`` to which it goes, in E.164.
    """

    debtor: models.BaseModel
    document: str
    channel: str
    person: models.BaseModel | None = None
    number: str = ""


class Answer(NamedTuple):
    """Whether it may go out, and to whom; if not, why, in the environment's language,
    and from which moment on it may (naive, in UTC; None if that isn't in sight).

    ``channels`` are those that what was asked for leaves open.
    """

    is_allowed: bool
    recipient: models.BaseModel
    reason: str = ""
    code: str = ""
    channels: tuple = ()
    until: object = None


class CollectionContactGate(models.AbstractModel):
    """The one gate that everything passes that goes out to a debtor.

    It knows what was asked for, Odoo's blacklists, quiet days, and who is written to.
    Calls pass it in :mod:`.gate_calls`, as they depend on the hour; what stops whole
    agreements (holds, disputes) is in :mod:`..agreement.obstacles`.

    A service: it has neither records nor heirs. It is a model so that other modules can
    extend what it knows.
    """

    _name = "collection.contact.gate"
    _description = "Gate for Contacts with Debtors"

    # ------------------------------------------------------------------ questions

    @api.model
    def _ask(self, company, questions, moment=None):
        """What the gate says, in a constant number of queries.

        :param questions: list of :class:`Question`
        :param datetime moment: naive, in UTC; by default now
        :return: list of :class:`Answer`, in the same order
        """
        moment = moment or fields.Datetime.now()
        debtors = self.env["res.partner"].union(*(q.debtor for q in questions))
        rights = self._get_rights(company, debtors)
        recipients = self._get_recipients(
            [(each.debtor, each.person, each.channel) for each in questions], rights
        )
        passages = [
            self._judge(
                question, self._get_relevant(rights, question.debtor, recipient)
            )
            for question, recipient in zip(questions, recipients, strict=True)
        ]
        recipients = [
            (passage.representative or recipient).with_env(self.env)
            for passage, recipient in zip(passages, recipients, strict=True)
        ]
        recipients = self._fetch_together(recipients)
        unmailed = self._get_unmailed(recipients)
        untexted = self._get_untexted(question.number for question in questions)
        quiet = self._get_quiet(company, debtors, moment)
        return [
            self._answer(*row, unmailed | untexted, quiet)
            for row in zip(questions, passages, recipients, strict=True)
        ]

    def _judge(self, question, rights):
        """:rtype: engine.Passage"""
        # What is written finds its way to a representative; a call has to be theirs.
        is_theirs = (
            question.channel in RINGING
            and bool(question.person)
            and question.person == engine.representative(rights)
        )
        return engine.judge(
            question.document,
            question.channel,
            rights,
            question.number,
            is_representative=is_theirs,
        )

    def _answer(self, question, passage, recipient, listed, quiet):
        """
        :param set listed: e-mail addresses and numbers that are on a blacklist
        :rtype: Answer
        """
        answer = Answer(True, recipient, channels=passage.channels)
        if not passage.is_allowed:
            right = passage.right.key
            return answer._replace(
                is_allowed=False, code=right.kind, reason=right._describe()
            )
        if question.channel in ADDRESSED:
            email = recipient.active and recipient.email_normalized
            if not email:
                return answer._replace(
                    is_allowed=False,
                    code="no_address",
                    reason=self.env._("There is no e-mail address."),
                )
            if email in listed:
                left = tuple(each for each in passage.channels if each != EMAIL)
                return answer._replace(
                    is_allowed=False,
                    code="blacklist",
                    channels=left,
                    reason=self.env._(
                        "%(email)s is on the e-mail blacklist: nobody there wants to be"
                        " written to.",
                        email=email,
                    ),
                )
        if question.number in listed:
            return answer._replace(
                is_allowed=False,
                code="blacklist",
                reason=self.env._(
                    "%(number)s is on the phone blacklist: nobody there wants to be"
                    " called or written to.",
                    number=question.number,
                ),
            )
        until = quiet.get(question.debtor)
        if until and question.document == engine.REMINDER:
            return answer._replace(
                is_allowed=False,
                code="quiet",
                until=until,
                reason=self.env._(
                    "There were as many contacts as the policy allows. The next one is"
                    " allowed from %(moment)s on.",
                    moment=format_datetime(self.env, until),
                ),
            )
        return answer

    # --------------------------------------------------------------------- sending

    @api.model
    def _pass(self, company, debtor, answer, document, channel, send):
        """Send something that the gate has let through, and remember that it went out.

        :param send: a function of the recipient that sends it
        :return: what ``send`` returns
        :raise ValueError: if the gate has not let it through: the caller did not ask
        """
        if not answer.is_allowed:
            raise ValueError(f"The gate is shut for {document}: {answer.code}")
        result = send(answer.recipient)
        self._remember(company, debtor, answer.recipient, document, channel)
        return result

    @api.model
    def _remember(self, company, debtor, recipient, document, channel):
        # sudo: what went out is nobody's to write.
        self.env["collection.contact.log"].sudo().create(
            {
                "partner_id": debtor.id,
                "contact_id": recipient.id,
                "company_id": company.id,
                "document": document,
                "channel": channel,
            }
        )

    # ---------------------------------------------------------------------- rights

    @api.model
    def _get_rights(self, company, debtors, kinds=engine.KINDS):
        """What stands for debtors in a company and its branches.

        :return: {debtor: list of :class:`engine.Right` with the record as ``key``}
        """
        # sudo: what was asked for counts, whoever may read it.
        rights_sudo = self.env["collection.contact.right"].sudo()
        found_sudo = rights_sudo.search(
            self._get_rights_domain(company, kinds)
            & Domain("partner_id", "in", debtors.ids),
            order="date_from, id",
        )
        found = {debtor: [] for debtor in debtors}
        for right_sudo in found_sudo.with_context(lang=self.env.lang):
            found[right_sudo.partner_id.sudo(False)].append(right_sudo._as_engine())
        return found

    @api.model
    def _get_rights_domain(self, company, kinds):
        # sudo: branches may be companies of which the user knows nothing.
        family = company.sudo()._get_collection_family()
        rights = self.env["collection.contact.right"]
        return (
            rights._get_standing_domain(company._get_collection_today())
            & Domain("company_id", "in", [False, *family.ids])
            & Domain("kind", "in", kinds)
        )

    @api.model
    def _get_debtors_domain(self, company, name, kinds=engine.KINDS):
        """Domain of records whose debtor, in the field ``name``, asked for this."""
        rights_sudo = self.env["collection.contact.right"].sudo()
        found = rights_sudo._search(
            self._get_rights_domain(company, kinds) & Domain("contact_id", "=", False)
        )
        return Domain(name, "in", found.subselect("partner_id"))

    @api.model
    def _get_relevant(self, rights, debtor, person):
        """Those about the debtor as a whole, or about the person to be contacted; and
        what whoever represents the debtor asked for, as they may be contacted instead.
        """
        found = rights.get(debtor, ())
        relevant = [
            right
            for right in found
            if not right.key.contact_id
            or right.key.contact_id == person
            or right.kind == engine.NOT_AT_PLACE
        ]
        instead = engine.representative(relevant)
        return [
            replace(right, is_theirs=True) if right.key._is_of(instead) else right
            for right in found
            if right in relevant or right.key._is_of(instead)
        ]

    # ------------------------------------------------------------------ recipients

    @api.model
    def _get_recipients(self, wanted, rights):
        """Who is written to now: the person, if they still belong to the debtor; else
        whoever gets the debtor's invoices; else the debtor.

        Whoever changed employers, or was archived, hears nothing. No letter goes where
        they don't want it.

        :param wanted: list of (debtor, person or none, channel)
        :param rights: as :meth:`_get_rights` returns them
        :return: list of partners, in the same order
        """
        partners = self.env["res.partner"]
        persons = self._fetch_together([each[1] or each[0] for each in wanted])
        wanted = [
            (debtor, person, channel)
            for (debtor, _person, channel), person in zip(wanted, persons, strict=True)
        ]
        lost = [each for each in wanted if not self._is_reachable(*each, rights)]
        billed = self._get_billed(partners.union(*(each[0] for each in lost)))
        return [
            person
            if self._is_reachable(debtor, person, channel, rights)
            else self._choose_billed(debtor, billed, channel, rights) or debtor
            for debtor, person, channel in wanted
        ]

    @api.model
    def _choose_billed(self, debtor, billed, channel, rights):
        contacts = [
            contact
            for contact in billed.get(debtor, ())
            if self._is_reachable(debtor, contact, channel, rights)
        ]
        return _choose(contacts, channel)

    @api.model
    def _fetch_together(self, partners):
        """The same partners, read in one query whoever is asked for first."""
        ids = list({partner.id for partner in partners})
        return [partner.with_prefetch(ids) for partner in partners]

    @api.model
    def _is_reachable(self, debtor, person, channel, rights):
        """Whether a person other than the debtor still stands for them, and isn't at a
        place where no letter shall go."""
        if not person or person == debtor:
            return False
        if channel == LETTER and engine.is_avoided(rights.get(debtor, ()), person):
            return False
        return person.active and person.commercial_partner_id == debtor

    @api.model
    def _get_billed(self, debtors):
        """Invoice contacts of these debtors.

        :return: {debtor: partners}, in one query
        """
        if not debtors:
            return {}
        contacts = self.env["res.partner"].with_context(active_test=True)
        return contacts.search(
            [
                ("commercial_partner_id", "in", debtors.ids),
                ("parent_id", "!=", False),
                ("type", "=", "invoice"),
            ],
            order="id",
        ).grouped("commercial_partner_id")

    # -------------------------------------------------- blacklists and quiet days

    @api.model
    def _get_unmailed(self, recipients):
        """The addresses among these that are on Odoo's e-mail blacklist."""
        emails = {partner.email_normalized for partner in recipients} - {False}
        # sudo: only administrators read the list; we ask for known addresses.
        listed_sudo = self.env["mail.blacklist"].sudo()
        found = emails and listed_sudo.search([("email", "in", list(emails))])
        return set(found.mapped("email")) if found else set()

    @api.model
    def _get_untexted(self, numbers):
        """The numbers among these that are on Odoo's phone blacklist."""
        numbers = list({number for number in numbers if number})
        # sudo: only administrators read the list; we ask for known numbers.
        listed_sudo = self.env["phone.blacklist"].sudo()
        found = numbers and listed_sudo.search([("number", "in", numbers)])
        return set(found.mapped("number")) if found else set()

    @api.model
    def _get_quiet(self, company, debtors, moment):
        """Until when nobody shall press these debtors, as they heard enough from us.

        :return: {debtor: naive moment in UTC}, of those who did
        """
        # sudo: policies apply to whoever writes.
        policies = self.env["collection.contact.policy"].sudo()
        zone = company._get_collection_tz().zone
        chosen = policies._get_policies(company, debtors)
        used = policies.union(*chosen.values()).filtered("max_contacts")
        touches = used and policies._get_touches(company, debtors, used, moment)
        quiet = {}
        for debtor, policy in chosen.items():
            if policy in used:
                moments = tuple(map(aware, touches.get(debtor, ())))
                contact = window.Contact(zones=(zone,), attempts=moments)
                rules = policy._get_quiet_rules()
                for breach in window.breaches(rules, contact, aware(moment)):
                    quiet[debtor] = breach.until.replace(tzinfo=None)
        return quiet


class CollectionContactPolicy(models.Model):
    """How often a debtor may hear from us, whatever the channel."""

    _inherit = "collection.contact.policy"

    max_contacts = fields.Integer(
        string="Most Contacts",
        help="Calls, reminders, notices and other letters to the debtor within the days"
        " beside it; calls have a limit of their own. What confirms a conversation"
        " belongs to it, and doesn't count. 0: no limit.",
    )
    contact_days = fields.Integer(
        default=7, help="Days of the debtor's calendar, the day itself included."
    )

    _contacts_positive = models.Constraint(
        "CHECK(COALESCE(max_contacts, 0) >= 0 AND COALESCE(contact_days, 1) >= 1)",
        "Contacts are counted over 1 day or more, and can't be negative. Enter 0 for no"
        " limit.",
    )

    def _get_quiet_rules(self):
        self.ensure_one()
        return window.Policy(
            max_attempts=self.max_contacts, attempt_days=self.contact_days
        )

    @api.model
    def _get_touches(self, company, debtors, policies, moment):
        """When these debtors heard from us, by whatever channel.

        :return: {debtor: list of naive moments in UTC}
        """
        span = timedelta(max(policies.mapped("contact_days"))) + ELSEWHERE
        touches = {
            debtor: list(moments)
            for debtor, moments in self._get_attempts(
                company, debtors, moment - span, moment + span
            ).items()
        }
        # sudo: what counts doesn't depend on who asks.
        written = self.env["collection.contact.log"].sudo()
        for debtor, moments in written._read_group(
            [
                ("partner_id", "in", debtors.ids),
                ("company_id", "=", company.id),
                ("document", "in", engine.COUNTED),
                ("date", ">=", moment - span),
            ],
            ["partner_id"],
            ["date:array_agg"],
        ):
            touches.setdefault(debtor.sudo(False), []).extend(moments)
        return touches


def _choose(contacts, channel):
    """The first one with an e-mail address; for a letter, else with a postal one."""
    with_email = [each for each in contacts if each.email_normalized]
    if channel == LETTER and not with_email:
        return next((each for each in contacts if each.street or each.city), None)
    return next(iter(with_email), None)
