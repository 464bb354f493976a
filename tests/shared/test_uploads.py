"""What people may send us, and how it goes out again."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, UploadedFile
from django.http import Http404, QueryDict
from django.http.multipartparser import MultiPartParser
from django.utils.datastructures import MultiValueDict
from pytest_django.fixtures import Settings

from mostrador.shared.file_types import FileRefused
from mostrador.shared.uploads import LimitedUploadHandler, as_download, check_upload, safe_name, store
from mostrador.tickets.models import Attachment

PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
EXE = b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00"


def zipped(entries: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            # Always the same moment: the bytes stand in the names of tests, which must not differ between processes.
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def docx(**more: bytes) -> bytes:
    return zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<document/>", **more})


@pytest.mark.parametrize(
    ("name", "content", "kept_as", "content_type"),
    [
        ("instancia.pdf", PDF, "instancia.pdf", "application/pdf"),
        ("captura.PNG", PNG, "captura.PNG", "image/png"),
        ("foto.jpeg", JPEG, "foto.jpeg", "image/jpeg"),
        ("foto.pdf", JPEG, "foto.jpg", "image/jpeg"),
        ("mensaje.txt", "No se pudo contactar con Autofirma, ¿qué hago?".encode(), "mensaje.txt", "text/plain"),
        ("antiguo.txt", "contraseña".encode("latin-1"), "antiguo.txt", "text/plain"),
        ("registro.log", "error".encode("utf-16"), "registro.log", "text/plain"),
        ("registro.log.1", b"error", "registro.log.1.txt", "text/plain"),
        ("sin ending", b"error", "sin ending.txt", "text/plain"),
        ("AUTOFIRMA.afirma.log.xml", b"<?xml version='1.0'?><log><record/></log>", None, "application/xml"),
        ("datos.csv", b"a;b\n1;2\n", "datos.csv", "text/csv"),
        (
            "escrito.docx",
            docx(),
            "escrito.docx",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ),
        (
            "escrito.odt",
            zipped({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<office/>"}),
            "escrito.odt",
            "application/vnd.oasis.opendocument.text",
        ),
    ],
)
def test_ordinary_files_are_taken_for_what_they_are(
    name: str, content: bytes, kept_as: str | None, content_type: str
) -> None:
    checked = check_upload(SimpleUploadedFile(name, content, content_type="application/x-whatever"))

    assert (checked.name, checked.content_type, checked.size_bytes) == (kept_as or name, content_type, len(content))
    assert checked.file.read() == content


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("factura.pdf", EXE, "es un programa"),
        ("factura.pdf", b"\x7fELF\x02\x01\x01" + bytes(20), "es un programa"),
        ("instalar.bat", b"@echo off\r\ndel *.*", "es un programa"),
        ("ayuda", b"#!/bin/sh\nrm -rf /", "es un programa"),
        ("dibujo.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "página web"),
        ("dibujo.png", b"<?xml version='1.0'?><!-- x --><s:svg xmlns:s='http://www.w3.org/2000/svg'/>", "página web"),
        ("nota.txt", b"\xef\xbb\xbf  <!DOCTYPE html><html></html>", "página web"),
        ("nota.txt", "<html></html>".encode("utf-16"), "página web"),
        ("pagina.html", b"hola", "página web"),
        ("todo.zip", zipped({"a.txt": b"a"}), "archivo comprimido"),
        ("todo.pdf", b"Rar!\x1a\x07\x01\x00" + bytes(300), "archivo comprimido"),
        ("roto.docx", docx()[:60], "dañado"),
        ("macros.docx", docx(**{"word/vbaProject.bin": b"x"}), "macros"),
        ("viejo.doc", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "formato antiguo de Office"),
        ("video.mp4", b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom" + bytes(50), "vídeo"),
        (
            "mi certificado.p12",
            bytes.fromhex("30820a0002010330820900") + bytes.fromhex("06092a864886f70d010701"),
            "clave",
        ),
        ("clave.pem", b"-----BEGIN PRIVATE KEY-----\nMIIE\n", "clave privada"),
        ("raro.bin", bytes(range(256)), "No reconocemos"),
        ("vacio.pdf", b"", "está vacío"),
    ],
)
def test_what_could_do_harm_is_refused_with_a_sentence(name: str, content: bytes, sentence: str) -> None:
    with pytest.raises(FileRefused, match=sentence) as refusal:
        check_upload(SimpleUploadedFile(name, content))

    assert f"«{name}»" in str(refusal.value)


def test_a_zip_bomb_in_an_office_document_is_refused() -> None:
    bomb = docx(**{"word/media/image1.bmp": bytes(60_000_000)})

    assert len(bomb) < 100_000
    with pytest.raises(FileRefused, match="ocupa demasiado al abrirse"):
        check_upload(SimpleUploadedFile("bomba.docx", bomb))


def test_a_file_over_the_limit_is_refused_and_its_content_is_not_kept(settings: Settings) -> None:
    settings.ATTACHMENT_MAX_BYTES = 100_000
    body = _multipart({"grande.pdf": PDF + bytes(400_000), "pequeño.pdf": PDF})

    _fields, files = _parsed(body)

    large, small = files.getlist("files")
    assert (large.file, large.size) == (None, 400_000 + len(PDF))
    assert small.read() == PDF
    small.close()
    with pytest.raises(FileRefused, match=r"«grande\.pdf» pesa más de 100 kB"):
        check_upload(large)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Documentos\\escrito.pdf", "escrito.pdf"),
        ("fdp\u202efdp.exe", "fdpfdp.exe"),
        ("a\x00b\nc.txt", "ab c.txt"),
        ('informe "final"?.pdf', "informe _final__.pdf"),
        ("...", "archivo"),
        ("x" * 300 + ".pdf", "x" * 96 + ".pdf"),
    ],
)
def test_names_are_made_safe_and_stay_recognisable(given: str, kept: str) -> None:
    assert safe_name(given) == kept


@pytest.mark.django_db
def test_a_stored_file_goes_out_only_as_a_download(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path
    stored = store(check_upload(SimpleUploadedFile("mi foto.png", PNG)), folder="drafts")

    response = as_download(Attachment(file=stored).file, name="mi foto.png", content_type="image/png")

    assert "foto" not in stored
    assert b"".join(response.streaming_content) == PNG  # type: ignore[arg-type]  # a synchronous response
    assert {name: response[name] for name in ("Content-Disposition", "Content-Type", "X-Content-Type-Options")} == {
        "Content-Disposition": 'attachment; filename="mi foto.png"',
        "Content-Type": "image/png",
        "X-Content-Type-Options": "nosniff",
    }
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    response.close()
    default_storage.delete(stored)
    with pytest.raises(Http404):
        as_download(Attachment(file=stored).file, name="mi foto.png", content_type="image/png")


def _multipart(files: dict[str, bytes]) -> bytes:
    parts = [
        f'--frontier\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n\r\n'.encode()
        + data
        + b"\r\n"
        for name, data in files.items()
    ]
    return b"".join(parts) + b"--frontier--\r\n"


def _parsed(body: bytes) -> tuple[QueryDict, MultiValueDict[str, "UploadedFile[Any]"]]:
    meta = {"CONTENT_TYPE": "multipart/form-data; boundary=frontier", "CONTENT_LENGTH": str(len(body))}
    return MultiPartParser(meta, io.BytesIO(body), [LimitedUploadHandler()]).parse()
