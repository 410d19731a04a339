"""How many examples are tried: HYPOTHESIS_PROFILE is fast (the default), ci or thorough.

In CI there are four times as many as by default, each time the same; `thorough` tries others each
time, 50 times as many as CI.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, Phase, settings

SHARES = {"fast": 0.25, "ci": 1.0, "thorough": 50.0}
PROFILE = os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "fast")


def register() -> None:
    """Register the profiles and load the one that is asked for."""
    for name, share in SHARES.items():
        settings.register_profile(
            name,
            max_examples=round(60 * share),
            deadline=None,
            database=None,
            derandomize=name != "thorough",
            print_blob=True,
            phases=[Phase.explicit, Phase.generate, Phase.target, Phase.shrink],
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        )
    settings.load_profile(PROFILE)


def examples(count: int) -> settings:
    """Try ``count`` examples in CI: where the profile's number is too many, or too few."""
    return settings(max_examples=max(round(count * SHARES[PROFILE]), 1))
