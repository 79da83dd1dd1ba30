"""Say for whom the acceleration rules are that are there already.

The new column is filled by its compute: rules without notice are for companies, all
others for everybody. What remains is what the rules that we brought are made for, and
the offer of a talk in the notice. What runs stays as it was agreed.
"""

import logging

from odoo import SUPERUSER_ID, api

PAYMENT = '<t t-out="object._render_payment_details()">'
TALK = '<t t-out="object._render_talk_offer()">Offer of a talk</t>'

_logger = logging.getLogger(__name__)


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
    _say_for_whom(env)
    _offer_a_talk(env)
    _name_what_runs(env)


def _say_for_whom(env):
    """Ours, as far as nobody has made something else of them."""
    for name in ("any_incident", "business", "consumer"):
        rule = env.ref(
            f"collection_calls.collection_acceleration_rule_{name}",
            raise_if_not_found=False,
        )
        if rule and name == "consumer":
            if rule.notice_days:
                rule.for_whom = "consumer"
            if rule.min_arrears_percent == 10:
                rule.min_arrears_percent_long = 5
        elif rule:
            rule.for_whom = "business"


def _offer_a_talk(env):
    """Before it is said how to pay; texts that don't say that are left alone.

    In SQL: a new structure that is written in one language isn't that of the others.
    """
    template = env.ref(
        "collection_calls.mail_template_plan_notice", raise_if_not_found=False
    )
    if not template:
        return
    template.flush_recordset(["body_html"])
    env.cr.execute(
        """
        UPDATE mail_template
           SET body_html = (
                   SELECT jsonb_object_agg(key, replace(value, %(payment)s, %(both)s))
                     FROM jsonb_each_text(body_html)
               )
         WHERE id = %(id)s AND strpos(body_html::text, '_render_talk_offer') = 0
        """,
        {"id": template.id, "payment": PAYMENT, "both": f"{TALK}\n{PAYMENT}"},
    )
    template.invalidate_recordset(["body_html"])


def _name_what_runs(env):
    """Plans of private persons without notice: somebody may want to make them anew."""
    plans = env["collection.plan"].search(
        [("state", "in", ["offered", "active"]), ("notice_days", "=", 0)]
    )
    plans = plans.filtered(lambda plan: plan.partner_id._is_collection_consumer())
    if plans:
        _logger.warning(
            "collection_calls: plans of private persons without notice, which a new"
            " plan may replace: %s",
            ", ".join(plans.mapped("name")),
        )
