"""Sets up Odoo, PostgreSQL and a browser for this checkout, and runs them."""
