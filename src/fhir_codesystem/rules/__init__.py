"""The rules: each declared once, in the module of its subject.

A rule's number begins with the stage that reports it: 1 reading, 2 hierarchy and duplicates,
3 metadata, 4 the resource, 5 emitting, 6 a resource that is checked as it is. The registry is
`fhir_codesystem.rules.registry`.
"""
