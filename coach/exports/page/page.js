"use strict";
(() => {
  // The page as it came, up to this script: what is saved begins with it.
  const asItCame = document.documentElement.outerHTML;

  const GUARD_MS = 800;      // a second press of the same control within this does not count
  const OWN_START_S = 3;     // this far into a chapter, back goes to the one before
  const UNDONE_WITHIN_S = 5; // this long after next, back returns to where one was
  const LEAD_S = 0.6;        // a repetition begins with its tone, this long before its words at most
  const LONG_S = 20;         // a movement as long as this is not begun anew
  const EARLY_S = 0.04;      // browsers are first heard up to two frames of MP3, 48 ms, behind where they land
  const KEPT_EVERY_S = 2;
  const LOOK_MS = 100;
  const SHOWN_MS = 6000;
  const SPEEDS = [0.75, 0.9, 1, 1.1, 1.25];

  let isReady = false;
  let isChosen = true;  // this very moment was chosen: it is not gone back from

  const byId = (id) => document.getElementById(id);
  const about = JSON.parse(byId("about").textContent);
  const texts = JSON.parse(byId("texts").textContent);
  const filled = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);
  // Times in the page are those of its sound, which the encoder delays a little.
  const seconds = (frames) => frames && (frames + about.delay) / about.rate;
  const length = seconds(about.length);
  const audio = byId("audio");
  const chapters = about.chapters.map(([start, title]) => ({ start: seconds(start), title }));
  if (!chapters.length) chapters.push({ start: 0, title: about.title });
  const words = about.words.map(([start, end, text, set, sets, side, rep, reps]) =>
    ({ start: seconds(start), end: seconds(end), text, set, sets, side, rep, reps }));

  // Where things stand

  // The last of some values in order that has begun at a time, or -1; who landed at one has reached it.
  const lastBegun = (values, at) => {
    let low = 0;
    for (let high = values.length; low < high;) {
      const middle = (low + high) >> 1;
      if (values[middle].start <= at + EARLY_S + 1e-4) low = middle + 1; else high = middle;
    }
    return low - 1;
  };
  const chapterAt = (at) => Math.max(0, lastBegun(chapters, at));

  // Where one goes on after a pause: nobody is dropped into a repetition or a sentence.
  const resumeAt = (at) => {
    let first = lastBegun(words, at);
    const from = chapters[chapterAt(at)].start;
    if (first < 0 || words[first].end < from) return at;
    const last = words[first];
    const isSame = (one) => one.rep === last.rep && one.set === last.set && one.side === last.side;
    if (last.rep) while (first && isSame(words[first - 1])) first -= 1;
    if (at - words[first].start > LONG_S) first = lastBegun(words, at);
    if (!last.rep && at > last.end || at - words[first].start > LONG_S) return at;
    const before = first ? words[first - 1].end : 0;
    return Math.max(from, before, words[first].start - LEAD_S);
  };

  // A clip is spoken now, or will be so soon that another voice would talk into it.
  const isSpeaking = (at) => {
    const index = lastBegun(words, at);
    const next = words[index + 1];
    return (index >= 0 && at < words[index].end) || (next !== undefined && next.start - at < 3);
  };

  const clock = (at) => {
    const whole = Math.floor(at + EARLY_S);
    const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    const two = (number) => String(number).padStart(2, "0");
    return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
  };

  // What is kept: where the browser has no room for it, with this page's entry in its history, which a
  // reload does not lose.

  const KEY = `coach ${about.id}`;
  const keep = (value) => {
    try {
      window.localStorage.setItem(KEY, JSON.stringify(value));
    } catch {
      try { window.history.replaceState({ [KEY]: value }, ""); } catch { /* then it is lost with the page */ }
    }
  };
  const kept = () => {
    const from = (read) => { try { return read() || {}; } catch { return {}; } };
    const state = from(() => window.history.state[KEY]);
    const value = Object.keys(state).length ? state : from(() => JSON.parse(window.localStorage.getItem(KEY)));
    return {
      at: value.at > 0 && value.at < length ? value.at : 0,
      speed: SPEEDS.includes(value.speed) ? value.speed : 1,
      awake: value.awake === true,
    };
  };
  let awakeWanted = false;
  let keptAt = 0;
  const keepPlace = () => {
    keptAt = audio.currentTime;
    keep({ at: audio.ended ? 0 : audio.currentTime, speed: audio.playbackRate, awake: awakeWanted });
  };

  // What is seen

  const write = (id, text) => { const element = byId(id); if (element.textContent !== text) element.textContent = text; };
  const foreign = (element) => { if (about.language) element.lang = about.language; return element; };

  const SIZES = [3.4, 2.9, 2.5, 2.1, 1.8, 1.5, 1.25];
  const COUNTS = [8, 6.5, 5, 4, 3];
  // The letters are as large as there is room for. Where there is none, as in a browser that zooms text, the
  // page grows instead; else the areas stay where a finger has learned them to be.
  const fit = () => {
    const told = document.querySelector(".told");
    const root = document.documentElement;
    const hasCount = !byId("count").hidden;
    const fits = (count, size) => {
      root.style.setProperty("--count", `${count}rem`);
      root.style.setProperty("--words", `${size}rem`);
      return told.scrollHeight <= told.clientHeight;
    };
    root.classList.remove("roomy");
    for (const floor of [1.8, 1.25])
      for (const count of hasCount ? COUNTS : [0])
        for (const size of SIZES)
          if (size >= floor && (size < 3 || !hasCount) && fits(count, size)) return;
    root.classList.add("roomy");
  };

  let shown = "";
  const render = () => {
    const at = audio.currentTime;
    const number = chapterAt(at);
    const index = lastBegun(words, at);
    const now = index >= 0 && words[index].end > chapters[number].start ? words[index] : undefined;
    const left = Math.max(0, (length - at) / audio.playbackRate);
    write("at", clock(at));
    write("left", left < 60 ? filled(texts.secondsLeft, { n: Math.ceil(left) }) : filled(texts.minutesLeft, { n: Math.round(left / 60) }));
    byId("done").style.setProperty("width", `${Math.min(100, 100 * at / length)}%`);
    const isOver = audio.ended;
    const seen = [number, index, now === undefined, isOver, audio.paused].join();
    if (seen === shown) return;
    shown = seen;
    document.documentElement.classList.toggle("playing", !audio.paused && !isOver);
    write("play-name", isOver ? texts.startAgain : audio.paused ? texts.play : texts.pause);
    byId("title").classList.toggle("unseen", about.title === chapters[number].title);
    write("chapter", chapters[number].title);
    write("number", filled(texts.numberOf, { n: number + 1, of: chapters.length }));
    byId("count").hidden = !(now && now.rep && now.reps > 1);
    if (now && now.rep) { write("rep", String(now.rep)); write("reps", filled(texts.ofReps, { of: now.reps })); }
    const parts = now && now.set ? [now.sets > 1 ? filled(texts.setOf, { n: now.set, of: now.sets }) : "", now.side] : [];
    write("set", parts.filter(Boolean).join(" · "));
    byId("set").hidden = !byId("set").textContent;
    write("words", isOver ? texts.isOver : now ? now.text : isChosen && at === 0 ? texts.summary : "");
    byId("list").querySelectorAll("button").forEach((button, i) => {
      if (i === number) button.setAttribute("aria-current", "true"); else button.removeAttribute("aria-current");
    });
    fit();
    describe(number);
  };

  // What is said to a screen reader: at once in a pause, else when the coach is silent, and then it may be late.

  let notice = 0;
  let unsaid = "";
  let unsaidUntil = 0;
  const show = (text) => {
    write("notice", text);
    clearTimeout(notice);
    notice = setTimeout(() => write("notice", ""), SHOWN_MS);
  };
  const speak = (text) => {
    byId("spoken").textContent = "";
    unsaid = text;
    unsaidUntil = performance.now() + 2 * SHOWN_MS;
    saySoon();
  };
  const say = (text) => { show(text); speak(text); };
  const saySoon = () => {
    if (!unsaid || (!audio.paused && isSpeaking(audio.currentTime))) return;
    if (performance.now() < unsaidUntil) byId("spoken").textContent = unsaid;
    unsaid = "";
  };
  const where = () => {
    const now = words[lastBegun(words, audio.currentTime)];
    const chapter = byId("chapter").textContent;
    return now && now.rep ? filled(texts.repetitionOf, { chapter, n: now.rep, of: now.reps }) : chapter;
  };
  const fail = (text) => {
    audio.pause();
    byId("fault").hidden = false;
    byId("fault").textContent = text;
    write("notice", "");
    for (const id of ["play", "back", "next"]) byId(id).disabled = true;
  };

  // What steers

  const tick = (pattern) => { try { if (navigator.vibrate) navigator.vibrate(pattern); } catch { /* then without */ } };
  const pressedAt = {};
  const counts = (control) => {
    const now = performance.now();
    const isNew = !(now - pressedAt[control] < GUARD_MS);
    pressedAt[control] = now;
    if (isNew) tick(25);
    return isNew;
  };

  let lastNext = null;
  const goTo = (at) => {
    audio.currentTime = Math.max(0, at - EARLY_S);
    isChosen = true;
    render();
    keepPlace();
    tellPosition();
  };
  const play = async () => {
    if (!isReady) return;
    if (audio.ended) goTo(0);
    if (!isChosen) audio.currentTime = resumeAt(audio.currentTime);
    try {
      await audio.play();
    } catch (error) {
      if (error.name === "NotAllowedError") say(texts.oneMoreTap);
      else if (error.name !== "AbortError") fail(texts.cannotPlay);
    }
  };
  const pause = () => { audio.pause(); };
  const toggle = () => { if (audio.paused) play(); else pause(); };
  const next = () => {
    const number = chapterAt(audio.currentTime);
    if (number + 1 >= chapters.length) { tick([25, 80, 25]); say(texts.lastPart); return; }
    lastNext = { from: audio.currentTime, to: chapters[number + 1].start };
    goTo(lastNext.to);
    if (audio.paused) speak(where());
  };
  const back = () => {
    const at = audio.currentTime;
    const number = chapterAt(at);
    if (lastNext && Math.abs(at - lastNext.to) < UNDONE_WITHIN_S) {
      goTo(resumeAt(lastNext.from));
      say(texts.backAgain);
    } else {
      goTo(chapters[at - chapters[number].start < OWN_START_S ? Math.max(0, number - 1) : number].start);
      if (audio.paused) speak(where());
    }
    lastNext = null;
  };

  const controls = { play: toggle, back, next };
  for (const [id, act] of Object.entries(controls))
    byId(id).addEventListener("click", () => { if (counts(id)) act(); });

  const KEYS = { " ": "play", ArrowLeft: "back", ArrowRight: "next" };
  document.addEventListener("keydown", (event) => {
    const control = KEYS[event.key];
    if (!control || event.ctrlKey || event.altKey || event.metaKey || document.querySelector("dialog[open]")) return;
    if (event.key === " " && event.target.closest("button, input")) return;
    event.preventDefault();
    if (!event.repeat && isReady && counts(control)) controls[control]();
  });

  // Chapters, speed

  const openDialog = (id) => { byId(id).showModal(); };
  byId("open-chapters").addEventListener("click", () => {
    openDialog("chapters");
    const current = byId("list").querySelector("[aria-current]");
    if (current) { current.scrollIntoView({ block: "center" }); current.focus(); }
  });
  byId("open-settings").addEventListener("click", () => openDialog("settings"));
  chapters.forEach((chapter) => {
    const button = document.createElement("button");
    button.type = "button";
    const title = foreign(document.createElement("span"));
    title.dir = "auto";
    title.textContent = chapter.title;
    const time = document.createElement("span");
    time.textContent = clock(chapter.start);
    button.append(title, " ", time);
    button.addEventListener("click", () => {
      byId("chapters").close();
      lastNext = null;
      if (isReady) { goTo(chapter.start); play(); }
    });
    const item = document.createElement("li");
    item.append(button);
    byId("list").append(item);
  });

  const setSpeed = (speed) => {
    for (const name of ["preservesPitch", "mozPreservesPitch", "webkitPreservesPitch"])
      if (name in audio) audio[name] = true;
    audio.defaultPlaybackRate = audio.playbackRate = speed;
  };
  SPEEDS.forEach((speed) => {
    const label = document.createElement("label");
    label.className = "choice";
    const radio = document.createElement("input");
    Object.assign(radio, { type: "radio", name: "speed", value: String(speed) });
    radio.addEventListener("change", () => { setSpeed(speed); keepPlace(); render(); tellPosition(); });
    label.append(radio, ` ${speed === 1 ? filled(texts.asMade, { speed }) : `${speed}×`}`);
    byId("speed").append(label);
  });

  // A screen that stays on

  let lock = null;
  const hold = async () => {
    if (!awakeWanted || lock || document.hidden) return;
    try {
      const held = await navigator.wakeLock.request("screen");
      if (!awakeWanted) { held.release(); return; }
      lock = held;
      held.addEventListener("release", () => { lock = null; });
      write("awake-note", texts.staysOn);
    } catch {
      if (document.hidden) return;  // asked for again when the page is back in front
      awakeWanted = byId("awake").checked = false;
      write("awake-note", `${texts.notNow} ${texts.staysDark}`);
      say(texts.goesDark);
    }
  };
  const release = () => { if (lock) lock.release(); lock = null; };
  byId("awake").addEventListener("change", () => {
    awakeWanted = byId("awake").checked;
    if (awakeWanted) hold(); else { release(); write("awake-note", texts.staysDark); }
    keepPlace();
  });
  if (!("wakeLock" in navigator)) {
    byId("awake").disabled = true;
    write("awake-note", `${texts.cannotStayOn} ${texts.staysDark}`);
  }

  // The lock screen and the headset

  const session = navigator.mediaSession;
  let described = -1;
  const describe = (number) => {
    if (!session || !window.MediaMetadata) return;
    try { session.playbackState = audio.paused ? "paused" : "playing"; } catch { /* older than that */ }
    if (number === described) return;
    described = number;
    const icon = document.querySelector("link[rel=icon]");
    session.metadata = new MediaMetadata({
      title: chapters[number].title, artist: about.artist, album: about.album || about.title,
      artwork: [{ src: icon.href, type: icon.type, sizes: icon.sizes.value }],
    });
  };
  const tellPosition = () => {
    if (!session || !session.setPositionState || !(audio.duration > 0)) return;
    try {
      const position = Math.min(audio.currentTime, audio.duration);
      session.setPositionState({ duration: audio.duration, playbackRate: audio.playbackRate, position });
    } catch { /* a position that it does not like */ }
  };
  const remote = {
    play,
    pause,
    stop: pause,
    previoustrack: () => { if (counts("back")) back(); },
    nexttrack: () => { if (counts("next")) next(); },
    seekto: (details) => { lastNext = null; goTo(Math.max(0, Math.min(details.seekTime, length - 0.1))); },
  };
  if (session)
    for (const [name, act] of Object.entries(remote))
      try { session.setActionHandler(name, (details) => { if (isReady) act(details); }); } catch { /* it has no such button */ }

  // A copy that needs no network

  const base64 = (blob) => new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
  byId("save").addEventListener("click", async () => {
    byId("save").disabled = true;
    try {
      const end = "</body></html>";
      const parts = ["<!doctype html>\n", asItCame.slice(0, asItCame.lastIndexOf(end)), "\n"];
      for (const piece of sound)
        parts.push('<script type="text/plain" class="sound">', new Blob([await base64(piece)]), "</scr" + "ipt>\n");
      parts.push(`<script type="application/json" id="whole">{"bytes":${size()}}</scr` + "ipt>\n</body>\n</html>\n");
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob(parts, { type: "text/html" }));
      link.download = `${about.title.replace(/[\\/:*?"<>|\u0000-\u001f\u007f]+/g, " ").trim().slice(0, 60) || "coach"}.html`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60000);
      write("save-note", texts.saved);
    } catch {
      write("save-note", texts.cannotSave);
    }
    byId("save").disabled = false;
  });

  // The sound, block by block as it arrives

  const sound = [];
  const size = () => sound.reduce((sum, piece) => sum + piece.size, 0);
  const decoded = (text) => {
    if (Uint8Array.fromBase64) return Uint8Array.fromBase64(text);
    const letters = atob(text);
    const bytes = new Uint8Array(letters.length);
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = letters.charCodeAt(i);
    return bytes;
  };
  const gather = (isAll) => {
    for (const block of document.querySelectorAll("script.sound")) {
      if (!isAll && !block.nextElementSibling) return;
      sound.push(new Blob([decoded(block.textContent)]));
      block.remove();
    }
  };
  const begin = () => {
    try {
      gather(true);
      if (JSON.parse(byId("whole").textContent).bytes !== size()) throw new RangeError();
    } catch {
      fail(texts.notWhole);
      return;
    }
    audio.src = URL.createObjectURL(new Blob(sound, { type: "audio/mpeg" }));
    start();
  };
  const start = () => {
    isReady = true;  // some browsers load nothing of the sound before it is played
    const before = kept();
    setSpeed(before.speed);
    awakeWanted = before.awake && "wakeLock" in navigator;
    byId("awake").checked = awakeWanted;
    byId("speed").querySelector(`[value="${before.speed}"]`).checked = true;
    for (const id of ["play", "back", "next"]) byId(id).disabled = false;
    if (before.at) {
      audio.currentTime = before.at;
      isChosen = false;
      say(filled(texts.youWereAt, { clock: clock(before.at) }));
    } else {
      show("");
      speak(filled(texts.isReady, texts));
    }
    render();
    hold();
  };
  const watch = new MutationObserver(() => { try { gather(false); } catch { /* said when all is there */ } });
  watch.observe(document.body, { childList: true });
  document.addEventListener("DOMContentLoaded", () => { watch.disconnect(); begin(); });

  // What the sound does

  let looking = 0;
  const look = () => {
    clearInterval(looking);
    if (!audio.paused && !document.hidden) looking = setInterval(() => { render(); saySoon(); }, LOOK_MS);
  };
  audio.addEventListener("error", () => { if (audio.src) fail(texts.cannotPlay); });
  audio.addEventListener("loadedmetadata", tellPosition);
  audio.addEventListener("play", () => { look(); render(); tellPosition(); hold(); });
  audio.addEventListener("playing", () => { isChosen = false; });
  audio.addEventListener("pause", () => {
    look();
    render();
    if (!isReady || audio.ended) return;
    keepPlace();
    tellPosition();
    speak(filled(texts.isPaused, { where: where() }));
  });
  audio.addEventListener("seeked", () => { render(); tellPosition(); });
  audio.addEventListener("timeupdate", () => {
    render();
    saySoon();
    if (Math.abs(audio.currentTime - keptAt) >= KEPT_EVERY_S) keepPlace();
  });
  audio.addEventListener("ended", () => {
    release();
    look();
    render();
    keepPlace();
    isChosen = true;
    speak(texts.isOver);
  });
  document.addEventListener("visibilitychange", () => {
    look();
    if (document.hidden) { if (isReady) keepPlace(); } else { render(); hold(); }
  });
  window.addEventListener("pagehide", () => { if (isReady) keepPlace(); });
  window.addEventListener("resize", fit);

  foreign(byId("title"));
  foreign(byId("chapter"));
  foreign(byId("words"));
  render();
})();
