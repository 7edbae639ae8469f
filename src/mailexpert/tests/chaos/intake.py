"""An intake that dies where it hurts most when it is told to: its collector has committed a file and not yet removed
it."""

import os
import runpy
import signal

from mailexpert.base import env
from mailexpert.intake.journal import Finished

ORDER = "die-after-commit"
whole = Finished.delete


def delete(file: Finished) -> None:
    order = env.load().home / ORDER
    if order.exists():
        order.unlink()
        os.kill(os.getpid(), signal.SIGKILL)
    whole(file)


if __name__ == "__main__":
    Finished.delete = delete  # type: ignore[method-assign]
    runpy.run_module("mailexpert.intake", run_name="__main__")
