"""Values that several tag formats share: language codes, milliseconds, track numbers, the cover."""

import struct
from dataclasses import dataclass

from coach.exports.metadata import Metadata
from coach.session.timeline import RATE_HZ

PNG = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
"""Of PNG's colour types (ISO/IEC 15948, table 11.1)."""

_CODES = """
aaaar ababk aeave afafr akaka amamh anarg arara asasm avava ayaym azaze babak bebel bgbul bibis bmbam bnben
bobod brbre bsbos cacat ceche chcha cocos crcre csces cuchu cvchv cycym dadan dedeu dvdiv dzdzo eeewe elell
eneng eoepo esspa etest eueus fafas ffful fifin fjfij fofao frfra fyfry gagle gdgla glglg gngrn guguj gvglv
hahau heheb hihin hohmo hrhrv hthat huhun hyhye hzher iaina idind ieile igibo iiiii ikipk ioido isisl itita
iuiku jajpn jvjav kakat kgkon kikik kjkua kkkaz klkal kmkhm knkan kokor krkau kskas kukur kvkom kwcor kykir
lalat lbltz lglug lilim lnlin lolao ltlit lulub lvlav mgmlg mhmah mimri mkmkd mlmal mnmon mrmar msmsa mtmlt
mymya nanau nbnob ndnde nenep ngndo nlnld nnnno nonor nrnbl nvnav nynya ococi ojoji omorm orori ososs papan
pipli plpol pspus ptpor quque rmroh rnrun roron rurus rwkin sasan scsrd sdsnd sesme sgsag sisin skslk slslv
smsmo snsna sosom sqsqi srsrp ssssw stsot susun svswe swswa tatam tetel tgtgk ththa titir tktuk tltgl tntsn
toton trtur tstso tttat twtwi tytah uguig ukukr ururd uzuzb veven vivie vovol wawln wowol xhxho yiyid yoyor
zazha zhzho zuzul
""".split()
_LANGUAGES = {code[:2]: code[2:] for code in _CODES}
"""ISO 639-1 to ISO 639-2/T."""


def three_letters(language: str) -> str:
    """The ISO 639-2/T code of a BCP 47 tag; "und" where there is none.

    >>> three_letters("en-US"), three_letters("DE"), three_letters("gsw-CH"), three_letters("")
    ('eng', 'deu', 'gsw', 'und')
    """
    first = language.partition("-")[0].lower()
    is_code = len(first) == 3 and first.isascii() and first.isalpha()
    return _LANGUAGES.get(first, first if is_code else "und")


def milliseconds(frames: int) -> int:
    """The whole milliseconds before a frame: whoever jumps there misses nothing.

    >>> milliseconds(48_000), milliseconds(48_047)
    (1000, 1000)
    """
    return frames * 1000 // RATE_HZ


def track_of(metadata: Metadata) -> str:
    """Such as "3/12"; "" for a file on its own."""
    if not metadata.track:
        return ""
    return f"{metadata.track}/{metadata.tracks}" if metadata.tracks else str(metadata.track)


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG: its size in pixels, and bits in a pixel."""

    width: int
    height: int
    depth: int
    data: bytes


def cover_of(metadata: Metadata) -> Picture | None:
    """The cover; None if there is none.

    Raises
    ------
    ValueError
        If it is no PNG.
    """
    data = metadata.cover
    if not data:
        return None
    if not data.startswith(PNG) or data[12:16] != b"IHDR" or len(data) < 26:
        raise ValueError(f"a cover is a PNG, not {data[:16]!r}")
    width, height, depth, colours = struct.unpack(">IIBB", data[16:26])
    return Picture(width, height, depth * _CHANNELS[colours], data)
