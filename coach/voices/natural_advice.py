"""What a natural voice would need: told once to those who have heard the built-in one."""

from contextlib import suppress

from coach.folders import data_folder
from coach.voices.engines import is_built_in, natural_voice
from coach.voices.kokoro_styles import LANGUAGES

TOLD = "natural-voice-told"
"""A file in the folder of coach's data: it is there as soon as the advice was given."""

_KOKORO = (
    "pip install '.[kokoro]' && npm pack kokoro-js@1.2.1 && coach voices add kokoro-js-1.2.1.tgz "
    "(200 MB; docs/voices.md)"
)
_PIPER = "a Piper voice in its language (docs/voices.md)"


def natural_advice(voice: str, language: str) -> str:
    """One line on what a natural voice needs, where the built-in ``voice`` has spoken; "" the second time.

    It is "" too where there is a natural voice for the ``language``, and where it cannot be remembered.
    """
    if not is_built_in(voice) or _has_been_told() or natural_voice(language):
        return ""
    with suppress(OSError):
        data_folder().mkdir(parents=True, exist_ok=True)
        (data_folder() / TOLD).touch(exist_ok=False)
        families = {spoken.language.partition("-")[0] for spoken in LANGUAGES.values()}
        needs = _KOKORO if language.casefold().partition("-")[0] in families else _PIPER
        return f"that was the built-in voice; a natural one is easier to follow, and needs {needs}"
    return ""


def _has_been_told() -> bool:
    with suppress(OSError):
        return (data_folder() / TOLD).exists()
    return True
