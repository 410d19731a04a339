"""Emitting: the resource as JSON, its page in Markdown, its narrative; and writing them."""
