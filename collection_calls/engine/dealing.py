"""Who gets which case: apart from Odoo. Cases come with the most urgent first."""


def in_turn(cases, counts):
    """Give each case to whoever has the fewest, the first of them among equals.

    :param dict counts: how many cases each one has, in order
    :return: {case: taker}
    """
    counts = dict(counts)
    dealt = {}
    for case in cases:
        dealt[case] = taker = min(counts, key=counts.get)
        counts[taker] += 1
    return dealt


def evenly(owners, takers):
    """Deal cases out so that nobody has two more than another.

    As few as possible change hands, and the least urgent ones at that: who was spoken
    to knows the collector.

    :param dict owners: {case: whose it is, or None}
    :param takers: who gets them, in order; the first ones get what is left over
    :return: {case: taker}
    """
    share, left = divmod(len(owners), len(takers))
    # Who has more than the others keeps more.
    most = sorted(takers, key=lambda taker: -list(owners.values()).count(taker))
    room = {taker: share + (taker in most[:left]) for taker in takers}
    dealt, free = {}, []
    for case, owner in owners.items():
        if room.get(owner):
            dealt[case] = owner
            room[owner] -= 1
        else:
            free.append(case)
    open_hands = [taker for taker in takers if room[taker]]
    for case in free:
        dealt[case] = taker = max(open_hands, key=room.get)
        room[taker] -= 1
    return dealt
