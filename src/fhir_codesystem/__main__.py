"""``python -m fhir_codesystem`` is the command ``codesystem``."""

from fhir_codesystem.cli import main

if __name__ == "__main__":
    main()
