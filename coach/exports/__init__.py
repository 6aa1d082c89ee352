"""A session as files: WAV, FLAC, Ogg, Opus, MP3, M4A, a page, captions, pictures."""

__all__ = ["formats", "pictures", "write"]
