"""Telephone numbers as people write them into a field.

A number is dialled only if one number was read. A field also says where it rings
("(mobil)", "Buero", "privat") and by which extension ("App. 12", "int. 12"): such notes
are put aside, extensions kept. Where it holds two numbers ("089 12345 / 54321",
"030 12345-10/11"), nobody can know which one is meant; both are offered. Letters are
never turned into the digits on whose keys they stand, as ``phonenumbers`` does: of
"0170 1234567 (mobil)" that makes +49170123456766245, which is somebody else's and on no
list of numbers that must not be called.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import (
    NumberParseException,
    PhoneNumberFormat,
    ValidationResult,
    timezone,
)

NOT_A_NUMBER, NO_COUNTRY, UNKNOWN_COUNTRY = "no_number", "no_country", "unknown_country"
TOO_SHORT, TOO_LONG = "too_short", "too_long"
NO_AREA, WRONG_LENGTH = "no_area", "wrong_length"
SEVERAL, LETTERS = "several", "letters"

# In some countries (the USA, Canada) nobody can tell mobiles from landlines.
TEXTED = (
    phonenumbers.PhoneNumberType.MOBILE,
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE,
)
PARSE_PROBLEMS = {
    NumberParseException.TOO_SHORT_AFTER_IDD: TOO_SHORT,
    NumberParseException.TOO_SHORT_NSN: TOO_SHORT,
    NumberParseException.TOO_LONG: TOO_LONG,
}
LENGTH_PROBLEMS = {
    ValidationResult.IS_POSSIBLE_LOCAL_ONLY: NO_AREA,
    ValidationResult.TOO_SHORT: TOO_SHORT,
    ValidationResult.TOO_LONG: TOO_LONG,
    ValidationResult.INVALID_LENGTH: WRONG_LENGTH,
    ValidationResult.INVALID_COUNTRY_CODE: UNKNOWN_COUNTRY,
}

LETTER = r"[^\W\d_]"
# What stands before an extension, in the languages in which we have met it.
EXTENSION_WORDS = (
    r"extension|extn?|x|app(?:arat)?|durchwahl|dw|klappe|kl|nebenstelle|nst|interno|int"
    r"|poste|anexo|extensi[oó]n|toestel|tst|wewn[eę]trzny|wew|linka|доб(?:авочный)?"
)
EXTENSION = re.compile(
    rf"""[\s,;(\[-]*
    (?: (?<!{LETTER}) (?:{EXTENSION_WORDS}) [\s.:]* | ;ext= | [#] | ,,[\s,]* )
    (\d{{1,7}}) [#]? [)\]]? [\s;]* $""",
    re.VERBOSE | re.IGNORECASE,
)
BRACKETED = re.compile(r"[(\[][^()\[\]]*[)\]]")
MOST_DIGITS_OF_A_NOTE = 4
# Between numbers; a slash may be that as well, or stand behind an area code.
CONNECTED = re.compile(r"[;,|&\\\n]|(?<=\d)\s*(?=\+)")
CONNECTING_WORDS = re.compile(
    r"(?<=[\d)])\s+(?:und|u\.|oder|od\.|and|or|et|ou|y|e|o)\s+(?=[\d+(])", re.IGNORECASE
)
WORDS = re.compile(rf"{LETTER}[^\d+;]*")
# Words that belong to digits before them: 12 Uhr, 2. OG.
MEASURES = re.compile(
    rf"(?:uhr|h|am|pm|a\.m|p\.m|og|eg|stock|etage|floor)(?!{LETTER})",
    re.IGNORECASE,
)
GLUED = re.compile(rf"\d{LETTER}|{LETTER}\d")
# A word behind so few digits may be the rest of the number: 0800 FLOWERS.
LEAST_DIGITS, FEW_DIGITS = 6, 8


@dataclass(frozen=True)
class Reading:
    """What stands in a field.

    Either ``number``, which may have an ``extension``, or a ``problem`` as a code.
    ``parts`` are numbers in it, ready to be dialled, of which one may be meant.
    """

    number: phonenumbers.PhoneNumber | None = None
    problem: str | None = None
    parts: tuple[str, ...] = ()


@lru_cache(maxsize=8192)
def read(text, region=None):
    """Read what stands in a field for a number, as dialled from ``region``.

    Numbers that are possible but not (yet) assigned pass: numbering plans change faster
    than the library that knows them.

    :param str text: as typed; ``00`` and ``+`` prefixes are understood
    :param str region: ISO 3166 code of the debtor's country, for national numbers
    :rtype: Reading
    """
    text, extension = _take_extension(_drop_notes(_clean(text or "")))
    text = _drop_notes(text, MOST_DIGITS_OF_A_NOTE).strip(" ;,-/\n")
    text, is_glued = _drop_label(CONNECTING_WORDS.sub(";", text))
    if is_glued or GLUED.search(text):
        is_number = len(re.findall(r"\d", text)) >= LEAST_DIGITS
        return Reading(problem=LETTERS if is_number else NOT_A_NUMBER)
    pieces = [piece for piece in WORDS.split(text) if re.search(r"\d", piece)]
    if len(pieces) > 1:
        return _read_several(pieces, region)
    reading = _read_piece(pieces[0] if pieces else text, region)
    if WORDS.search(text) and not _is_note(text, reading):
        is_number = bool(pieces) and reading.problem != NOT_A_NUMBER
        return Reading(problem=LETTERS if is_number else NOT_A_NUMBER)
    if reading.number and extension:
        reading.number.extension = extension
    return reading


def parse(text, region=None):
    """The number to dial, if one number was read; else None.

    For the arguments see :func:`read`.

    :rtype: phonenumbers.PhoneNumber | None
    """
    return read(text, region).number


def problem(text, region=None):
    """Why nobody can dial what stands in a field, as a code; None if it can be dialled.

    For the arguments see :func:`read`.
    """
    return read(text, region).problem


def parts(text, region=None):
    """Numbers in a field, of which one may be meant, as people read them."""
    return read(text, region).parts


def is_known(number, region=None):
    """Whether a number belongs to those that its country has given out so far."""
    parsed = parse(number, region)
    return bool(parsed) and phonenumbers.is_valid_number(parsed)


def takes_text_messages(number, region=None):
    """Whether a text message may arrive there: not at a landline, as far as known."""
    parsed = parse(number, region)
    return bool(parsed) and phonenumbers.number_type(parsed) in TEXTED


def is_international(number):
    """Whether a number, as typed, begins with the code of a country."""
    return (number or "").strip().startswith(("+", "00"))


def country(number, region=None):
    """ISO 3166 code of the country in which a number rings, None if nobody can tell."""
    parsed = parse(number, region)
    code = parsed and phonenumbers.region_code_for_number(parsed)
    return None if code == "001" else code


def e164(number, region=None):
    """:return: the number as ``+49302312542``, or None if it is impossible.

    Without its extension: that isn't dialled, and lists of numbers that must not be
    called don't know it.
    """
    return _format(parse(number, region), PhoneNumberFormat.E164)


def international(number, region=None):
    """:return: the number as ``+49 30 2312542``, or None if it is impossible.

    With its extension.
    """
    return _format(parse(number, region), PhoneNumberFormat.INTERNATIONAL)


def national_digits(number):
    """The digits of a number without those of its country and of its extension.

    :param phonenumbers.PhoneNumber number: as :func:`parse` returns it
    """
    return phonenumbers.national_significant_number(number)


def time_zones(number, region=None):
    """What ``phonenumbers`` says about the time zones in which a number may ring.

    Under names that may be out of use, and some of it wrong: whoever wants to know the
    hour asks :mod:`.clock`.

    :return: names such as ``Europe/Berlin``, none if the number is impossible or says
        nothing about its place
    """
    parsed = parse(number, region)
    zones = timezone.time_zones_for_number(parsed) if parsed else ()
    return [zone for zone in zones if zone != timezone.UNKNOWN_TIMEZONE]


# --------------------------------------------------------------------------- the field


def _clean(text):
    """Digits, hyphens and blanks of all scripts as those of ours."""
    text = unicodedata.normalize("NFKC", text.strip())
    cleaned = []
    for char in text:
        kind = unicodedata.category(char)
        if kind == "Nd":
            char = str(unicodedata.digit(char))
        elif kind == "Pd" or char == "\N{MINUS SIGN}":
            char = "-"
        elif char == "\r":
            char = "\n"
        elif kind == "Zs" or char == "\t":
            char = " "
        if kind != "Cf":  # marks of direction, pasted with the number
            cleaned.append(char)
    return re.sub("^tel:", "", "".join(cleaned), flags=re.IGNORECASE)


def _take_extension(text):
    match = EXTENSION.search(text)
    if not match or not re.search(r"\d", text[: match.start()]):
        return text, None
    return text[: match.start()], match[1]


def _drop_notes(text, most_digits=0):
    """The text without the words in brackets that say something about the number.

    :param int most_digits: of such a note; brackets with more of them are left
    """

    def drop(match):
        is_note = re.search(LETTER, match[0])  # else an area code, or a 0 to leave out
        digits = re.findall(r"\d", match[0])
        return ";" if is_note and len(digits) <= most_digits else match[0]

    return BRACKETED.sub(drop, text)


def _drop_label(text):
    """The text from its first digit on, and whether a letter touches that: O30 231."""
    match = re.search(r"[(+][(+\s]*\d|\d", text)
    if not match:
        return "", False
    before = text[: match.start()]
    return text[match.start() :], bool(re.search(rf"{LETTER}$", before))


def _is_note(text, reading):
    """Whether the words behind a number can't be a part of it."""
    number, words = reading.number, WORDS.search(text)[0]
    if number is None:
        return reading.problem == SEVERAL
    if MEASURES.match(words):
        return False
    digits = len(phonenumbers.national_significant_number(number))
    if digits < LEAST_DIGITS or not phonenumbers.is_valid_number(number):
        return False
    return digits >= FEW_DIGITS or not words.isupper()


# ------------------------------------------------------------------------- the numbers


def _read_several(pieces, region):
    """Numbers with words between them."""
    numbers = [
        number
        for piece in pieces
        for number in _find_numbers(piece, region)
        if phonenumbers.is_valid_number(number)
    ]
    found = _write(numbers)
    if not found:
        return Reading(problem=NOT_A_NUMBER)
    return Reading(problem=SEVERAL if len(found) > 1 else LETTERS, parts=found)


def _read_piece(text, region):
    """What was typed without words: one number, or several."""
    numbers = _find_numbers(text, region)
    found = _write(numbers)
    if len(found) > 1:
        return Reading(problem=SEVERAL, parts=found)
    pieces = _split(text, region)
    if len(pieces) > 1:  # what follows is no number of its own, nor an end of the first
        return Reading(problem=SEVERAL if found else NOT_A_NUMBER, parts=found)
    return _read_number(text, region)


def _find_numbers(text, region):
    """The numbers in a text without words, those first of which only the end is said
    after it.
    """
    numbers, pieces = [], _split(text, region)
    most = len(re.sub(r"\D", "", pieces[0])) if pieces else 0
    for piece in pieces:
        number = _read_number(piece, region).number
        digits = re.sub(r"\D", "", piece)
        is_own = piece.startswith(("+", "0", "(")) and _is_whole(piece, region)
        if numbers and not is_own and len(digits) < most:
            number = _replace_end(numbers[0], digits)
        if number:
            numbers.append(number)
    return numbers


def _split(text, region):
    """The text between what stands between numbers."""
    found = []
    for connected in CONNECTED.split(text):
        current = ""
        for piece in connected.split("/"):
            if current and _is_whole(current, region):
                found.append(current)
                current = piece
            else:
                current = f"{current}/{piece}" if current else piece
        found.append(current)
    return [piece.strip() for piece in found if re.search(r"\d", piece)]


def _is_whole(text, region):
    """Whether a number is complete, and not just the code of an area."""
    number = _read_number(text, region).number
    return bool(number) and phonenumbers.is_valid_number(number)


def _replace_end(number, digits):
    """A number with the same beginning and another end, if that gives one."""
    national = phonenumbers.national_significant_number(number)
    area = phonenumbers.length_of_geographical_area_code(number)
    kept = max(area, len(national) - len(digits))
    if kept <= 0:
        return None
    return _read_number(f"+{number.country_code}{national[:kept]}{digits}", None).number


def _write(numbers):
    texts = (_format(number, PhoneNumberFormat.INTERNATIONAL) for number in numbers)
    return tuple(dict.fromkeys(texts))


def _read_number(text, region):
    """Read what holds one number, if any, and no letter."""
    for spelling in _spellings(text):
        try:
            number = phonenumbers.parse(spelling, region or None)
        except NumberParseException:
            continue
        reason = phonenumbers.is_possible_number_with_reason(number)
        if reason == ValidationResult.IS_POSSIBLE and not _is_stump(number):
            return Reading(number)
    return Reading(problem=_find_problem(text, region))


def _find_problem(text, region):
    *_others, text = _spellings(text)
    try:
        number = phonenumbers.parse(text, region or None)
    except NumberParseException as error:
        if error.error_type == NumberParseException.INVALID_COUNTRY_CODE:
            return UNKNOWN_COUNTRY if is_international(text) else NO_COUNTRY
        return PARSE_PROBLEMS.get(error.error_type, NOT_A_NUMBER)
    reason = phonenumbers.is_possible_number_with_reason(number)
    if reason == ValidationResult.IS_POSSIBLE:
        return TOO_SHORT  # a stump
    return LENGTH_PROBLEMS.get(reason, NOT_A_NUMBER)


def _spellings(text):
    """The number as it stands and, for people who dial 00, with a plus."""
    yield text
    if text.startswith("00"):
        yield f"+{text[2:]}"


def _is_stump(number):
    """Whether the 0 before an area code was left on, as nothing rings without it.

    Germany has numbers so short that “030 1” would pass for one.
    """
    return number.italian_leading_zero and not phonenumbers.is_valid_number(number)


def _format(number, number_format):
    return number and phonenumbers.format_number(number, number_format)
