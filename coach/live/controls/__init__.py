"""What steers a live session: the keyboard, and media keys."""

__all__ = ["keyboard", "mpris"]
