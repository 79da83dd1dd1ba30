from odoo import api, models
from odoo.fields import Domain

AGES = (
    ("bucket_1_30", "secondary"),
    ("bucket_31_60", "warning-light"),
    ("bucket_61_90", "warning"),
    ("bucket_over_90", "danger"),
)
ACCELERATED = Domain("state", "=", "accelerated")
NOTICE = Domain("state", "=", "notice")
IN_ARREARS = Domain("state", "=", "active") & Domain("amount_arrears", ">", 0)
IN_TROUBLE = ACCELERATED | NOTICE | IN_ARREARS
ON_TRACK = Domain("state", "=", "active") & Domain("amount_arrears", "<=", 0)


class CollectionOverview(models.AbstractModel):
    """The tiles about what there is to do: today's calls, old debt, plans."""

    _inherit = "collection.overview"

    # ----------------------------------------------------------------------- today

    @api.model
    def _get_work(self):
        """Today's work is always the user's own: nobody calls for another one."""
        cases = self.env["collection.case"]
        calls = self.env["collection.call"]
        left = Domain("is_left_today", "=", True)
        done = Domain("is_called_today", "=", True)
        mine = Domain("user_id", "=", self.env.uid)
        ongoing = Domain("state", "=", "ongoing") & mine
        no_number = (
            cases._get_due_domain()
            & Domain("phone_problem", "!=", False)
            & ~cases._get_spoken_for_domain()
            & Domain("user_id", "in", [self.env.uid, False])
        )
        progress = cases.get_calling_progress()
        return {
            "done": self._figure(
                self.env._("Done Today"),
                cases._name,
                done,
                progress["done"],
                tone="success",
            ),
            "left": self._figure(
                self.env._("Left to Call"),
                cases._name,
                left,
                progress["left"],
                tone="warning",
            ),
            "parts": [
                self._figure(
                    self.env._("My Ongoing Calls"),
                    calls._name,
                    ongoing,
                    calls.search_count(ongoing),
                    tone="warning",
                ),
                self._figure(
                    self.env._("No Valid Phone Number"),
                    cases._name,
                    no_number,
                    cases.search_count(no_number),
                    tone="secondary",
                ),
            ],
        }

    # ------------------------------------------------------------------------ aging

    @api.model
    def _get_aging(self):
        """The stored figures of the cases: as old as their last refreshing.

        What is overdue is what the list adds up to; the ages are those of the claims,
        and more than that by the open credits.
        """
        cases = self.env["collection.case"]
        scope = self._get_scope(cases._name)
        labels = cases.fields_get([name for name, _tone in AGES], ["string"])
        parts = []
        for name, tone in AGES:
            domain = scope & Domain(name, ">", 0)
            label = labels[name]["string"]
            count, amount = self._sum_cases(domain, name)
            parts.append(
                self._figure(
                    label,
                    cases._name,
                    domain,
                    count,
                    amount=amount,
                    tone=tone,
                    name=self.env._("Overdue: %(age)s", age=label),
                )
            )
        overdue = scope & Domain.OR(Domain(name, ">", 0) for name, _tone in AGES)
        count, amount = self._sum_cases(overdue, "overdue_amount")
        whole = self._figure(
            self.env._("Overdue"), cases._name, overdue, count, amount=amount
        )
        credits = sum(part["amount"] for part in parts) - amount
        return {**whole, "credits": credits, "parts": parts}

    @api.model
    def _sum_cases(self, domain, name):
        groups = self.env["collection.case"]._read_group(
            domain, ["company_id"], ["__count", f"{name}:sum"]
        )
        return self._sum(
            [(company.currency_id, count, amount) for company, count, amount in groups]
        )

    # ------------------------------------------------------------------------ plans

    @api.model
    def _get_plans(self):
        scope = self._get_scope("collection.plan")
        parts = [self._get_plan_part(scope, *kind) for kind in self._get_plan_kinds()]
        trouble = parts[:-1]
        whole = self._figure(
            self.env._("Plans in Trouble"),
            "collection.plan",
            scope & IN_TROUBLE,
            sum(part["count"] for part in trouble),
            amount=sum(part["amount"] for part in trouble),
        )
        return {**whole, "parts": parts}

    @api.model
    def _get_plan_kinds(self):
        """What plans are told apart by: label, domain, what they are about, tone.

        Of an accelerated plan it is all that is left, of the others in trouble it is
        the arrears.
        """
        return [
            (self.env._("Accelerated"), ACCELERATED, "amount_residual", "danger"),
            (self.env._("Notice"), NOTICE, "amount_arrears", "warning"),
            (self.env._("In Arrears"), IN_ARREARS, "amount_arrears", "warning-light"),
            (self.env._("On Track"), ON_TRACK, "amount_residual", "success"),
        ]

    @api.model
    def _get_plan_part(self, scope, label, domain, about, tone):
        plans = self.env["collection.plan"]
        count, amount = self._sum(
            plans._read_group(
                scope & domain, ["currency_id"], ["__count", f"{about}:sum"]
            )
        )
        return self._figure(
            label,
            plans._name,
            scope & domain,
            count,
            amount=amount,
            tone=tone,
            name=self.env._("Installment Plans: %(kind)s", kind=label),
        )
