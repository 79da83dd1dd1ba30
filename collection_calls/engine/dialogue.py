"""What the debtor's answers mean for the calendar."""

from datetime import timedelta


def next_weekday(today, weekday):
    """The day a debtor means who says “on Friday”.

    :param date today: the day of the conversation
    :param int weekday: 0 for Monday to 6 for Sunday
    :return: that weekday within the next seven days, ``today`` included
    """
    return today + timedelta(days=(weekday - today.weekday()) % 7)


def payment_day(today, payday):
    """The day on which to ask for the payment: the one after the debtor is paid.

    The source is the dialogue of M. Dunn's article: paid on Friday, pays on Saturday.

    :param date today: the day of the conversation
    :param int payday: weekday on which the debtor receives money, 0 for Monday
    """
    return next_weekday(today, payday) + timedelta(days=1)


def count_weekdays(start, days):
    """The last of some days from Monday to Friday.

    :param date start: the first day that may count; counting backwards, the first one
        that may not
    :param int days: how many, not 0; negative to count backwards
    """
    step = 1 if days > 0 else -1
    day = start if days > 0 else start - timedelta(days=1)
    counted = 0
    while True:
        if day.weekday() < 5:
            counted += step
        if counted == days:
            return day
        day += timedelta(days=step)
