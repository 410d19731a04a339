"""A resource as it is, judged as the official HL7 validator judges it."""
