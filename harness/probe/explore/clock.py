"""Ends what takes too long, so that the rest of a sample gets its turn."""

import signal
import time
from types import FrameType
from typing import Any, Callable, Optional

from ..frames import importing
from .helper import StuckError

STATEMENT = 15.0
"""Seconds without a line of the sample that is new, before what runs is interrupted."""
PATIENCE = 2
"""Times that an import is waited for all the same: a module half imported fails for ever after."""
NAP = 0.02
"""Seconds that a sleep takes at most: retries and polls wait for what does not come."""

_waited = 0
_stuck = 0
_counted = False


def ring(_number: int, frame: Optional[FrameType]) -> None:
    """Interrupt what is running in the main thread."""
    global _waited, _stuck, _counted
    if _waited < PATIENCE and importing(frame, None):
        _waited += 1
        wind()
        return
    _stuck, _counted = _stuck + (not _counted), True
    signal.setitimer(signal.ITIMER_REAL, 1.0)  # again, where something swallows it
    raise StuckError


def limited(action: Callable[[], Any]) -> Any:
    """Run something with a bound on its time."""
    wind()
    try:
        return action()
    finally:
        stop()


def wind() -> None:
    """Begin to count anew; the more was stuck before, the less patience is left for what follows."""
    global _counted
    _counted = False
    signal.setitimer(signal.ITIMER_REAL, STATEMENT / (1 + _stuck))


def stop() -> None:
    """Count no more."""
    signal.setitimer(signal.ITIMER_REAL, 0)


def start() -> None:
    """Watch the time, and make every sleep short."""
    signal.signal(signal.SIGALRM, ring)
    sleep = time.sleep

    def nap(seconds: Any) -> None:
        sleep(min(seconds, NAP))

    time.sleep = nap
