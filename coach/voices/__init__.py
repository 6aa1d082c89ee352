"""Voice engines, their worker processes, and the cache of clips: prompts become clips."""

__all__ = [
    "adding",
    "cache",
    "engines",
    "espeak",
    "kokoro",
    "natural_advice",
    "outlook",
    "piper",
    "spoken_fit",
    "spoken_session",
    "voice",
    "worker_voice",
]
