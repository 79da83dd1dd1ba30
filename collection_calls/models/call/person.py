from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...engine import phone


class CollectionCall(models.Model):
    """Who is on the line: somebody new, or somebody else than who was asked for."""

    _inherit = "collection.call"

    is_person_told = fields.Boolean(
        readonly=True,
        copy=False,
        help="Somebody said who is on the line. Else it is whom we want to reach.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        """A call that is logged once it is over says who answered."""
        calls = super().create(vals_list)
        for call, vals in zip(calls, vals_list, strict=True):
            if vals.get("contact_id") and vals.get("outcome_id"):
                call._write_closed({"is_person_told": True})
        return calls

    def write(self, vals):
        result = super().write(vals)
        if "contact_id" in vals and "step" not in vals:
            talking = self.filtered(lambda call: call.step == "call")
            talking._write_closed({"is_person_told": bool(vals["contact_id"])})
        return result

    def _end(self):
        """A third party who didn't say who they are isn't who was asked for."""
        super()._end()
        outcome = self.outcome_id
        if outcome.reached != "third_party" or outcome.is_wrong_number:
            return
        if self.step not in ("prepare", "call") or self.is_person_told:
            return
        if sought := self.contact_id:
            # The number stays the one that was dialled.
            self._write_closed({"contact_id": False, "phone": self.phone})
            self._message_log(
                body=self.env._("Asked for %(person)s.", person=sought.name)
            )

    def action_name_person(self):
        """Open the small form that records who is on the line."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who Is on the Line?"),
            "res_model": "collection.call.person",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_call_id": self.id,
                "default_number": self._get_new_number(),
                "dialog_size": "medium",
            },
        }

    def _get_new_number(self):
        """From which they call, if nobody there has that number yet."""
        family = self.partner_id | self.partner_id.child_ids
        region = self._get_phone_region()
        known = {phone.e164(person.phone, region) for person in family}
        is_new = self.direction == "incoming" and self.phone_e164 not in known
        return is_new and self.phone

    def _name_person(self, name, role=None, number=None, is_in_charge=True):
        """Record somebody who is on the line as a contact of the debtor.

        Whoever bears that name there already is taken, and completed.

        :param str number: of theirs; the call goes on on its own
        :param bool is_in_charge: whether they may be called about invoices
        :raise UserError: if the call is over
        :raise AccessError: if a colleague holds it
        :raise ValidationError: if there is no name, or nobody can dial the number
        :return: the partner
        """
        self.ensure_one()
        self.check_access("write")
        self._check_open_to_edits()
        name = " ".join((name or "").split())
        if not name:
            raise ValidationError(self.env._("Say who it is: ask for the name."))
        self._check_number(number)
        person = self._get_namesake(name) or self._create_person(name, is_in_charge)
        region = self._get_phone_region()
        known = {
            "function": (role or "").strip(),
            "phone": number and phone.international(number, region),
        }
        # sudo: collectors may not write contacts; nothing that stands is overwritten.
        person_sudo = person.sudo()
        person_sudo.write(
            {key: value for key, value in known.items() if value and not person[key]}
        )
        self.write({"contact_id": person.id, "phone": self.phone})
        return person

    def _get_namesake(self, name):
        people = self.partner_id.child_ids.filtered(lambda child: not child.is_company)
        return people.filtered(
            lambda child: (child.name or "").casefold() == name.casefold()
        )[:1]

    def _create_person(self, name, is_in_charge):
        debtor = self.partner_id
        if not debtor.is_company:
            raise UserError(
                self.env._(
                    "%(debtor)s is a private person: nobody else may hear about the"
                    " debt. End the call as “Third Party”.",
                    debtor=debtor.name,
                )
            )
        # sudo: collectors may not create contacts, but for whom they talk to.
        partners_sudo = self.env["res.partner"].sudo()
        person_sudo = partners_sudo.create(
            {
                "name": name,
                "parent_id": debtor.id,
                "type": "contact" if is_in_charge else "other",
                "lang": debtor.lang,
                "company_id": debtor.company_id.id,
            }
        )
        person_sudo._message_log(
            body=self.env._("Was on the line in %(call)s.", call=self.name)
        )
        return person_sudo.sudo(self.env.su)
