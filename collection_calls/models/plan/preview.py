from itertools import pairwise

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tools import format_date

SHOWN = 24  # installments of a preview; of a longer one, the first and the last


class CollectionPlan(models.Model):
    """What a plan would be, and how it is put into words, before there is one."""

    _inherit = "collection.plan"

    @api.model
    def _draft(self, vals, items):
        """A plan that is nowhere but in memory, with its schedule.

        :param dict vals: of the plan, without claims
        :param items: journal items that it is about
        :raise ValidationError: if there can't be such a plan, as making it would
        """
        claims = [Command.create({"move_line_id": item.id}) for item in items]
        plan = self.new(dict(vals, claim_ids=claims, state="draft"))
        plan._check_claims()
        plan._check_rule()
        total = sum(claim._get_residual() for claim in plan.claim_ids)
        installments = self._build_schedule(
            plan.company_id, plan.currency_id, total, plan._get_schedule_terms()
        )
        plan.company_id._check_plan_limits(plan.currency_id, total, installments)
        plan.installment_ids = [
            Command.create(
                {
                    "date_due": installment.due,
                    "amount": plan._from_units(installment.amount),
                    "state": "upcoming",
                }
            )
            for installment in installments
        ]
        return plan

    @api.model
    def _preview(self, vals, items):
        """The schedule of a plan as it is being typed.

        :return: tuple of HTML and of why there is no such plan; one of them is False
        """
        try:
            plan = self._draft(vals, items)
        except ValidationError as error:
            return False, error.args[0]
        return plan._render_preview(), False

    def _render_preview(self):
        """The schedule for the collector's eyes, as HTML."""
        rows = self._get_preview_rows()
        skipped = max(len(rows) - SHOWN, 0)
        values = {
            "plan": self,
            "is_crowded": self._is_crowded(),
            "rows": rows[: SHOWN - 1] + rows[-1:] if skipped else rows,
            "skipped": skipped,
            "last": rows[-1],
        }
        return self.env["ir.qweb"]._render("collection_calls.plan_preview", values)

    def _is_crowded(self):
        """Whether days off have pushed installments closer together than agreed."""
        days = self.installment_ids.sorted("date_due").mapped("date_due")
        if self.down_payment:
            days = days[1:]
        least = {"weekly": 7, "biweekly": 14}.get(self.frequency, 28) // 2
        return any((after - before).days <= least for before, after in pairwise(days))

    def _get_preview_rows(self):
        installments = self.installment_ids.sorted("date_due")
        has_down_payment = bool(self.down_payment)
        return [
            {
                "number": number if number or not has_down_payment else "",
                "day": self._format_weekday(installment.date_due),
                "installment": installment,
            }
            for number, installment in enumerate(installments, 1 - has_down_payment)
        ]

    def _format_weekday(self, day):
        weekday = format_date(self.env, day, date_format="EEE")
        return f"{weekday} {format_date(self.env, day)}"

    def _get_agreement_sentences(self):
        """What the debtor agrees to, to be read out or written.

        :return: list of sentences in the environment's language
        """
        self.ensure_one()
        due = self.installment_ids.sorted("date_due")
        down_payment = due[:1] if self.down_payment else due[:0]
        parts = due - down_payment
        sentences = []
        if down_payment:
            sentences.append(
                self.env._(
                    "You pay %(amount)s by %(day)s as a down payment.",
                    amount=self.currency_id.format(down_payment.amount),
                    day=self._format_day(down_payment.date_due),
                )
            )
        sentences.append(self._tell_installments(parts, bool(down_payment)))
        if len(parts) > 2:
            sentences.append(self._tell_rhythm())
        return [*sentences, self._get_clause()]

    def _tell_installments(self, parts, is_rest):
        labels = list(dict.fromkeys(self.claim_ids.mapped("label")))
        values = {
            "total": self.currency_id.format(sum(parts.mapped("amount"))),
            "invoices": self.env["collection.call"]._shorten(labels, 5),
            "count": len(parts),
            "first_amount": self.currency_id.format(parts[0].amount),
            "first": self._format_day(parts[0].date_due),
            "last_amount": self.currency_id.format(parts[-1].amount),
            "last": self._format_day(parts[-1].date_due),
        }
        if len(parts) == 1 and is_rest:
            return self.env._("You pay the rest, %(total)s, by %(first)s.", **values)
        if len(parts) == 1:
            return self.env._("You pay %(total)s by %(first)s: %(invoices)s.", **values)
        if is_rest:
            return self.env._(
                "You pay the rest, %(total)s, in %(count)s installments: the first of"
                " %(first_amount)s by %(first)s, the last of %(last_amount)s by"
                " %(last)s.",
                **values,
            )
        return self.env._(
            "You pay %(total)s in %(count)s installments (%(invoices)s): the first of"
            " %(first_amount)s by %(first)s, the last of %(last_amount)s by %(last)s.",
            **values,
        )

    def _tell_rhythm(self):
        sentences = {
            "weekly": self.env._("One installment is due every week."),
            "biweekly": self.env._("One installment is due every two weeks."),
            "monthly": self.env._("One installment is due every month."),
            "month_end": self.env._(
                "One installment is due at the end of every month."
            ),
        }
        return sentences[self.frequency]
