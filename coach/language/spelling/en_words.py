"""English words for units, abbreviations, days, fractions and signs: what is written, and what is said."""

from collections.abc import Mapping
from types import MappingProxyType

UNITS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(("s", "sec", "secs"), ("second", "seconds")),
        **dict.fromkeys(("min", "mins"), ("minute", "minutes")),
        **dict.fromkeys(("h", "hr", "hrs"), ("hour", "hours")),
        **dict.fromkeys(("wk", "wks"), ("week", "weeks")),
        **dict.fromkeys(("yr", "yrs"), ("year", "years")),
        "mm": ("millimeter", "millimeters"),
        "cm": ("centimeter", "centimeters"),
        "m": ("meter", "meters"),
        "km": ("kilometer", "kilometers"),
        "in": ("inch", "inches"),
        "ft": ("foot", "feet"),
        **dict.fromkeys(("yd", "yds"), ("yard", "yards")),
        "mi": ("mile", "miles"),
        "mg": ("milligram", "milligrams"),
        "g": ("gram", "grams"),
        **dict.fromkeys(("kg", "kgs"), ("kilogram", "kilograms")),
        **dict.fromkeys(("lb", "lbs"), ("pound", "pounds")),
        "oz": ("ounce", "ounces"),
        "ml": ("milliliter", "milliliters"),
        "cl": ("centiliter", "centiliters"),
        "l": ("liter", "liters"),
        "kcal": ("kilocalorie", "kilocalories"),
        "m²": ("square meter", "square meters"),
        "cm²": ("square centimeter", "square centimeters"),
        **dict.fromkeys(("km/h", "kmh", "kph"), ("kilometer an hour", "kilometers an hour")),
        "mph": ("mile an hour", "miles an hour"),
        "m/s": ("meter a second", "meters a second"),
        "bpm": ("beat a minute", "beats a minute"),
        "rpm": ("turn a minute", "turns a minute"),
        "mmhg": ("millimeter of mercury", "millimeters of mercury"),
        **dict.fromkeys(("deg", "degs", "°"), ("degree", "degrees")),
        "°c": ("degree Celsius", "degrees Celsius"),
        "°f": ("degree Fahrenheit", "degrees Fahrenheit"),
    }
)
"""After a number: one of them, several of them."""

ABBREVIATIONS: Mapping[str, str] = MappingProxyType(
    {
        "e.g.": "for example",
        "eg": "for example",
        "i.e.": "that is",
        "ie": "that is",
        "approx.": "approximately",
        "vs.": "versus",
        "incl.": "including",
        "excl.": "excluding",
        "esp.": "especially",
        "max.": "at most",
        "min.": "at least",
        "avg.": "average",
        "ea.": "each",
        "fig.": "figure",
        "w/o": "without",
        "n/a": "does not apply",
    }
)
"""Alone, in small letters or large ones; the full stop may be left out where no other word would be meant."""

CAPITALS: Mapping[str, str] = MappingProxyType(
    {
        "ROM": "range of motion",
        "AROM": "active range of motion",
        "PROM": "passive range of motion",
        "1RM": "one-rep max",
        "RM": "rep max",
        "AMRAP": "as many rounds as possible",
        "EMOM": "every minute on the minute",
        "HIIT": "high-intensity intervals",
        "BW": "body weight",
        "DB": "dumbbell",
        "DBs": "dumbbells",
        "KB": "kettlebell",
        "ACL": "A C L",
        "ITB": "I T B",
        "ADL": "A D L",
        "ADLs": "A D Ls",
        "PRN": "as needed",
        "BID": "twice a day",
        "TID": "3 times a day",
    }
)
"""Alone, in these very letters."""

DAYS: Mapping[str, str] = MappingProxyType(
    {
        "Mon": "Monday",
        "Tue": "Tuesday",
        "Tues": "Tuesday",
        "Wed": "Wednesday",
        "Thu": "Thursday",
        "Thur": "Thursday",
        "Thurs": "Thursday",
        "Fri": "Friday",
        "Sat": "Saturday",
        "Sun": "Sunday",
    }
)
"""Where two of them follow one another: alone, "Sun" and "Sat" are words."""

SIGNS: Mapping[str, str] = MappingProxyType(
    {
        "%": " percent",
        "&": " and ",
        "@": " at ",
        "=": " equals ",
        "≠": " is not ",
        "≈": " about ",
        "≥": " at least ",
        "≤": " at most ",
        "±": " plus or minus ",
        "×": " times ",
        "÷": " divided by ",
        "\u2212": " minus ",
        "°": " degrees",
        "→": ", then ",
        "⇒": ", then ",
        "➔": ", then ",
        "➜": ", then ",
        "↑": " up ",
        "↓": " down ",
        "²": " squared",
        "³": " cubed",
        "€": " euros ",
        "£": " pounds ",
        "$": " dollars ",
    }
)
"""Wherever they stand, if no rule below knows better."""

HINTS: Mapping[str, str] = MappingProxyType(
    {
        "<": "less than",
        ">": "more than",
        "~": "about",
        "|": "or",
        "/": "or",
        "^": "to the power of",
        "#": "number",
        "*": "times",
        "\\": "or",
        "←": "back",
        "↔": "to and fro",
        "✓": "yes",
        "✔": "yes",
        "✗": "no",
        "∞": "without end",
        "√": "the square root of",
        "R": "right",
        "L": "left",
        "Rt": "right",
        "Lt": "left",
        "§": "section",
    }
)
"""What to write for a sign that is not said, and for a letter that should not be.

For other signs, their names in Unicode are proposed.
"""

FRACTIONS: Mapping[str, str] = MappingProxyType(
    {
        "½": "half",
        "⅓": "a third",
        "⅔": "two thirds",
        "¼": "a quarter",
        "¾": "three quarters",
        "⅕": "a fifth",
        "⅖": "two fifths",
        "⅗": "three fifths",
        "⅘": "four fifths",
        "⅙": "a sixth",
        "⅚": "five sixths",
        "⅛": "an eighth",
        "⅜": "three eighths",
        "⅝": "five eighths",
        "⅞": "seven eighths",
    }
)

WITH_A_SLASH: Mapping[str, str] = MappingProxyType(
    {
        "1/2": "½",
        "1/3": "⅓",
        "2/3": "⅔",
        "1/4": "¼",
        "3/4": "¾",
        "1/8": "⅛",
        "3/8": "⅜",
        "5/8": "⅝",
        "7/8": "⅞",
    }
)
"""Fractions in digits. Others are parts of a whole: "3 out of 10"."""

DECADES = "tens twenties thirties forties fifties sixties seventies eighties nineties".split()

PARTS_OF_DAY = ((22, " at night"), (18, " in the evening"), (13, " in the afternoon"))
"""For hours that are written up to 24, from which hour on; "4 p.m." is not understood as well."""

NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty forty-five "
    "fifty sixty ninety few several some many more"
).split()
"""Numbers in words that a unit may follow: "ten min"."""

ROMAN: Mapping[str, str] = MappingProxyType(
    {roman: str(n) for n, roman in enumerate("II III IV V VI VII VIII IX X XI XII XIII".split(), 2)}
)
"""Without I, which is a word."""

A_PERIOD: Mapping[str, str] = MappingProxyType(
    {
        **{f"{period}": f"a {period}" for period in "day week month minute second session".split()},
        **dict.fromkeys(("h", "hr", "hour"), "an hour"),
        "d": "a day",
        "wk": "a week",
        "mo": "a month",
        "km": "a kilometer",
        "mile": "a mile",
        "min": "a minute",
        **dict.fromkeys(("s", "sec"), "a second"),
    }
)
"""After a slash: "3 times/day"."""

EQUIPMENT = (
    "weight dumbbell kettlebell ball plate barbell bar load bag bottle step box block angle slope".split()
)
"""Things that a measure stands before: "2 kg dumbbells"."""
