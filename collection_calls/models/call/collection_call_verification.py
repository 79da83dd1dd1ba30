from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CollectionCallVerification(models.AbstractModel):
    """Whether the person on the line may hear about the debt, and how we know."""

    _name = "collection.call.verification"
    _description = "Verification of the Right Party"

    right_party_verified = fields.Boolean(
        compute="_compute_right_party_verified",
        store=True,
        readonly=False,
        help="The person proved to be allowed to hear about the debt.",
    )
    verified_by = fields.Selection(
        [
            ("customer_number", "Customer number"),
            ("document_number", "Number of an invoice or order"),
            ("address", "Address"),
            ("known_person", "Known to the collector"),
            ("call_back", "Called back on a known number"),
            ("other", "Other"),
        ],
    )

    @api.depends("verified_by")
    def _compute_right_party_verified(self):
        for call in self:
            call.right_party_verified = bool(call.verified_by)

    @api.constrains("state", "outcome_id", "right_party_verified", "verified_by")
    def _check_right_party(self):
        for call in self.filtered(lambda call: call.outcome_id):
            reached = call.outcome_id.reached
            if reached == "right_party" and not call.right_party_verified:
                raise ValidationError(
                    self.env._(
                        "“%(outcome)s” needs the right party: say how the person proved"
                        " who they are (“Verified By”), or choose an outcome without a"
                        " conversation about the debt.",
                        outcome=call.outcome_id.name,
                    )
                )
            if reached in ("nobody", "third_party") and call.right_party_verified:
                raise ValidationError(
                    self.env._(
                        "“%(outcome)s” says that the right party was not reached, but"
                        " the person was verified. Change the outcome or empty"
                        " “Verified By”.",
                        outcome=call.outcome_id.name,
                    )
                )

    @api.constrains("state", "outcome_id", "right_party_verified", "verified_by")
    def _check_complete(self):
        for call in self.filtered(lambda call: call.state == "done"):
            if not call.outcome_id:
                raise ValidationError(
                    self.env._("Choose the outcome before you close the call.")
                )
            if call.right_party_verified and not call.verified_by:
                raise ValidationError(
                    self.env._("Say how you verified the right party (“Verified By”).")
                )
