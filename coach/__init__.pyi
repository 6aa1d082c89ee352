from .diary.morning import Morning as Morning
from .diary.today import Today as Today
from .errors import (
    CoachError as CoachError,
)
from .errors import (
    DeviceError as DeviceError,
)
from .errors import (
    DeviceLostError as DeviceLostError,
)
from .errors import (
    DiskError as DiskError,
)
from .errors import (
    ExportError as ExportError,
)
from .errors import (
    ScriptError as ScriptError,
)
from .errors import (
    UsageError as UsageError,
)
from .errors import (
    VoiceError as VoiceError,
)
from .exports.formats import Format as Format
from .exports.write import ExportResult as ExportResult
from .language.level import Level as Level
from .language.model import Script as Script
from .language.model import Session as Session
from .language.problems import Problem as Problem
from .language.problems import Severity as Severity
from .language.problems import Span as Span
from .library import (
    Listed as Listed,
)
from .library import (
    add_voices as add_voices,
)
from .library import (
    blocks as blocks,
)
from .library import (
    check as check,
)
from .library import (
    check_export as check_export,
)
from .library import (
    check_plot as check_plot,
)
from .library import (
    choose_exercise as choose_exercise,
)
from .library import (
    diagnose as diagnose,
)
from .library import (
    diary_csv as diary_csv,
)
from .library import (
    diary_json as diary_json,
)
from .library import (
    diary_text as diary_text,
)
from .library import (
    export as export,
)
from .library import (
    list_sheets as list_sheets,
)
from .library import (
    list_voices as list_voices,
)
from .library import (
    load as load,
)
from .library import (
    my_options as my_options,
)
from .library import (
    natural_advice as natural_advice,
)
from .library import (
    parse as parse,
)
from .library import (
    plan as plan,
)
from .library import (
    plan_in_turn as plan_in_turn,
)
from .library import (
    play as play,
)
from .library import (
    plot as plot,
)
from .library import (
    read_diary as read_diary,
)
from .library import (
    remove_voice as remove_voice,
)
from .library import (
    render as render,
)
from .library import (
    resume as resume,
)
from .library import (
    run as run,
)
from .library import (
    run_today as run_today,
)
from .library import (
    serve as serve,
)
from .library import (
    sheet_names as sheet_names,
)
from .library import (
    stream as stream,
)
from .library import (
    tell_morning as tell_morning,
)
from .library import (
    today as today,
)
from .live.actions import Action as Action
from .live.run import Ended as Ended
from .live.speakers.player import Player as Player
from .live.view import View as View
from .progress import Progress as Progress
from .progress import no_progress as no_progress
from .session.options import Count as Count
from .session.options import Counted as Counted
from .session.options import Detail as Detail
from .session.options import Options as Options
from .session.options import Screen as Screen
from .session.timeline import (
    RATE_HZ as RATE_HZ,
)
from .session.timeline import (
    Chapter as Chapter,
)
from .session.timeline import (
    Frames as Frames,
)
from .session.timeline import (
    Say as Say,
)
from .session.timeline import (
    Silence as Silence,
)
from .session.timeline import (
    Timeline as Timeline,
)
from .session.timeline import (
    Tone as Tone,
)
from .sheets.sheet import Sheet as Sheet
from .sound.clip import Clip as Clip
from .sound.clip import Utterance as Utterance
from .sound.sink import Sink as Sink
from .voices.adding import AddedVoice as AddedVoice
from .voices.spoken_session import Plan as Plan
from .voices.voice import Voice as Voice
from .voices.voice import VoiceInfo as VoiceInfo
from .voices.voice import make_clip as make_clip
from .voices.voice import spoken_text as spoken_text
from .voices.worker_voice import WorkerVoice as WorkerVoice

__version__: str
