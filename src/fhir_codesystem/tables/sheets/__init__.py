"""Workbooks, taken apart: the zip archive, the XML of its parts, the cells of a sheet."""
