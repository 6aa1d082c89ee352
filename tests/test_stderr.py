"""What libraries say is not seen, and what coach says is, whoever opens what meanwhile."""

import subprocess
import sys

OVERLAPPING = """
import os, sys, threading
from coach.stderr import discard_library_messages, separate_stderr

if "own" in sys.argv:
    separate_stderr()
first_in, second_in, first_out = threading.Event(), threading.Event(), threading.Event()

def first():
    with discard_library_messages():
        first_in.set()
        second_in.wait()
        os.write(2, b"noise of the first\\n")
    first_out.set()

def second():
    first_in.wait()
    with discard_library_messages():
        second_in.set()
        first_out.wait()
        os.write(2, b"noise of the second\\n")
        print("said meanwhile", file=sys.stderr)

threads = [threading.Thread(target=each) for each in (first, second)]
[each.start() for each in threads]
[each.join() for each in threads]
os.write(2, b"written afterwards\\n")
print("said afterwards", file=sys.stderr)
"""


def said(*arguments: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", OVERLAPPING, *arguments], capture_output=True, text=True, check=True
    )
    return done.stderr.splitlines()


def test_stderr_is_there_again_after_two_threads_wanted_it_quiet_at_once() -> None:
    assert said() == ["written afterwards", "said afterwards"]


def test_what_coach_says_is_seen_while_a_library_is_kept_quiet() -> None:
    assert said("own") == ["said meanwhile", "written afterwards", "said afterwards"]


def test_own_messages_are_in_any_script() -> None:
    script = (
        "import sys; from coach.stderr import separate_stderr\n"
        "separate_stderr(); print('\\u819d', file=sys.stderr)\n"
    )
    done = subprocess.run([sys.executable, "-X", "utf8", "-c", script], capture_output=True, check=True)
    assert done.stderr.decode().strip() == "膝"


def test_a_process_without_stderr_is_none_the_worse() -> None:
    script = (
        "import os, sys; os.close(2)\n"
        "from coach.stderr import discard_library_messages, separate_stderr; separate_stderr()\n"
        "with discard_library_messages(): print('fine')"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "fine\n"
