"""DKIM signatures (RFC 6376; Ed25519 by RFC 8463): relaxed/relaxed, over the whole body, never with `l=`.

A message gets one signature per key. What both sign is brought into canonical form once; what our composer makes
is canonical as it stands, so looking it over costs a few scans at C's speed.
"""

import hashlib
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa, utils

RSA, ED25519 = "rsa", "ed25519"
RSA_BITS = 2048  # RFC 8301 asks for 1024 at least; less than this is refused
# Nobody may add another one of these on the way: each is named once more than it stands there (RFC 6376, 8.15),
# against a second Subject or From that a mail program shows instead of the signed one.
SEALED = (
    b"from", b"to", b"cc", b"subject", b"date", b"message-id", b"reply-to", b"list-unsubscribe",
    b"list-unsubscribe-post", b"mime-version", b"content-type", b"content-transfer-encoding",
)  # fmt: skip
# Signed where they stand; a relay may rightly add its own.
SIGNED = (b"list-id", b"list-help", b"feedback-id", b"auto-submitted", b"cfbl-address")
WIDTH = 72
END_OF_HEAD = b"\r\n\r\n"
BLANKS = re.compile(rb"[ \t]+")
TRAILING = re.compile(rb"[ \t]+(?=\r\n|\Z)")


class KeyProblem(Exception):
    """The key can't be used for signing: not readable, another kind than RSA and Ed25519, or too short."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SigningKey:
    """`sign` takes a SHA-256 digest; `public` is the `p=` of the DNS record."""

    algorithm: str
    selector: str
    public: str
    sign: Callable[[bytes], bytes]


class Layout(NamedTuple):
    """Which fields are signed, for messages with the same field names: their places in the header in the order
    of signing, and the `h=` that says so."""

    places: tuple[int, ...]
    names: bytes


def make_key(algorithm: str) -> str:
    """A new private key as text (PKCS #8, PEM), to be sealed."""
    made: rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey
    if algorithm == RSA:
        made = rsa.generate_private_key(public_exponent=65537, key_size=RSA_BITS)
    else:
        made = ed25519.Ed25519PrivateKey.generate()
    return made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def load_key(text: str, selector: str) -> SigningKey:
    """Raises KeyProblem."""
    try:
        key = serialization.load_pem_private_key(text.encode(), None)
    except (ValueError, TypeError) as problem:
        raise KeyProblem("not readable") from problem
    if isinstance(key, ed25519.Ed25519PrivateKey):
        raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
        return SigningKey(algorithm=ED25519, selector=selector, public=b64encode(raw).decode(), sign=key.sign)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise KeyProblem("neither RSA nor Ed25519")
    if key.key_size < RSA_BITS:
        raise KeyProblem(f"{key.key_size} bits, at least {RSA_BITS}")
    der = key.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    sign = partial(_sign_rsa, key)
    return SigningKey(algorithm=RSA, selector=selector, public=b64encode(der).decode(), sign=sign)


PADDING, DIGEST = padding.PKCS1v15(), utils.Prehashed(hashes.SHA256())


def _sign_rsa(key: rsa.RSAPrivateKey, digest: bytes) -> bytes:
    return key.sign(digest, PADDING, DIGEST)


class Signer:
    """Signs for one domain (`d=`) with every key. Threads may share it: a signature lets other threads run."""

    def __init__(self, domain: str, keys: Sequence[SigningKey]) -> None:
        if not keys:
            raise KeyProblem("no key")
        self._keys = [(_opening(domain, key), key.sign) for key in keys]
        self._layouts: dict[tuple[bytes, ...], Layout] = {}

    def sign(self, message: bytes, moment: int) -> bytes:
        """The message (lines by CRLF) with its signatures in front. `moment` is in seconds since 1970."""
        head, _end, body = message.partition(END_OF_HEAD)
        fields = unfolded(head)
        names = tuple([field[: field.index(b":")].rstrip().lower() for field in fields])
        layout = self._layouts.get(names) or self._lay_out(names)
        signed = b"".join([relaxed_field(fields[place]) for place in layout.places])
        base = hashlib.sha256(signed)
        told = (moment, layout.names, b64encode(hashlib.sha256(relaxed_body(body)).digest()))
        out: list[bytes] = []
        for opening, sign in self._keys:
            value = opening + b" t=%d; h=%b;\r\n bh=%b;\r\n b=" % told
            digest = base.copy()
            digest.update(b"dkim-signature:" + value.replace(b"\r\n ", b" "))
            out += (b"DKIM-Signature: ", value, _folded(b64encode(sign(digest.digest()))), b"\r\n")
        out.append(message)
        return b"".join(out)

    def _lay_out(self, names: tuple[bytes, ...]) -> Layout:
        """Of a name that stands there more than once the last is signed first (RFC 6376, 5.4.2)."""
        places: list[int] = []
        signed: list[bytes] = []
        for name in (*SEALED, *SIGNED):
            found = [place for place, each in enumerate(names) if each == name]
            places += reversed(found)
            signed += [name] * (len(found) + (name in SEALED))
        layout = Layout(tuple(places), _folded_names(signed))
        if len(self._layouts) < 100:
            self._layouts[names] = layout
        return layout


def _opening(domain: str, key: SigningKey) -> bytes:
    told = f"v=1; a={key.algorithm}-sha256; c=relaxed/relaxed; d={domain};\r\n s={key.selector};"
    return told.encode()


def _folded_names(names: Sequence[bytes]) -> bytes:
    out, used = [b""], len(b" s=; t=1795000000; h=") + 40
    for name in names:
        if used + len(name) + 1 > WIDTH:
            out.append(b"\r\n ")
            used = 1
        out += (name, b":")
        used += len(name) + 1
    return b"".join(out[:-1])


def _folded(coded: bytes) -> bytes:
    return b"\r\n ".join([coded[at : at + WIDTH] for at in range(0, len(coded), WIDTH)])


def unfolded(head: bytes) -> list[bytes]:
    """The fields of a header, each on one line; of what isn't a field nothing is signed."""
    whole = head.replace(b"\r\n ", b" ").replace(b"\r\n\t", b"\t")
    return [line for line in whole.split(b"\r\n") if b":" in line]


def relaxed_field(field: bytes) -> bytes:
    """RFC 6376, section 3.4.2, of a field without folds; with its line end."""
    name, _colon, value = field.partition(b":")
    if b"  " in value or b"\t" in value:
        value = BLANKS.sub(b" ", value)
    return name.rstrip(b" \t").lower() + b":" + value.strip(b" \t") + b"\r\n"


def relaxed_body(body: bytes) -> bytes:
    """RFC 6376, section 3.4.4. Returns the very same bytes when they are canonical already."""
    if b"\t" in body or b"  " in body or b" \r\n" in body:
        body = BLANKS.sub(b" ", TRAILING.sub(b"", body))
    if body.endswith(b"\r\n\r\n") or not body.endswith(b"\r\n") or body == b"\r\n":
        while body.endswith(b"\r\n"):
            body = body[:-2]
        body = body + b"\r\n" if body else b""
    return body


def read_record(text: str) -> dict[str, str] | None:
    """The tags of a key record (RFC 6376, 3.6.1); None for a text that is none."""
    tags: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        name = name.strip()
        if not part.strip():
            continue
        if not equals or name in tags:
            return None
        tags[name] = re.sub(r"\s+", "", value) if name == "p" else value.strip()
    if "p" not in tags or ("v" in tags and (next(iter(tags)) != "v" or tags["v"] != "DKIM1")):
        return None
    return tags


def record(key_algorithm: str, public: str) -> str:
    """The text to publish at <selector>._domainkey.<domain>."""
    return f"v=DKIM1; k={key_algorithm}; p={public}"


def same_key(found: str, ours: str) -> bool:
    """Whether two `p=` hold the same key."""
    try:
        return b64decode(found, validate=True) == b64decode(ours)
    except ValueError:
        return False
