def uninstall_hook(env):
    """Remove the activities of our type: they would keep it from being deleted."""
    type_id = env["collection.case"]._get_call_activity_type_id()
    activities = env["mail.activity"].with_context(active_test=False)
    activities.search([("activity_type_id", "=", type_id)]).unlink()
