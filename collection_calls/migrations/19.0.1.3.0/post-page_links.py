"""Have the shipped e-mail templates lead to the debtor's page.

The link stands beside a part that came with the app, in every language; where that part
was taken out by hand, nothing is put in. Old agreements keep no written answer: nobody
knows what was answered to them.
"""

LINK = r"<t t-out=\"object._render_page_link()\"></t>"
LINKS = r"<t t-out=\"object._render_page_links()\"></t>"
PLANS = r"<t t-out=\"object._render_plans()\">"
PAYING = r"<t t-out=\"object._render_payment_details()\">"
LINKED = {
    "mail_template_call_confirmation": (PLANS, LINKS + PLANS),
    "mail_template_promise_reminder": ("</ul>", "</ul>" + LINK),
    "mail_template_plan_offer": (PAYING, LINK + PAYING),
    "mail_template_plan_agreement": (PAYING, LINK + PAYING),
    "mail_template_plan_notice": (PAYING, LINK + PAYING),
    "mail_template_plan_acceleration": (PAYING, LINK + PAYING),
    "mail_template_plan_reinstatement": (PAYING, LINK + PAYING),
    "mail_template_installment_reminder": (PAYING, LINK + PAYING),
}


def migrate(cr, version):
    if not version:
        return
    for name, (old, new) in LINKED.items():
        cr.execute(
            """
            UPDATE mail_template template
               SET body_html = REPLACE(body_html::text, %(old)s, %(new)s)::jsonb
              FROM ir_model_data data
             WHERE data.model = 'mail.template'
               AND data.module = 'collection_calls'
               AND data.name = %(name)s
               AND data.res_id = template.id
               AND POSITION('_render_page_' IN body_html::text) = 0
            """,
            {"name": name, "old": old, "new": new},
        )
