"""Repairs: what is proposed, and how a source is changed."""
