"""Serving a file to a phone over the local network."""

__all__ = ["send"]
