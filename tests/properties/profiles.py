"""How many examples are tried: HYPOTHESIS_PROFILE is fast (the default), ci or thorough.

In CI the examples are the same on every run; `thorough` tries 50 times as many.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

PROFILES = ("fast", "ci", "thorough")
PROFILE = os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "fast")
FACTOR = 50 if PROFILE == "thorough" else 1


def register() -> None:
    """Register the profiles and load the one that is asked for."""
    for name in PROFILES:
        settings.register_profile(
            name,
            max_examples=60 * (50 if name == "thorough" else 1),
            deadline=None,
            database=None,
            derandomize=name == "ci",
            print_blob=True,
            phases=[Phase.explicit, Phase.generate, Phase.target, Phase.shrink],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        )
    settings.load_profile(PROFILE)


def examples(count: int) -> settings:
    """Try ``count`` examples: where the profile's number is too many, or too few."""
    return settings(max_examples=count * FACTOR)
