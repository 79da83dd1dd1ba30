"""The address as the window of an envelope shows it: DIN 5008, zone of the recipient.

The window is nine lines high, of which the sender takes the first; a line of 12 points
holds about 40 characters of its 85 mm. Street, postcode and city are what the post
reads, so it is names that give way.
"""

from textwrap import wrap

LINES = 7  # the sender and a line of air take the rest
WIDTH = 38  # characters


def fit(names, place, lines=LINES, width=WIDTH):
    """The lines of an address, as many as the window shows.

    :param names: who it is, the most important one first; each may be of any length
    :param place: lines of street, postcode, city and country
    :rtype: list[str]
    """
    place = _fit_place([line.strip() for line in place if line.strip()], lines - 1)
    names = [name for name in (" ".join(each.split()) for each in names) if name]
    room = lines - len(place)
    names = names[:room]
    wrapped = [wrap(name, width) for name in names]
    while sum(map(len, wrapped)) > room:
        longest = max(range(len(wrapped)), key=lambda at: len(wrapped[at]))
        kept = wrapped[longest][:-1]
        kept[-1] = _end(kept[-1], width)
        wrapped[longest] = kept
    return [line for each in wrapped for line in each] + place


def _fit_place(place, most):
    """The place from its end: the postcode and the city are there."""
    if len(place) <= most:
        return place
    return [place[0], *place[len(place) - most + 1 :]] if most > 1 else place[-1:]


def _end(line, width):
    """A line that says that something is left out after it."""
    return line.removesuffix("…")[: width - 1].rstrip() + "…"
