"""What may be entered at all: apart from Odoo.

Days are reckoned with: a deadline some weeks after the last day of the calendar, or the
working day before its first one, doesn't exist. Amounts that are no numbers, or so many
days that nobody lives to see them, are somebody's slip or a program's.
"""

import math
from datetime import date, datetime

FIRST_DAY = date(1900, 1, 1)
LAST_DAY = date(2199, 12, 31)
MOST_DAYS = 36_500
MOST = 2**31 - 1  # what a column for whole numbers takes
MOST_AMOUNT = 10.0**13  # beyond it, cents are lost


def is_day(day):
    """Whether somebody can mean this day.

    :param day: a date or a datetime, which is taken for the day it is on
    """
    plain = day.date() if isinstance(day, datetime) else day
    return FIRST_DAY <= plain <= LAST_DAY


def is_amount(number):
    """Whether this is a number that can be reckoned with, to the cent."""
    return math.isfinite(number) and abs(number) < MOST_AMOUNT


def is_count(number, of_days=False):
    """Whether there can be so many.

    :param bool of_days: whether days are counted
    """
    return abs(number) <= (MOST_DAYS if of_days else MOST)


def is_id(number):
    """Whether a record can have this number."""
    is_whole = isinstance(number, int) and not isinstance(number, bool)
    return is_whole and 0 < number <= MOST


def is_text(text):
    """Whether it is a text that the database takes."""
    return isinstance(text, str) and "\0" not in text
