"""Signing in at a server: one module a way, and the choice among them."""
