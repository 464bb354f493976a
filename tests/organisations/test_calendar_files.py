"""Calendars come in as files; nothing that is in them gets lost."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mostrador.organisations.choices import CalendarFault, DayScope
from mostrador.organisations.rules.calendar_files import BadLine, ReadCalendar, ReadDay, read_calendar

MADRID = ZoneInfo("Europe/Madrid")
CHRISTMAS = ReadDay(date(2026, 12, 25), DayScope.NATIONAL, {"es": "Navidad"})


def read(content: str | bytes) -> ReadCalendar:
    encoded = content.encode() if isinstance(content, str) else content
    return read_calendar(encoded, zone=MADRID, years=[2026, 2027], default_scope=DayScope.LOCAL)


class TestCsv:
    def test_date_scope_and_name_without_heads(self) -> None:
        assert read("2026-12-25,nacional,Navidad\n") == ReadCalendar((CHRISTMAS,), ())

    def test_heads_order_the_columns_and_add_languages(self) -> None:
        text = "Nombre;Fecha;Ámbito;Nombre (ca);name_eu;Fuente\nNavidad;25/12/2026;Nacional;Nadal;;BOE 28-10-2025\n"

        assert read(text) == ReadCalendar(
            (ReadDay(CHRISTMAS.on, DayScope.NATIONAL, {"es": "Navidad", "ca": "Nadal"}, "BOE 28-10-2025"),), ()
        )

    def test_days_without_scope_take_the_one_chosen(self) -> None:
        assert read("2026-05-15\t\tSan Isidro") == ReadCalendar(
            (ReadDay(date(2026, 5, 15), DayScope.LOCAL, {"es": "San Isidro"}),), ()
        )

    def test_days_come_out_in_order_and_blank_lines_and_comments_are_passed_over(self) -> None:
        calendar = read("# Calendario\n\n2026-12-26,local,San Esteban\n2026-12-25,nacional,Navidad\n,,\n")

        assert [day.on.day for day in calendar.days] == [25, 26]
        assert calendar.bad_lines == ()

    def test_file_from_an_old_spreadsheet_keeps_its_accents(self) -> None:
        calendar = read("Fecha;Ámbito;Nombre\n8/9/2026;local;Virgen de la Peña\n".encode("cp1252"))

        assert calendar.days[0].names == {"es": "Virgen de la Peña"}

    def test_mark_at_the_start_of_the_file_is_no_part_of_the_first_column(self) -> None:
        assert read(b"\xef\xbb\xbf2026-12-25,nacional,Navidad") == ReadCalendar((CHRISTMAS,), ())

    @pytest.mark.parametrize(
        ("line", "fault"),
        [
            ("mañana,local,Fiesta", CalendarFault.NO_DATE),
            ("2026-02-30,local,Fiesta", CalendarFault.NO_DATE),
            ("2026-05-15,local,", CalendarFault.NO_NAME),
            ("2026-05-15,galáctico,Fiesta", CalendarFault.UNKNOWN_SCOPE),
            ("2026-12-25,local,Otra vez", CalendarFault.REPEATED),
        ],
    )
    def test_bad_line_is_kept_with_its_number_and_the_others_are_read(self, line: str, fault: CalendarFault) -> None:
        calendar = read(f"2026-12-25,nacional,Navidad\n{line}\n2026-12-26,local,San Esteban\n")

        assert [day.on.day for day in calendar.days] == [25, 26]
        assert calendar.bad_lines == (BadLine(2, line, fault),)


class TestIcalendar:
    @staticmethod
    def file(*events: str) -> str:
        blocks = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
        return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//\r\n{blocks}END:VCALENDAR\r\n"

    def test_event_of_one_day_with_its_scope_as_category(self) -> None:
        text = self.file("DTSTART;VALUE=DATE:20261225\r\nSUMMARY:Navidad\r\nCATEGORIES:Nacional")

        assert read(text) == ReadCalendar((CHRISTMAS,), ())

    def test_event_of_several_days_is_each_of_them_without_the_end(self) -> None:
        text = self.file("DTSTART;VALUE=DATE:20260814\r\nDTEND;VALUE=DATE:20260817\r\nSUMMARY:Fiestas")

        assert [day.on.day for day in read(text).days] == [14, 15, 16]

    def test_moments_become_days_of_the_zone(self) -> None:
        text = self.file("DTSTART:20260514T220000Z\r\nDTEND:20260515T220000Z\r\nSUMMARY:San Isidro")

        assert [day.on for day in read(text).days] == [date(2026, 5, 15)]

    def test_yearly_event_is_taken_for_the_years_asked_for(self) -> None:
        text = self.file(
            "DTSTART;VALUE=DATE:20200515\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:San Isidro",
            "DTSTART;VALUE=DATE:20200516\r\nRRULE:FREQ=YEARLY;UNTIL=20261231\r\nSUMMARY:Hasta 2026",
            "DTSTART;VALUE=DATE:20240229\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Bisiesto",
        )

        assert [day.on.isoformat() for day in read(text).days] == ["2026-05-15", "2026-05-16", "2027-05-15"]

    def test_damaged_events_are_kept_and_the_others_are_read(self) -> None:
        text = self.file(
            "DTSTART;VALUE=DATE:nunca\r\nSUMMARY:Roto",
            "SUMMARY:Sin fecha",
            "DTSTART;VALUE=DATE:20260515",
            "DTSTART;VALUE=DATE:20260515\r\nSUMMARY:Semanal\r\nRRULE:FREQ=WEEKLY",
            "esto no es nada",
            "DTSTART;VALUE=DATE:20261225\r\nSUMMARY:Navidad\r\nCATEGORIES:Nacional",
        )

        calendar = read(text)

        assert calendar.days == (CHRISTMAS,)
        assert [(bad.number, bad.fault) for bad in calendar.bad_lines] == [
            (4, CalendarFault.UNREADABLE),
            (8, CalendarFault.NO_DATE),
            (11, CalendarFault.NO_NAME),
            (14, CalendarFault.OTHER_REPETITION),
            (19, CalendarFault.NO_DATE),
        ]
        assert calendar.bad_lines[1].text == "BEGIN:VEVENT\r\nSUMMARY:Sin fecha\r\nEND:VEVENT"

    def test_file_without_events_is_kept_whole(self) -> None:
        assert read("BEGIN:VCALENDAR\r\nfoo") == ReadCalendar(
            (), (BadLine(1, "BEGIN:VCALENDAR\r\nfoo", CalendarFault.UNREADABLE),)
        )


@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda tail: b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n" + tail))
def test_no_file_breaks_the_reader(content: bytes) -> None:
    calendar = read(content)

    assert list(calendar.days) == sorted(calendar.days, key=lambda day: day.on)
