from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    collection_calling_calendar_id = fields.Many2one(
        related="company_id.collection_calling_calendar_id",
        readonly=False,
        check_company=True,
    )
    collection_call_left_days = fields.Integer(
        related="company_id.collection_call_left_days", readonly=False
    )
    collection_promise_tolerance_days = fields.Integer(
        related="company_id.collection_promise_tolerance_days", readonly=False
    )
    collection_promise_horizon_days = fields.Integer(
        related="company_id.collection_promise_horizon_days", readonly=False
    )
    collection_promise_min_share = fields.Float(
        related="company_id.collection_promise_min_share", readonly=False
    )
    collection_promise_max_in_row = fields.Integer(
        related="company_id.collection_promise_max_in_row", readonly=False
    )
    collection_confirmer_id = fields.Many2one(
        related="company_id.collection_confirmer_id", readonly=False
    )
    collection_acceleration_rule_id = fields.Many2one(
        related="company_id.collection_acceleration_rule_id",
        readonly=False,
        check_company=True,
    )
    collection_backdating_days = fields.Integer(
        related="company_id.collection_backdating_days", readonly=False
    )
    collection_answer_hold_days = fields.Integer(
        related="company_id.collection_answer_hold_days", readonly=False
    )
    collection_answer_reminder_days = fields.Integer(
        related="company_id.collection_answer_reminder_days", readonly=False
    )
    collection_plan_reminder_days = fields.Integer(
        related="company_id.collection_plan_reminder_days", readonly=False
    )
    collection_plan_postal_days = fields.Integer(
        related="company_id.collection_plan_postal_days", readonly=False
    )
    collection_plan_min_amount = fields.Monetary(
        related="company_id.collection_plan_min_amount", readonly=False
    )
    collection_plan_max_days = fields.Integer(
        related="company_id.collection_plan_max_days", readonly=False
    )
    collection_bank_days = fields.Boolean(
        related="company_id.collection_bank_days", readonly=False
    )
    collection_bank_days_place = fields.Selection(
        related="company_id.collection_bank_days_place", readonly=False
    )
    collection_fresh_books = fields.Boolean(
        related="company_id.collection_fresh_books", readonly=False
    )
    collection_fresh_books_days = fields.Integer(
        related="company_id.collection_fresh_books_days", readonly=False
    )
    collection_include_general_items = fields.Boolean(
        related="company_id.collection_include_general_items", readonly=False
    )
    collection_weekly_report = fields.Boolean(
        related="company_id.collection_weekly_report", readonly=False
    )
