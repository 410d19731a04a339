"""URLs: what is absolute, what is known, what can be found."""

from __future__ import annotations

import re

SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
RFC = re.compile(r"https?://tools\.ietf\.org/html/rfc\d+")
EXAMPLES = ("example.org", "acme.com", "acme.org", "example.com", "example.net")
EXAMPLE_OIDS = ("urn:oid:1.3.6.1.4.1.32473.", "urn:oid:2.999.")
HL7 = ("http://hl7.org/fhir", "http://terminology.hl7.org/", "http://fhir.org/guides")


def is_absolute(url: str) -> bool:
    """Whether a URL begins with a scheme, as the official validator sees it."""
    scheme, colon, rest = url.partition(":")
    if not colon or not rest or " " in rest:
        return False
    known = scheme in ("http", "https", "urn")
    return known or (SCHEME.fullmatch(scheme) is not None and scheme == scheme.lower())


def is_example(url: str) -> bool:
    """Whether a URL is one that stands in examples."""
    return (
        any(f"{host}/" in url or url.endswith(host) for host in EXAMPLES)
        or url.startswith(EXAMPLE_OIDS)
    )


def is_hl7_space(url: str) -> bool:
    """Whether HL7 alone may define what a URL names."""
    return url.startswith(HL7)
