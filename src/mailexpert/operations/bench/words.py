"""A newsletter of a wanted size for measuring: personal outputs, and the same links in both parts."""

PARAGRAPH = (
    "<p>De nieuwe collectie ligt klaar. Kom langs, drink koffie mee en voel hoe zacht de wol dit jaar is. "
    "Wie op zaterdag komt, krijgt een bol mee naar huis.</p>"
)
LOOP = "{% for n in (1..3) %}<p>{{ n }} voor {{ contact.first_name }}</p>{% endfor %}"
HTML_SHARE = 0.7  # of a message; the rest is the text part and the headers


def html_of(body_kb: float, links: int) -> str:
    opening = "<html><body><h1>Dag {{ contact.first_name | default: 'lezer' }}</h1>"
    button = '<p><a href="https://winkel.example/artikel/{0}">Artikel {0}</a></p>'
    buttons = "".join(button.format(n) for n in range(links))
    closing = (
        "<p>In {{ contact.city | default: 'de buurt' }} zijn we elke dag open.</p>"
        "<p>Deze mail ging naar {{ contact.email }}.</p></body></html>"
    )
    room = int(body_kb * 1024 * HTML_SHARE) - len(opening + buttons + closing) - 40 * links
    return opening + buttons + PARAGRAPH * max(0, round(room / len(PARAGRAPH))) + closing


def text_of(body_kb: float, links: int) -> str:
    opening = "Dag {{ contact.first_name | default: 'lezer' }},\n\n"
    rows = "".join(f"Artikel {n}: https://winkel.example/artikel/{n}\n" for n in range(links))
    plain = PARAGRAPH.removeprefix("<p>").removesuffix("</p>") + "\n\n"
    room = int(body_kb * 1024 * (1 - HTML_SHARE)) - len(opening + rows) - 40 * links - 1500
    return opening + rows + plain * max(0, round(room / len(plain))) + "Tot ziens, {{ contact.last_name }}!\n"
