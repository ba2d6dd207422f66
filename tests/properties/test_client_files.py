"""Whatever bytes somebody uploads: headings and rows, or one sentence. Never another exception."""

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from booking.imports import columns, reading
from booking.imports.people import Person, Unusable, person_of
from clinic.text import clean_paragraphs

VALUES = st.text(st.characters(codec="utf-8", exclude_characters="\x00\r"), max_size=20)
TABLES = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(VALUES, min_size=width, max_size=width), min_size=1, max_size=6)
)


def answer(act, *args):
    """What the act returns, or the refusal it raises."""
    try:
        return act(*args)
    except (reading.FileRefused, Unusable) as refused:
        return refused


@given(data=st.binary(max_size=300) | st.text(max_size=200).map(lambda text: text.encode("utf-16", "surrogatepass")))
@settings(max_examples=400)
def test_any_bytes_become_a_table_or_a_sentence(data):
    table = answer(reading.read, data)
    if isinstance(table, reading.FileRefused):
        assert table.message.endswith(".")
        return
    assert 2 <= len(table.headings) <= reading.MAX_COLUMNS
    assert all(len(row.values) >= len(table.headings) for row in table.rows)
    assert not [value for row in table.rows for value in row.values if "\x00" in value]


@given(rows=TABLES, separator=st.sampled_from(",;\t"), encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
def test_what_a_program_wrote_is_read_back(rows, separator, encoding):
    headings = [f"Column {number}" for number in range(len(rows[0]))]
    text = io.StringIO()
    csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL).writerows([headings, *rows])
    wanted = [cleaned for row in rows if any(cleaned := [clean_paragraphs(value) for value in row])]
    try:
        table = reading.read(text.getvalue().encode(encoding))
    except reading.FileRefused:
        assert not wanted
        return
    assert table.headings == headings
    assert [row.values for row in table.rows] == wanted


@given(
    values=st.lists(VALUES, min_size=4, max_size=5),
    fields=st.lists(st.sampled_from(list(columns.NAMES)), min_size=4, max_size=4),
)
def test_any_row_is_a_person_or_a_reason(values, fields):
    matched = {str(number): field for number, field in enumerate(fields)}
    person = answer(person_of, values, matched, ["one", "two", "three", "four"])
    if isinstance(person, Unusable):
        assert str(person).endswith(".")
        assert len(str(person)) <= 300
        return
    assert isinstance(person, Person)
    assert person.first_name and person.last_name and (person.email or person.phone)
    assert max(len(person.first_name), len(person.last_name), len(person.talk)) <= 60
