from collections import Counter

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from ...engine import dealing


class CollectionCase(models.Model):
    """Whose the cases are: dealt out by strategies, or anew by a manager."""

    _inherit = "collection.case"

    # ------------------------------------------------------------------ new cases

    @api.model
    def _deal(self, company, rows):
        """Give the cases on the list that nobody has to the strategy's collectors.

        Who left, or collects no more, has none.
        """
        self._take_from_the_gone(company, rows)
        free = [row for row in rows if self._is_to_deal(row)]
        # The most urgent ones first, so that each collector gets some of them.
        free.sort(key=lambda row: (-row["priority"], row["id"]))
        takers = {
            strategy: strategy._get_collectors(company)
            for strategy in {row["strategy"] for row in free}
        }
        everybody = self.env["res.users"].union(*takers.values())
        counts = self._count_open_cases(company, everybody)
        for row in free:
            users = takers[row["strategy"]]
            if users:
                given = {user.id: counts[user.id] for user in users}
                row["user_id"] = dealing.in_turn([row["id"]], given)[row["id"]]
                counts[row["user_id"]] += 1

    @api.model
    def _take_from_the_gone(self, company, rows):
        users = self.env["res.users"].browse({row["user_id"] for row in rows} - {None})
        gone = {user.id for user in users if not self._can_collect(user, company)}
        for row in rows:
            if row["user_id"] in gone:
                row["user_id"] = None

    @api.model
    def _is_to_deal(self, row):
        is_on_list = row["next_call"] and row["situation"] == "to_call"
        is_dealt = row["strategy"] and row["strategy"].assignment != "manual"
        return is_on_list and is_dealt and not row["user_id"]

    @api.model
    def _count_open_cases(self, company, users):
        """How many cases of a company that aren't closed these users have, by id."""
        if not users:
            return Counter()
        # sudo: collectors have cases that the user doesn't see.
        groups = self.sudo()._read_group(
            [
                ("company_id", "=", company.id),
                ("user_id", "in", users.ids),
                ("situation", "!=", "closed"),
            ],
            ["user_id"],
            ["__count"],
        )
        return Counter({user.id: count for user, count in groups})

    # ------------------------------------------------------------------ by people

    def _check_reassign(self, vals):
        """Check that cases go to collectors, and others' cases not on in one go.

        :raise AccessError: if somebody but a manager does that
        :raise ValidationError: if they go to somebody who can't call
        """
        if "user_id" not in vals or self.env.su:
            return
        if vals["user_id"]:
            self._check_collector(self.env["res.users"].browse(vals["user_id"]))
        if len(self) < 2 or self.env["collection.call"]._is_manager():
            return
        others = self.filtered(
            lambda case: (
                case.user_id
                and case.user_id != self.env.user
                and case.user_id.id != vals["user_id"]
            )
        )
        if others:
            raise AccessError(
                self.env._(
                    "%(debtor)s is with %(collector)s. Take over cases of others one by"
                    " one, or ask a manager to rebalance them.",
                    debtor=others[:1].partner_id.name,
                    collector=others[:1].user_id.name,
                )
            )

    def _get_rebalanced(self, users):
        """Who gets which of these cases if they are dealt out evenly.

        :param users: collectors, in order
        :return: {collector: the cases that become theirs}, without those that stay
        """
        ranked = self.sorted(lambda case: (-case.priority, case.id))
        owners = {case: case.user_id for case in ranked}
        moved = {user: self.browse() for user in users}
        for case, user in dealing.evenly(owners, list(users)).items():
            if case.user_id != user:
                moved[user] |= case
        return moved

    def _rebalance(self, users):
        """Deal these cases out evenly, with the calls planned for their collectors.

        :raise AccessError: unless a manager does it
        """
        if not self.env["collection.call"]._is_manager():
            raise AccessError(self.env._("Rebalancing cases is up to managers."))
        if len(self.company_id) > 1:
            raise UserError(self.env._("Choose cases of one company."))
        for user in users:
            self._check_collector(user)
        owners = {case.id: case.user_id for case in self}
        calls = self._get_call_activities().filtered(
            lambda call: call.user_id == owners[call.res_id]
        )
        for user, cases in self._get_rebalanced(users).items():
            moved = set(cases.ids)
            planned = calls.filtered(lambda call, ids=moved: call.res_id in ids)
            # The collector works through the list, and needs no e-mail for each call.
            planned.with_context(mail_activity_quick_update=True).user_id = user
            cases.with_context(mail_auto_subscribe_no_notify=True).user_id = user
