"""Loudspeakers of a live session: miniaudio, simpleaudio, or a silent one driven by the clock."""

__all__ = ["early", "loudspeaker", "player"]
