"""The citizen service number (BSN), which only those may keep whom a law allows it (UAVG art. 46). No Django."""

from dataclasses import dataclass

NAMES = ("bsn", "burgerservice", "sofinummer", "sofi_nummer", "sofi", "citizen_service_number")
WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)
# Of arbitrary numbers of nine figures one in eleven passes the test. Where most pass, they are no order numbers.
ENOUGH, SHARE = 10, 0.5


def is_bsn(text: str) -> bool:
    """Nine figures that pass the eleven-test, however they are divided."""
    figures = text.replace(".", "").replace(" ", "").replace("-", "")
    if (
        len(figures) not in (8, 9)
        or not (figures.isascii() and figures.isdecimal())
        or not figures.strip("0")
    ):
        return False
    return sum(int(one) * weight for one, weight in zip(figures.zfill(9), WEIGHTS, strict=True)) % 11 == 0


def is_named(name: str) -> bool:
    """Whether a field is called what people call a BSN."""
    return any(name == known or name.startswith((f"{known}_", known + "nummer")) for known in NAMES)


@dataclass(kw_only=True)
class Watch:
    """What one column of a file turns out to hold."""

    name: str
    nines: int = 0
    valid: int = 0

    def see(self, text: str) -> None:
        if 8 <= len(text) <= 12 and text[:1].isdigit():
            self.nines += 1
            self.valid += is_bsn(text)

    @property
    def is_bsn(self) -> bool:
        if is_named(self.name):
            return self.valid > 0
        return self.valid >= ENOUGH and self.valid > SHARE * self.nines
