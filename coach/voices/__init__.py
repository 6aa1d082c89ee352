"""Prompts become sound: engines, their processes, and the clips that are kept."""

__all__ = ["cache", "engines", "espeak", "piper", "spoken_session", "voice", "worker_voice"]
