"""The sample: an account to try MailExpert with, and its first mailing to the built-in catcher."""

from mailexpert.operations.sample.accounts import DEMO, make_accounts
from mailexpert.operations.sample.mailing import send

__all__ = ["DEMO", "make_accounts", "send"]
