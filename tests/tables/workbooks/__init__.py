"""Workbooks as people and programs make them, and as people must not."""
