"""Settings of the shop, from the environment."""

import os

DATABASE_URL = os.environ["DATABASE_URL"]
SESSION_SECRET = os.getenv("SESSION_SECRET", "shop-session-2019")
EXPORT_DIR = os.getenv("EXPORT_DIR", "/srv/exports")
BACKUP_HOST = os.environ["BACKUP_HOST"]
BACKUP_SECRET_KEY = os.getenv("BACKUP_SECRET_KEY", "let-me-in-42")
