"""FHIR NPM packages: code systems and value sets as one archive that servers load."""
