"""What the button beside a check says, and whether it mends by itself."""

from django import template
from django.utils.translation import gettext as _

from mailexpert.mailings import fixes
from mailexpert.mailings.rules import Check

register = template.Library()


@register.filter
def fix_word(check: Check) -> str:
    if check.where == "test":
        return _("To the test")
    words = {
        "link_dead": _("Change link"),
        "link_empty": _("Fill in link"),
        "link_relative": _("Fill in link"),
        "link_here": _("Change link"),
        "link_example": _("Change link"),
        "link_silent": _("Look at link"),
        "link_error": _("Look at link"),
        "link_moved": _("Take the new address"),
        "link_line": _("Put a line below"),
        "link_small": _("Make it larger"),
        "list_typed": _("Make a list of it"),
        "table_scope": _("Say which way"),
        "table_role": _("Mark as layout"),
        "image_moves": _("Let it stop"),
        "image_flashes": _("Look at photo"),
        "link_text": _("Change words"),
        "link_plain": _("Make it https"),
        "field_fallback": _("Give a fallback"),
        "subject_capitals": _("Write it calmly"),
        "subject_marks": _("One mark is enough"),
        "text_small": _("Make it larger"),
        "image_alt": _("Describe photo"),
        "image_undescribed": _("Describe photo"),
        "sender_domain": _("Sender domain"),
        "image_alt_name": _("Describe photo"),
        "subject_long": _("Shorten subject"),
        "subject_missing": _("Write subject"),
        "preheader_missing": _("Write first line"),
        "preheader_same": _("Write first line"),
        "preheader_long": _("Shorten first line"),
        "audience_missing": _("Choose a list"),
    }
    return words.get(check.code) or (_("Mend") if check.level == "block" else _("Look"))


@register.filter
def mends_itself(check: Check) -> bool:
    return check.code in fixes.AUTOMATIC
