from .models.collection_case import CALL_ACTIVITY
from .models.collection_dispute_decision import DISPUTE_ACTIVITY


def uninstall_hook(env):
    """Remove the activities of our types: they would keep them from being deleted."""
    xmlids = env["ir.model.data"]
    type_ids = [
        xmlids._xmlid_to_res_id(xmlid, raise_if_not_found=False)
        for xmlid in (CALL_ACTIVITY, DISPUTE_ACTIVITY)
    ]
    activities = env["mail.activity"].with_context(active_test=False)
    activities.search([("activity_type_id", "in", type_ids)]).unlink()
