"""One block of each kind, filled, and a mail that holds them all."""

import json
from typing import Any

PICTURE = "https://files.example.net/beeld/krat.png"
SAMPLES: dict[str, dict[str, Any]] = {
    "heading": {"text": 'Nog 412 & meer, {{ contact.first_name | default: "lezer" }}', "level": "1"},
    "text": {
        "html": '<p>Dag {{ contact.first_name | default: "lezer" }},</p>'
        '<p>Er staan er <b>228</b> klaar. <a href="lindewoud.nl/lijst?a=1&b=2">Bekijk de lijst</a></p>'
    },
    "image": {"src": PICTURE, "alt": "Houten krat met brood en appels", "link": "https://lindewoud.nl/krat"},
    "button": {"label": "Vul een pakket", "link": "https://lindewoud.nl/kerst"},
    "list": {"items": ["Brood & beleg", "Appels"], "numbered": True},
    "columns": {
        "columns": [
            [{"kind": "heading", "text": "Links", "level": "2"}, {"kind": "text", "html": "<p>Hier</p>"}],
            [{"kind": "image", "src": PICTURE, "decorative": True}],
        ]
    },
    "quote": {"text": "Wat een warm onthaal.", "by": "Fatima"},
    "divider": {},
    "product": {
        "src": PICTURE,
        "alt": "Een pakket",
        "name": "Kerstpakket",
        "price": "€ 27,50",
        "html": "<p>Voor een gezin.</p>",
        "label": "Bestel het pakket",
        "link": "https://lindewoud.nl/pakket",
    },
    "video": {"src": PICTURE, "title": "Inpakken in een minuut", "link": "https://lindewoud.nl/film"},
    "table": {"caption": "Openingstijden", "rows": [["Dag", "Van", "Tot"], ["Maandag", "9.00", "17.00"]]},
    "social": {
        "links": [
            {"network": "facebook", "link": "https://facebook.com/lindewoud"},
            {"network": "mastodon", "link": "https://mastodon.nl/@lindewoud"},
        ]
    },
    "code": {"html": '<table role="presentation"><tr><td>Los <em>stuk</em></td></tr></table>'},
}


def block(kind: str, **changes: Any) -> dict[str, Any]:
    return {"kind": kind, **SAMPLES[kind], **changes}


def mail(*blocks: dict[str, Any], **parts: Any) -> str:
    return json.dumps({"look": {"name": "Voedselbank Lindewoud"}, "blocks": list(blocks), **parts})


def whole() -> str:
    return mail(*(block(kind) for kind in SAMPLES))
