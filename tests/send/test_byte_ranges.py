"""Parts of a file: what a request asks for, and when all of it has arrived."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.send.byte_ranges import (
    MOST_INTERRUPTED,
    MOST_RANGES,
    Acknowledged,
    ByteRange,
    RangeNotSatisfiableError,
    merged,
    requested_range,
)

SIZE = 1000

WHOLE = None

ASKED = [
    (None, WHOLE),
    ("", WHOLE),
    ("bytes=0-1", ByteRange(0, 2)),
    ("bytes=0-0", ByteRange(0, 1)),
    ("bytes=0-999", ByteRange(0, 1000)),
    ("bytes=0-", ByteRange(0, 1000)),
    ("bytes=999-", ByteRange(999, 1000)),
    ("bytes=200-299", ByteRange(200, 300)),
    ("bytes=900-5000", ByteRange(900, 1000)),
    ("bytes=900-" + "9" * 5000, ByteRange(900, 1000)),
    ("bytes=" + "0" * 5000 + "7-8", ByteRange(7, 9)),
    ("bytes=-1", ByteRange(999, 1000)),
    ("bytes=-1000", ByteRange(0, 1000)),
    ("bytes=-5000", ByteRange(0, 1000)),
    ("bytes=-" + "9" * 5000, ByteRange(0, 1000)),
    ("BYTES=1-2", ByteRange(1, 3)),
    (" bytes = 1 - 2 ", ByteRange(1, 3)),
    ("bytes=1-2,", ByteRange(1, 3)),
    ("bytes=", WHOLE),
    ("bytes=-", WHOLE),
    ("bytes=--1", WHOLE),
    ("bytes=5-4", WHOLE),
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
    header: str | None, part: ByteRange
) -> None:
    assert requested_range(header, SIZE) == part


@pytest.mark.parametrize(
    "header", ["bytes=1000-", "bytes=1000-1000", "bytes=-0", "bytes=" + "9" * 5000 + "-"]
)
def test_a_range_without_any_byte_of_the_file_is_refused(header: str) -> None:
    with pytest.raises(RangeNotSatisfiableError):
        requested_range(header, SIZE)


@given(
    st.text(max_size=30) | st.from_regex(r"bytes=[0-9]{0,4}-[0-9]{0,4}", fullmatch=True), st.integers(1, 3000)
)
def test_whatever_is_asked_the_answer_lies_in_the_file_and_has_a_byte(header: str, size: int) -> None:
    try:
        part = requested_range(header, size)
    except RangeNotSatisfiableError:
        return
    assert part is None or 0 <= part.start < part.end <= size


def test_a_span_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="3 to 2"):
        ByteRange(3, 2)


def ranges(most: int = 60) -> st.SearchStrategy[ByteRange]:
    two = st.tuples(st.integers(0, most), st.integers(0, most))
    return two.map(lambda each: ByteRange(min(each), max(each)))


@given(st.lists(ranges()))
def test_joined_ranges_have_the_same_bytes_once_and_do_not_touch(given_ranges: list[ByteRange]) -> None:
    tidy = merged(given_ranges)
    assert {at for span in tidy for at in range(span.start, span.end)} == {
        at for span in given_ranges for at in range(span.start, span.end)
    }
    for one, next_one in pairwise(tidy):
        assert one.end < next_one.start


def test_of_too_many_pieces_the_shortest_is_forgotten() -> None:
    assert merged([ByteRange(0, 5), ByteRange(6, 7), ByteRange(8, 12)], most=2) == (
        ByteRange(0, 5),
        ByteRange(8, 12),
    )


def test_a_reader_of_every_other_byte_costs_no_more_than_one_of_all() -> None:
    arrived = Acknowledged(10**9)
    for at in range(0, 3 * MOST_RANGES, 2):
        arrived = arrived.with_acknowledged(ByteRange(at, at + 1)).with_interrupted(ByteRange(at, at + 1))
    assert len(arrived.ranges) == MOST_RANGES
    assert len(arrived.interrupted) == MOST_INTERRUPTED


def test_a_file_is_whole_when_each_byte_arrived_however_it_was_asked_for() -> None:
    arrived = Acknowledged(100)
    for span in (ByteRange(0, 2), ByteRange(50, 100), ByteRange(0, 2), ByteRange(30, 60)):
        arrived = arrived.with_acknowledged(span)
        assert not arrived.is_whole
    assert arrived.count == 72
    assert arrived.with_acknowledged(ByteRange(2, 30)).is_whole


def test_what_was_broken_off_counts_only_as_far_as_its_reader_goes_on_from() -> None:
    broken = Acknowledged(100).with_interrupted(ByteRange(10, 60))
    assert broken.count == 0
    assert broken.resumed_at(61).count == 0
    assert broken.resumed_at(10).count == 0
    assert broken.resumed_at(5).count == 0
    assert broken.resumed_at(60).ranges == (ByteRange(10, 60),)
    assert broken.resumed_at(40).ranges == (ByteRange(10, 40),)
    assert broken.resumed_at(40).resumed_at(55).ranges == (ByteRange(10, 40),)


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 40)), max_size=40), st.integers(1, 100))
def test_whoever_goes_on_where_the_bytes_ended_is_never_said_to_have_more_than_it_has(
    tries: list[tuple[int, int]], size: int
) -> None:
    has, arrived = 0, Acknowledged(size)
    for sent, lost in tries:
        start = has
        if start == size:
            break
        arrived = arrived.resumed_at(start)
        assert arrived.count <= has
        end = min(size, start + sent)
        has = max(start, end - lost)
        arrived = (
            arrived.with_acknowledged(ByteRange(start, end))
            if has == end
            else arrived.with_interrupted(ByteRange(start, end))
        )
        assert arrived.count <= has
    assert arrived.is_whole <= (has == size)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=30))
def test_a_download_that_is_taken_up_again_and_again_becomes_whole(steps: list[int]) -> None:
    size = sum(steps)
    arrived, at = Acknowledged(size), 0
    for step in steps[:-1]:
        arrived = arrived.resumed_at(at).with_interrupted(ByteRange(at, min(size, at + step + 5)))
        at += step
    assert arrived.resumed_at(at).with_acknowledged(ByteRange(at, size)).is_whole
