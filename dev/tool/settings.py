"""Names, versions and folders: everything that is a choice and not an action."""

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ADDON = "collection_calls"
ADDON_PATH = ROOT / ADDON
# Installed beside other apps; SMS comes with Odoo, so templates have that one, too.
GLUE_ADDONS = ("collection_calls_credit_control", "collection_calls_sms")
BESIDES = ("payment_demo",)  # what tests and the demo pay by; the addon needs none
REQUIREMENTS = ROOT / "dev" / "requirements.lock"
PEER_REQUIREMENTS = ROOT / "dev" / "peer.lock"
NODE_PACKAGES = ROOT / "dev" / "node"

ODOO_SERIES = "19.0"
ODOO_PACKAGE = "odoo-19"
ODOO_VERSION = "19.0.0+dfsg-1"
OLDEST_PYTHON, NEWEST_PYTHON = (3, 10), (3, 13)
OLDEST_POSTGRESQL = 13

LANGUAGES = "de_DE,fr_FR"
DEMO_LOGINS = ("admin", "manager", "collector")
DEFAULT_PORT = 8069
GIGABYTES_NEEDED = 4


def digest(*parts):
    """A short name for some values, the same in every run."""
    text = "\0".join(str(part) for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:10]


CHECKOUT = digest(ROOT)[:6]
DEMO_DATABASE = f"{ADDON}_demo_{CHECKOUT}"
TEST_DATABASE = f"cc_test_{CHECKOUT}"


def is_root():
    return os.geteuid() == 0


def cache_folder():
    """The folder outside the checkout that holds everything downloaded or made."""
    chosen = os.environ.get("COLLECTION_CALLS_CACHE")
    if chosen:
        return Path(chosen).expanduser().absolute()
    if is_root():  # /root is closed to the postgres user
        return Path("/var/cache/collection-calls")
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "collection-calls"


def data_folder(area):
    """Odoo's data folder (filestore, sessions) for "demo", "template" or "test"."""
    return cache_folder() / "data" / area
