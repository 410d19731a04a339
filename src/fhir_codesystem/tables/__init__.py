"""Reading tables: bytes in, a `Table` and findings out. Readers never raise on bad input."""

from fhir_codesystem.tables.reading import read
from fhir_codesystem.tables.table import Reading, Source, Table

__all__ = ["Reading", "Source", "Table", "read"]
