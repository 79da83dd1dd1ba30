from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

# Whatever stands on these says who somebody is, not what somebody did or said.
MASTER_DATA = {
    "account.fiscal.position",
    "account.payment.term",
    "product.pricelist",
    "res.country",
    "res.country.group",
    "res.country.state",
    "res.currency",
    "res.lang",
    "res.partner.category",
    "res.partner.industry",
}
# What may be asked for of others; of partners, also what stands on themselves.
FIELDS = {
    "account.move": {
        "amount_residual_signed",
        "amount_total_signed",
        "currency_id",
        "invoice_date",
        "invoice_date_due",
        "move_type",
        "payment_state",
        "state",
    },
    "res.company": {"name"},
    "res.partner": {
        "collection_overdue_amount",
        "credit",
        "is_blacklisted",
        "phone_blacklisted",
    },
    "res.users": {"name", "login", "active"},
}
KNOWN = MASTER_DATA | set(FIELDS) - {"account.move"}
ALWAYS = {"id", "display_name"}
INVOICES = "invoice_ids"  # of the company alone whose strategy it is
SUBDOMAINS = ("any", "not any")
# Texts about a debtor, not about who it is.
TOLD = {"comment"}


class OutOfReach(ValueError):
    """A filter asks for a field that it may not ask for."""

    def __init__(self, path):
        super().__init__(path)
        self.path = path


class CollectionStrategy(models.Model):
    """What a strategy may ask about debtors.

    Whose a debtor is doesn't depend on who looks, so filters are evaluated by the
    superuser. Whoever writes one sees by the cases whom it fits, and could learn what
    texts say that only other companies may read. So a filter asks for who a debtor is,
    and for figures of the invoices in the company of the case.
    """

    _inherit = "collection.strategy"

    @api.constrains("partner_domain", "active")
    def _check_partner_domain(self):
        """Filters of archived strategies aren't asked: they may name what is gone."""
        active = self.filtered("active")
        result = super(CollectionStrategy, active)._check_partner_domain()
        for strategy in active:
            try:
                strategy._check_reach(strategy._get_partner_domain())
            except OutOfReach as error:
                raise ValidationError(strategy._say_out_of_reach(error.path)) from error
        return result

    def _say_out_of_reach(self, path):
        return self.env._(
            "The debtors of “%(strategy)s” can't be chosen by %(field)s: what one"
            " company was told is nobody else's. Choose them by what stands on the"
            " contact itself, such as country, tags, industry or salesperson, or by"
            " dates and amounts of its invoices.",
            strategy=self.name,
            field=self._name_path(path),
        )

    @api.model
    def _name_path(self, path):
        """A path of fields from a contact on, as people and as programmers know it."""
        labels, model = [], self.env["res.partner"]
        for name in path.split("."):
            field = model is not None and model._fields.get(name)
            if not field:
                return path
            labels.append(field.get_description(self.env, ["string"])["string"])
            model = self.env[field.comodel_name] if field.relational else None
        return f"“{' › '.join(labels)}” ({path})"

    def _get_reachable_domain(self, company):
        """The filter as it is evaluated for the cases of a company.

        :raise OutOfReach: if it asks for more than it may
        """
        domain = self._get_partner_domain()
        self._check_reach(domain)
        in_company = Domain("company_id", "=", company.id)

        def limit(condition):
            first, _dot, rest = condition.field_expr.partition(".")
            if first != INVOICES:
                return condition
            operator, asked = condition.operator, condition.value
            if rest:
                operator, asked = "any", Domain(rest, operator, asked)
            return Domain(INVOICES, operator, Domain(asked) & in_company)

        return domain.map_conditions(limit)

    @api.model
    def _check_reach(self, domain, model="res.partner", before=""):
        """Check that a filter asks for nothing but who a debtor is.

        :param Domain domain: on the model
        :param str before: path of the field whose records the domain is on
        :raise OutOfReach: if it asks for something else
        """
        for condition in domain.iter_conditions():
            path = before + condition.field_expr
            is_sub = condition.operator in SUBDOMAINS
            asked = condition.field_expr
            if not before and asked.partition(".")[0] == INVOICES:
                asked = asked.partition(".")[2]
                if not (asked or is_sub):
                    raise OutOfReach(path)
                end = self._follow("account.move", asked, path)
            else:
                end = self._follow(model, asked, path)
            if is_sub:
                self._check_reach(Domain(condition.value), end, f"{path}.")

    @api.model
    def _follow(self, model, asked, path):
        """:return: the model at which allowed fields arrive; None for a plain value"""
        for name in filter(None, asked.split(".")):
            field = model and self.env[model]._fields.get(name)
            if not (field and self._is_allowed(field)):
                raise OutOfReach(path)
            model = field.comodel_name
            if field.type in ("date", "datetime"):
                break  # what follows is a part of the date
        return model

    @api.model
    def _is_allowed(self, field):
        name, model = field.name, field.model_name
        if name in ALWAYS | FIELDS.get(model, set()):
            return True
        own = field.store and not field.groups
        own = own and field.type not in ("one2many", "html", "json", "binary")
        if model == "res.partner":
            known = not field.relational or field.comodel_name in KNOWN
            return own and known and name not in TOLD
        return own and model in MASTER_DATA and not field.relational
