"""Read numbers anew that hold more than digits.

Of "0170 1234567 (mobil)", earlier versions made another number, and took two numbers in
one field for one. Calls that were held keep what was dialled; calls that go on and the
problems of cases follow.
"""

import logging

from odoo import SUPERUSER_ID, api

_logger = logging.getLogger(__name__)

MORE_THAN_DIGITS = r"[[:alpha:]/;,|&#\n]"


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {"tracking_disable": True})
    cr.execute(
        "SELECT id FROM collection_call WHERE state = 'ongoing' AND phone ~ %s",
        [MORE_THAN_DIGITS],
    )
    calls = env["collection.call"].browse(id_ for [id_] in cr.fetchall())
    env.add_to_compute(calls._fields["phone_e164"], calls)
    cr.execute(
        """
        SELECT DISTINCT dossier.id
          FROM collection_case dossier
          JOIN res_partner person ON person.commercial_partner_id = dossier.partner_id
         WHERE person.phone ~ %s
        """,
        [MORE_THAN_DIGITS],
    )
    cases = env["collection.case"].browse(id_ for [id_] in cr.fetchall())
    env.add_to_compute(cases._fields["phone_problem"], cases)
    env.flush_all()
    _logger.info(
        "collection_calls: numbers of %s ongoing calls and %s cases read anew",
        len(calls),
        len(cases),
    )
