from .models.credit_control_line import WAITING


def post_init_hook(env):
    """Ignore what waits to be sent about claims that are protected already."""
    waiting = env["credit.control.line"].search([("state", "in", WAITING)])
    waiting._ignore_protected()
