"""What CodeMirror and GrapesJS say, in the language of the page: their own sentences or names are the keys."""

from django.utils.translation import gettext as _


def code_words() -> dict[str, str]:
    return {
        "Find": _("Find"),
        "Replace": _("Replace by"),
        "next": _("next"),
        "previous": _("previous"),
        "all": _("all"),
        "match case": _("capitals count"),
        "by word": _("whole words"),
        "regexp": _("pattern"),
        "replace": _("replace"),
        "replace all": _("replace all"),
        "close": _("close"),
        "current match": _("found here"),
        "on line": _("on line"),
        "replaced match on line $": _("replaced on line $"),
        "replaced $ matches": _("replaced $ times"),
        "Go to line": _("Go to line"),
        "go": _("go"),
        "Diagnostics": _("What isn’t right"),
        "No diagnostics": _("Nothing is wrong"),
    }


def drawing_words() -> dict[str, str]:
    return {
        "sw-visibility": _("Show the edges"),
        "open-blocks": _("Parts to drag in"),
        "open-sm": _("Look of what is chosen"),
        "open-tm": _("Settings of what is chosen"),
        "open-layers": _("Everything in its order"),
        "busy": _("Getting ready …"),
        "refused": _(
            "This mail holds something that can’t be drawn (%(what)s). Write it in code; nothing has changed."
        ),
    }
