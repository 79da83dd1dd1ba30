"""Prompts for the collector: text with placeholders such as ``{debtor}``."""

import re
from string import Formatter

#: What anybody may hear, a machine included.
PUBLIC = frozenset({"collector", "company", "company_phone", "contact", "debtor"})
#: What only the right party may hear.
CONFIDENTIAL = frozenset(
    {"amount", "invoices", "invoice_count", "oldest_due_date", "days_overdue"}
)

#: Stems that give a debt away. They are looked for in every text, because nobody knows
#: which language a machine is spoken to.
REVEALING = (
    # English
    r"debt", r"overdue", r"invoice", r"owe[ds]?\b", r"owing", r"unpaid", r"payment",
    r"\bpaid\b", r"\bpay\b", r"outstanding", r"collection", r"dunning", r"reminder",
    r"arrears", r"balance",
    # German
    r"schuld", r"forderung", r"rechnung", r"überfällig", r"fällig", r"mahn", r"inkasso",
    r"zahl", r"offene[nr]? posten", r"rückst", r"betrag", r"ausstehend",
    # French
    r"dette", r"créance", r"facture", r"impay", r"paiement", r"\bpayer", r"relance",
    r"recouvrement", r"échéance", r"\bsolde", r"montant", r"retard",
)  # fmt: skip
_REVEALING = re.compile("|".join(REVEALING), re.IGNORECASE)


def placeholders(text):
    """Names in braces, in order.

    :raise ValueError: if a brace is not closed or not opened, or a name is missing
    """
    names = []
    for _literal, name, spec, conversion in Formatter().parse(text or ""):
        if name is None:
            continue
        if not name.isidentifier() or spec or conversion:
            raise ValueError(name or "{}")
        names.append(name)
    return names


def unknown(text):
    """Placeholders of ``text`` that nobody can fill in.

    :raise ValueError: as :func:`placeholders`
    """
    return sorted(set(placeholders(text)) - PUBLIC - CONFIDENTIAL)


def revealing(text):
    """What in ``text`` would tell a stranger about the debt.

    :return: confidential placeholders and words, in order, each once
    :raise ValueError: as :func:`placeholders`
    """
    names = [f"{{{name}}}" for name in placeholders(text) if name in CONFIDENTIAL]
    literal = " ".join(part for part, *_rest in Formatter().parse(text or "") if part)
    words = [match.group() for match in _REVEALING.finditer(literal)]
    return list(dict.fromkeys(names + words))


def render(text, values):
    """Fill in the placeholders.

    :param dict values: texts by name; a missing or empty one becomes an ellipsis, so
        that the collector sees the gap
    :raise ValueError: as :func:`placeholders`
    """
    filled = {name: values.get(name) or "…" for name in placeholders(text)}
    return (text or "").format(**filled)
