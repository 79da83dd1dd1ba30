import hashlib
import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL, consteq

from ...engine import proof
from ...engine.contact_gate import EMAIL, OFFER, PORTAL
from ..evidence.door import is_door_open, open_door

TEMPLATE = "collection_calls.mail_template_link"
ALIVE = ("sent", "failed", "opened", "proven")
TOKEN_BYTES = 24


class CollectionLink(models.Model):
    """An invitation to the debtor's page, sent while the call goes on.

    Whoever has the link sees nothing of the debt before they prove to be the right
    party: by the postcode or the customer number on file. After three wrong tries the
    link is dead. The token is sent and kept nowhere: here is its digest only.
    """

    _name = "collection.link"
    _description = "Link to a Debtor's Page"
    _inherit = ["collection.guard", "collection.evidence", "collection.rate.limit"]
    _order = "id desc"
    _rec_name = "call_id"

    call_id = fields.Many2one(
        "collection.call",
        string="Collection Call",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(related="call_id.partner_id", store=True, index=True)
    company_id = fields.Many2one(related="call_id.company_id", store=True)
    plan_ids = fields.Many2many("collection.plan", string="Plans", readonly=True)
    promise_ids = fields.Many2many(
        "collection.promise", string="Promises", readonly=True
    )
    contact_id = fields.Many2one(
        "res.partner", string="Sent To", readonly=True, ondelete="set null"
    )
    address = fields.Char(readonly=True, help="Where it went.")
    channel = fields.Selection([(EMAIL, "E-mail")], required=True, readonly=True)
    token_digest = fields.Char(
        required=True, readonly=True, groups=fields.NO_ACCESS, help="SHA-256, in hex."
    )
    mail_id = fields.Many2one(
        "mail.mail",
        readonly=True,
        ondelete="set null",
        groups=fields.NO_ACCESS,
        index="btree_not_null",
        help="The e-mail, as long as it hasn't left.",
    )
    date_sent = fields.Datetime(
        string="Sent", required=True, readonly=True, default=fields.Datetime.now
    )
    date_expiry = fields.Datetime(string="Ends", required=True, readonly=True)
    date_opened = fields.Datetime(string="Opened", readonly=True)
    date_proven = fields.Datetime(
        string="Proven",
        readonly=True,
        help="When whoever opened it first proved to be the right party.",
    )
    tries = fields.Integer(string="Wrong Tries", readonly=True)
    date_used = fields.Datetime(
        string="Answered",
        readonly=True,
        help="When the debtor accepted or declined. Since then it opens only where"
        " they did so.",
    )
    date_replaced = fields.Datetime(string="Replaced", readonly=True)
    is_taken_back = fields.Boolean(
        readonly=True, help="What it shows was taken back with it."
    )
    state = fields.Selection(
        [
            ("sent", "Sent"),
            ("failed", "Not Sent"),
            ("opened", "Opened"),
            ("proven", "Proven"),
            ("used", "Answered"),
            ("dead", "Locked"),
            ("expired", "Expired"),
            ("replaced", "Replaced"),
        ],
        compute="_compute_state",
    )

    _token_uniq = models.UniqueIndex("(token_digest)", "This link exists already.")

    @api.depends(
        "date_replaced",
        "date_used",
        "tries",
        "date_expiry",
        "date_proven",
        "date_opened",
        "mail_id.state",
    )
    def _compute_state(self):
        now = fields.Datetime.now()
        for link in self:
            mail_sudo = link.sudo().mail_id  # the queue is the administrator's
            conditions = [
                ("replaced", link.date_replaced),
                ("dead", link.tries >= proof.MOST_TRIES),
                ("used", link.date_used),
                ("expired", link.date_expiry and link.date_expiry <= now),
                ("proven", link.date_proven),
                ("opened", link.date_opened),
                ("failed", mail_sudo.state in ("exception", "cancel")),
                ("sent", True),
            ]
            link.state = next(state for state, holds in conditions if holds)

    # -------------------------------------------------------------------- guards

    @api.model
    def _get_refusal(self, names):
        return self.env._("Links are evidence and can't be changed. Send another one.")

    def write(self, vals):
        if vals and not is_door_open(self.env):
            raise UserError(self._get_refusal(vals))
        return super().write(vals)

    def _check_deletable(self):
        raise UserError(self.env._("Links are evidence and can't be deleted."))

    # ------------------------------------------------------------------- sending

    @api.model
    def _invite(self, call, channel=EMAIL):
        """Send a link to what was agreed in a call; older ones open nothing any more.

        :param call: with the agreements to show
        :raise UserError: if nobody may be written to, or could prove who they are
        """
        answer = self._ask(call, channel)
        self._check_provable(call, answer.recipient)
        plans, promises = call._get_shown_plans(), call._get_shown_promises()
        token = secrets.token_urlsafe(TOKEN_BYTES)
        now = fields.Datetime.now()
        # sudo: links are the addon's, whoever sends them.
        links_sudo = self.sudo()
        links_sudo.search([("call_id", "=", call.id)])._replace(now)
        # sudo: how long they last is the administrator's to say.
        days = call.company_id.sudo().collection_link_days
        link_sudo = links_sudo.create(
            {
                "call_id": call.id,
                "plan_ids": [Command.set(plans.ids)],
                "promise_ids": [Command.set(promises.ids)],
                "contact_id": answer.recipient.id,
                "channel": channel,
                "token_digest": self._digest(token),
                "date_sent": now,
                "date_expiry": now + timedelta(days),
            }
        )
        link_sudo._send(answer, token)
        for agreement in link_sudo._get_agreements():
            if not agreement.answer_state:
                agreement._set_answer("awaited")
        return link_sudo

    @api.model
    def _ask(self, call, channel):
        """What the gate says to inviting to the page, and to the way it takes.

        :rtype: Answer
        :raise UserError: if it is shut
        """
        for way in self._get_ways(channel):
            answer = call._ask_gate(way, OFFER)
            if answer.code == "no_address":
                raise UserError(
                    self.env._(
                        "%(person)s has no e-mail address. Ask for it, and enter it on"
                        " the contact.",
                        person=answer.recipient.name,
                    )
                )
            if not answer.is_allowed:
                raise UserError(
                    self.env._("No link may be sent: %(why)s", why=answer.reason)
                )
        return answer

    @api.model
    def _get_ways(self, channel):
        """What the gate is asked about; other modules add their channels."""
        return channel, PORTAL

    @api.model
    def _check_provable(self, call, recipient):
        known = self._get_known(call, recipient)
        if not any(map(proof.is_usable, known)):
            raise UserError(
                self.env._(
                    "Nobody could open the link: neither a postcode nor a customer"
                    " number of %(debtor)s is on file. Enter one on the contact first.",
                    debtor=call.partner_id.name,
                )
            )

    def _replace(self, moment):
        living = self.filtered(lambda link: not link.date_replaced)
        # What hasn't left needn't any more.
        living.mail_id.filtered(lambda mail: mail.state == "outgoing").cancel()
        if living:
            open_door(living).write({"date_replaced": moment})

    def _send(self, answer, token):
        """Send it by its channel; other modules add theirs here.

        :param answer: what the gate says to the way that it takes
        """
        self.ensure_one()
        call = self.call_id
        mail = call._pass_gate(
            answer, PORTAL, lambda person: self._post_mail(person, token), OFFER
        )
        open_door(self).write({"mail_id": mail.id, "address": answer.recipient.email})
        call._wake("mail.ir_cron_mail_scheduler_action")  # after the commit

    def _post_mail(self, recipient, token):
        """Queue the e-mail; it goes when it has left, and the token with it."""
        template = self.env.ref(TEMPLATE)
        told = template.with_context(collection_link_url=self._get_url(token))
        mail_id = told.sudo().send_mail(
            self.id,
            force_send=False,
            email_values={
                "recipient_ids": [Command.set(recipient.ids)],
                "auto_delete": True,
                "model": False,
                "res_id": False,
            },
        )
        return self.env["mail.mail"].sudo().browse(mail_id)

    def _get_url(self, token):
        return f"{self.call_id.get_base_url()}/my/collection/{token}"

    def _get_recipient(self):
        return self.contact_id

    def _get_recipient_lang(self):
        return self.contact_id.lang or self.partner_id.lang or self.env.lang

    def _get_page_lang(self):
        """The language of the pages in front of the agreement's own.

        :return: the code of an active language
        """
        installed = dict(self.env["res.lang"].get_installed())
        codes = (
            self.contact_id.lang,
            self.partner_id.lang,
            self.company_id.partner_id.lang,
        )
        return next((code for code in codes if code in installed), self.env.lang)

    # --------------------------------------------------------------------- opening

    @api.model
    def _digest(self, token):
        return hashlib.sha256((token or "").encode()).hexdigest()

    @api.model
    def _find(self, token):
        """The link of a token, in any company, as superuser; none if there is none.

        It is looked up by its digest, so that the time it takes tells nothing.
        """
        digest = self._digest(token)
        # sudo: whoever has the token may open the link.
        link_sudo = self.sudo().search([("token_digest", "=", digest)], limit=1)
        if link_sudo and consteq(link_sudo.token_digest, digest):
            return link_sudo
        return link_sudo.browse()

    def _is_alive(self):
        """Whether it may be opened, or proven, by anybody who has it."""
        return self.state in ALIVE

    def _lets_in(self, is_proven_here):
        """Whether a browser sees what the link is about.

        :param bool is_proven_here: whether the proof was given in this browser
        """
        self.ensure_one()
        return is_proven_here and (self._is_alive() or self.state == "used")

    def _note_opened(self):
        """Somebody opened the link, who is no program; nobody knows yet who."""
        self.ensure_one()
        if not self.date_opened:
            open_door(self).write({"date_opened": fields.Datetime.now()})
            self._tell_collectors("opened")

    def _prove(self, given):
        """Try to prove to be the right party.

        The try is counted before it is looked at, so that many at once aren't more than
        three: the later ones wait, fail to write the row, and are run again.

        :param str given: as it was typed
        :return: whether it is on file
        :raise ValidationError: if nothing was typed: that is no try
        """
        self.ensure_one()
        if not proof.normalise(given):
            raise ValidationError(
                self.env._("Enter your postcode or your customer number.")
            )
        if not self._is_alive():
            return False
        self._count_try(1)
        if not proof.proves(given, self._get_known(self.call_id, self.contact_id)):
            if self.state == "dead":
                self._tell_collectors("dead")
            return False
        self._count_try(-1)
        if not self.date_proven:
            open_door(self).write({"date_proven": fields.Datetime.now()})
        for agreement in self._get_pages():
            agreement._note_page_event("proven")
        self._tell_collectors("proven")
        return True

    def _count_try(self, number):
        self.env.cr.execute(
            SQL(
                "UPDATE collection_link SET tries = COALESCE(tries, 0) + %s"
                " WHERE id = %s",
                number,
                self.id,
            )
        )
        self.invalidate_recordset(["tries", "state"])

    def _get_tries_left(self):
        return max(proof.MOST_TRIES - self.tries, 0)

    @api.model
    def _get_known(self, call, recipient):
        """What is on file of whoever is invited, and of whom they speak for.

        :rtype: list[proof.Known]
        """
        people = call.partner_id | call.contact_id | recipient
        return [
            proof.Known(kind, value, person.country_id.code or "")
            for person in people
            for kind, value in (
                (proof.POSTCODE, person.zip),
                (proof.CUSTOMER_NUMBER, person.ref),
            )
            if value
        ]

    def _get_agreements(self):
        """Plans and promises that it leads to.

        :rtype: list
        """
        self.ensure_one()
        return [*self.plan_ids, *self.promise_ids]

    def _get_pages(self):
        """What has a page that it leads to: what was agreed, else what is overdue.

        :rtype: list
        """
        return self._get_agreements() or [self.call_id.case_id]

    def _shows(self, agreement):
        """Whether it leads to this page: of an agreement of the call, or of what the
        same debtor owes beside it."""
        self.ensure_one()
        if agreement._name == "collection.case":
            return agreement == self.call_id.case_id
        return agreement in self._get_agreements()

    def _mark_taken_back(self):
        open_door(self).write({"is_taken_back": True})

    def _mark_used(self):
        """The debtor has accepted or declined: nobody else needs the link."""
        fresh = self.filtered(lambda link: not link.date_used)
        if fresh:
            open_door(fresh).write({"date_used": fields.Datetime.now()})

    def _tell_collectors(self, kind):
        """Tell the collector's browser that something happened, and not what."""
        for link in self:
            link.call_id._tell_page_event(kind)


class ResCompany(models.Model):
    _inherit = "res.company"

    collection_link_days = fields.Integer(
        string="Links to the Debtor's Page",
        default=7,
        help="Days after which a link that was sent during a call opens nothing any"
        " more.",
    )

    _collection_link_days = models.Constraint(
        "CHECK(collection_link_days BETWEEN 1 AND 365)",
        "A link to the debtor's page lasts 1 to 365 days.",
    )


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_link_days = fields.Integer(
        related="company_id.collection_link_days", readonly=False
    )
