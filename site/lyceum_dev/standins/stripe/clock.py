"""The stand-in's clock, which tests can move."""

import time


class Clock:
    """Real time plus an offset that tests move forward."""

    def __init__(self, offset: float = 0.0) -> None:
        self.offset = offset

    def now(self) -> float:
        return time.time() + self.offset

    def advance(self, seconds: float) -> None:
        self.offset += seconds
