"""Byte ranges of a file: those that a request asks for, and when a client has all of it."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.send.server import ByteRange, Downloads, merged, requested_range

SIZE = 1000

WHOLE = None

ASKED = [
    ("", WHOLE),
    ("bytes=0-1", (0, 2)),
    ("bytes=0-0", (0, 1)),
    ("bytes=0-999", (0, 1000)),
    ("bytes=0-", (0, 1000)),
    ("bytes=999-", (999, 1000)),
    ("bytes=200-299", (200, 300)),
    ("bytes=900-5000", (900, 1000)),
    ("bytes=900-" + "9" * 99, (900, 1000)),
    ("bytes=900-" + "9" * 5000, WHOLE),
    ("bytes=-1", (999, 1000)),
    ("bytes=-1000", (0, 1000)),
    ("bytes=-5000", (0, 1000)),
    ("bytes=-" + "9" * 99, (0, 1000)),
    ("BYTES=1-2", (1, 3)),
    (" bytes=1-2 ", (1, 3)),
    ("bytes=", WHOLE),
    ("bytes=-", WHOLE),
    ("bytes=--1", WHOLE),
    ("bytes=5-4", WHOLE),
    ("bytes=5000-4000", WHOLE),
    ("bytes=0-1,5-6", WHOLE),
    ("bytes=" + ",".join("0-" for _ in range(500)), WHOLE),
    ("bytes 0-1", WHOLE),
    ("seconds=0-1", WHOLE),
    ("bytes=0x0-0x1", WHOLE),
    ("bytes=+1-2", WHOLE),
    ("bytes=1_0-2_0", WHOLE),
    ("bytes=\u0661-\u0662", WHOLE),  # digits, but not of HTTP's
    ("bytes=0-1\r\nX: y", WHOLE),
    ("bytes=1.5-2", WHOLE),
]


@pytest.mark.parametrize(("header", "part"), ASKED, ids=lambda each: str(each)[:30])
def test_a_range_is_a_part_and_what_is_not_understood_is_the_whole(
    header: str, part: ByteRange | None
) -> None:
    assert requested_range(header, SIZE) == part


@pytest.mark.parametrize(
    "header", ["bytes=1000-", "bytes=1000-1000", "bytes=5000-6000", "bytes=-0", "bytes=" + "9" * 99 + "-"]
)
def test_a_range_without_any_byte_of_the_file_is_empty(header: str) -> None:
    assert requested_range(header, SIZE) == (SIZE, SIZE)


@given(
    st.text(max_size=30) | st.from_regex(r"bytes=[0-9]{0,4}-[0-9]{0,4}", fullmatch=True), st.integers(1, 3000)
)
def test_whatever_is_asked_the_range_lies_in_the_file(header: str, size: int) -> None:
    start, end = requested_range(header, size) or (0, size)
    assert 0 <= start <= end <= size


def ranges(most: int = 60) -> st.SearchStrategy[ByteRange]:
    two = st.tuples(st.integers(0, most), st.integers(1, most))
    return two.map(lambda each: (min(each[0], each[1] - 1), each[1]))


@given(st.lists(ranges()))
def test_merged_ranges_have_the_same_bytes_once_and_do_not_touch(given_ranges: list[ByteRange]) -> None:
    tidy = merged(given_ranges)
    assert {at for start, end in tidy for at in range(start, end)} == {
        at for start, end in given_ranges for at in range(start, end)
    }
    for one, next_one in pairwise(tidy):
        assert one[1] < next_one[0]


def test_a_file_is_whole_when_each_byte_was_received_however_it_was_asked_for() -> None:
    downloads = Downloads(100)
    for part in ((0, 2), (50, 100), (0, 2), (30, 60)):
        downloads.sent("phone", part, is_received=True)
        assert downloads.completed is None
    assert downloads.most() == 72
    downloads.sent("phone", (2, 30), is_received=True)
    assert downloads.completed == "phone"


@pytest.mark.parametrize(("start", "count"), [(61, 0), (10, 0), (5, 0), (60, 50), (40, 30)])
def test_of_a_broken_range_a_client_has_what_stands_before_its_next_request(start: int, count: int) -> None:
    downloads = Downloads(100)
    downloads.sent("phone", (10, 60), is_received=False)
    assert downloads.most() == 0
    downloads.asked("phone", start)
    assert downloads.most() == count


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 40)), max_size=40), st.integers(1, 100))
def test_a_client_that_resumes_is_never_said_to_have_more_than_it_has(
    tries: list[tuple[int, int]], size: int
) -> None:
    has, downloads = 0, Downloads(size)
    for sent, lost in tries:
        start = has
        if start == size:
            break
        downloads.asked("phone", start)
        assert downloads.most() <= has
        end = min(size, start + sent)
        has = max(start, end - lost)
        downloads.sent("phone", (start, end), is_received=has == end)
        assert downloads.most() <= has
    assert (downloads.completed is not None) <= (has == size)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=30))
def test_a_download_that_is_resumed_again_and_again_becomes_whole(steps: list[int]) -> None:
    size = sum(steps)
    downloads, at = Downloads(size), 0
    for step in steps[:-1]:
        downloads.asked("phone", at)
        downloads.sent("phone", (at, min(size, at + step + 5)), is_received=False)
        at += step
    downloads.asked("phone", at)
    downloads.sent("phone", (at, size), is_received=True)
    assert downloads.completed == "phone"
