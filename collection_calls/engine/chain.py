"""A chain over evidence: which digest follows which, and what a broken one tells.

Every piece of evidence is sealed: each of its facts has a digest (SHA-256, FIPS 180-4),
and a link holds these digests together with the digest of the link before it. Whoever
changes a fact, a link or their order leaves a digest that doesn't fit any more.

A text is hashed with a random salt (HMAC, RFC 2104). Once text and salt are emptied,
nobody can guess a short text by trying, and the digests that the links hold stay true.
"""

import hashlib
import hmac
import json
from datetime import date, datetime
from typing import NamedTuple

START = "0" * 64  # what the first link of a chain follows

MISSING = "missing"  # links were deleted
DISORDERED = "disordered"  # a link follows another one than it says
ALTERED = "altered"  # a link says something else than was sealed


class Link(NamedTuple):
    """``facts`` is {name: digest}; ``moment`` a naive datetime in UTC."""

    sequence: int
    company_id: int
    model: str
    record_id: int
    kind: str
    moment: datetime
    facts: dict
    predecessor: str
    digest: str = ""


class Flaw(NamedTuple):
    """What is wrong with the chain itself, and at which number."""

    kind: str
    sequence: int
    until: int


def canonical(value):
    """The one text that stands for a value, whatever read it from the database.

    Numbers count to the sixth decimal, moments to the second. No text and an empty text
    are the same: nothing was said.

    :param value: None, bool, int, float, str, date, datetime (naive, UTC), or lists and
        dictionaries of them
    :rtype: str
    """
    return json.dumps(
        _plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )


def _plain(value):
    if value is None or value == "":
        return None
    if isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return f"{value + 0:.6f}".replace("-0.000000", "0.000000")
    if isinstance(value, datetime):
        return value.replace(microsecond=0).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    return [_plain(each) for each in value]


def digest_fact(value, salt=""):
    """The digest of one fact, in hexadecimal.

    :param str salt: hexadecimal; of a text, its own
    """
    content = canonical(value).encode()
    if salt:
        return hmac.new(bytes.fromhex(salt), content, hashlib.sha256).hexdigest()
    return hashlib.sha256(content).hexdigest()


def digest_link(link):
    """The digest of a link, which the next one holds. Its own isn't part of it."""
    return hashlib.sha256(canonical(link._replace(digest="")).encode()).hexdigest()


def forge(links, sequence, predecessor):
    """Append links to a chain.

    :param links: in order, without number, predecessor and digest
    :param int sequence: of the link that was last; 0 if there is none
    :param str predecessor: its digest; :data:`START` if there is none
    :return: the links as they are kept
    """
    chain = []
    for number, link in enumerate(links, start=sequence + 1):
        numbered = link._replace(sequence=number, predecessor=predecessor, digest="")
        chain.append(numbered._replace(digest=digest_link(numbered)))
        predecessor = chain[-1].digest
    return chain


def examine(links, sequence=0, predecessor=START):
    """What is wrong with a chain; see :func:`forge` for where it goes on from.

    :param links: any iterable, ordered by their numbers
    :rtype: Iterator[Flaw]
    """
    for link in links:
        if link.sequence != sequence + 1:
            yield Flaw(MISSING, sequence + 1, link.sequence - 1)
        elif link.predecessor != predecessor:
            yield Flaw(DISORDERED, link.sequence, link.sequence)
        if digest_link(link) != link.digest:
            yield Flaw(ALTERED, link.sequence, link.sequence)
        sequence, predecessor = link.sequence, link.digest


def compare(facts, digests, salts):
    """Which facts aren't what was sealed.

    :param dict facts: values by name, as they are now
    :param dict digests: as a link holds them
    :param dict salts: those that are left
    :return: list of names
    """
    return sorted(
        name
        for name in facts.keys() | digests.keys()
        if digest_fact(facts.get(name), salts.get(name, "")) != digests.get(name)
    )
