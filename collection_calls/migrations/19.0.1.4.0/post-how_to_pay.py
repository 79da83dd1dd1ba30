"""Have the e-mails about promises say how to pay, as those about plans do.

Only the expressions that came with the app are replaced, in every language; what was
written by hand stays.
"""

REPLACED = {
    "mail_template_call_confirmation": (
        "object._render_plans()",
        "object._render_terms()",
    ),
    "mail_template_promise_reminder": (
        "object._render_page_link()",
        "object._render_page_and_payment()",
    ),
}


def migrate(cr, version):
    if not version:
        return
    for name, (old, new) in REPLACED.items():
        cr.execute(
            """
            UPDATE mail_template template
               SET body_html = REPLACE(body_html::text, %(old)s, %(new)s)::jsonb
              FROM ir_model_data data
             WHERE data.model = 'mail.template'
               AND data.module = 'collection_calls'
               AND data.name = %(name)s
               AND data.res_id = template.id
               AND POSITION(%(old)s IN body_html::text) > 0
            """,
            {"name": name, "old": old, "new": new},
        )
