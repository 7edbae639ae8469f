"""Where files of accounts lie: in the home, or in a store that speaks S3, named by MAILEXPERT_FILES_URL."""

from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urlsplit


class WrongAddress(ValueError):
    """MAILEXPERT_FILES_URL is no store: s3://key:secret@host/bucket, with ?region=… and ?tls=off where needed."""


@dataclass(frozen=True, kw_only=True)
class S3:
    endpoint: str
    bucket: str
    prefix: str
    key: str
    secret: str
    region: str


def read(url: str) -> S3:
    """s3://key:secret@host[:port]/bucket[/folder][?region=…&tls=off]. Without a key the machine's own rights count.
    Raises WrongAddress."""
    parts = urlsplit(url)
    query = parse_qs(parts.query)
    bucket, _sep, prefix = parts.path.strip("/").partition("/")
    try:
        port = f":{parts.port}" if parts.port else ""
    except ValueError as problem:
        raise WrongAddress(WrongAddress.__doc__) from problem
    if (
        parts.scheme != "s3"
        or not parts.hostname
        or not bucket
        or bool(parts.username) != bool(parts.password)
    ):
        raise WrongAddress(WrongAddress.__doc__)
    scheme = "http" if query.get("tls") == ["off"] else "https"
    return S3(
        endpoint=f"{scheme}://{parts.hostname}{port}",
        bucket=bucket,
        prefix=prefix.strip("/"),
        key=unquote(parts.username or ""),
        secret=unquote(parts.password or ""),
        region=query.get("region", ["us-east-1"])[0],
    )
