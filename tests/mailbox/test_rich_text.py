"""Outlook's rich text: unpacked as its specification says, and read as page or text."""

from mostrador.mailbox.rules import rtf


def test_the_specification_s_examples_are_unpacked() -> None:
    simple = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )
    crossing = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")

    assert rtf.unpacked(simple) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
    assert rtf.unpacked(crossing) == b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}"


def test_what_is_not_packed_is_taken_as_it_is() -> None:
    data = b"{\\rtf1 Hola}"

    assert rtf.unpacked(bytes(4) + len(data).to_bytes(4, "little") + b"MELA" + bytes(4) + data) == data


def test_lists_of_fonts_are_no_words() -> None:
    data = rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\colortbl;\red0;}{\*\generator Riched20;}Hola\par Ana\u8364?}"

    assert rtf.read(data) == rtf.Written("Hola\nAna€", is_page=False)
