"""Everything that must be there before Odoo can run, in order."""

from . import cache, cluster, debian, odoo_source, settings, venv


def ensure(*, browser=False):
    """Set up what is missing; True if this call started PostgreSQL."""
    needs = ["dpkg-deb", "psql"]
    if not cluster.is_external():
        needs.append("postgresql")
    if not odoo_source.locate():
        needs.append("keyring")
    if browser:
        needs += ["chromium", "wkhtmltopdf"]
    with cache.lock():
        debian.require(*needs)
        odoo_source.ensure()
        venv.ensure()
        settings.data_folder("demo").mkdir(parents=True, exist_ok=True)
        return cluster.ensure()
