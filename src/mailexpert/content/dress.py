"""A shipped mail of blocks in the clothes of the account that takes it."""

import json

from mailexpert.accounts.models import Account


def dressed(kind: str, source: str) -> str:
    """The account's name above it, where the mail names nobody yet."""
    if kind != "blocks":
        return source
    mail = json.loads(source)
    look = mail.setdefault("look", {})
    if not look.get("name") and not look.get("logo"):
        look["name"] = Account.objects.get().name[:200]
    return json.dumps(mail, ensure_ascii=False)
