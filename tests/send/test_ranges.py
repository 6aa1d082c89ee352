"""Parts of a file: what a request asks for, and when all of it has arrived."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.send.ranges import MOST_BROKEN, MOST_SPANS, Arrived, NoSuchBytesError, Span, asked_for, joined

SIZE = 1000

WHOLE = None

ASKED = [
    (None, WHOLE),
    ("", WHOLE),
    ("bytes=0-1", Span(0, 2)),
    ("bytes=0-0", Span(0, 1)),
    ("bytes=0-999", Span(0, 1000)),
    ("bytes=0-", Span(0, 1000)),
    ("bytes=999-", Span(999, 1000)),
    ("bytes=200-299", Span(200, 300)),
    ("bytes=900-5000", Span(900, 1000)),
    ("bytes=900-" + "9" * 5000, Span(900, 1000)),
    ("bytes=" + "0" * 5000 + "7-8", Span(7, 9)),
    ("bytes=-1", Span(999, 1000)),
    ("bytes=-1000", Span(0, 1000)),
    ("bytes=-5000", Span(0, 1000)),
    ("bytes=-" + "9" * 5000, Span(0, 1000)),
    ("BYTES=1-2", Span(1, 3)),
    (" bytes = 1 - 2 ", Span(1, 3)),
    ("bytes=1-2,", Span(1, 3)),
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
def test_a_range_is_a_part_and_what_is_not_understood_is_the_whole(header: str | None, part: Span) -> None:
    assert asked_for(header, SIZE) == part


@pytest.mark.parametrize(
    "header", ["bytes=1000-", "bytes=1000-1000", "bytes=-0", "bytes=" + "9" * 5000 + "-"]
)
def test_a_range_without_any_byte_of_the_file_is_refused(header: str) -> None:
    with pytest.raises(NoSuchBytesError):
        asked_for(header, SIZE)


@given(
    st.text(max_size=30) | st.from_regex(r"bytes=[0-9]{0,4}-[0-9]{0,4}", fullmatch=True), st.integers(1, 3000)
)
def test_whatever_is_asked_the_answer_lies_in_the_file_and_has_a_byte(header: str, size: int) -> None:
    try:
        part = asked_for(header, size)
    except NoSuchBytesError:
        return
    assert part is None or 0 <= part.start < part.end <= size


def test_a_span_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="3 to 2"):
        Span(3, 2)


def spans(most: int = 60) -> st.SearchStrategy[Span]:
    two = st.tuples(st.integers(0, most), st.integers(0, most))
    return two.map(lambda each: Span(min(each), max(each)))


@given(st.lists(spans()))
def test_joined_spans_have_the_same_bytes_once_and_do_not_touch(given_spans: list[Span]) -> None:
    tidy = joined(given_spans)
    assert {at for span in tidy for at in range(span.start, span.end)} == {
        at for span in given_spans for at in range(span.start, span.end)
    }
    for one, next_one in pairwise(tidy):
        assert one.end < next_one.start


def test_of_too_many_pieces_the_shortest_is_forgotten() -> None:
    assert joined([Span(0, 5), Span(6, 7), Span(8, 12)], most=2) == (Span(0, 5), Span(8, 12))


def test_a_reader_of_every_other_byte_costs_no_more_than_one_of_all() -> None:
    arrived = Arrived(10**9)
    for at in range(0, 3 * MOST_SPANS, 2):
        arrived = arrived.with_all_of(Span(at, at + 1)).with_some_of(Span(at, at + 1))
    assert len(arrived.spans) == MOST_SPANS
    assert len(arrived.broken) == MOST_BROKEN


def test_a_file_is_whole_when_each_byte_arrived_however_it_was_asked_for() -> None:
    arrived = Arrived(100)
    for span in (Span(0, 2), Span(50, 100), Span(0, 2), Span(30, 60)):
        arrived = arrived.with_all_of(span)
        assert not arrived.is_whole
    assert arrived.count == 72
    assert arrived.with_all_of(Span(2, 30)).is_whole


def test_what_was_broken_off_counts_only_as_far_as_its_reader_goes_on_from() -> None:
    broken = Arrived(100).with_some_of(Span(10, 60))
    assert broken.count == 0
    assert broken.going_on_at(61).count == 0
    assert broken.going_on_at(10).count == 0
    assert broken.going_on_at(5).count == 0
    assert broken.going_on_at(60).spans == (Span(10, 60),)
    assert broken.going_on_at(40).spans == (Span(10, 40),)
    assert broken.going_on_at(40).going_on_at(55).spans == (Span(10, 40),)


@given(st.lists(st.tuples(st.integers(1, 40), st.integers(0, 40)), max_size=40), st.integers(1, 100))
def test_whoever_goes_on_where_the_bytes_ended_is_never_said_to_have_more_than_it_has(
    tries: list[tuple[int, int]], size: int
) -> None:
    has, arrived = 0, Arrived(size)
    for sent, lost in tries:
        start = has
        if start == size:
            break
        arrived = arrived.going_on_at(start)
        assert arrived.count <= has
        end = min(size, start + sent)
        has = max(start, end - lost)
        arrived = (
            arrived.with_all_of(Span(start, end)) if has == end else arrived.with_some_of(Span(start, end))
        )
        assert arrived.count <= has
    assert arrived.is_whole <= (has == size)


@given(st.lists(st.integers(1, 30), min_size=1, max_size=30))
def test_a_download_that_is_taken_up_again_and_again_becomes_whole(steps: list[int]) -> None:
    size = sum(steps)
    arrived, at = Arrived(size), 0
    for step in steps[:-1]:
        arrived = arrived.going_on_at(at).with_some_of(Span(at, min(size, at + step + 5)))
        at += step
    assert arrived.going_on_at(at).with_all_of(Span(at, size)).is_whole
