"""Repairs that need consent: what a cell should probably say, and how its source is changed."""
