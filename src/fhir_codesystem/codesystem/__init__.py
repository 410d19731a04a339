"""The code system: metadata and concepts together, and the models of FHIR's versions."""
