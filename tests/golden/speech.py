#!/usr/bin/env python3
"""Makes the golden readings of numbers and dates that tests/speech/golden.rs compares with.

    pip install num2words==0.5.14 babel && tests/golden/speech.py

The numbers and ordinals are num2words', the months those of the Unicode CLDR (babel). Run once; the files are kept, so
that the tests need neither. Columns are separated by tabs.
"""

import datetime
from pathlib import Path

from babel.dates import format_date
from num2words import num2words
from num2words.lang_RU import Num2Word_RU

FOLDER = Path(__file__).resolve().parent
EDGES = [10_000, 11_011, 12_012, 20_001, 21_000, 100_000, 101_101, 111_111, 200_002, 999_999, 1_000_000, 1_000_001,
         2_000_002, 5_000_005, 11_000_011, 21_000_021, 121_121_121, 999_999_999, 1_000_000_000, 2_000_000_000,
         5_000_000_000, 21_001_021_001, 111_111_111_111, 999_999_999_999]


def write(name, rows):
    (FOLDER / name).write_text("".join("\t".join(map(str, row)) + "\n" for row in rows), encoding="utf-8")


def russian(number):
    """Number, the noun's form after it (0 one, 1 few, 2 many), nominative."""
    form = Num2Word_RU().pluralize(number, (0, 1, 2))
    return number, form, num2words(number, lang="ru")


def russian_cases(number):
    """Number; nominative feminine; accusative feminine of things and, as num2words has it by default, of the living;
    genitive masculine and feminine; accusative masculine of things."""
    say = lambda **how: num2words(number, lang="ru", **how)
    return (number, say(gender="f"), say(gender="f", case="a", animate=False), say(gender="f", case="a"),
            say(case="g"), say(gender="f", case="g"), say(case="a", animate=False))


def english(number):
    """Number, the American way: num2words' "and" and commas left out."""
    return number, num2words(number, lang="en").replace(",", "").replace(" and ", " ")


def dates():
    """Day; Russian "when" and as a subject, without and with the year; English."""
    day = datetime.date(2026, 1, 1)
    while day.year < 2028:
        ordinal = lambda n, **how: num2words(n, lang="ru", to="ordinal", **how)
        month = format_date(day, "d MMMM", locale="ru").split()[1]
        genitive = f"{ordinal(day.day, case='g', gender='m')} {month}"
        neuter = f"{ordinal(day.day, case='n', gender='n')} {month}"
        year = f"{ordinal(day.year, case='g', gender='m')} года"
        english = f"the {num2words(day.day, lang='en', to='ordinal')} of {format_date(day, 'MMMM', locale='en')}"
        yield day, genitive, neuter, f"{genitive} {year}", f"{english} {num2words(day.year, lang='en', to='year')}"
        day += datetime.timedelta(days=1)


numbers = [*range(10_000), *EDGES]
write("speech_numbers_ru.tsv", map(russian, numbers))
write("speech_numbers_en.tsv", map(english, numbers))
write("speech_cases_ru.tsv", map(russian_cases, [*range(1_300), *range(1_300, 10_000, 7), *EDGES]))
write("speech_dates.tsv", dates())
