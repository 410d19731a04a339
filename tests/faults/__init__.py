"""Faults put in on purpose: kills, full disks, folders that refuse, content that is none."""
