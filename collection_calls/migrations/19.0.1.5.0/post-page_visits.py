"""Who signed the slip of a letter, or answered by e-mail, wasn't on the page for that.

It was noted as if they had been. Nobody accepts on the page without an answer of that
channel; and an answer by e-mail was noted when it was read.
"""

AGREEMENTS = ("plan_id", "promise_id")
# What was noted of a letter, and of an e-mail; where the debtor was never on the page
# besides, it wasn't opened either.
BY_LETTER = """
    UPDATE collection_page_visit visit
       SET date_accepted = NULL
     WHERE visit.date_accepted IS NOT NULL
       AND visit.{name} IS NOT NULL
       AND NOT EXISTS (
               SELECT FROM collection_acceptance answer
                WHERE answer.{name} = visit.{name}
                  AND answer.kind = 'accepted'
                  AND answer.channel = 'portal'
           )
"""
BY_EMAIL = """
    UPDATE collection_page_visit visit
       SET date_answered = NULL
      FROM collection_answer answer
     WHERE answer.{name} = visit.{name}
       AND abs(extract(epoch FROM visit.date_answered - answer.create_date)) < 10
"""
NEVER_THERE = """
    UPDATE collection_page_visit
       SET date_first = NULL
     WHERE date_last IS NULL
       AND num_nonnulls(date_accepted, date_declined, date_paid, date_answered) = 0
"""


def migrate(cr, version):
    if not version:
        return
    for name in AGREEMENTS:
        cr.execute(BY_LETTER.format(name=name))
        cr.execute(BY_EMAIL.format(name=name))
    cr.execute(NEVER_THERE)
