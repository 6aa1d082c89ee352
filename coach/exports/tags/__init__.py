"""What files say of themselves, in the formats of their players."""

__all__ = ["id3", "pictures_and_text", "vorbis"]
