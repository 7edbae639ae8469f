"""What the block editor needs to know and to say, in the language of whoever writes."""

from typing import Any

from django.utils.translation import gettext as _

from mailexpert.content import queries
from mailexpert.content.blocks import kinds
from mailexpert.content.queries import field_choices
from mailexpert.content.words_images import in_source


def editor_facts(source: str, *, may_code: bool) -> dict[str, Any]:
    """For the editor's script: the kinds of blocks with their fields, the reader's fields, the pictures of this mail,
    and its sentences."""
    labels, field_labels, choice_labels = _kind_labels(), _field_labels(), _choice_labels()
    return {
        "kinds": [
            {
                "name": kind.name,
                "label": labels[kind.name],
                "inside": kind.inside,
                "fields": [
                    {
                        "name": field.name,
                        "type": field.type,
                        "label": field_labels.get(f"{kind.name}.{field.name}", field_labels[field.name]),
                        "choices": [
                            [choice, choice_labels[f"{field.name}.{choice}"]] for choice in field.choices
                        ],
                    }
                    for field in kind.fields
                ],
            }
            for kind in kinds.KINDS.values()
            if may_code or kind.name != "code"
        ],
        "labels": labels,
        "fields": [
            {"label": field.label, "name": field.name, "code": field.code} for field in field_choices()
        ],
        "segments": queries.segment_choices(),
        "pictures": in_source(source),
        "networks": list(kinds.NETWORKS.items()),
        "limits": {"columns": kinds.MOST_COLUMNS, "cells": kinds.MOST_CELLS, "blocks": kinds.MOST_BLOCKS},
        "words": _words(),
    }


def _kind_labels() -> dict[str, str]:
    return {
        "heading": _("Heading"),
        "text": _("Text"),
        "image": _("Photo"),
        "button": _("Button"),
        "list": _("List"),
        "columns": _("Columns"),
        "quote": _("Quote"),
        "divider": _("Dividing line"),
        "product": _("Product"),
        "video": _("Video"),
        "table": _("Table"),
        "social": _("Social"),
        "code": _("HTML"),
    }


def _field_labels() -> dict[str, str]:
    return {
        "text": _("Text"),
        "level": _("Size of the heading"),
        "html": _("Text"),
        "code.html": _("HTML"),
        "src": _("Photo"),
        "video.src": _("Still"),
        "alt": _("What is to be seen"),
        "decorative": _("Only decoration, no description needed"),
        "link": _("Link"),
        "width": _("Width"),
        "label": _("Words on the button"),
        "items": _("One entry a line"),
        "numbered": _("With numbers"),
        "columns": _("Columns"),
        "by": _("Who says it"),
        "name": _("Name"),
        "price": _("Price"),
        "title": _("Title"),
        "caption": _("What the table is about"),
        "rows": _("Table"),
        "links": _("Where you can be found"),
    }


def _choice_labels() -> dict[str, str]:
    return {"level.1": _("Title of the mail"), "level.2": _("Heading"), "level.3": _("Small heading")}


def _words() -> dict[str, str]:
    """Placeholders in %(…)s are filled by the script."""
    return {
        "insertField": _("Insert field"),
        "up": _("Up"),
        "down": _("Down"),
        "remove": _("Delete"),
        "below": _("Block below"),
        "condition": _("Show to some"),
        "bold": _("Bold"),
        "italic": _("Italic"),
        "makeLink": _("Link"),
        "linkTo": _("Where the link leads"),
        "apply": _("Apply"),
        "cancel": _("Cancel"),
        "tools": _("Block %(kind)s"),
        "moved": _("%(kind)s is now block %(at)s of %(all)s."),
        "removed": _("%(kind)s deleted. Undo brings it back."),
        "inserted": _("%(kind)s inserted as block %(at)s of %(all)s."),
        "undone": _("Undone."),
        "redone": _("Done again."),
        "nothingUndo": _("Nothing to undo."),
        "nothingRedo": _("Nothing to do again."),
        "addRow": _("Add row"),
        "dropRow": _("Delete last row"),
        "addColumn": _("Add column"),
        "dropColumn": _("Delete last column"),
        "cell": _("Row %(row)s, column %(column)s"),
        "column": _("Column %(n)s"),
        "address": _("Address"),
        "noPhoto": _("No photo chosen yet"),
        "choosePhoto": _("Choose a photo"),
        "otherPhoto": _("Other photo"),
        "cutPhoto": _("Crop"),
        "full": _("A mail holds at most %(limit)s blocks."),
        "showTo": _("Show this block to"),
        "everyone": _("everyone"),
        "filled": _("who has filled in"),
        "empty": _("who has not filled in"),
        "is": _("whose field is"),
        "is_not": _("whose field is not"),
        "in": _("who is in the segment"),
        "out": _("who is not in the segment"),
        "segment": _("Segment"),
        "value": _("Value"),
        "field": _("Field"),
        "insertInto": _("Add a block to this column"),
        "line": _("A line across the mail"),
    }
