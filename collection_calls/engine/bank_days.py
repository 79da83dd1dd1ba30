"""By which day money has to come: apart from Odoo.

Where the last day of a period, or the day on which something has to be done, is a
Saturday, a Sunday or a public holiday, the next working day takes its place: § 193 of
the German Civil Code, and article 3(4) of Regulation (EEC, Euratom) No 1182/71 for the
law of the European Union. The former means holidays at the place of the declaration or
the performance; a company says whether its own counts, or that of the debtor as well.
"""

from datetime import date, timedelta

SATURDAY = 5


def next_bank_day(day, holidays=frozenset()):
    """That day or, if no bank works then, the first one after it on which they do.

    :param holidays: days that are public holidays where the money has to come
    :rtype: datetime.date
    """
    while day.weekday() >= SATURDAY or day in holidays:
        if day == date.max:  # the calendar ends
            return day
        day += timedelta(days=1)
    return day
