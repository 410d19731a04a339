"""Builds the servers that the tests publish to, before they run: ``python -m publishing``."""

from __future__ import annotations

from publishing import hapi, helios


def main() -> None:
    """Build what is not there yet; a failure ends it."""
    for server in (hapi, helios):
        if lack := server.missing():
            raise SystemExit(lack)
        server.build()


if __name__ == "__main__":
    main()
