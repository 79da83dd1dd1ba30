"""Compile the asset bundles of a database, so that no browser waits for them.

Runs in the virtual environment: ``python -m tool.assets DATABASE``.
"""

import sys


def main(database):
    from odoo import SUPERUSER_ID, api, tools
    from odoo.modules.registry import Registry

    tools.config.parse_config(["-d", database, "--no-http"])
    with Registry(database).cursor() as cr:
        env = api.Environment(cr, SUPERUSER_ID, {})
        env["ir.qweb"]._pregenerate_assets_bundles()


if __name__ == "__main__":
    main(sys.argv[1])
