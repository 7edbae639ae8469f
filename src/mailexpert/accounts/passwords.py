"""What a password must be, beside what Django asks."""

from django.contrib.auth.password_validation import MinimumLengthValidator
from django.utils.translation import gettext as _


class LongEnough(MinimumLengthValidator):
    def get_error_message(self) -> str:
        return _("Too short: use at least %(least)d characters.") % {"least": self.min_length}
