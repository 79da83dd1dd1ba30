from .models.case.collection_case import CALL_ACTIVITY
from .models.company.books import BOOKS_ACTIVITY
from .models.dispute.decisions import DISPUTE_ACTIVITY
from .models.plan.steps import OUR_ACTIVITIES as PLAN_ACTIVITIES
from .models.promise.collection_promise import CHECK_ACTIVITY, CONFIRM_ACTIVITY

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
