"""Have the e-mail with payment links name what is paid: an invoice, or an agreement.

Only the expression that came with the app is replaced, in every language; what was
written by hand stays.
"""

OLD, NEW = "link['move'].name", "link['label']"


def migrate(cr, version):
    if not version:
        return
    cr.execute(
        """
        UPDATE mail_template template
           SET body_html = REPLACE(body_html::text, %(old)s, %(new)s)::jsonb
          FROM ir_model_data data
         WHERE data.model = 'mail.template'
           AND data.module = 'collection_calls'
           AND data.name = 'mail_template_payment_links'
           AND data.res_id = template.id
           AND POSITION(%(old)s IN body_html::text) > 0
        """,
        {"old": OLD, "new": NEW},
    )
