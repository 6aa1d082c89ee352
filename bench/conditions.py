"""What speech goes through before it is heard: noise, voices, a phone's loudspeaker, old ears, encoders.

Every condition takes sound at 48 kHz, as float from -1 to 1, and a seed, and gives as much sound back: the
same for the same sound and seed. The seed chooses where in its half a minute the noise begins.

- **Pink noise and babble** are so many decibels below the speech (+6) or as loud (0), by the meter of ITU-R
  BS.1770, which leaves the pauses of the speech out. The noise is pink from 50 Hz to 8 kHz.
- **Phone**: 400 to 5000 Hz, the band of a phone's loudspeaker, with the slopes of fourth-order Butterworth
  filters (24 dB an octave).
- **Phone, 70 years**: the same, then the hearing of a man of 70: the median loss by ISO 7029:2000 as an
  attenuation at each frequency, and the ear's own noise, which sets the threshold of young ears (ANSI
  S3.5-1997, table 3, reference internal noise). The speech is 60 dB SPL at the ear, as in a conversation.
- **MP3 48k, Opus 24k**: coded and decoded by ffmpeg's libmp3lame and libopus, in 48 and 24 kbit/s.
"""

import importlib
import io
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from coach.session.timeline import RATE_HZ
from coach.sound.loudness import level_lufs

Samples = NDArray[np.float32]
Condition = Callable[[Samples, int], Samples]

SEED = 2024
NOISE_S = 30.0
NOISE_HZ = 50.0, 8_000.0
NOISE_LUFS = -30.0
"""The level of the noise before it is set by that of the speech."""

PHONE_HZ = 400.0, 5_000.0
PHONE_ORDER = 4

SPEECH_SPL = 60.0
AGE, YOUNG = 70, 18
LOSS_OF_MEN = {
    125: 0.0030, 250: 0.0030, 500: 0.0035, 750: 0.0040, 1000: 0.0040, 1500: 0.0055,
    2000: 0.0070, 3000: 0.0115, 4000: 0.0160, 6000: 0.0180, 8000: 0.0220,
}  # fmt: skip
"""ISO 7029:2000, table 1: the median loss of men is this many dB times the square of the years after 18."""
INTERNAL_NOISE_SPL = {
    160: 0.6, 200: -1.7, 250: -3.9, 315: -6.1, 400: -8.2, 500: -9.7, 630: -10.8, 800: -11.9, 1000: -12.5,
    1250: -13.5, 1600: -15.4, 2000: -17.7, 2500: -21.2, 3150: -24.2, 4000: -25.9, 5000: -23.6, 6300: -15.8,
    8000: -7.1,
}  # fmt: skip
"""ANSI S3.5-1997, table 3: dB SPL in each hertz."""


def conditions(babble: Callable[[], Samples]) -> Mapping[str, Condition]:
    """Every condition by its name, in the order of the tables; the babble is asked for when it is heard."""
    return {
        "clean": clean,
        "pink +6 dB": partial(in_noise, pink_noise, 6.0),
        "pink 0 dB": partial(in_noise, pink_noise, 0.0),
        "babble +6 dB": partial(in_noise, babble, 6.0),
        "babble 0 dB": partial(in_noise, babble, 0.0),
        "phone": phone,
        "phone, 70 years": phone_at_seventy,
        "MP3 48k": partial(coded, "libmp3lame", "mp3", 48_000),
        "Opus 24k": partial(coded, "libopus", "ogg", 24_000),
    }


def clean(sound: Samples, _: int) -> Samples:
    """The sound as it is."""
    return sound


def in_noise(noise: Callable[[], Samples], over_db: float, sound: Samples, seed: int) -> Samples:
    """The sound so many decibels over a noise that is at `NOISE_LUFS` and can be looped."""
    gain = 10 ** ((level_lufs(sound, RATE_HZ) - over_db - NOISE_LUFS) / 20)
    return sound + np.float32(gain) * _from(seed, noise(), len(sound))


def phone(sound: Samples, _: int) -> Samples:
    """The sound within the band of a phone's loudspeaker."""
    low, high = PHONE_HZ
    return filtered(
        sound,
        lambda hz: (
            1 / np.sqrt((1 + (low / hz) ** (2 * PHONE_ORDER)) * (1 + (hz / high) ** (2 * PHONE_ORDER)))
        ),
    )


def phone_at_seventy(sound: Samples, seed: int) -> Samples:
    """The sound of a phone at the ears of a man of 70, with the ear's own noise."""
    heard = phone(sound, seed)
    full_scale_spl = SPEECH_SPL - level_lufs(heard, RATE_HZ)
    own = np.float32(10 ** (-full_scale_spl / 20)) * _from(seed, internal_noise(), len(sound))
    return filtered(heard, lambda hz: 10 ** (-loss_db(hz) / 20)) + own


def loss_db(hz: NDArray[np.floating], age: int = AGE) -> NDArray[np.floating]:
    """The median hearing loss of men by ISO 7029:2000; outside its frequencies that of the nearest.

    >>> loss_db(np.array([1_000.0, 4_000.0])).round(1).tolist()
    [10.8, 43.3]
    """
    return _between(LOSS_OF_MEN, hz) * (age - YOUNG) ** 2


def coded(codec: str, container: str, bits: int, sound: Samples, _: int) -> Samples:
    """The sound after an encoder of ffmpeg and its decoder, as long as it was."""
    av = importlib.import_module("av")
    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream = output.add_stream(codec, rate=RATE_HZ, layout="mono", bit_rate=bits)
        whole = np.clip(np.rint(sound * 32_767), -32_768, 32_767).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(whole[np.newaxis], format="s16", layout="mono")
        frame.sample_rate, frame.time_base = RATE_HZ, Fraction(1, RATE_HZ)
        converted = av.AudioResampler(stream.codec_context.format, "mono", RATE_HZ).resample(frame)
        output.mux([packet for each in (*converted, None) for packet in stream.encode(each)])
    file.seek(0)
    with av.open(file) as source:
        to_float = av.AudioResampler("flt", "mono", RATE_HZ)
        decoded = [each for frame in source.decode(audio=0) for each in to_float.resample(frame)]
    pieces = np.concatenate([each.to_ndarray()[0] for each in decoded])
    return np.asarray(np.pad(pieces, (0, max(0, len(sound) - len(pieces))))[: len(sound)], dtype=np.float32)


def filtered(sound: Samples, gain: Callable[[NDArray[np.floating]], NDArray[np.floating]]) -> Samples:
    """The sound with a gain at each frequency, without delay; at 0 Hz that of the lowest other frequency."""
    hz = np.fft.rfftfreq(len(sound), 1 / RATE_HZ)
    hz[0] = hz[1]
    return np.fft.irfft(np.fft.rfft(sound) * gain(hz), len(sound)).astype(np.float32)


@cache
def pink_noise() -> Samples:
    """Pink noise at `NOISE_LUFS`, from 50 Hz to 8 kHz."""
    noise = shaped_noise(lambda hz: -10 * np.log10(hz))
    return at_level(noise, NOISE_LUFS)


@cache
def internal_noise() -> Samples:
    """The ear's own noise, at 0 dB of full scale for 0 dB SPL."""
    return shaped_noise(lambda hz: _between(INTERNAL_NOISE_SPL, hz))


def shaped_noise(db_in_each_hz: Callable[[NDArray[np.floating]], NDArray[np.floating]]) -> Samples:
    """Noise of random phases with such a spectrum: in each hertz so many dB of full scale, as RMS."""
    count = round(NOISE_S * RATE_HZ)
    hz = np.fft.rfftfreq(count, 1 / RATE_HZ)
    within = (hz >= NOISE_HZ[0]) & (hz <= NOISE_HZ[1])
    powers = 10 ** (db_in_each_hz(hz[within]) / 10) / NOISE_S
    phases = np.random.default_rng(SEED).uniform(0, 2 * np.pi, int(within.sum()))
    spectrum = np.zeros(len(hz), dtype=complex)
    spectrum[within] = np.exp(1j * phases) * np.sqrt(powers / 2) * count
    return np.fft.irfft(spectrum, count).astype(np.float32)


def babble_of(talkers: Sequence[Samples]) -> Samples:
    """Several voices at once, each as loud as the others, as long as the shortest; at `NOISE_LUFS`."""
    length = min(map(len, talkers))
    together = np.sum([at_level(talker, NOISE_LUFS)[:length] for talker in talkers], axis=0)
    return at_level(np.asarray(together, dtype=np.float32), NOISE_LUFS)


def at_level(sound: Samples, lufs: float) -> Samples:
    """The sound at a level in LUFS."""
    return sound * np.float32(10 ** ((lufs - level_lufs(sound, RATE_HZ)) / 20))


def _from(seed: int, noise: Samples, length: int) -> Samples:
    """So many frames of a noise that is looped, from a place that the seed chooses."""
    return np.resize(np.roll(noise, -(seed % len(noise))), length)


def _between(table: Mapping[int, float], hz: NDArray[np.floating]) -> NDArray[np.floating]:
    """A table of values by frequency, with straight lines between them on a logarithmic axis."""
    return np.asarray(np.interp(np.log(hz), np.log(list(table)), list(table.values())))
