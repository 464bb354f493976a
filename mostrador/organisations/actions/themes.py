"""How an organisation looks: colour, typeface, logo."""

from pathlib import PurePath

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _

from mostrador.audit.actions import Actor, record
from mostrador.organisations.choices import Typeface
from mostrador.organisations.models import Organisation
from mostrador.organisations.rules.logos import kind_of_logo
from mostrador.shared.colours import NotAColourError, parse_hex
from mostrador.shared.errors import ActionRefused
from mostrador.shared.formats import file_size

LOGO_MAX_BYTES = 300 * 1000


@transaction.atomic
def change_theme(organisation: Organisation, *, accent: str, typeface: Typeface, actor: Actor | None) -> None:
    """Choose colour and typeface. The colour is kept as chosen; pages use it corrected until everybody can read it.

    Raises:
        ActionRefused: It is no colour.
    """
    try:
        accent = parse_hex(accent)
    except NotAColourError as problem:
        raise ActionRefused(_("Escriba el color con seis cifras, por ejemplo #1f4f8f.")) from problem
    before = [organisation.accent, str(organisation.typeface)]
    organisation.accent, organisation.typeface = accent, typeface
    if before != [accent, str(typeface)]:
        _save(organisation, ["accent", "typeface"])
        details = {"changed": {"accent": [before[0], accent], "typeface": [before[1], str(typeface)]}}
        record("organisations.theme_changed", organisation, actor=actor, organisation=organisation, details=details)


@transaction.atomic
def change_logo(organisation: Organisation, file: "File[bytes]", *, actor: Actor | None) -> None:
    """Show a picture beside the name. What it is, is decided by its content.

    Raises:
        ActionRefused: It is too big, or neither PNG nor JPEG nor WebP.
    """
    if (file.size) > LOGO_MAX_BYTES:
        raise ActionRefused(
            _("El logotipo pesa %(size)s y puede pesar hasta %(limit)s. Guárdelo más pequeño y vuelva a subirlo.")
            % {"size": file_size(file.size), "limit": file_size(LOGO_MAX_BYTES)}
        )
    content = file.read()
    kind = kind_of_logo(content)
    if kind is None:
        raise ActionRefused(_("El fichero no es una imagen PNG, JPEG o WebP. Guárdela en uno de esos formatos."))
    name = f"logos/{organisation.pk}/{get_random_string(12)}.{kind}"
    organisation.logo.name = default_storage.save(name, ContentFile(content))
    _save(organisation, ["logo"])
    record(
        "organisations.logo_changed",
        organisation,
        actor=actor,
        organisation=organisation,
        details={"bytes": len(content), "kind": kind},
    )


@transaction.atomic
def remove_logo(organisation: Organisation, *, actor: Actor | None) -> str:
    """Show the name alone; return the name of the file, which is kept for `restore_logo`."""
    name = organisation.logo.name or ""
    organisation.logo.name = ""
    _save(organisation, ["logo"])
    record("organisations.logo_removed", organisation, actor=actor, organisation=organisation)
    return name


@transaction.atomic
def restore_logo(organisation: Organisation, name: str, *, actor: Actor | None) -> None:
    """Show again a logo of this organisation that was removed.

    Raises:
        ActionRefused: Its file is gone.
    """
    own = PurePath(name).parts[:2] == ("logos", str(organisation.pk)) and ".." not in PurePath(name).parts
    if not own or not default_storage.exists(name):
        raise ActionRefused(_("El fichero del logotipo ya no está. Vuelva a subirlo."))
    organisation.logo.name = name
    _save(organisation, ["logo"])
    record("organisations.logo_changed", organisation, actor=actor, organisation=organisation)


def _save(organisation: Organisation, fields: list[str]) -> None:
    """Save with a new version, so that browsers ask for the stylesheet and the logo at a new address."""
    organisation.save(update_fields=fields)
    Organisation.objects.filter(pk=organisation.pk).update(theme_version=F("theme_version") + 1)
    organisation.refresh_from_db(fields=["theme_version"])
