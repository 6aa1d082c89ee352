"""Controls of a live session: the keyboard and the media keys."""

__all__ = ["keyboard", "mpris"]
