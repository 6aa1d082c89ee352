"""Voices that the listener adds and removes: archives, folders and files, whole, damaged and hostile."""

import errno
import hashlib
import io
import json
import os
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from coach.errors import DiskError, UsageError
from coach.voices import adding, kokoro, piper
from coach.voices.adding import add_voices, remove_voice
from coach.voices.voice_files import own_models, own_styles, voices_folder
from coach.whole import WholeFile, disk_error

STYLE = b"a style"
CONFIG = json.dumps({"audio": {"sample_rate": 22_050, "quality": "low"}, "espeak": {"voice": "de"}}).encode()
KERSTIN = {"kerstin.onnx": b"a model", "kerstin.onnx.json": CONFIG}
Packed = Callable[[Path, Mapping[str, bytes]], Path]
CARD = b"# Model card\n\n* License: CC0\n"


@pytest.fixture(autouse=True)
def _styles_of_these_tests(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COACH_DATA_DIR", str(tmp_path / "data"))
    sums = dict.fromkeys(("af_heart", "ef_dora"), hashlib.sha256(STYLE).hexdigest())
    monkeypatch.setattr(adding, "SUMS", sums)
    monkeypatch.setattr(kokoro, "is_installed", lambda: True)
    monkeypatch.setattr(piper, "is_installed", lambda: True)


def tarball(path: Path, files: Mapping[str, bytes]) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return path


def zipped(path: Path, files: Mapping[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def folder(path: Path, files: Mapping[str, bytes]) -> Path:
    for name, data in files.items():
        file = path / name.lstrip("/").replace("../", "")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return path


def written() -> list[str]:
    return sorted(
        str(path.relative_to(voices_folder())) for path in voices_folder().rglob("*") if path.is_file()
    )


@pytest.mark.parametrize("packed", [tarball, zipped, folder])
def test_the_voices_of_an_archive_or_a_folder_are_added_and_nothing_else_of_it(
    packed: Packed, tmp_path: Path
) -> None:
    files = {f"package/voices/{name}.bin": STYLE for name in ("af_heart", "ef_dora", "jf_alpha")}
    files |= {"package/index.js": b"!", "models/MODEL_CARD": CARD}
    files |= {f"models/{name}": data for name, data in KERSTIN.items()}
    added = add_voices(packed(tmp_path / "offered", files))
    assert [(each.name, each.licence) for each in added] == [
        ("kokoro:af_heart", "Apache-2.0"), ("kokoro:ef_dora", "Apache-2.0"), ("piper:kerstin", "CC0"),
    ]  # fmt: skip
    assert written() == ["kerstin.onnx", "kerstin.onnx.json", "kokoro/af_heart.bin", "kokoro/ef_dora.bin"]
    assert [*own_models()] == ["kerstin"]
    assert [*own_styles()] == ["af_heart", "ef_dora"]


@pytest.mark.parametrize("packed", [tarball, zipped])
def test_the_paths_of_an_archive_lead_nowhere(packed: Packed, tmp_path: Path) -> None:
    hostile = {"../../../af_heart.bin": STYLE, "/etc/ef_dora.bin": STYLE}
    add_voices(packed(tmp_path / "offered", hostile))
    assert written() == ["kokoro/af_heart.bin", "kokoro/ef_dora.bin"]


def test_either_file_of_a_piper_voice_adds_both(tmp_path: Path) -> None:
    source = folder(tmp_path / "mine", KERSTIN)
    for name in KERSTIN:
        (added,) = add_voices(source / name)
        assert (added.name, added.licence) == ("piper:kerstin", "not told: ask where you got it")
        assert added.size_bytes == sum(map(len, KERSTIN.values()))
        assert "whether it is whole was not checked" in added.note
        assert written() == sorted(KERSTIN)


def test_a_style_alone_is_added(tmp_path: Path) -> None:
    (added,) = add_voices(folder(tmp_path, {"af_heart.bin": STYLE}) / "af_heart.bin")
    assert (added.name, added.note) == ("kokoro:af_heart", "")


def test_without_the_extra_it_is_said_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kokoro, "is_installed", lambda: False)
    monkeypatch.setattr(piper, "is_installed", lambda: False)
    notes = [each.note for each in add_voices(folder(tmp_path / "all", {"af_heart.bin": STYLE, **KERSTIN}))]
    assert ".[kokoro]" in notes[0]
    assert ".[neural]" in notes[1]


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"af_heart.bin": STYLE, "ef_dora.bin": STYLE[:-1]}, r"ef_dora\.bin is not the style"),
        ({"kerstin.onnx": b"a model"}, r"no kerstin\.onnx\.json beside it"),
        ({**KERSTIN, "kerstin.onnx.json": b"{}"}, "is not that of a Piper voice"),
        ({"af_heart.bin": STYLE, "x.onnx": b"", "x.onnx.json": b"["}, "is not that of a Piper voice"),
        ({"readme.txt": b""}, "no voice that coach knows"),
        ({"joe.onnx": b"a model", "joe.onnx.json": CONFIG}, "is called like the voice of a package"),
        ({f"{part}/{name}": data for part in "ab" for name, data in KERSTIN.items()}, "two voices that are"),
    ],
)
def test_what_is_damaged_or_no_voice_is_told_and_nothing_is_added(
    files: dict[str, bytes], why: str, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=why):
        add_voices(folder(tmp_path / "all", files))
    assert not voices_folder().exists()


def test_a_cut_archive_and_what_is_none_are_told(tmp_path: Path) -> None:
    whole = tarball(tmp_path / "whole.tgz", {"af_heart.bin": STYLE * 9_000}).read_bytes()
    for data in (whole[: len(whole) // 2], b"no archive", b""):
        (tmp_path / "cut.tgz").write_bytes(data)
        with pytest.raises(UsageError, match="no archive that coach can read, or a damaged one"):
            add_voices(tmp_path / "cut.tgz")
    with pytest.raises(DiskError, match="cannot be read"):
        add_voices(tmp_path / "gone.tgz")


@pytest.mark.parametrize("packed", [tarball, zipped])
def test_what_is_too_large_is_told_before_it_is_read(
    packed: Packed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adding, "STYLE_BYTES", 100)
    source = packed(tmp_path / "offered", {"ef_dora.bin": STYLE, "af_heart.bin": bytes(101)})
    with pytest.raises(UsageError, match=r"af_heart\.bin has 101 bytes, more than any file of its kind"):
        add_voices(source)
    assert not voices_folder().exists()


@pytest.mark.parametrize("packed", [tarball, zipped])
@pytest.mark.parametrize("beside", ["._kerstin.onnx", "__MACOSX/._af_heart.bin", "a/\x07.onnx", ".onnx"])
def test_what_a_system_puts_beside_voices_is_passed_over(packed: Packed, beside: str, tmp_path: Path) -> None:
    add_voices(packed(tmp_path / "offered", {beside: b"?", **KERSTIN}))
    assert written() == sorted(KERSTIN)


def test_the_paths_of_other_systems_lead_nowhere_either(tmp_path: Path) -> None:
    names = ("..\\..\\kerstin.onnx", "..\\..\\kerstin.onnx.json", "C:af_heart.bin")
    contents = dict(zip(names, (*KERSTIN.values(), STYLE), strict=True))
    add_voices(tarball(tmp_path / "offered.tgz", contents))
    assert written() == [*sorted(KERSTIN), "kokoro/af_heart.bin"]


def test_links_in_an_archive_are_no_voices(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(STYLE)
    with tarfile.open(tmp_path / "links.tgz", "w:gz") as archive:
        for name, kind in (("af_heart.bin", tarfile.SYMTYPE), ("ef_dora.bin", tarfile.LNKTYPE)):
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, str(tmp_path / "secret")
            archive.addfile(entry)
    with pytest.raises(UsageError, match="no voice that coach knows"):
        add_voices(tmp_path / "links.tgz")


def test_an_archive_that_is_locked_or_flipped_is_told(tmp_path: Path) -> None:
    source = zipped(tmp_path / "voices.zip", {"af_heart.bin": STYLE})
    data = bytearray(source.read_bytes())
    for local, central in ((6, 8), (8, 10)):  # its flags: locked by a password; its way of packing: unknown
        hurt = data.copy()
        at = data.index(b"PK\x01\x02")
        hurt[local] = hurt[at + central] = 99 if local == 8 else 1
        source.write_bytes(hurt)
        with pytest.raises(UsageError, match="no archive that coach can read"):
            add_voices(source)
    whole = tarball(tmp_path / "whole.tgz", {"af_heart.bin": STYLE * 9_000}).read_bytes()
    for at in range(20, len(whole), 7):
        (tmp_path / "hurt.tgz").write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        with pytest.raises(UsageError):
            add_voices(tmp_path / "hurt.tgz")
    assert not voices_folder().exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.tgz")
    with pytest.raises(DiskError, match="it is a pipe, not a file"):
        add_voices(tmp_path / "pipe.tgz")


def test_each_voice_has_the_licence_of_the_card_beside_it(tmp_path: Path) -> None:
    files = {f"a/{name}": data for name, data in KERSTIN.items()} | {"a/MODEL_CARD": CARD}
    files |= {f"b/{name.replace('kerstin', 'eva')}": data for name, data in KERSTIN.items()}
    told = {each.name: each.licence for each in add_voices(folder(tmp_path / "all", files))}
    assert told == {"piper:kerstin": "CC0", "piper:eva": "not told: ask where you got it"}


@pytest.mark.parametrize("stop", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt()])
def test_a_full_disk_or_ctrl_c_in_the_middle_adds_nothing(
    stop: BaseException, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = folder(tmp_path / "all", {"af_heart.bin": STYLE, "ef_dora.bin": STYLE, **KERSTIN})
    writes = 0
    whole = WholeFile.write

    def write(file: WholeFile, data: bytes) -> None:
        nonlocal writes
        writes += 1
        if writes == 3:
            raise disk_error(stop, file.path) if isinstance(stop, OSError) else stop
        whole(file, data)

    monkeypatch.setattr(WholeFile, "write", write)
    with pytest.raises((DiskError, KeyboardInterrupt)):
        add_voices(source)
    assert written() == []


def test_a_voice_is_added_again_in_the_place_of_a_damaged_one(tmp_path: Path) -> None:
    source = folder(tmp_path / "mine", {"af_heart.bin": STYLE})
    add_voices(source)
    own_styles()["af_heart"].write_bytes(b"damaged")
    add_voices(source)
    assert own_styles()["af_heart"].read_bytes() == STYLE


@pytest.mark.parametrize("name", ["kokoro:af_heart", "af_heart", "piper:kerstin", "kerstin"])
def test_a_voice_that_was_added_is_removed_whole(name: str, tmp_path: Path) -> None:
    add_voices(folder(tmp_path / "all", {"af_heart.bin": STYLE, **KERSTIN}))
    gone = remove_voice(name)
    assert gone
    assert not any(path.exists() for path in gone)
    assert {path.name.split(".")[0] for path in gone} == {name.partition(":")[2] or name}
    assert len(written()) == 3 - len(gone)


@pytest.mark.parametrize("name", ["piper:joe", "en-us", "../../etc", "kokoro:", ""])
def test_what_was_not_added_is_not_removed(name: str, tmp_path: Path) -> None:
    add_voices(folder(tmp_path / "all", {"af_heart.bin": STYLE}))
    with pytest.raises(UsageError, match="was not added") as told:
        remove_voice(name)
    assert "kokoro:af_heart" in told.value.hint
    assert written() == ["kokoro/af_heart.bin"]
