r"""English: how numbers, units, abbreviations and signs of a sheet are said.

The words are in `coach.language.spelling.en_words`. Each rule begins with an example, as it is written and as
it is said; the tests read every example aloud. Engines read plain numbers and ordinals ("10", "1st") right.
"""

import re
from types import MappingProxyType

from coach.language.keywords.choice import keywords_for
from coach.language.quantities import any_of
from coach.language.spelling.en_words import (
    A_PERIOD,
    ABBREVIATIONS,
    CAPITALS,
    DAYS,
    DECADES,
    EQUIPMENT,
    FRACTIONS,
    HINTS,
    NUMBERS,
    PARTS_OF_DAY,
    ROMAN,
    SIGNS,
    UNITS,
    WITH_A_SLASH,
)
from coach.language.spelling.table import Kind, Rule, Table

_Found = re.Match[str]

# Parts of patterns


_LIMB = any_of(keywords_for("en").limbs)
_DASH = r" ?[-\u2010-\u2015\u2212] ?"
_SMALL_FRACTION = r"(?:1/[2348]|2/3|3/[48]|[57]/8)(?![\d/])"
_ONE_SIGN = f"[{''.join(FRACTIONS)}]"
_NUMBER = r"(?:\d+(?:[.,]\d+)*|(?<!\d)\.\d+)"
_AMOUNT = rf"(?:\d+[ -]{_SMALL_FRACTION}|\d+ ?{_ONE_SIGN}|{_ONE_SIGN}|{_SMALL_FRACTION}|{_NUMBER})"
_ATTACHED = ("s", "m", "cm", "mm", "kg", "g", "lb", "in", "ft")
_AFTER_A_UNIT = "|".join(rf"(?<=\d{unit})" for unit in _ATTACHED)
_AFTER_AN_ORDINAL = "|".join(rf"(?<=\d{end})" for end in ("st", "nd", "rd", "th", "[ap]m"))
_AFTER_A_VERTEBRA = r"(?<=[CTLS]\d)|(?<=[CTLS]\d\d)"
_IN_A_RANGE = "|".join(rf"(?<=\d{unit}-)" for unit in _ATTACHED)
_BEGINS = rf"(?:(?<![\w:.,])(?<!\w[-/])|(?<=\d[x×*])|(?<=[a-z]/)|{_IN_A_RANGE})"
"""Before a number: no letter or digit, and not the middle of a range, a date or a time."""
_ENDS = r"(?!\w|[/:.,-]\d)"
_RANGE = rf"({_AMOUNT})(?:{_DASH}({_AMOUNT}))?"
"""A number or a range, as two groups."""

_IN_LETTERS = any_of(UNITS.keys() - {"in", "°", "°c", "°f"})
_UNIT = rf"(?:{_IN_LETTERS}(?![\w'²])|° ?[CF]\b|°)"
_LONG_UNIT = any_of(unit for unit in UNITS if len(unit) > 1 and unit.isalpha() and unit not in {"in", "mi"})
_SEVERAL = r"(?:secs|mins|hrs|wks|yrs|yds|lbs|kgs|bpm|mph|km/h|kph|rpm|mmhg)"
_FULL_STOP = r"(?:\.(?= (?-i:[a-z\d])))?"
"""After an abbreviation, where no sentence ends."""
_THING = (
    r"(?= (?!(?:and|or|to|in|on|at|for|of|with|per|each|every|then|if|from|is|are|as|by|the|an?)\b)[a-z])"
)
_BEFORE_A_THING = r"\b((?:an?|the|your|each|another) )"
_FAR = (
    r"(?:off|high|wide|apart|above|below|long|deep|thick|tall|from|forwards?|back|backwards?|up|down|away|behind|"
    r"to the|higher|wider|longer|steps?|block|box|wedge|square|more)\b"
)

_LENGTH = r"\d{1,2}:[0-5]\d:[0-5]\d|\d{1,3}:[0-5]\d"
_TIME = r"(?<![\w:.,])(?:[01]?\d|2[0-4]):[0-5]\d(?![\w:]|[.,]\d)"
_HALF_OF_DAY = r"(?: ?([ap])\.?m\b\.?)"
_A_TIME = rf"{_TIME}{_HALF_OF_DAY.replace('([ap])', '[ap]')}?"
_OF_DAY = (
    r"\b(?:at(?! 0?0:(?!00))|(?:by|before|between|from|since|until|till|daily|morning|noon|afternoon|evening"
    r"|night)(?!,?:? 0?[0-4]:)),?:?"
)
"""Before a time of day; "until 2:00" and "at 0:30" are lengths."""
_AGE = r"'?([1-9])0'?s\b(?! (?:hold|rest|plank|stretch|break|pause|interval))"
_NEXT = rf"(?:{_DASH}|/|, and |, | and | & | or )"
_DAY = rf"(?-i:{any_of(DAYS)}\b){_FULL_STOP}"

_WITH_STOP = {"max.", "min.", "avg.", "ea.", "fig.", "excl.", "esp."}
"""Abbreviations that are other words without their full stop."""
_WITHOUT_STOP = any_of(each.rstrip(".") for each in ABBREVIATIONS.keys() - _WITH_STOP)
_CALL = r"\b((?:call|dial|ring|phone|text|tel)[.:]? (?:us |me |on |at )*)"

# Words for what a pattern has found


def _as_words(amount: str) -> str:
    """A number as engines read it right: fractions in words, the rest in digits."""
    for digits, sign in WITH_A_SLASH.items():
        if re.search(rf"(?<![\d/]){digits}$", amount):
            amount = amount.removesuffix(digits) + sign
    fraction, whole = FRACTIONS.get(amount[-1]), amount[:-1].rstrip(" -")
    if fraction is None:
        return f"point {amount[1:]}" if amount.startswith(".") else amount
    return f"{whole} and {'a half' if fraction == 'half' else fraction}" if whole else fraction


def _range(first: str, last: str | None) -> str:
    if last is None:
        return _as_words(first)
    joint = " " if first == last else " to "
    return joint.join((_as_words(first), _as_words(last)))


def _number(found: _Found) -> str:
    return _range(*found.groups())


def _unit(written: str) -> tuple[str, str]:
    return UNITS[written.casefold().replace("° ", "°").replace('"', "in")]


def _measured(first: str, last: str | None, unit: str) -> str:
    said, (one, several) = _range(first, last), _unit(unit)
    if said in FRACTIONS.values():
        an = "an" if re.match("hour|ounce|inch", one) else "a"
        return f"half {an} {one}" if said == "half" else f"{said} of {an} {one}"
    return f"{said} {one if said in {'1', 'one', 'One'} else several}"


def _with_unit(found: _Found) -> str:
    first, last, unit = found.groups()
    is_a_name = len(unit) == 1 and unit.isupper() and unit != "L"
    return found.group() if is_a_name else _measured(first, last, unit)


def _of_a_thing(found: _Found) -> str:
    before, first, last, unit = found.groups()
    return f"{before}{_range(first, last)} {_unit(unit)[0]}"


def _in_inches(found: _Found) -> str:
    first, last = found.groups()
    return _measured(first, last, "in")


def _inches_or_quote(found: _Found) -> str:
    return f'{_number(found)}"' if _is_quoted(found) else _in_inches(found)


def _is_quoted(found: _Found) -> bool:
    """Tell whether a sign after a number ends what an earlier sign began."""
    is_open = False
    for each in re.finditer(r'(\d?)"', found.string[max(0, found.start() - 200) : found.start()]):
        is_open = not is_open and not each.group(1)
    return is_open


def _time_or_quote(found: _Found) -> str:
    before, number, sign = found.groups()
    if _is_quoted(found) if sign == '"' else _is_in_single_quotes(found):
        return found.group()
    return before + _measured(number, None, "min" if sign == "'" else "s")


def _is_in_single_quotes(found: _Found) -> bool:
    before = found.string[max(0, found.start() - 200) : found.end()]
    return bool(re.search(r"(?:^|[\s(])'\w", before))


def _feet_or_quote(found: _Found) -> str:
    first, last = found.groups()
    return f"{_number(found)}'" if _is_in_single_quotes(found) else _measured(first, last, "ft")


def _times(found: _Found) -> str:
    said = _number(found)
    return "once" if said == "1" else f"{said} times"


def _parts(found: _Found) -> str:
    """Two numbers with a slash: a part of a whole, a position of the joints, a pressure."""
    first, second = found.groups()
    if (first == second and float(first) > 10) or (first, second) == ("24", "7"):
        return f"{first} {second}"
    return f"{first} {'out of' if float(first) <= float(second) else 'over'} {second}"


def _length(written: str) -> str:
    """A length of time as clocks show it."""
    numbers = [int(number) for number in written.split(":")]
    units = ("h", "min", "s")[-len(numbers) :]
    said = [_measured(str(number), None, unit) for number, unit in zip(numbers, units, strict=True) if number]
    if numbers[-1] and numbers[-2]:
        said[-1] = str(numbers[-1])
    return " ".join(said) or "0 seconds"


def _lengths(found: _Found) -> str:
    return " to ".join(_length(each) for each in found.groups() if each)


def _times_of_day(found: _Found) -> str:
    ranges = re.sub(rf"(?<=[\dm.]){_DASH}(?=\d)", " to ", found.group())
    said = re.sub(rf"({_TIME}){_HALF_OF_DAY}?", _time_of_day, ranges, flags=re.IGNORECASE)
    return said.replace(".m..", ".m.")


def _time_of_day(found: _Found) -> str:
    written, half = found.groups()
    hour, minute = map(int, written.split(":"))
    if hour in {0, 24} and not minute:
        return "midnight"
    minutes = f":{minute}" if minute > 9 else f" oh {minute}" if minute else "" if half else " o'clock"
    if half:
        part = f" {half.lower()}.m."
    else:
        part = next(
            (words for first, words in PARTS_OF_DAY if hour >= first), " at night" if hour == 0 else ""
        )
    return f"{(hour - 1) % 12 + 1}{minutes}{part}"


def _decade(found: _Found) -> str:
    before, century, decade = found.groups()
    if decade != "0":
        return f"{before}{century} {DECADES[int(decade) - 1]}".replace("  ", " ")
    return f"{before}2 thousands" if century == "20" else f"{before}{century} hundreds"


def _digits(found: _Found) -> str:
    """A number digit by digit, with a pause after each group."""
    before, number = found.groups()
    plus = "plus " if number.startswith("+") else ""
    return before + plus + ", ".join(" ".join(group) for group in re.findall(r"\d+", number))


_IN_ADDRESSES = {".": " dot ", "@": " at ", "/": " slash ", "-": " dash ", "_": " underscore "}


def _address(found: _Found) -> str:
    whole = re.sub(r"^https?://", "", found.group())
    address = whole.rstrip(".,;:!?")
    said = (_IN_ADDRESSES.get(sign, sign if sign.isalnum() else " ") for sign in address)
    return "".join(said) + whole[len(address) :]


def _abbreviation(found: _Found) -> str:
    written = found.group(1).casefold()
    return ABBREVIATIONS.get(written) or ABBREVIATIONS[f"{written}."]


def _days(found: _Found) -> str:
    joined = re.sub(_DASH, " to ", found.group()).replace("/", ", ").replace("&", " and ")
    return re.sub(rf"\b({any_of(DAYS)})\b\.?", lambda day: DAYS[day.group(1)], joined)


def _sides(found: _Found) -> str:
    return "right and left" if found.group().startswith("R") else "left and right"


def _sign(found: _Found) -> str:
    said = SIGNS[found.group(1)]
    return said if found.start() else said.lstrip(" ,")


# Rules, by what they begin with

_ANYWHERE: tuple[Rule, ...] = (
    Rule(
        "Ask pt@clinic.org.",
        "Ask pt at clinic dot org.",
        r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{2,64})+",
        _address,
        Kind.ADDRESS,
    ),
    Rule(
        "We are at (555) 123-4567.",
        "We are at 5 5 5, 1 2 3, 4 5 6 7.",
        r"(?<![\w+.-])()((?:\+\d{1,3}[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}"
        r"|0\d{2,4} \d{3,4} ?\d{3,4})(?![\w-])",
        _digits,
        Kind.ADDRESS,
    ),
    Rule("No. 3, #3", "number 3, number 3", r"\b(?:no|nr)\. ?(?=\d)|(?<!\d)# ?(?=\d)", "number "),
    Rule(
        "Move within ROM",
        "Move within range of motion",
        rf"(?-i:\b({any_of(CAPITALS)})\b)",
        lambda found: CAPITALS[found.group(1)],
    ),
    Rule(
        "8am, 6 PM",
        "8 a.m., 6 p.m.",
        r"(?<=\d) ?([ap])\.?m\b\.?",
        lambda found: f" {found.group(1).lower()}.m.",
    ),
    Rule(
        "sets x 8 reps",
        "sets of 8 reps",
        rf"(?: |(?<!\w))[x×] ?(?={_RANGE} ?(?:reps?|repetitions?|times)\b)",
        " of ",
    ),
    Rule(
        "plank x 30 s",
        "plank for 30 seconds",
        rf"(?: |(?<!\w))[x×] ?(?={_RANGE} ?(?:s|secs?|mins?)\b)",
        " for ",
    ),
    Rule(
        "squats x10",
        "squats, 10 times",
        rf"(?: |(?<!\w))[x×] ?{_RANGE}{_ENDS}",
        lambda found: f", {_times(found)}" if found.start() else _times(found),
    ),
)

_FROM_A_LETTER: tuple[Rule, ...] = (
    Rule(
        "See www.nhs.uk/knee.",
        "See www dot nhs dot uk slash knee.",
        r"(?:\b(?:https?://|www\.)[^\s<>()\"]+"
        r"|\b[a-z][\w-]{1,62}\.(?:com|org|net|edu|gov|co\.uk|info)\b(?:/[^\s<>()\"]*)?)(?<![.,;:!?])",
        _address,
        Kind.ADDRESS,
    ),
    Rule(
        "Call 911.",
        "Call 9 1 1.",
        rf"{_CALL}(\d{{3}})(?![\w-]|[:./, ]?\d)(?! (?:times|seconds|minutes|people)\b)",
        _digits,
    ),
    Rule(
        "Ring 020 7946 0958.",
        "Ring 0 2 0, 7 9 4 6, 0 9 5 8.",
        rf"{_CALL}(\+?\(?\d{{2,5}}\)?(?:[ .-]?\d{{2,5}}){{1,4}})(?![\w-])",
        _digits,
        Kind.ADDRESS,
    ),
    Rule("w/ a band", "with a band", r"\bw/ ?(?=\w)(?!o\b)", "with "),
    Rule("bands, etc. and", "bands, and so on and", r"\betc\b(?:\.(?=,| (?-i:[a-z])))?", "and so on"),
    Rule("a 5# weight", "a 5 pound weight", rf"{_BEFORE_A_THING}({_NUMBER})#(?= )", r"\1\2 pound"),
    Rule(
        "e.g. a chair",
        "for example a chair",
        rf"(?<![\w/.])({_WITHOUT_STOP})(?![\w/'-])\.?",
        _abbreviation,
    ),
    Rule("max. 10 reps", "at most 10 reps", r"\b((?:max|min)\.)(?= ?\d)", _abbreviation),
    Rule("5 ea. side", "5 each side", rf"\b({any_of(_WITH_STOP - {'max.', 'min.'})})(?= ?\w)", _abbreviation),
    Rule("wk 3", "week 3", r"\bwks? (?=\d)", "week "),
    Rule("min 5, max 8", "at least 5, at most 8", r"(?<!\d )\bmin (?=\d)", "at least "),
    Rule("a max of 8, max 8", "a max of 8, at most 8", r"\bmax (?=\d)", "at most "),
    Rule(
        "Mon, Wed & Fri",
        "Monday, Wednesday and Friday",
        rf"\b{_DAY}(?:{_NEXT}{_DAY})+",
        _days,
    ),
    Rule(
        "On Tue or Thu",
        "On Tuesday or Thursday",
        rf"\b(?:on|every|each|until|by) (?-i:(?:Mon|Tues?|Wed|Thu(?:rs?)?|Fri)\b)(?:{_NEXT}{_DAY})*",
        _days,
    ),
    Rule("10 s L/R", "10 seconds left and right", r"(?-i:\b(?:L ?[/&+] ?R|R ?[/&+] ?L)\b)", _sides),
    Rule("your R knee, Rt hip", "your right knee, right hip", rf"(?-i:\bRt?(?= {_LIMB}s?\b))", "right"),
    Rule("your L knee, Lt hip", "your left knee, left hip", rf"(?-i:\bLt?(?= {_LIMB}s?\b))", "left"),
    Rule(
        "Leg raise (R)",
        "Leg raise (R)",
        r"(?-i:(?<![\w'/&.-])(?<!\d )[RL]t?\b(?!['/&.-]\w))",
        r"\g<0>",
        Kind.SIDE,
    ),
    Rule(
        "Level II-III",
        "Level 2 to 3",
        rf"(?-i:\b({any_of(ROMAN)}){_DASH}({any_of(ROMAN)})\b(?!['/]))",
        lambda found: f"{ROMAN[found.group(1)]} to {ROMAN[found.group(2)]}",
    ),
    Rule("Warrior II", "Warrior 2", r"(?-i:\b(III|II)\b(?!['/]))", lambda found: ROMAN[found.group(1)]),
    Rule(
        "Stage IV",
        "Stage 4",
        rf"(?-i:(?<=[a-z] )\b({any_of(ROMAN.keys() - {'V', 'X'})})\b)",
        lambda found: ROMAN[found.group(1)],
    ),
    Rule("Phase V", "Phase 5", r"\b(phase|stage|grade|type|level|part) (?-i:V\b)", r"\1 5"),
    Rule(
        "at 8:00, 12:30 and 16:00",
        "at 8 o'clock, 12:30 and 4 o'clock in the afternoon",
        rf"{_OF_DAY} {_A_TIME}(?:(?:,? (?:and|or|to) |, |{_DASH}){_A_TIME})*(?:\.(?!\.))?",
        _times_of_day,
    ),
    Rule(
        "In your 60s",
        "In your sixties",
        rf"\b((?:in|into|past|through) (?:your|their|his|her|my|our|the)(?: early| mid| late)?)[ -](){_AGE}",
        _decade,
    ),
    Rule(
        "the over-60s",
        "the over sixties",
        rf"\b(over(?=-)|the over|under(?=-)|the under)[- ](){_AGE}",
        _decade,
    ),
    Rule(
        'hold 30"',
        "hold 30 seconds",
        rf"\b((?:hold|rest|wait|pause|for)(?: for)? )({_AMOUNT})(\"|''|')(?!\w)",
        _time_or_quote,
    ),
    Rule(
        "a 2 kg weight",
        "a 2 kilogram weight",
        rf'{_BEFORE_A_THING}{_RANGE}[ -]?({_UNIT}|"|in\b){_FULL_STOP}{_THING}',
        _of_a_thing,
    ),
    Rule(
        "ten min, one and a half min",
        "ten minutes, one and a half minutes",
        rf"\b({any_of(NUMBERS)}(?: and a half)?) ({_LONG_UNIT})\b{_FULL_STOP}",
        lambda found: _measured(found.group(1), None, found.group(2)),
    ),
    Rule(
        "the last secs",
        "the last seconds",
        rf"\b({_SEVERAL})\b{_FULL_STOP}",
        lambda found: _unit(found.group(1))[1],
    ),
    Rule(
        "twice per min",
        "twice per minute",
        rf"\b(per|an?|each|every|another) ({_LONG_UNIT})\b{_FULL_STOP}",
        lambda found: f"{found.group(1)} {_unit(found.group(2))[0]}",
    ),
    Rule(
        "pain of 2/3",
        "pain of 2 out of 3",
        r"\b((?:pain|grade|effort|strength|score|day|week|session)(?: of| is| at| below| over)?)"
        rf" (\d\d?)/(\d\d?){_ENDS}",
        r"\1 \2 out of \3",
    ),
    Rule("and/or", "and or", r"\band/or\b", "and or"),
)

_FROM_A_DIGIT: tuple[Rule, ...] = (
    Rule(
        "pain 3-4/10",
        "pain 3 to 4 out of 10",
        rf"{_BEGINS}(\d\d?){_DASH}(\d\d?)/(\d\d?){_ENDS}",
        r"\1 to \2 out of \3",
    ),
    Rule("8:30 am", "8:30 a.m.", rf"({_TIME}){_HALF_OF_DAY}", _time_of_day),
    Rule(
        "1:30, 0:45-1:00",
        "1 minute 30, 45 seconds to 1 minute",
        rf"(?<![\w:.,/-])({_LENGTH})(?:{_DASH}({_LENGTH}))?(?!\w|[/:.,-]\d)(?: (?:mins?|minutes?)\b)?",
        _lengths,
    ),
    Rule("2:1", "2 to 1", rf"{_BEGINS}(\d{{1,3}})(?::| : )(\d{{1,3}}){_ENDS}", r"\1 to \2"),
    Rule(
        "tempo 3-0-2-1, then 4:2:4",
        "tempo 3, 0, 2, 1, then 4, 2, 4",
        rf"{_BEGINS}\d+(?:(?:-\d+){{2,}}|(?:/\d+){{2,}}|(?::\d+){{2,}})(?![\w/:-]|[.,]\d)",
        lambda found: re.sub("[-/:]", ", ", found.group()),
    ),
    Rule("the 1960s", "the 19 sixties", r"()\b(1[5-9]|20)([0-9])0'?s\b", _decade),
    Rule("5'10\" tall", "5 feet 10 inches tall", rf"{_BEGINS}(\d+)'(\d\d?)(?:\"|'')", r"\1 feet \2 inches"),
    Rule("10-min walk", "10 minute walk", rf"{_BEGINS}(){_RANGE}-({_UNIT}){_THING}", _of_a_thing),
    Rule(
        "2 kg dumbbells",
        "2 kilogram dumbbells",
        rf"{_BEGINS}(){_RANGE} ?({_UNIT})(?= {any_of(EQUIPMENT)}s?\b)",
        _of_a_thing,
    ),
    Rule(
        "3 in. off the bed",
        "3 inches off the bed",
        rf"{_BEGINS}{_RANGE}(?:-?in\b\.?(?=[ -]|$)| in(?=\s*(?:[,;).]|$)|\.? {_FAR}){_FULL_STOP})",
        _in_inches,
    ),
    Rule('2" away', "2 inches away", rf"{_BEGINS}{_RANGE} ?(?:\"|'')(?!\w)", _inches_or_quote),
    Rule("10' away", "10 feet away", rf"{_BEGINS}{_RANGE}'(?![\w'])", _feet_or_quote),
    Rule(
        "3x10-12",
        "3 times 10 to 12",
        rf"{_BEGINS}{_RANGE} ?[x×*] ?(?=[\d.{''.join(FRACTIONS)}])",
        lambda found: f"{_number(found)} times ",
    ),
    Rule(
        "3 x day",
        "3 times a day",
        rf"{_BEGINS}{_RANGE} ?[x×] ?(?=(?:day|week|hour)\b)",
        lambda found: f"{_times(found)} a{'n' if found.string[found.end()] == 'h' else ''} ",
    ),
    Rule("2x daily", "2 times daily", rf"{_BEGINS}{_RANGE} ?[x×](?!\w)", _times),
    Rule(
        "10-12 cm, 90°",
        "10 to 12 centimeters, 90 degrees",
        rf"{_BEGINS}{_RANGE}[ -]?({_UNIT}){_FULL_STOP}",
        _with_unit,
    ),
    Rule("1/2, 1 1/2, 8-12", "half, 1 and a half, 8 to 12", rf"{_BEGINS}{_RANGE}{_ENDS}", _number),
    Rule(
        "3/10, 90/90, 120/80",
        "3 out of 10, 90 90, 120 over 80",
        rf"{_BEGINS}(\d{{1,6}}(?:\.\d+)?)/(\d{{1,6}}){_ENDS}",
        _parts,
    ),
    Rule("8-12reps", "8 to 12reps", rf"{_BEGINS}({_NUMBER}){_DASH}({_NUMBER})(?![\d/:-]|[.,]\d)", _number),
)

_FROM_A_SIGN: tuple[Rule, ...] = (
    Rule("<b>Hold</b>", "Hold", r"</?[a-z][a-z0-9]{0,9} ?/?>", " ", Kind.SIGN),
    Rule("-5, 10 to -5", "minus 5, 10 to minus 5", r"(?<![\w).°\"%])-(?=\d|\.\d)", "minus "),
    Rule(
        "2nd-3rd toe, T12-L1",
        "2nd to 3rd toe, T12 to L1",
        rf"(?:{_AFTER_AN_ORDINAL}|{_AFTER_A_VERTEBRA}){_DASH}(?=\d|[CTLS]\d)",
        " to ",
    ),
    Rule("10°-20°", "10 degrees to 20 degrees", rf"(?:(?<=[°\"%])|{_AFTER_A_UNIT}){_DASH}(?=\d)", " to "),
    Rule("$5", "5 dollars", rf" ?\$ ?({_NUMBER})", r" \1 dollars"),
    Rule("€5", "5 euros", rf" ?€ ?({_NUMBER})", r" \1 euros"),
    Rule("£5", "5 pounds", rf" ?£ ?({_NUMBER})", r" \1 pounds"),
    Rule("5 +/- 2", "5 plus or minus 2", r"\+ ?/ ?-", " plus or minus "),
    Rule("10+ reps", "10 or more reps", r"(?<=\d)\+(?!\w)", " or more"),
    Rule("2 + 3", "2 plus 3", r"\+", " plus "),
    Rule("pain <= 3", "pain at most 3", "<=|=<", " at most "),
    Rule("pain >= 3", "pain at least 3", ">=", " at least "),
    Rule("sit -> stand", "sit, then stand", r" ?(?:--?|=)>", ", then "),
    Rule("pain <5/10", "pain less than 5 out of 10", rf"<(?= ?\.?\d| ?{_ONE_SIGN}| \w)", " less than "),
    Rule("pain >5/10", "pain more than 5 out of 10", rf">(?= ?\.?\d| ?{_ONE_SIGN}| \w)", " more than "),
    Rule("~10", "about 10", rf"~(?= ?\.?\d| ?{_ONE_SIGN})", " about "),
    Rule(
        "3 times/day, 5/wk",
        "3 times a day, 5 a week",
        rf"(?<=[\w×]) ?/ ?({any_of(A_PERIOD)})\b",
        lambda found: f" {A_PERIOD[found.group(1).casefold()]}",
    ),
    Rule(
        "10/side, 5 reps/leg",
        "10 each side, 5 reps each leg",
        r"(?:(?<=\d)|(?<=\drep)|(?<= reps)|(?<=times)|(?<=\dx)|(?<= s)|(?<=\ds)|(?<=sec)|(?<=min)) ?/ ?"
        rf"({_LIMB})\b",
        r" each \1",
    ),
    Rule("20s on/10s off", "20 seconds on, 10 seconds off", r"(?<=[a-z]) ?/ ?(?=\d)", ", "),
    Rule("knee/ankle", "knee or ankle", r"(?<=\w) ?/ ?(?=\w)", " or "),
    Rule(
        "50 % & more",
        "50 percent and more",
        f" ?([{re.escape(''.join(SIGNS))}])",
        _sign,
    ),
)

TABLE = Table(
    rules=MappingProxyType(
        {
            "": _ANYWHERE,
            r"\b(?=[a-z])": _FROM_A_LETTER,
            rf"(?=[\d.{''.join(FRACTIONS)}])": _FROM_A_DIGIT,
            r"(?![a-z\d])": _FROM_A_SIGN,
        }
    ),
    abbreviations=frozenset(
        word
        for word in (
            each.rstrip(".").casefold() for each in (*ABBREVIATIONS, *DAYS, *UNITS, "etc", "Rt", "Lt")
        )
        if word.isalpha() and word not in {"in", "g", "h", "l", "m", "s"}
    ),
    letters="LATIN",
    hints=HINTS,
)
