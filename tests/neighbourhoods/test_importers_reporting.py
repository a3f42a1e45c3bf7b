from neighbourhoods.importers.reporting import ImportReport, UnusableFile


def test_what_a_file_has_in_it_cannot_drive_a_terminal():
    report = ImportReport()
    report.note("a name\x1b[2J")
    report.reject("a\u202e.csv:1", "\ud800 is no letter")

    assert report.lines[:2] == ["a name\\x1b[2J", "a\\u202e.csv:1: \\ud800 is no letter"]
    assert str(UnusableFile("one\x00\nŵ two\r")) == "one\\x00\nŵ two\\r"
