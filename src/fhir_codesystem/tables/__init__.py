"""Reading tables: bytes in, a `Table` and findings out. Readers never raise on bad input."""
