"""Metadata in the tag formats of players: ID3, Vorbis comments."""

__all__ = ["fields", "id3", "taggers"]
