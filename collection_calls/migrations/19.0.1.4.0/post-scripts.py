"""Offer a card only where somebody takes it, and ask companies what fits them.

Prompts, answers and questions that came with the app are changed where nobody has
changed them in English; translations follow where they are as they came.
"""

import json

OLD_SOLVE = (
    "I can take the payment by card right now. If that is not possible: which part"
    " today, and on which day the rest? I write down what you commit to on your"
    " account."
)
NEW_SOLVE = (
    "Which part can you pay today, and on which day the rest? I write down what you"
    " commit to on your account."
)
OLD_FORGOTTEN = "That happens. Shall we settle it right now, by card or by transfer?"
NEW_FORGOTTEN = "That happens. Shall we settle it right now?"
SHIPPED = ("Ich kann die Zahlung gleich jetzt", "Je peux prendre le paiement par carte")
SHIPPED_FORGOTTEN = ("Das kommt vor. Wollen wir es gleich", "Cela arrive. Voulez-vous")


def migrate(cr, version):
    if not version:
        return
    for name, table, column, old, new, shipped in (
        ("collection_script_solve", "script", "body", OLD_SOLVE, NEW_SOLVE, SHIPPED),
        (
            "collection_reason_forgotten",
            "reason",
            "answer",
            OLD_FORGOTTEN,
            NEW_FORGOTTEN,
            SHIPPED_FORGOTTEN,
        ),
    ):
        _replace(cr, name, f"collection_{table}", column, old, new, shipped)
    _set(cr, "collection_reason_question_work", "question", "for_whom", "consumer")
    _set(cr, "collection_reason_question_payday", "question", "for_whom", "consumer")
    _set(cr, "collection_reason_paid", "reason", "is_said_paid", True)
    # Day, amount and reference have fields of their own now; what was asked stays.
    cr.execute(
        """
        DELETE FROM collection_reason_question question
         USING ir_model_data data
         WHERE data.module = 'collection_calls'
           AND data.name = 'collection_reason_question_paid_when'
           AND data.res_id = question.id
           AND question.name ->> 'en_US' = 'When, how much, and from which account?'
        """
    )
    cr.execute(
        """
        DELETE FROM ir_model_data data
         WHERE module = 'collection_calls'
           AND name = 'collection_reason_question_paid_when'
           AND NOT EXISTS (
               SELECT FROM collection_reason_question WHERE id = data.res_id
           )
        """
    )


def _replace(cr, name, table, column, old, new, shipped):
    """Put a new text in the place of one that came with the app."""
    cr.execute(
        f"""
        SELECT record.id, record.{column}
          FROM {table} record
          JOIN ir_model_data data ON data.res_id = record.id
         WHERE data.module = 'collection_calls'
           AND data.name = %s
           AND record.{column} ->> 'en_US' = %s
        """,
        [name, old],
    )
    for record_id, texts in cr.fetchall():
        kept = {
            lang: text
            for lang, text in texts.items()
            if lang != "en_US" and text != old and not text.startswith(shipped)
        }
        cr.execute(
            f"UPDATE {table} SET {column} = %s::jsonb WHERE id = %s",
            [_dump({"en_US": new, **kept}), record_id],
        )


def _dump(texts):
    return json.dumps(texts, ensure_ascii=False)


def _set(cr, name, kind, column, value):
    table = {
        "question": "collection_reason_question",
        "reason": "collection_reason",
    }[kind]
    cr.execute(
        f"""
        UPDATE {table} record
           SET {column} = %s
          FROM ir_model_data data
         WHERE data.module = 'collection_calls'
           AND data.name = %s
           AND data.res_id = record.id
        """,
        [value, name],
    )
