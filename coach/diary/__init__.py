"""What was done, kept on this machine."""

__all__ = ["entries", "report", "storage"]
