from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "mailexpert.accounts"
    label = "accounts"

    def ready(self) -> None:
        from mailexpert.accounts import declare  # noqa: F401
