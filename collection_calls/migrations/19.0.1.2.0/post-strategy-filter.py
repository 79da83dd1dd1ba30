"""Archive strategies whose filter asks for what other companies were told.

The filter stays as it is: whoever wrote it, or else a manager, gets a to-do that names
the field and says what to do. Until then the next strategy of the list counts.
"""

import logging

from odoo import SUPERUSER_ID, api

from odoo.addons.collection_calls.models.case.debtor_filter import OutOfReach

_logger = logging.getLogger(__name__)


def migrate(cr, version):
    if not version:
        return
    env = api.Environment(cr, SUPERUSER_ID, {})
    for strategy in env["collection.strategy"].search([]):
        try:
            strategy._check_reach(strategy._get_partner_domain())
        except OutOfReach as error:
            _tell(strategy, error.path)
            strategy.active = False
            _logger.warning(
                "collection_calls: strategy %s was archived, its filter asks for %s",
                strategy.id,
                error.path,
            )
        except Exception as error:  # it was left out before, and still is
            _logger.info("collection_calls: strategy %s: %s", strategy.id, error)


def _tell(strategy, path):
    env = strategy.env
    managers = env.ref("collection_calls.group_collection_manager").all_user_ids
    managers = managers.filtered(lambda user: user.active and not user.share)
    author = strategy.write_uid & managers or managers[:1]
    if not author:
        return
    spoken = strategy.with_context(lang=author.lang)
    env["mail.activity"].create(
        {
            "activity_type_id": env.ref("mail.mail_activity_data_todo").id,
            "user_id": author.id,
            "summary": spoken.env._(
                "The strategy “%(strategy)s” was archived: correct its filter",
                strategy=spoken.name,
            ),
            "note": spoken._say_out_of_reach(path),
        }
    )
