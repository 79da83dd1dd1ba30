from odoo.tools import SQL, sql

from .models.case.collection_case import CALL_ACTIVITY
from .models.company.books import BOOKS_ACTIVITY
from .models.dispute.decisions import DISPUTE_ACTIVITY
from .models.plan.steps import OUR_ACTIVITIES as PLAN_ACTIVITIES
from .models.promise.collection_promise import CHECK_ACTIVITY, CONFIRM_ACTIVITY

ADDON = "collection_calls"
INDEXES = (
    "res_partner_collection_phone_idx",
    "res_partner_collection_name_idx",
    "account_move_collection_origin_idx",
)
OUR_ACTIVITIES = (
    BOOKS_ACTIVITY,
    CALL_ACTIVITY,
    DISPUTE_ACTIVITY,
    CHECK_ACTIVITY,
    CONFIRM_ACTIVITY,
    *PLAN_ACTIVITIES,
)


def post_init_hook(env):
    """Have the call list filled from the ledger that is there already."""
    env["collection.case"]._refresh_soon()


def uninstall_hook(env):
    _follow_up_again(env)
    _remove_activities(env)
    models = _get_own_models(env)
    _remove_records(env, models)
    _remove_borrowed_xmlids(env, models)
    _let_go_of_posted(env)
    drafts = env["mail.compose.message"].search([("model", "in", models)])
    drafts.unlink()  # e-mails that somebody began to write
    for index in INDEXES:
        env.cr.execute(SQL("DROP INDEX IF EXISTS %s", SQL.identifier(index)))


def _get_own_models(env):
    """Names of the models that go with the addon, whoever extends them."""
    return [name for name in env.registry if env[name]._original_module == ADDON]


def _follow_up_again(env):
    """Put back what we excluded from follow-up."""
    for model in ("account.move", "account.move.line"):
        excluded = env[model].search([("collection_no_followup", "=", True)])
        excluded.write({"no_followup": False})


def _remove_activities(env):
    """Remove the activities of our types: they would keep them from being deleted."""
    xmlids = env["ir.model.data"]
    type_ids = [
        xmlids._xmlid_to_res_id(xmlid, raise_if_not_found=False)
        for xmlid in OUR_ACTIVITIES
    ]
    activities = env["mail.activity"].with_context(active_test=False)
    activities.search([("activity_type_id", "in", type_ids)]).unlink()


def _remove_records(env, models):
    """Empty our tables before Odoo drops them, whatever guards their records.

    Odoo would delete what has an external id (demo data) one by one, in an order in
    which one table is still referred to by another. Nothing of ours refers to anything
    any more once our own foreign keys are gone; those of other tables on ours go on to
    set null.
    """
    env.cr.flush()  # what the ledger has had judged anew is judged while it can be
    tables = [env[name]._table for name in models if name in env and env[name]._auto]
    tables = [table for table in tables if sql.table_exists(env.cr, table)]
    env.cr.execute(
        SQL(
            """
            SELECT conrelid::regclass::text, conname
              FROM pg_constraint
             WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])
            """,
            tables,
        )
    )
    for table, name in env.cr.fetchall():
        sql.drop_constraint(env.cr, table, name)
    for table in tables:
        env.cr.execute(SQL("DELETE FROM %s", SQL.identifier(table)))
    xmlids = env["ir.model.data"].search([("model", "in", models)])
    xmlids.unlink()
    env.invalidate_all(flush=False)


def _remove_borrowed_xmlids(env, models):
    """Remove what Odoo files under other addons' names about our models.

    A field that a model of ours has from ``mail.thread`` bears the name of mail. It is
    dropped with its model in SQL, which leaves its external id behind.
    """
    fields = env["ir.model.fields"].search([("model", "in", models)])
    inherits = env["ir.model.inherit"].search([("model_id.model", "in", models)])
    for model, records in (
        ("ir.model.fields", fields),
        ("ir.model.fields.selection", fields.selection_ids),
        ("ir.model.inherit", inherits),
    ):
        env["ir.model.data"].search(
            [
                ("model", "=", model),
                ("res_id", "in", records.ids),
                ("module", "!=", ADDON),
            ]
        ).unlink()


def _let_go_of_posted(env):
    """Posted invoices of the demo data stay, with whom they are about, and unnamed."""
    xmlids = env["ir.model.data"].search([("module", "=", ADDON)])
    named = {
        model: env[model].browse(of_model.mapped("res_id")).exists()
        for model, of_model in xmlids.grouped("model").items()
        if model in ("account.move", "res.partner", "res.company")
    }
    moves = named.get("account.move", env["account.move"])
    moves = moves.filtered(lambda move: move.posted_before)
    partners = moves.partner_id | moves.commercial_partner_id
    kept = {
        "account.move": moves,
        "res.partner": partners | partners.child_ids | moves.company_id.partner_id,
        "res.company": moves.company_id,
    }
    xmlids.filtered(
        lambda xmlid: xmlid.model in kept and xmlid.res_id in kept[xmlid.model].ids
    ).unlink()
