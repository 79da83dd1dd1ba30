from functools import partial

from odoo import fields, models
from odoo.fields import Command, Domain

from ..ledger.money_under_way import MOST_DAYS_ONLINE

SECONDS_OF_DOUBLES = 15


class PaymentTransaction(models.Model):
    """Online payments of what was agreed, from the page of a plan or a promise.

    Odoo makes one payment of each when it is done, and matches it with the invoices,
    the oldest first.
    """

    _inherit = "payment.transaction"

    collection_plan_id = fields.Many2one(
        "collection.plan",
        string="Installment Plan",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    collection_promise_id = fields.Many2one(
        "collection.promise",
        string="Promise to Pay",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    def write(self, vals):
        """What is on its way holds back verdicts, and is shown to collectors."""
        result = super().write(vals)
        if "state" in vals:
            # sudo: whoever tells of a transaction sees no agreements.
            self_sudo = self.sudo()
            items_sudo = self_sudo.collection_plan_id._get_items()
            items_sudo |= self_sudo.collection_promise_id._get_items()
            move_ids = (self_sudo.invoice_ids | items_sudo.move_id).ids
            self.env["collection.case"]._touch(move_ids)
            self.env["collection.agreement"]._touch_all(move_ids)
        return result

    def _get_collection_agreement(self):
        """The plan or the promise that is paid, by a part of what was captured too."""
        self.ensure_one()
        source = self.source_transaction_id
        return (
            self.collection_plan_id
            or self.collection_promise_id
            or source.collection_plan_id
            or source.collection_promise_id
        )

    def _filter_under_way(self):
        """Those whose money is on its way; see :mod:`..ledger.money_under_way`."""
        oldest = fields.Datetime.subtract(fields.Datetime.now(), days=MOST_DAYS_ONLINE)
        return self.filtered(
            lambda transaction: (
                transaction.state in ("pending", "authorized", "done")
                and not transaction.payment_id
                and transaction._get_amount_under_way() > 0
                and transaction.operation not in ("validation", "refund")
                and transaction.last_state_change >= oldest
                and (transaction.state, transaction.provider_code)
                != ("pending", "custom")
            )
        )

    def _get_amount_under_way(self):
        """What isn't captured or voided yet of it: either makes a transaction of its
        own, which has the payment."""
        self.ensure_one()
        parts = self.child_transaction_ids.filtered(
            lambda part: part.operation != "refund" and part.state in ("done", "cancel")
        )
        return self.currency_id.round(self.amount - sum(parts.mapped("amount")))

    def _get_last_to_tell(self):
        """The last of these that the debtor hears of: it is on its way, waits for a
        transfer, has failed, or came in today."""
        last = self.filtered(lambda each: each.state != "draft").sorted("id")[-1:]
        recent = fields.Datetime.subtract(fields.Datetime.now(), days=1)
        if last.state == "pending" or last._filter_under_way():
            return last
        return last.filtered(lambda each: each.last_state_change >= recent)

    def _find_doubled(self, wanted):
        """A transaction that was made a moment ago, and that nobody went on with.

        Browsers and people send a form twice. The second time gets what the first one
        made, so that nothing is paid twice.

        :param dict wanted: the values that tell it from others
        """
        since = fields.Datetime.subtract(
            fields.Datetime.now(), seconds=SECONDS_OF_DOUBLES
        )
        return self.search(
            Domain.AND(Domain(name, "=", value) for name, value in wanted.items())
            & Domain([("state", "=", "draft"), ("create_date", ">=", since)]),
            limit=1,
        )

    # ------------------------------------------------------------- post-processing

    def _post_process(self):
        new = self.filtered(
            lambda transaction: (
                not transaction.payment_id and transaction._get_collection_agreement()
            )
        )
        # Core would post them; a correction is finished by whoever began it.
        for transaction in new.filtered(lambda each: each.state == "done"):
            drafts = transaction.invoice_ids.filtered(lambda m: m.state == "draft")
            if drafts:
                transaction.invoice_ids = [Command.unlink(m.id) for m in drafts]
        result = super()._post_process()
        for transaction in new.filtered("payment_id"):
            agreement_sudo = transaction._get_collection_agreement().sudo()
            # An error of ours takes back no payment.
            agreement_sudo._attempt(
                partial(
                    agreement_sudo._note_page_event,
                    "paid",
                    reference=transaction.reference,
                ),
                f"{transaction.reference}: nobody was told of the online payment",
            )
        return result

    def _create_payment(self, **extra_create_values):
        agreement_sudo = self._get_collection_agreement().sudo()
        items_sudo = agreement_sudo and agreement_sudo._get_payable_items()
        if items_sudo and not self.invoice_ids:
            account = items_sudo[:1].account_id
            extra_create_values.setdefault("destination_account_id", account.id)
        payment = super()._create_payment(**extra_create_values)
        if agreement_sudo:
            agreement_sudo._attempt(
                partial(agreement_sudo._match_online_payment, payment),
                f"{self.reference}: the rest of the payment isn't matched",
            )
        return payment

    def _log_message_on_linked_documents(self, message):
        result = super()._log_message_on_linked_documents(message)
        agreement_sudo = self._get_collection_agreement().sudo()
        if agreement_sudo:
            agreement_sudo._message_log(body=message)
        return result
