"""Have the shipped e-mail templates ask who is written to now, and for how much.

Only the expressions that came with the app are replaced, in every language; what was
written by hand stays. The gate names the recipient to Odoo in any case.
"""

REPLACED = {
    "object.contact_id.id or object.partner_id.id": "object._get_recipient().id",
    "object.contact_id.lang or object.partner_id.lang": "object._get_recipient_lang()",
    "object.contact_id.name or object.partner_id.name": "object._get_recipient().name",
    "format_amount(object.amount_missing, object.currency_id)": (
        "format_amount(object._get_amount_to_remind(), object.currency_id)"
    ),
}
COLUMNS = {"partner_to": "varchar", "lang": "varchar", "body_html": "jsonb"}


def migrate(cr, version):
    if not version:
        return
    for old, new in REPLACED.items():
        for column, kind in COLUMNS.items():
            cr.execute(
                f"""
                UPDATE mail_template template
                   SET {column} = REPLACE({column}::text, %(old)s, %(new)s)::{kind}
                  FROM ir_model_data data
                 WHERE data.model = 'mail.template'
                   AND data.module = 'collection_calls'
                   AND data.res_id = template.id
                   AND POSITION(%(old)s IN {column}::text) > 0
                """,
                {"old": old, "new": new},
            )
