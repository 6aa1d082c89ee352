"""A file within reach of the phone, over the local network."""

__all__ = ["addresses", "qr", "send"]
