"""Keys of all ways of signing in, in any mixture: a way, or one line that says why not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fhir_codesystem.errors import EnvironmentProblem
from fhir_codesystem.publishing.settings import SIGN_IN, from_environment, variable
from fhir_codesystem.publishing.signing.choice import WAYS, way_of


@given(st.sets(st.sampled_from(SIGN_IN)))
def test_a_mixture_is_a_way_or_is_refused(keys: set[str]) -> None:
    try:
        way = way_of(from_environment({variable(key): "x" for key in keys}))
    except EnvironmentProblem as problem:
        told = str(problem)
        assert told.startswith("FHIR_CODESYSTEM_")
        assert not any({*way.needs} <= keys <= {*way.needs, *way.may} for way in WAYS)
    else:
        assert (way is None) == (not keys)
        assert way is None or {*way.needs} <= keys <= {*way.needs, *way.may}
