"""The profile of this run."""

from __future__ import annotations

from .profiles import register

register()
