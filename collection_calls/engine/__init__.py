"""Decisions as pure functions: plain values in, plain values out, no Odoo."""
