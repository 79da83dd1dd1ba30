"""Take letters, closed disputes and agreed plans into the chain.

What was sealed before stays as it is. A scheduled action appends these right after the
update; the chain proves from now on what they say today.
"""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
    env["collection.chain.link"]._seal_all()
