"""Which requests are repeated, how often, and after what time."""

from __future__ import annotations

import urllib3
from urllib3.exceptions import InvalidHeader

BUSY = {429, 503}
"""Nothing was done: the server asks to come again."""
UNKNOWN = {408, 502, 504}
"""A server or a gateway gave up waiting; what was asked may have been done nevertheless."""
PAUSE = 0.5
"""Seconds before the second attempt; they double with each, and chance adds as much again."""
LONGEST_WAIT = 60
"""Seconds that are waited at most where a server says when to come again."""


class Patience(urllib3.Retry):
    """What urllib3 repeats, and when; a Retry-After that is no time says nothing."""

    def parse_retry_after(self, retry_after: str) -> float:
        """Return the seconds to wait; 0 where that is not said."""
        try:
            return super().parse_retry_after(retry_after)
        except InvalidHeader:
            return 0


def patience(*, reading: bool) -> Patience:
    """Return what is repeated: a write only where the server has said that it did nothing."""
    return Patience(
        total=4,
        connect=2,
        read=2 if reading else 0,
        other=2 if reading else 0,
        redirect=0,
        allowed_methods=None,
        status_forcelist=BUSY | UNKNOWN if reading else BUSY,
        backoff_factor=PAUSE,
        backoff_max=10,
        backoff_jitter=PAUSE,
        retry_after_max=LONGEST_WAIT,
        raise_on_status=False,
        raise_on_redirect=False,
    )


def impatience() -> Patience:
    """Return that nothing is repeated."""
    return Patience(total=0, raise_on_status=False, raise_on_redirect=False)
