"""Pictures of articles: whatever was uploaded is drawn anew, so that nothing but the picture is kept."""

import secrets
from datetime import timedelta
from functools import partial
from io import BytesIO
from typing import IO

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.help_centre.models import Article, ArticlePicture
from mostrador.shared.errors import ActionRefused
from mostrador.shared.formats import file_size

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")
PICTURE_MAX_BYTES = 20 * 1024 * 1024  # of what is sent; what is kept is much smaller
UNUSED_LAST = timedelta(days=7)
MOST_PIXELS = 40_000_000  # before it is made smaller; each takes 4 bytes of memory while it is
LONGEST_SIDE = 1600  # pixels
PHOTOGRAPH_QUALITY = 82
_BROKEN = (OSError, SyntaxError, ValueError, EOFError, IndexError)  # what Pillow raises of files that are not whole
_TOO_MANY_PIXELS = (Image.DecompressionBombError, Image.DecompressionBombWarning)


@transaction.atomic
def add_picture(article: Article, content: IO[bytes], *, size_bytes: int, author: User | None) -> ArticlePicture:
    """Keep a picture of an article as WebP: turned upright, at most 1600 pixels long, without data of camera or place.

    Of an animation the first picture is kept.

    Raises:
        ActionRefused: It is no picture that we take, is damaged, or is too big.
    """
    if size_bytes > PICTURE_MAX_BYTES:
        limit = {"limit": file_size(PICTURE_MAX_BYTES)}
        raise ActionRefused(_("La imagen pesa más de %(limit)s. Redúzcala o recórtela y vuelva a añadirla.") % limit)
    drawn, is_photograph = _drawn(content)
    written = BytesIO()
    if is_photograph:
        drawn.save(written, "WEBP", quality=PHOTOGRAPH_QUALITY)
    else:  # a screen with letters must stay sharp
        drawn.save(written, "WEBP", lossless=True)
    file = ContentFile(written.getvalue())
    picture = ArticlePicture.objects.create(
        article=article,
        key=secrets.token_hex(16),
        file=default_storage.save(f"pictures/{timezone.now():%Y/%m}/{secrets.token_hex(16)}", file),
        content_type="image/webp",
        width=drawn.width,
        height=drawn.height,
        size_bytes=file.size,
        added_by=author,
        added_at=timezone.now(),
    )
    record("help_centre.picture_added", article, actor=author)
    return picture


def remove_unused() -> int:
    """Delete the pictures that no text, revision or draft has shown for a week; return how many.

    A picture that is shown again within the week stays. Safe to run any number of times.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NOTE_UNUSED, {"now": timezone.now()})
    unused = ArticlePicture.objects.filter(unused_since__lte=timezone.now() - UNUSED_LAST)
    removed = list(unused.order_by("pk"))
    for picture in removed:
        with transaction.atomic():
            transaction.on_commit(partial(default_storage.delete, str(picture.file.name)))
            picture.delete()
    return len(removed)


def _drawn(content: IO[bytes]) -> tuple[Image.Image, bool]:
    """Return the picture alone, as readers will see it, and whether it was a photograph."""
    try:
        with Image.open(content, formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise _too_many_pixels()
            is_photograph = image.format not in {"PNG", "GIF", "BMP"}
            image.draft(None, (LONGEST_SIDE, LONGEST_SIDE))  # of a large photograph reads only what is needed
            upright = ImageOps.exif_transpose(image)
            drawn = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
    except UnidentifiedImageError as error:
        raise ActionRefused(
            _("Ese archivo no es una imagen que podamos mostrar. Guárdela como JPG o PNG y añádala otra vez.")
        ) from error
    except _TOO_MANY_PIXELS as error:
        raise _too_many_pixels() from error
    except _BROKEN as error:
        raise ActionRefused(_("La imagen está dañada o incompleta. Ábrala, guárdela de nuevo y añádala.")) from error
    drawn.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    drawn.info.clear()
    return drawn, is_photograph


def _too_many_pixels() -> ActionRefused:
    return ActionRefused(
        _("La imagen es demasiado grande: tiene más de 40 millones de píxeles. Redúzcala o recórtela.")
    )


# A mention that shows nothing (in a code block, say) keeps a picture too.
_NOTE_UNUSED = """
WITH texts AS (
    SELECT article_id, body || parts::text AS said FROM help_centre_articleversion
    UNION ALL
    SELECT version.article_id, draft.body || draft.parts::text
    FROM help_centre_articledraft AS draft
    JOIN help_centre_articleversion AS version ON version.id = draft.version_id
    UNION ALL
    SELECT version.article_id, revision.body || revision.parts::text
    FROM help_centre_articlerevision AS revision
    JOIN help_centre_articleversion AS version ON version.id = revision.version_id
), now_is AS (
    SELECT id, NOT EXISTS (
        SELECT FROM texts WHERE texts.article_id = picture.article_id AND strpos(said, 'imagen:' || picture.key) > 0
    ) AS is_unused
    FROM help_centre_articlepicture AS picture
)
UPDATE help_centre_articlepicture AS picture
SET unused_since = CASE WHEN is_unused THEN %(now)s END
FROM now_is
WHERE now_is.id = picture.id AND is_unused <> (unused_since IS NOT NULL)
"""
