"""The server that is talked to: its address, the way there, and who signs in.

What servers.toml says of it comes first, then the environment: for the sign-in, the certificate
that is shown, the certificates that are trusted, and the proxy, each by itself.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import quoted, shown
from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.publishing.address import Address
from fhir_codesystem.publishing.hiding import Secrets
from fhir_codesystem.publishing.network import Certificate, Network, Proxy
from fhir_codesystem.publishing.servers import profiles_path, read
from fhir_codesystem.publishing.settings import GROUPS, Settings, from_environment
from fhir_codesystem.publishing.signing.choice import sign_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fhir_codesystem.publishing.signing.ways import SignIn


@dataclass(frozen=True, slots=True)
class Target:
    """A server to talk to."""

    address: Address
    sign_in: SignIn
    network: Network

    def require_private(self) -> None:
        """Raise EnvironmentProblem where secrets would be sent for others to see."""
        if not self.sign_in.is_anonymous or self.network.certificate is not None:
            self.network.require_private(self.address.url)


def target(server: str, environment: Mapping[str, str] = os.environ) -> Target:
    """Find a server by its name or URL; raises EnvironmentProblem.

    The secrets that are needed are read now. Nothing is asked of the network.
    """
    path = profiles_path(environment)
    profiles = read(path, environment)
    if server in profiles:
        profile = profiles[server]
        address = Address.parse(profile.require("url"))
    elif "://" in server:
        address = Address.parse(server)
        profile = next((each for each in profiles.values() if _is_at(each, address)), Settings())
    else:
        raise EnvironmentProblem(f"{quoted(server)} is neither a URL nor a server in {shown(path)}")
    around = from_environment(environment)
    signing, certificate, trust, proxy = (
        profile.only(keys) if any(key in profile for key in keys) else around.only(keys)
        for keys in GROUPS
    )
    network = _network(certificate, trust, proxy)
    with signing.placing():
        found = Target(address, sign_in(signing, address, network), network)
    found.require_private()
    return found


def _network(certificate: Settings, trust: Settings, proxy: Settings) -> Network:
    secrets = Secrets()
    with proxy.placing():
        named = proxy.find("proxy")
        through = Proxy.parse(named, secrets) if named is not None else None
    shown = _certificate(certificate, secrets)
    return Network(secrets, trust.path("ca-file"), shown, through)


def _certificate(settings: Settings, secrets: Secrets) -> Certificate | None:
    file = settings.path("client-cert")
    if file is None:
        if settings.given:
            raise settings.problem(f"{settings.called('client-cert')} is missing")
        return None
    password = settings.find("client-key-password")
    return Certificate(file, settings.path("client-key"), password and secrets.add(password))


def _is_at(profile: Settings, address: Address) -> bool:
    return (profile.find("url") or "").rstrip("/") == address.url
