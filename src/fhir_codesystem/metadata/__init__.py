"""Metadata files: FHIR elements at the top, the tool's own settings under `build:`."""
