"""What some pages of this room may load that the application's own policy refuses."""

from collections.abc import Callable
from typing import Any, TypeVar

from csp.constants import NONCE
from csp.decorators import csp_update

View = TypeVar("View", bound=Callable[..., Any])

# A mail is someone's HTML. It gets no scripts, no forms, nothing from us; only pictures, and its own styles.
# `allow-same-origin` lets the page around it measure its height, and gives it nothing: it can't run anything.
MAIL = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src {pictures}; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox"
)
PICTURES, NO_PICTURES = "https: http: data:", "'none'"

# GrapesJS makes functions from texts and styles from everything. Its frame may do that, and talk to nobody. The inner
# frame is a data address, takes this policy over and has no origin (static/content/drawing/frame.js).
DRAWING = (
    "default-src 'none'; script-src {base}/static/ 'unsafe-eval'; style-src {base}/static/ 'unsafe-inline'; "
    "img-src https: http: data:; font-src data:; frame-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'"
)


def code_editor(view: View) -> View:
    """The code editor writes its style sheet itself; the page knows it by a number used once."""
    dressed: View = csp_update({"style-src": [NONCE]})(view)
    return dressed
