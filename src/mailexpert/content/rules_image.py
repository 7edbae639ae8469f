"""What a picture in a mail may be. It is written anew, so that nothing hidden in the upload is ever served."""

import io
import struct
import warnings
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps, ImageSequence, UnidentifiedImageError

from mailexpert.content import rules_motion as motion
from mailexpert.content.blocks import look

LARGEST = 5_000_000  # bytes of an upload
MOST_PIXELS = 40_000_000  # unpacked; a small file can hold a picture that fills the memory
KINDS = {"JPEG": "jpg", "PNG": "png", "GIF": "gif"}
TAKEN = (*KINDS, "WEBP")  # WebP becomes what every mail program shows
WIDEST = 1200  # a mail is 600 wide; sharp screens show two pixels for one
MOST_FRAMES = 300
SEVERAL = "MPO"  # a JPEG with more pictures behind it, as phones make them; the first one is the photo
SCREENS = ImageCms.createProfile("sRGB")
PROFILED = {"RGB": "RGB", "RGBA": "RGBA", "CMYK": "RGB"}  # modes with colours, and what becomes of them
RATIOS = {"16:9": (16, 9), "2:1": (2, 1), "4:3": (4, 3), "1:1": (1, 1), "3:4": (3, 4)}
QUALITY = 88
VISIBLE = 128  # of 255: what is fainter is the soft edge of something


class NoPicture(ValueError):
    """The file is no JPEG, PNG, GIF or WebP, or is broken."""


class TooLarge(ValueError):
    """The picture has more bytes or pixels than a mail can bear."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """Clean bytes: turned upright, without the camera's notes (place and time among them)."""

    data: bytes
    kind: str
    width: int
    height: int
    moves_for: int = 0  # milliseconds
    flashes: int = 0  # in the worst second


def clean(data: bytes) -> Picture:
    """The picture that is stored. Raises NoPicture, TooLarge."""
    return _opened(data, _upright)


def cut(data: bytes, *, ratio: str, focus: tuple[int, int]) -> Picture:
    """The largest part in this shape around the point that matters (per cent from the left and the top). Raises as
    `clean`, KeyError."""
    across, down = RATIOS[ratio]

    def part(found: Image.Image) -> Image.Image:
        upright = _upright(found)
        width = min(upright.width, max(1, upright.height * across // down))
        height = min(upright.height, max(1, width * down // across))
        left = _start(upright.width, width, focus[0])
        top = _start(upright.height, height, focus[1])
        return upright.crop((left, top, left + width, top + height))

    return _opened(data, part)


def small(picture: Picture, widest: int = 240) -> bytes:
    """A PNG to choose by, no wider or higher than this."""
    with Image.open(io.BytesIO(picture.data), formats=list(KINDS)) as found:
        made = found.convert("RGBA")
        made.thumbnail((widest, widest))
        out = io.BytesIO()
        made.save(out, "PNG", optimize=True)
    return out.getvalue()


def seen_on(data: bytes, ground: str) -> float:
    """How much of what is drawn stands out on this colour by 3 : 1 (WCAG 2.2, 1.4.11), from 0 to 1; 1 for a picture of
    nothing. Raises OSError where it is no picture any more."""
    with Image.open(io.BytesIO(data), formats=list(KINDS)) as found:
        made = found.convert("RGBA")
    made.thumbnail((96, 96))
    channels = iter(made.tobytes())
    pixels = [
        colour for colour in zip(channels, channels, channels, channels, strict=True) if colour[3] >= VISIBLE
    ]
    seen = sum(
        look.contrast(f"#{red:02x}{green:02x}{blue:02x}", ground) >= 3 for red, green, blue, _alpha in pixels
    )
    return seen / len(pixels) if pixels else 1.0


def _start(whole: int, part: int, focus: int) -> int:
    return max(0, min(whole - part, round(whole * focus / 100 - part / 2)))


def _opened(data: bytes, shape: Callable[[Image.Image], Image.Image], *, width: int = WIDEST) -> Picture:
    if len(data) > LARGEST:
        raise TooLarge(TooLarge.__doc__)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=list(TAKEN)) as found:
                return _written(found, shape, width)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as problem:
        raise TooLarge(TooLarge.__doc__) from problem
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError) as problem:
        if isinstance(problem, TooLarge):
            raise
        raise NoPicture(NoPicture.__doc__) from problem


def _written(found: Image.Image, shape: Callable[[Image.Image], Image.Image], width: int) -> Picture:
    frames = 1 if found.format == SEVERAL else getattr(found, "n_frames", 1)
    if found.width * found.height * frames > MOST_PIXELS or frames > MOST_FRAMES:
        raise TooLarge(TooLarge.__doc__)
    if found.format == "GIF" and (shape is _upright or width != WIDEST):
        return _animated(found, min(found.width, width, WIDEST))
    kind = _mail_kind(found)
    made = _for_screens(shape(found))
    if made.width > WIDEST:
        made = _resized(made, WIDEST)
    seen_through = {name: made.info[name] for name in ("transparency",) if name in made.info}
    made.info.clear()
    out = io.BytesIO()
    if kind == "JPEG":
        made.convert("RGB").save(out, "JPEG", quality=QUALITY, optimize=True)
    else:
        made.save(out, "PNG", optimize=True, **seen_through)
    return Picture(data=out.getvalue(), kind=KINDS[kind], width=made.width, height=made.height)


def _resized(made: Image.Image, width: int) -> Image.Image:
    """Colours of a palette can't be mixed, so they become whole ones first, and see-through stays see-through."""
    if made.mode in ("1", "P") or "transparency" in made.info:
        made = made.convert("RGBA" if "transparency" in made.info else "RGB")
    return made.resize((width, max(1, round(made.height * width / made.width))), Image.Resampling.LANCZOS)


def _for_screens(made: Image.Image) -> Image.Image:
    """In the colours that every screen shows. A phone notes wider ones, and without its note they turn pale."""
    profile = made.info.get("icc_profile")
    if not profile or made.mode not in PROFILED:
        return made
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        turned = ImageCms.profileToProfile(made, given, SCREENS, outputMode=PROFILED[made.mode])
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return made  # a note that can't be read says nothing
    return turned or made


def stopping(data: bytes) -> Picture:
    """The same animation, a GIF, that stands still within five seconds. Raises as `clean`."""
    with Image.open(io.BytesIO(clean(data).data), formats=["GIF"]) as found:
        return _animated(found, found.width, stops=True)


def _animated(found: Image.Image, width: int, *, stops: bool = False) -> Picture:
    """Frame by frame, since a GIF saved whole keeps its comments."""
    size = (width, max(1, round(found.height * width / found.width)))
    frames, times = [], []
    for frame in ImageSequence.Iterator(found):
        times.append(int(frame.info.get("duration", 0)))
        still = frame.convert("RGBA") if getattr(found, "n_frames", 1) > 1 else frame.copy()
        still.info = {k: v for k, v in still.info.items() if k in ("transparency", "background")}
        frames.append(
            still if still.size == size else still.convert("RGBA").resize(size, Image.Resampling.LANCZOS)
        )
    plays = found.info["loop"] + 1 if found.info.get("loop") else int("loop" not in found.info)
    if stops:
        kept, plays = motion.stopping(times)
        frames, times = frames[:kept], times[:kept]
    out = io.BytesIO()
    options: dict[str, object] = {}
    if len(frames) > 1:
        # How often it is shown again, 0 for without end; without it once.
        options = {} if plays == 1 else {"loop": max(0, plays - 1)}
        options |= {"save_all": True, "append_images": frames[1:], "duration": times, "disposal": 2}
    frames[0].save(out, "GIF", **options)
    return Picture(
        data=out.getvalue(),
        kind="gif",
        width=size[0],
        height=size[1],
        moves_for=motion.moves_for(times, plays),
        flashes=motion.flashes(frames, times),
    )


def narrower(data: bytes, *, width: int) -> Picture:
    """As wide as asked, or as it is where that is less. Raises as `clean`."""

    def shape(found: Image.Image) -> Image.Image:
        upright = _upright(found)
        return _resized(upright, min(width, upright.width))

    return _opened(data, shape, width=width)


def _mail_kind(found: Image.Image) -> str:
    """A part of a GIF stands still, and is a PNG; WebP is a photo unless something shines through."""
    if found.format == SEVERAL:
        return "JPEG"
    if found.format == "WEBP":
        return "PNG" if found.mode in ("RGBA", "LA", "P") else "JPEG"
    return "PNG" if found.format == "GIF" else str(found.format)


def _upright(found: Image.Image) -> Image.Image:
    found.load()
    try:
        made = ImageOps.exif_transpose(found)
    except (SyntaxError, ValueError, KeyError, TypeError, struct.error):
        made = (
            found.copy()
        )  # notes that can't be read say nothing about which side is up; they aren't kept anyway
    return (
        made.convert("RGBA")
        if made.mode in ("CMYK", "YCbCr", "LAB", "HSV") and found.format == "PNG"
        else made
    )
