from collections import defaultdict

from odoo import models
from odoo.fields import Domain
from odoo.tools import format_date

from ...engine import asked
from ...engine import promise as promise_engine

OPEN_FIELDS = (
    *("move_id", "currency_id", "name", "date_maturity", "date"),
    "amount_residual_currency",
)
GONE = (promise_engine.SUPERSEDED, promise_engine.VOID)  # promises that count no more


class CollectionCall(models.Model):
    """What the debtor is asked to pay: said, mailed and printed from the same rows.

    The script says it before anything is agreed, the recap afterwards; the letter has
    it in its table and on its payment slip, the e-mail in what it says on how to pay.
    The decision is :mod:`...engine.asked`.
    """

    _inherit = "collection.call"

    def _get_terms(self):
        """What is open now of what was spoken about and promised, claim by claim.

        Claims come in order of their due dates. Amounts are in the currency of each:
        ``open`` is what the ledger says, ``disputed`` and ``credited`` what nobody asks
        for of it, ``left`` the rest; ``promised`` what the debtor still has to pay of
        what they promised, ``asked`` what they are asked to pay.

        :return: list of dictionaries with ``item``, ``move``, ``currency``, ``label``,
            ``date_maturity``, these amounts and ``date_promised``
        """
        self.ensure_one()
        rows = [*self._get_spoken_rows(), *self._get_promised_rows()]
        merged = {}
        for row in rows:
            key = row["item"] or (row["move"], row["label"])
            known = merged.setdefault(key, row)
            if known is not row:
                known["promised"] += row["promised"]
                days = [known["date_promised"], row["date_promised"]]
                known["date_promised"] = min((d for d in days if d), default=False)
        return self._settle_rows(list(merged.values()))

    def _settle_rows(self, rows):
        """Complete rows by what may be asked for; see :meth:`_get_terms`."""
        rows.sort(
            key=lambda row: (
                str(row["date_maturity"] or ""),
                row["item"]._origin.id or 0,
            )
        )
        by_currency = defaultdict(list)
        for row in rows:
            by_currency[row["currency"]].append(row)
        credits = self._get_open_credits() if rows else {}
        for currency, group in by_currency.items():
            units = currency.rounding or 0.01
            undisputed = self._get_undisputed(group)
            settled = asked.settle(
                [
                    asked.Claim(
                        row["move"].id or row["label"],
                        round(row["open"] / units),
                        round(row["promised"] / units),
                    )
                    for row in group
                ],
                {key: round(amount / units) for key, amount in undisputed.items()},
                round(credits.get(currency, 0) / units),
            )
            for row, found in zip(group, settled, strict=True):
                for name in asked.Row.__dataclass_fields__:
                    row[name] = currency.round(getattr(found, name) * units)
        return rows

    def _get_spoken_rows(self):
        """The claims of the call; what is noted on them isn't promised yet."""
        noted = self._get_promised_claims()
        return [
            self._prepare_term_row(
                claim,
                claim.promised_amount if claim in noted else 0,
                claim in noted and claim.promised_date,
            )
            for claim in self.claim_ids
        ]

    def _get_promised_rows(self):
        """What is still to come of the promises of this call."""
        rows = []
        for promise in self.promise_ids.filtered(lambda each: each.state not in GONE):
            is_judged = promise.amount_due or promise.state != promise_engine.OPEN
            missing = promise.amount_missing if is_judged else promise.amount
            for line in promise.line_ids.filtered(lambda each: each.state not in GONE):
                amount = max(min(line.amount, missing), 0)
                missing -= amount
                rows.append(self._prepare_term_row(line, amount, promise.date_promised))
        return rows

    def _get_overdue_terms(self):
        """As :meth:`_get_terms`, of all that is overdue: nobody was spoken to yet."""
        items = self.partner_id._get_collection_overdue_claims(self.company_id)
        items.fetch(OPEN_FIELDS)  # in one query, however many there are
        return self._settle_rows(
            [
                {
                    "item": item,
                    "move": item.move_id,
                    "currency": item.currency_id,
                    "label": item.move_id.name or item.name,
                    "date_maturity": item.date_maturity or item.date,
                    "open": item.amount_residual_currency,
                    "promised": 0,
                    "date_promised": False,
                }
                for item in items
            ]
        )

    def _prepare_term_row(self, claim, promised, day):
        """:param claim: a claim spoken about, or a line of a promise"""
        item = claim.move_line_id
        # What was open at the call is all that is left if accounting took it back.
        residual = item.amount_residual_currency if item else claim.amount_residual
        return {
            "item": item,
            "move": claim.move_id,
            "currency": claim.currency_id,
            "label": claim.label,
            "date_maturity": claim.date_maturity,
            "open": max(residual, 0),
            "promised": promised,
            "date_promised": day,
        }

    def _get_undisputed(self, rows):
        """What may be asked for of the invoices that are disputed, in their currency.

        :return: {invoice's id: amount}
        """
        moves = self.env["account.move"].union(*(row["move"] for row in rows))
        disputed = defaultdict(float)
        # sudo: collectors of a branch may not read the invoice as such.
        for move_sudo in moves.sudo():
            disputed[move_sudo.id] += move_sudo.collection_disputed_amount
        for claim in self._get_disputed_claims():
            disputed[claim.move_id.id] += claim.disputed_amount
        return {
            move_sudo.id: max(move_sudo.amount_residual - disputed[move_sudo.id], 0)
            for move_sudo in moves.sudo()
            if disputed[move_sudo.id]
        }

    def _get_open_credits(self):
        """Credits of the debtor that nobody has matched yet.

        :return: {currency: amount above zero}
        """
        items = self.env["account.move.line"]
        return {
            currency: -amount
            for currency, amount in items._read_group(
                items._get_collection_credit_domain(self.company_id)
                & Domain("partner_id.commercial_partner_id", "=", self.partner_id.id),
                ["currency_id"],
                ["amount_residual_currency:sum"],
            )
        }

    # ----------------------------------------------------------------------- words

    def _say_sums(self, rows, name="left"):
        """The sums of rows, one for each currency, in the environment's language.

        :param str name: of the amount, see :meth:`_get_terms`
        """
        sums = defaultdict(float)
        for row in rows:
            sums[row["currency"]] += row[name]
        return ", ".join(currency.format(amount) for currency, amount in sums.items())

    def _say_deductions(self, rows):
        """What is open and isn't asked for, or None."""
        names = {
            "disputed": self.env._("%(amounts)s of it is in dispute"),
            "credited": self.env._("%(amounts)s of it is credited already"),
        }
        told = [
            sentence
            % {"amounts": self._say_sums([row for row in rows if row[name]], name)}
            for name, sentence in names.items()
            if any(row[name] for row in rows)
        ]
        if not told:
            return None
        return self.env._("Not counted: %(deductions)s.", deductions=", ".join(told))

    def _get_beyond_note(self):
        """What is promised and objected to beyond what is open, in words, or False."""
        self.ensure_one()
        if self.state != "ongoing":
            return False
        notes = []
        noted = self._get_promised_claims()
        disputing = self._get_disputed_claims()
        left = {row["item"]: row for row in self._get_terms()}
        sums = defaultdict(lambda: [0.0, 0.0])
        for claim in noted | disputing:
            currency, row = claim.currency_id, left.get(claim.move_line_id)
            if not row or claim not in noted:
                continue
            free = row["left"] + row["credited"]
            sums[currency][0] += claim.promised_amount
            if currency.compare_amounts(claim.promised_amount, free) > 0:
                notes.append(
                    self.env._(
                        "%(claim)s: %(promised)s is promised, and %(left)s is left of"
                        " it beside what is disputed.",
                        claim=claim.label,
                        promised=currency.format(claim.promised_amount),
                        left=currency.format(free),
                    )
                )
        for row in left.values():
            sums[row["currency"]][1] += row["left"]
        for currency, (promised, most) in sums.items():
            if not notes and currency.compare_amounts(promised, most) > 0:
                notes.append(
                    self.env._(
                        "%(promised)s is promised, and %(left)s is left to pay after"
                        " what is disputed and credited.",
                        promised=currency.format(promised),
                        left=currency.format(most),
                    )
                )
        return "\n".join(notes) or False

    # --------------------------------------------------------------------- letter

    def _get_letter_claims(self):
        """The rows of the table of a letter: as :meth:`_get_terms`, days in words.

        :return: the same, with ``due`` and ``pays_on``
        """
        return [
            {
                **row,
                "due": format_date(self.env, row["date_maturity"]),
                "pays_on": format_date(self.env, row["date_promised"])
                if row["promised"] and row["date_promised"]
                else "",
            }
            for row in self._get_terms()
        ]

    def _get_letter_payments(self):
        """What is due of plans; else what was promised or is left, by invoice."""
        self.ensure_one()
        plans = self._get_letter_plans()
        planned = plans.claim_ids.move_line_id
        amounts = defaultdict(float)
        for row in self._get_terms():
            if row["item"] and row["item"] in planned:
                continue
            move = row["move"]
            reference = move.payment_reference or move.name or row["label"]
            amounts[move, row["currency"], reference] += row["asked"]
        return [
            payment for plan in plans for payment in plan._get_letter_payments()
        ] + [(*key, amount) for key, amount in amounts.items()]
