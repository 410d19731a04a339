"""Where a SMART server gives tokens: its .well-known/smart-configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fhir_codesystem.publishing.address import private_url
from fhir_codesystem.publishing.client import ServerProblem
from fhir_codesystem.publishing.signing.fetching import fetch
from fhir_codesystem.publishing.signing.oauth import Endpoint

if TYPE_CHECKING:
    from fhir_codesystem.publishing.address import Address
    from fhir_codesystem.publishing.network import Network

SCOPE = "system/CodeSystem.crus system/ValueSet.crus"
"""To create, read, update and search (SMART 2); nothing is ever deleted."""
SCOPE_1 = "system/CodeSystem.* system/ValueSet.*"
"""To read and write (SMART 1)."""


def discover(address: Address, network: Network, scope: str | None = None) -> Endpoint:
    """Ask a FHIR server for its token endpoint.

    The endpoint must be https, or of the server's own origin. ``scope`` is what is asked for
    there; without one it is that of SMART 2, or of SMART 1 where the server states only that.
    Raises ServerProblem where none is named, EnvironmentProblem where it is not private.
    """
    url = f"{address}/.well-known/smart-configuration"
    answer = fetch(network, "GET", url, {})
    stated = answer.value.get("token_endpoint")
    if answer.status != 200 or not isinstance(stated, str):
        told = answer.told(network) if answer.status != 200 else "it states none"
        raise ServerProblem(f"{url} names no token endpoint ({told}): token-url can name it")
    endpoint = private_url(stated, f"the token endpoint that {url} names", beside=address)
    return Endpoint(endpoint, scope or default_scope(answer.value))


def default_scope(configuration: dict[str, Any]) -> str:
    """Return the scope that is asked for where nobody says which."""
    stated = configuration.get("capabilities")
    capabilities = stated if isinstance(stated, list) else []
    only_first = "permission-v1" in capabilities and "permission-v2" not in capabilities
    return SCOPE_1 if only_first else SCOPE
