"""What a picture in a mail may be. It is written anew, so that nothing hidden in the upload is ever served."""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

LARGEST = 5_000_000  # bytes of an upload
MOST_PIXELS = 40_000_000  # unpacked; a small file can hold a picture that fills the memory
KINDS = {"JPEG": "jpg", "PNG": "png", "GIF": "gif"}
QUALITY = 88


class NoPicture(ValueError):
    """The file is no JPEG, PNG or GIF, or is broken."""


class TooLarge(ValueError):
    """The picture has more bytes or pixels than a mail can bear."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Clean bytes: turned upright, without the camera's notes (place and time among them)."""

    data: bytes
    kind: str
    width: int
    height: int


def clean(data: bytes) -> Picture:
    """The picture that is stored. Raises NoPicture, TooLarge."""
    if len(data) > LARGEST:
        raise TooLarge(TooLarge.__doc__)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=list(KINDS)) as found:
                return _written(found)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        raise TooLarge(TooLarge.__doc__) from problem
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as problem:
        if isinstance(problem, TooLarge):
            raise
        raise NoPicture(NoPicture.__doc__) from problem


def _written(found: Image.Image) -> Picture:
    if found.width * found.height * getattr(found, "n_frames", 1) > MOST_PIXELS:
        raise TooLarge(TooLarge.__doc__)
    kind = str(found.format)
    out = io.BytesIO()
    if kind == "GIF":
        found.save(out, "GIF", save_all=True)
        return Picture(data=out.getvalue(), kind="gif", width=found.width, height=found.height)
    upright = ImageOps.exif_transpose(found)
    upright.info.clear()
    if kind == "JPEG":
        upright.convert("RGB").save(out, "JPEG", quality=QUALITY, optimize=True)
    else:
        upright.save(out, "PNG", optimize=True)
    return Picture(data=out.getvalue(), kind=KINDS[kind], width=upright.width, height=upright.height)
