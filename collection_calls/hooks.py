def uninstall_hook(env):
    """Remove the activities of our type: they would keep it from being deleted."""
    activity_type = env.ref("collection_calls.mail_activity_type_collection_call")
    env["mail.activity"].with_context(active_test=False).search(
        [("activity_type_id", "=", activity_type.id)]
    ).unlink()
