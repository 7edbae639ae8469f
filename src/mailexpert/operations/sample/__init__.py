"""The sample: an account to try MailExpert with, and its first mailing to the built-in catcher."""

from mailexpert.operations.sample.accounts import DEMO, login, make_accounts
from mailexpert.operations.sample.sending import send

__all__ = ["DEMO", "login", "make_accounts", "send"]
