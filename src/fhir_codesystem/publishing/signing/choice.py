"""Which way of signing in the settings of a server mean, and the sign-in that they make."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING

from fhir_codesystem.diagnostics import quoted
from fhir_codesystem.publishing.address import private_url
from fhir_codesystem.publishing.settings import SIGN_IN
from fhir_codesystem.publishing.signing import ways
from fhir_codesystem.publishing.signing.ways import SignIn

if TYPE_CHECKING:
    from collections.abc import Callable

    from fhir_codesystem.publishing.address import Address
    from fhir_codesystem.publishing.network import Network
    from fhir_codesystem.publishing.settings import Settings
    from fhir_codesystem.publishing.signing.clients import Client
    from fhir_codesystem.publishing.signing.oauth import Endpoint

SECRET_AUTH = ("client_secret_basic", "client_secret_post")
CERTIFICATE_AUTH = "tls_client_auth"
"""The ways of RFC 7591 in which a client shows who it is."""


@dataclass(frozen=True, slots=True)
class Way:
    """A way to sign in: the keys that it needs, and those that it may have besides."""

    name: str
    needs: tuple[str, ...]
    may: tuple[str, ...] = ()


BEARER = Way("a token", ("token",))
BASIC = Way("a name and password", ("user", "password"))
OAUTH = Way(
    "a client secret", ("client-id", "client-secret", "token-url"), ("scope", "client-auth")
)
SMART = Way(
    "a private key",
    ("client-id", "private-key"),
    ("private-key-id", "private-key-password", "token-url", "scope"),
)
CERTIFIED = Way("a client certificate", ("client-id", "token-url", "client-auth"), ("scope",))
WAYS = (BEARER, BASIC, OAUTH, SMART, CERTIFIED)


def way_of(settings: Settings) -> Way | None:
    """Return the way that settings mean, None for no way; nothing is looked up for it.

    Raises EnvironmentProblem where they mix ways, or lack a part of one.
    """
    given = [key for key in SIGN_IN if key in settings]
    if not given:
        return None
    fitting = [way for way in WAYS if {*way.needs, *way.may} >= {*given}]
    if not fitting:
        raise settings.problem(_mixed(settings, given))
    way = min(fitting, key=lambda each: len({*each.needs} - {*given}))
    for key in way.needs:
        if key not in settings:
            raise settings.problem(f"{settings.called(key)} is missing, to sign in with {way.name}")
    return way


def sign_in(settings: Settings, address: Address, network: Network) -> SignIn:
    """Make the sign-in at a server that settings mean; raises EnvironmentProblem.

    Secrets are read now; a token endpoint is asked when the first request is made.
    """
    way = way_of(settings)
    secrets = network.secrets
    if way is None:
        return SignIn(secrets)
    if way is BEARER:
        return ways.bearer(settings.require("token"), secrets)
    if way is BASIC:
        return ways.basic(settings.require("user"), settings.require("password"), secrets)
    from fhir_codesystem.publishing.signing.oauth import ClientCredentials  # noqa: PLC0415

    client = _client(way, settings, network)
    return ClientCredentials(secrets, network, client, _endpoint(way, settings, address, network))


def _client(way: Way, settings: Settings, network: Network) -> Client:
    from fhir_codesystem.publishing.signing import clients, keys  # noqa: PLC0415

    client_id, secrets = settings.require("client-id"), network.secrets
    if way is SMART:
        key = keys.read(
            secrets.add(settings.require("private-key")),
            settings.find("private-key-id"),
            settings.find("private-key-password"),
        )
        return clients.asserted(partial(key.assertion, client_id), secrets)
    stated = settings.find("client-auth") or SECRET_AUTH[0]
    known = SECRET_AUTH if way is OAUTH else (CERTIFICATE_AUTH,)
    if stated not in known:
        raise settings.problem(
            f"{settings.called('client-auth')} is {quoted(stated)}, not {' or '.join(known)}"
        )
    if way is CERTIFIED:
        if network.certificate is None:
            raise settings.problem(f"{CERTIFICATE_AUTH} needs a client-cert")
        return clients.certified(client_id)
    make = clients.secret_basic if stated == SECRET_AUTH[0] else clients.secret_post
    return make(client_id, settings.require("client-secret"), secrets)


def _endpoint(
    way: Way, settings: Settings, address: Address, network: Network
) -> Callable[[], Endpoint]:
    from fhir_codesystem.publishing.signing import discovery  # noqa: PLC0415
    from fhir_codesystem.publishing.signing.oauth import Endpoint  # noqa: PLC0415

    scope = settings.find("scope")
    stated = settings.find("token-url")
    if stated is None:
        return partial(discovery.discover, address, network, scope)
    url = private_url(stated, settings.called("token-url"))
    return lambda: Endpoint(url, scope or (discovery.SCOPE if way is SMART else ""))


def _mixed(settings: Settings, given: list[str]) -> str:
    """Name two keys that no way has both of."""
    known = [{*way.needs, *way.may} for way in WAYS]
    first, second = next(
        pair for pair in combinations(given, 2) if not any({*pair} <= keys for keys in known)
    )
    return (
        f"{settings.called(first)} and {settings.called(second)} are both set; one of them signs in"
    )
