"""The page does what it says in a real browser: a headless Chromium the size of a phone."""

import functools
import http.server
import json
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from coach.exports.metadata import Metadata
from coach.session.timeline import RATE_HZ, Chapter, Frames
from tests.exports.page.ear import Page, first_heard, listen
from tests.exports.page.sessions import CHAPTERS, SHORT, noise, page_file

REASON = "needs Chromium, and what tests/exports/page/requirements.txt names"
playwright = pytest.importorskip("playwright.sync_api", reason=REASON)
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason=REASON)
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason=REASON)

PHONE = {"width": 360, "height": 740}
AFTER_A_PRESS_MS = 900
"""Longer than the page takes a second press for a part of the first."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as started:
        arguments = ["--autoplay-policy=no-user-gesture-required", "--mute-audio"]
        opened = started.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield opened
        opened.close()


def written(path: Path, metadata: Metadata) -> Path:
    with page_file(path, metadata=metadata) as sink:
        sink.write(noise(metadata.length))
    return path


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of `SHORT`."""
    return written(tmp_path_factory.mktemp("page") / "knee.html", SHORT)


@pytest.fixture
def show(browser: Any) -> Iterator[Callable[..., Page]]:
    """Opens a file in a context of its own; at the end there was no error and no request for anything."""
    contexts, wrong = [], []

    def is_the_page_itself(url: str) -> bool:
        return url.startswith(("blob:", "data:")) or url.split("?", maxsplit=1)[0].endswith(".html")

    def opened(path: Path | str, *, init: str = "", ready: bool = True, **options: Any) -> Page:
        context = browser.new_context(
            **{"viewport": PHONE, "has_touch": True, "is_mobile": True, "device_scale_factor": 2} | options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.on("request", lambda asked: None if is_the_page_itself(asked.url) else wrong.append(asked.url))
        if init:
            page.add_init_script(init)
        page.goto(path.as_uri() if isinstance(path, Path) else path)
        if ready:
            page.locator("#play:not([disabled])").wait_for(timeout=20_000)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def page(show: Callable[..., Page], short: Path) -> Page:
    return show(short)


def at(page: Page) -> float:
    found: float = page.evaluate("audio.currentTime")
    return found


def until(page: Page, condition: str, within_s: float = 20) -> None:
    """Wait until an expression is true. The page forbids `eval`, so playwright's own way is closed."""
    for _ in range(int(within_s / 0.05)):
        if page.evaluate(condition):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"{condition} is still {page.evaluate(condition)!r}")


def chapter_at_s(number: int) -> float:
    return CHAPTERS[number].start / RATE_HZ


def is_in_chapter(page: Page, number: int) -> bool:
    later = SHORT.length / RATE_HZ if number + 1 == len(CHAPTERS) else chapter_at_s(number + 1)
    return chapter_at_s(number) - 0.05 <= at(page) < later - 0.05


# The sound


def part_of_noise(start: int, end: int) -> NDArray[np.float32]:
    return noise(SHORT.length)[start:end, 0]


@pytest.mark.parametrize("number", [3, 1, 2])
def test_a_jump_to_a_chapter_is_heard_within_50_ms_of_it(
    show: Callable[..., Page], short: Path, number: int
) -> None:
    page = show(short, bypass_csp=True)
    listen(page)

    def jump() -> None:
        page.click("#open-chapters")
        page.locator("#list button").nth(number).click()

    for _ in range(8):
        place = first_heard(page, jump, CHAPTERS[number].start, part_of_noise)
        if place is not None:
            break
        page.evaluate("() => { audio.pause(); }")
    assert place is not None
    assert abs(place - CHAPTERS[number].start) < 0.05 * RATE_HZ


def test_the_session_plays_to_its_end_and_can_be_started_again(page: Page) -> None:
    page.locator("#open-chapters").click()
    page.locator("#list button").last.click()
    until(page, "document.getElementById('play').textContent === 'Start again'", 30)
    assert page.inner_text("#words") == "That is all."
    assert page.evaluate("audio.ended")
    page.click("#play")
    until(page, "!audio.paused && audio.currentTime < 2 && audio.currentTime > 0")
    assert page.inner_text("#play") == "Pause"


# What steers


def press(page: Page, control: str) -> None:
    """A touch that is no part of the one before."""
    page.wait_for_timeout(AFTER_A_PRESS_MS)
    page.tap(control)


def test_next_goes_from_chapter_to_chapter_and_stays_in_the_last(page: Page) -> None:
    for number in (1, 2, 3):
        press(page, "#next")
        assert abs(at(page) - chapter_at_s(number)) < 0.05
        assert page.inner_text("h2 >> nth=0") == f"{CHAPTERS[number].title} {number + 1} of 4"
    press(page, "#next")
    assert is_in_chapter(page, 3)
    assert page.inner_text("#notice") == "This is the last part."


def test_back_goes_to_the_chapters_start_and_from_there_to_the_one_before(page: Page) -> None:
    page.evaluate("() => { audio.currentTime = 15; }")
    press(page, "#back")
    assert abs(at(page) - chapter_at_s(2)) < 0.05
    press(page, "#back")
    assert abs(at(page) - chapter_at_s(1)) < 0.05
    press(page, "#back")
    press(page, "#back")
    assert at(page) == 0


def test_back_right_after_next_returns_to_where_one_was(page: Page) -> None:
    page.evaluate("() => { audio.currentTime = 15; }")
    press(page, "#next")
    assert is_in_chapter(page, 3)
    press(page, "#back")
    assert at(page) == pytest.approx(15, abs=0.05)


def press_at_once(page: Page, control: str, times: int) -> None:
    """Presses that follow one another however slow the machine is."""
    page.wait_for_timeout(AFTER_A_PRESS_MS)
    page.evaluate(
        "([name, times]) => { for (let i = 0; i < times; i += 1) document.querySelector(name).click(); }",
        [control, times],
    )


def test_a_double_tap_is_one_tap(page: Page) -> None:
    press_at_once(page, "#next", 4)
    assert is_in_chapter(page, 1)
    press_at_once(page, "#play", 2)
    until(page, "!audio.paused")
    press_at_once(page, "#play", 2)
    page.wait_for_timeout(300)
    assert page.evaluate("audio.paused")
    press(page, "#play")
    until(page, "!audio.paused")


def test_a_counted_tap_is_felt_once(show: Callable[..., Page], short: Path) -> None:
    record = "window.felt = []; navigator.vibrate = (pattern) => { window.felt.push(pattern); return true; };"
    page = show(short, init=record)
    page.tap("#back")  # a browser lets nothing vibrate before it is touched
    press_at_once(page, "#next", 2)
    assert page.evaluate("window.felt") == [25, 25]


@pytest.mark.parametrize(
    ("stopped_at_s", "goes_on_at_s", "why"),
    [
        (8.7, 320_000 / RATE_HZ, "in the second repetition, from the end of the words before it"),
        (6.5, 240_000 / RATE_HZ - 0.6, "in the second sentence of the first repetition"),
        (11.8, 529_999 / RATE_HZ, "in a sentence, but not from the chapter before"),
        (14.0, 14.0, "in a silence"),
        (0.2, 0.2, "before the first word"),
    ],
)
def test_after_a_pause_nobody_is_dropped_into_a_repetition(
    page: Page, stopped_at_s: float, goes_on_at_s: float, why: str
) -> None:
    page.evaluate("at => { audio.currentTime = at; return audio.play(); }", stopped_at_s)
    until(page, "!audio.seeking && audio.readyState === 4")
    page.evaluate("at => { audio.pause(); audio.currentTime = at; }", stopped_at_s)
    page.evaluate("() => { window.from = []; audio.onplay = () => window.from.push(audio.currentTime); }")
    press(page, "#play")
    until(page, "window.from.length")
    assert page.evaluate("window.from[0]") == pytest.approx(goes_on_at_s, abs=0.15), why


def test_the_keyboard_alone_does_everything(page: Page) -> None:
    page.keyboard.press("Space")
    until(page, "!audio.paused")
    page.wait_for_timeout(AFTER_A_PRESS_MS)
    page.keyboard.press("Space")
    until(page, "audio.paused")
    page.keyboard.press("ArrowRight")
    assert is_in_chapter(page, 1)
    page.wait_for_timeout(AFTER_A_PRESS_MS)
    page.keyboard.down("ArrowRight")
    for _ in range(10):
        page.keyboard.down("ArrowRight")  # held: the browser repeats it
        page.wait_for_timeout(100)
    page.keyboard.up("ArrowRight")
    assert is_in_chapter(page, 2)
    page.wait_for_timeout(AFTER_A_PRESS_MS)
    page.keyboard.press("ArrowLeft")
    assert is_in_chapter(page, 1)

    focused = "document.activeElement.id || document.activeElement.textContent.trim()"
    order = []
    for _ in range(5):
        page.keyboard.press("Tab")
        order.append(page.evaluate(focused))
    assert order == ["open-chapters", "open-settings", "play", "back", "next"]
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    assert page.evaluate(focused).startswith("Step-ups"), "the present chapter has the focus"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    until(page, "!audio.paused")
    assert is_in_chapter(page, 2)
    assert page.evaluate(focused) == "open-chapters", "the focus is back where it was"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    assert page.evaluate("audio.playbackRate") == 1.1
    page.keyboard.press("Escape")
    assert page.evaluate(focused) == "open-settings"


@pytest.mark.parametrize("control", ["#open-chapters", "#open-settings", "#play", "#back", "#next"])
def test_the_focus_is_seen(page: Page, control: str) -> None:
    while page.evaluate("'#' + document.activeElement.id") != control:
        page.keyboard.press("Tab")
    style = page.evaluate(
        "name => { const s = getComputedStyle(document.querySelector(name));"
        " return [s.outlineStyle, parseFloat(s.outlineWidth)]; }",
        control,
    )
    assert style == ["solid", 4]


def test_the_speed_changes_and_the_pitch_stays(page: Page) -> None:
    page.click("#open-settings")
    choices = page.locator("#speed input")
    assert choices.evaluate_all("all => all.map(one => one.value)") == ["0.75", "0.9", "1", "1.1", "1.25"]
    page.check("#speed input[value='0.75']")
    assert page.evaluate("[audio.playbackRate, audio.preservesPitch]") == [0.75, True]
    page.reload()
    page.locator("#play:not([disabled])").wait_for()
    assert page.evaluate("audio.playbackRate") == 0.75
    assert page.is_checked("#speed input[value='0.75']")


# The lock screen and the headset

REMOTE = """
window.remote = {}; window.positions = [];
navigator.mediaSession.setActionHandler = (name, act) => { window.remote[name] = act; };
const tell = navigator.mediaSession.setPositionState.bind(navigator.mediaSession);
navigator.mediaSession.setPositionState = (state) => { window.positions.push(state); tell(state); };
"""


def test_the_lock_screen_and_the_headset_steer(show: Callable[..., Page], short: Path) -> None:
    page = show(short, init=REMOTE)

    def remote(name: str, details: str = "{}") -> None:
        page.wait_for_timeout(AFTER_A_PRESS_MS)
        page.evaluate(f"() => {{ window.remote.{name}({details}); }}")

    shown = "[navigator.mediaSession.metadata.title, navigator.mediaSession.metadata.album]"
    assert page.evaluate(shown) == ["Before we start", "Knee – the first week"]
    remote("play")
    until(page, "!audio.paused && navigator.mediaSession.playbackState === 'playing'")
    remote("nexttrack")
    assert is_in_chapter(page, 1)
    assert page.evaluate(shown)[0] == "Step-ups"
    remote("pause")
    until(page, "audio.paused && navigator.mediaSession.playbackState === 'paused'")
    remote("previoustrack")
    remote("seekto", "{ seekTime: 12.5 }")
    assert at(page) == pytest.approx(12.5, abs=0.05)
    state = page.evaluate("window.positions.at(-1)")
    assert state["position"] == pytest.approx(12.5, abs=0.05)
    assert state["duration"] == pytest.approx(SHORT.length / RATE_HZ, abs=0.1)
    assert state["playbackRate"] == 1
    [picture] = page.evaluate("navigator.mediaSession.metadata.artwork.map(one => one.src)")
    assert picture.startswith("data:image/svg+xml;base64,")


# A screen that stays on


def test_a_screen_that_may_stay_on_is_asked_for_again_when_the_page_is_back(
    show: Callable[..., Page], short: Path
) -> None:
    lock = """
    window.asked = 0;
    navigator.wakeLock.request = async () => {
      window.asked += 1;
      window.lock = new EventTarget();
      window.lock.release = () => window.lock.dispatchEvent(new Event("release"));
      return window.lock;
    };"""
    page = show(short, init=lock)
    page.click("#open-settings")
    page.check("#awake")
    assert page.inner_text("#awake-note") == "The screen stays on while this page is in front."
    page.evaluate("() => { lock.release(); document.dispatchEvent(new Event('visibilitychange')); }")
    assert page.evaluate("window.asked") == 2
    page.reload()
    page.locator("#play:not([disabled])").wait_for()
    until(page, "window.asked === 1")
    page.click("#open-settings")
    assert page.is_checked("#awake")
    page.uncheck("#awake")
    assert "goes on with the screen dark" in page.inner_text("#awake-note")


def test_a_refused_screen_is_said_and_the_choice_taken_back(show: Callable[..., Page], short: Path) -> None:
    refuse = "navigator.wakeLock.request = async () => { throw new DOMException('no', 'NotAllowedError'); };"
    page = show(short, init=refuse)
    page.click("#open-settings")
    page.locator("#awake").click()
    until(page, "!document.getElementById('awake').checked")
    assert "does not allow it now" in page.inner_text("#awake-note")
    assert page.inner_text("#spoken") == "The phone does not let the screen stay on."


def test_a_browser_without_wake_lock_says_so(show: Callable[..., Page], short: Path) -> None:
    page = show(short, init="delete Navigator.prototype.wakeLock;")
    page.click("#open-settings")
    assert page.is_disabled("#awake")
    assert "cannot do that" in page.inner_text("#awake-note")


# What is kept

WITHOUT_STORAGE = """
Object.defineProperty(window, "localStorage", { get() { throw new DOMException("no", "SecurityError"); } });
"""
FULL_STORAGE = "Storage.prototype.setItem = () => { throw new DOMException('no', 'QuotaExceededError'); };"


@pytest.mark.parametrize("init", ["", WITHOUT_STORAGE, FULL_STORAGE], ids=["storage", "none", "full"])
def test_the_place_outlasts_a_reload(show: Callable[..., Page], short: Path, init: str) -> None:
    page = show(short, init=init)
    page.click("#open-chapters")
    page.locator("#list button").nth(2).click()
    until(page, "audio.currentTime > 14")
    page.reload()
    page.locator("#play:not([disabled])").wait_for()
    assert 12 < at(page) < 16, "two seconds may be lost where nothing can be kept as the page goes"
    assert page.inner_text("#notice").startswith("You were at 0:1")
    assert page.evaluate("audio.paused")
    press(page, "#play")
    until(page, "!audio.paused && audio.currentTime > 13")


def test_another_session_begins_at_its_own_beginning(
    show: Callable[..., Page], short: Path, tmp_path: Path
) -> None:
    page = show(short)
    page.evaluate("() => { audio.currentTime = 15; window.dispatchEvent(new Event('pagehide')); }")
    other = written(tmp_path / "other.html", Metadata(title="Other", length=Frames(480_000)))
    page.goto(other.as_uri())
    page.locator("#play:not([disabled])").wait_for()
    assert at(page) == 0
    page.goto(short.as_uri())
    page.locator("#play:not([disabled])").wait_for()
    assert at(page) == 15


@pytest.mark.parametrize("kept", ['"x"', "null", "[]", '{"at":1e9,"speed":40,"awake":1}', "{", '{"at":"1"}'])
def test_what_others_wrote_in_its_place_does_no_harm(
    show: Callable[..., Page], short: Path, kept: str
) -> None:
    known = json.dumps(kept)
    page = show(short, init=f"try {{ Storage.prototype.getItem = () => {known}; }} catch {{}}")
    assert at(page) in {0, 1}
    assert page.evaluate("audio.playbackRate") == 1


# A page that is served, and saved


@pytest.fixture
def served(short: Path) -> Iterator[tuple[str, list[str]]]:
    """The address of the page on a server of its own, and what was asked of it."""
    asked: list[str] = []

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            asked.append(self.path)

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Handler, directory=str(short.parent))
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/{short.name}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_served_page_asks_for_itself_and_nothing_more(
    show: Callable[..., Page], served: tuple[str, list[str]]
) -> None:
    url, asked = served
    page = show(url)
    page.click("#play")
    until(page, "audio.currentTime > 0.5")
    assert asked == ["/knee.html"]


def test_the_saved_page_is_the_page_and_plays_without_a_network(
    show: Callable[..., Page], served: tuple[str, list[str]], short: Path, tmp_path: Path
) -> None:
    page = show(served[0])
    page.click("#play")
    page.click("#open-settings")
    with page.expect_download() as download:
        page.click("#save")
    assert download.value.suggested_filename == "Knee – the first week.html"
    saved = tmp_path / "saved.html"
    download.value.save_as(saved)
    assert saved.read_bytes() == short.read_bytes()
    assert len(served[1]) == 1
    page.context.set_offline(True)
    page.goto(saved.as_uri())
    page.locator("#play:not([disabled])").wait_for()
    page.click("#play")
    until(page, "audio.currentTime > 0.5")


# What goes wrong


def test_a_page_that_broke_off_on_its_way_says_so(
    show: Callable[..., Page], short: Path, tmp_path: Path
) -> None:
    data = short.read_bytes()
    broken = tmp_path / "broken.html"
    for size in (len(data) - 100, len(data) * 2 // 3):
        broken.write_bytes(data[:size])
        page = show(broken, ready=False)
        page.locator("#fault:not([hidden])").wait_for()
        assert page.inner_text("#fault").startswith("This page is not whole")
        assert page.is_disabled("#play")


def test_sound_that_cannot_be_decoded_is_said_in_words(
    show: Callable[..., Page], short: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.html"
    block = re.compile(r'(\n<script type="text/plain" class="sound">)([^<=]*)')
    other.write_text(block.sub(lambda found: found[1] + "A" * len(found[2]), short.read_text()))
    page = show(other, ready=False)
    until(page, "!document.getElementById('fault').hidden")
    assert page.inner_text("#fault").startswith("This browser cannot play")
    assert page.get_attribute("#fault", "role") == "alert"


HOSTILE = "</script><script>window.evil = 1</script><img src=x onerror='evil=1'> \"'& \U0001f9b5 \u202eמתניים"


def test_a_hostile_title_is_shown_and_does_nothing(show: Callable[..., Page], tmp_path: Path) -> None:
    metadata = Metadata(
        title=HOSTILE,
        album=HOSTILE,
        language="he",
        length=Frames(96_000),
        chapters=(Chapter(Frames(0), HOSTILE * 3),),
    )
    page = show(written(tmp_path / "hostile.html", metadata))
    assert page.title() == HOSTILE
    assert page.text_content("#title") == HOSTILE
    assert page.text_content("#list button span") == HOSTILE * 3
    assert page.evaluate("typeof evil") == "undefined"
    assert page.locator("img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.click("#open-settings")
    with page.expect_download() as download:
        page.click("#save")
    assert not set(download.value.suggested_filename) & set('/\\:*?"<>|')


# For everybody


def assert_accessible(page: Page) -> None:
    result = axe.Axe().run(page, options={"resultTypes": ["violations", "incomplete"]}).response
    found = [
        (one["id"], [node["html"][:120] for node in one["nodes"]])
        for one in [*result["violations"], *result["incomplete"]]
        if one["id"] != "color-contrast" or one in result["violations"]
    ]
    assert found == []
    assert len(result["passes"]) > 15


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_no_barrier(show: Callable[..., Page], short: Path, scheme: str) -> None:
    page = show(short, color_scheme=scheme)
    assert_accessible(page)
    page.evaluate("() => { audio.currentTime = 7.3; }")
    until(page, "document.getElementById('rep').textContent === '2'")
    assert_accessible(page)
    for control in ("chapters", "settings"):
        page.click(f"#open-{control}")
        assert_accessible(page)
        page.click(f"#{control} form button")


def test_axe_finds_no_barrier_where_the_sound_is_missing(
    show: Callable[..., Page], short: Path, tmp_path: Path
) -> None:
    (tmp_path / "broken.html").write_bytes(short.read_bytes()[:-100])
    page = show(tmp_path / "broken.html", ready=False)
    page.locator("#fault:not([hidden])").wait_for()
    assert_accessible(page)


def test_a_screen_reader_finds_names_languages_and_the_present_chapter(page: Page) -> None:
    assert page.get_attribute("html", "lang") == "en"
    assert {page.get_attribute(name, "lang") for name in ("#title", "#chapter", "#words")} == {"en-US"}
    names = [page.get_by_role("button", name=name, exact=True) for name in ("Play", "Back", "Next")]
    assert [one.count() for one in names] == [1, 1, 1]
    page.tap("#next")
    assert page.locator("#list [aria-current=true]").inner_text().split("\n")[0].startswith("Step-ups")
    page.click("#play")
    page.get_by_role("button", name="Pause", exact=True).wait_for()


def test_nothing_is_announced_while_the_coach_speaks(page: Page) -> None:
    record = """() => { window.told = []; new MutationObserver(() =>
      window.told.push([audio.paused, document.getElementById("spoken").textContent])
    ).observe(document.getElementById("spoken"), { childList: true }); }"""
    page.evaluate("() => { audio.playbackRate = 0.1; audio.currentTime = 19; return audio.play(); }")
    until(page, "audio.currentTime > 19.02")
    page.evaluate(record)
    page.tap("#next")  # there is no next: seen at once, and spoken in the silence after the sentence
    page.wait_for_timeout(300)
    assert page.inner_text("#notice") == "This is the last part."
    assert [text for _, text in page.evaluate("window.told") if text] == []
    page.evaluate("() => { audio.playbackRate = 1; }")
    until(page, "audio.currentTime > 20.2")
    assert [text for _, text in page.evaluate("window.told") if text] == ["This is the last part."]
    page.tap("#play")
    until(page, "window.told.at(-1)[0]")
    assert page.evaluate("window.told.at(-1)") == [True, "Paused. To finish."]


VIEWS: dict[str, tuple[dict[str, Any], str]] = {
    "phone": ({"viewport": PHONE}, ""),
    "small": ({"viewport": {"width": 320, "height": 568}}, ""),
    "landscape": ({"viewport": {"width": 740, "height": 360}}, ""),
    "zoomed 400 %": ({"viewport": {"width": 320, "height": 256}}, ""),
    "text 200 %": ({"viewport": PHONE}, "250%"),
    "desk": ({"viewport": {"width": 1280, "height": 800}, "is_mobile": False}, ""),
}
PLACES_S = (0, 2.0, 5.5, 9.5, 12.0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", VIEWS)
def test_nothing_is_lost_at_any_size(show: Callable[..., Page], short: Path, view: str, scheme: str) -> None:
    """WCAG 1.4.4 and 1.4.10; with COACH_PICTURES set to a folder, pictures of all this are left there."""
    options, font_size = VIEWS[view]
    page = show(short, color_scheme=scheme, **options)
    if font_size:
        page.evaluate("size => { document.documentElement.style.fontSize = size; }", font_size)
    width = options["viewport"]["width"]
    for place_s in PLACES_S:
        page.evaluate("at => { audio.currentTime = at; window.dispatchEvent(new Event('resize')); }", place_s)
        page.wait_for_timeout(150)
        picture(page, f"{view}-{scheme}-{place_s:g}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert cut_off(page) == []
    for control in ("chapters", "settings"):
        page.click(f"#open-{control}")
        picture(page, f"{view}-{scheme}-{control}")
        assert page.evaluate(f"document.getElementById('{control}').scrollWidth") <= width
        page.click(f"#{control} form button")


def picture(page: Page, name: str) -> None:
    folder = os.environ.get("COACH_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name.replace(' ', '-')}.png")


def cut_off(page: Page) -> Sequence[str]:
    """The texts that reach out of what holds them, or lie over one another."""
    found: Sequence[str] = page.evaluate(
        """() => {
          const boxes = [...document.querySelectorAll(".told > *, #play-name, .time p")]
            .filter((one) => one.textContent.trim() && !one.matches(".unseen, h1"))
            .filter((one) => one.getClientRects().length)
            .map((one) => {
              const range = document.createRange();
              range.selectNodeContents(one);
              const { left, right } = range.getBoundingClientRect();
              if (left === right) return null;
              const { top, bottom } = one.getBoundingClientRect();
              return [one.id || one.className || one.tagName, { left, right, top, bottom }];
            }).filter((one) => one);
          const panel = document.querySelector("#play").getBoundingClientRect();
          const out = boxes.filter(([, box]) => box.left < panel.left || box.right > panel.right
            || box.top < panel.top || box.bottom > panel.bottom);
          const over = boxes.flatMap(([name, one], i) => boxes.slice(i + 1)
            .filter(([, two]) => one.bottom > two.top + 1 && two.bottom > one.top + 1)
            .filter(([, two]) => one.right > two.left + 1 && two.right > one.left + 1)
            .map(([other]) => [`${name} over ${other}`]));
          return [...out, ...over].map(([name]) => name);
        }"""
    )
    return found


@pytest.mark.parametrize("view", ["phone", "small", "landscape"])
def test_the_areas_are_too_large_to_miss_and_stay_where_they_are(
    show: Callable[..., Page], short: Path, view: str
) -> None:
    options, _ = VIEWS[view]
    page = show(short, **options)
    width, height = options["viewport"]["width"], options["viewport"]["height"]
    seen = []
    for place_s in PLACES_S:
        page.evaluate("at => { audio.currentTime = at; }", place_s)
        page.wait_for_timeout(150)
        boxes = [page.locator(name).bounding_box() for name in ("#play", "#back", "#next")]
        seen.append([[round(box[side]) for side in ("x", "y", "width", "height")] for box in boxes])
    assert all(boxes == seen[0] for boxes in seen)
    play, back, next_ = seen[0]
    assert play[2] * play[3] > 0.4 * width * height
    for area in (back, next_):
        assert area[2] * area[3] > 0.11 * width * height
    assert back[0] + back[2] <= width / 2 <= next_[0] + 1
    assert next_[1] + next_[3] <= height


def test_every_target_is_large(page: Page) -> None:
    for opened in ("", "chapters", "settings"):
        if opened:
            page.click(f"#open-{opened}")
        within = f"#{opened} " if opened else ""
        for target in page.locator(f"{within}button, {within}label").all():
            box = target.bounding_box()
            assert box is None or (box["width"] >= 44 and box["height"] >= 44), target.inner_text()
        if opened:
            page.click(f"#{opened} form button")


def test_nothing_moves_for_those_who_asked_for_less_motion(show: Callable[..., Page], short: Path) -> None:
    page = show(short, reduced_motion="reduce")
    moving = """[...document.querySelectorAll("*")].map((one) => getComputedStyle(one))
      .filter((style) => style.transitionDuration !== "0s" || style.animationName !== "none").length"""
    assert page.evaluate(moving) == 0


def test_without_scripts_the_page_says_what_it_needs(show: Callable[..., Page], short: Path) -> None:
    page = show(short, ready=False, java_script_enabled=False)
    said = page.locator(".fault").first
    assert said.is_visible()
    assert "needs JavaScript" in said.inner_text()
