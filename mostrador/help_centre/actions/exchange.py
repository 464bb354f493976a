"""Articles as an archive: taken out whole, checked, brought in; a day later the files are gone."""

import secrets
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import IO, Any

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.help_centre.actions.archive_lists import bring_lists
from mostrador.help_centre.actions.articles import change_article, create_article, supersede, tell_readers, withdraw
from mostrador.help_centre.actions.drafts import publish as publish_draft
from mostrador.help_centre.actions.drafts import save_draft
from mostrador.help_centre.choices import ExchangeKind, ExchangeState, PublicationState
from mostrador.help_centre.models import (
    Article,
    ArticleDraft,
    ArticlePicture,
    ArticleRevision,
    ArticleVersion,
    Exchange,
)
from mostrador.help_centre.queries.archive_lists import lists_of
from mostrador.help_centre.queries.exchange import (
    ArticlePlan,
    PastText,
    TextPlan,
    articles_to_export,
    files_of,
    plan_import,
    topics_written,
)
from mostrador.help_centre.rules.archive_lists import ADAPTATIONS, SYNONYMS, VOTES, list_written
from mostrador.help_centre.rules.archives import PictureEntry, path_of_picture, read_archive
from mostrador.help_centre.rules.article_files import write_article
from mostrador.help_centre.rules.texts import TEXT_FIELDS
from mostrador.organisations.models import Organisation, Topic
from mostrador.shared.background import run_later
from mostrador.shared.errors import ActionRefused
from mostrador.shared.uploads import safe_name

FILES_LAST = timedelta(hours=24)
BATCH = 500
_SAME_DATE = (1980, 1, 1, 0, 0, 0)  # archives of the same articles are the same, byte for byte

Progress = Callable[[int, int], None]


def no_progress(done: int, total: int) -> None:
    """Tell nobody how far it has come."""


# --- Export -------------------------------------------------------------------------------------------


@transaction.atomic
def start_export(organisation: Organisation, *, author: User) -> Exchange:
    """Have the archive of all articles of an organisation written; it can be taken for 24 hours."""
    now = timezone.now()
    exchange = Exchange.objects.create(
        organisation=organisation,
        kind=ExchangeKind.EXPORT,
        state=ExchangeState.RUNNING,
        file_name=f"centro-de-ayuda-{timezone.localdate():%Y-%m-%d}.zip",
        started_by=author,
        created_at=now,
        moved_at=now,
        expires_at=now + FILES_LAST,
    )
    record("help_centre.exported", exchange, actor=author)
    run_later("help_centre.export_articles", exchange_id=exchange.pk)
    return exchange


def run_export(exchange: Exchange) -> None:
    """Write the archive that was asked for; done before, nothing is done again."""
    if exchange.state != ExchangeState.RUNNING:
        return
    with tempfile.TemporaryFile() as target:
        write_archive(exchange.organisation, target, progress=_counting(exchange))
        target.seek(0)
        exchange.file.name = _stored(File(target))
    exchange.state, exchange.expires_at = ExchangeState.DONE, timezone.now() + FILES_LAST
    exchange.save(update_fields=["file", "state", "expires_at"])


def write_archive(organisation: Organisation, target: IO[bytes], *, progress: Progress = no_progress) -> int:
    """Write all articles of an organisation into a zip file; return how many. The same articles give the same bytes."""
    articles = articles_to_export(organisation)
    total = articles.count()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "README.md", _readme(organisation).encode())
        _add(archive, "temas.json", topics_written(organisation).encode())
        for done, article in enumerate(articles.iterator(chunk_size=BATCH), 1):
            for path, file in files_of(article):
                _add(archive, path, write_article(file).encode())
            for picture in sorted(article.pictures.all(), key=lambda picture: picture.key):
                with picture.file.open("rb") as content:
                    _add(archive, path_of_picture(article.slug, picture.key), content.read())
            progress(done, total)
        lists = lists_of(organisation)
        for path, entries in ((VOTES, lists.votes), (ADAPTATIONS, lists.adaptations), (SYNONYMS, lists.synonyms)):
            _add(archive, path, list_written(entries).encode())
    return total


def note_download(exchange: Exchange, *, reader: User) -> None:
    """Record who took the archive."""
    record("help_centre.export_taken", exchange, actor=reader)


# --- Import -------------------------------------------------------------------------------------------


def check_archive(organisation: Organisation, file: "UploadedFile[Any]", *, author: User) -> Exchange:
    """Keep an archive for 24 hours and say what importing it would do; nothing else is written.

    Raises:
        ArchiveRefused: It cannot be read at all.
    """
    plan = plan_import(organisation, read_archive(file), topic=None)
    file.seek(0)
    now = timezone.now()
    return Exchange.objects.create(
        organisation=organisation,
        kind=ExchangeKind.IMPORT,
        state=ExchangeState.CHECKED,
        file=_stored(file),
        file_name=safe_name(file.name or ""),
        report=plan.as_report(),
        started_by=author,
        created_at=now,
        moved_at=now,
        expires_at=now + FILES_LAST,
    )


@transaction.atomic
def confirm_import(exchange: Exchange, *, author: User, topic: Topic | None, publish: bool) -> None:
    """Have a checked archive imported.

    Args:
        exchange: Of an import that was checked.
        author: Who decides it; their name stands on the texts.
        topic: For the articles whose topic does not exist here; None leaves them out.
        publish: Whether readers see at once what they saw where it comes from.

    Raises:
        ActionRefused: Somebody has confirmed it already.
    """
    exchange = Exchange.objects.select_for_update().get(pk=exchange.pk)
    if exchange.state != ExchangeState.CHECKED:
        raise ActionRefused(_("Esta importación ya está en marcha."))
    exchange.state, exchange.topic, exchange.publish = ExchangeState.RUNNING, topic, publish
    exchange.started_by, exchange.moved_at = author, timezone.now()
    exchange.save(update_fields=["state", "topic", "publish", "started_by", "moved_at"])
    record("help_centre.imported", exchange, actor=author, details={"publish": publish})
    run_later("help_centre.import_articles", exchange_id=exchange.pk)


def run_import(exchange: Exchange) -> None:
    """Import a confirmed archive; done before, or half done, what is here already is left as it is."""
    if exchange.state != ExchangeState.RUNNING:
        return
    organisation = exchange.organisation
    with translation.override(organisation.default_language), exchange.file.open("rb") as content:
        exchange.report = import_archive(
            organisation,
            content,
            author=exchange.started_by,
            topic=exchange.topic,
            publish=exchange.publish,
            progress=_counting(exchange),
        )
    exchange.state = ExchangeState.DONE
    exchange.save(update_fields=["report", "state"])


def import_archive(
    organisation: Organisation,
    content: IO[bytes],
    *,
    author: User | None,
    topic: Topic | None = None,
    publish: bool = False,
    progress: Progress = no_progress,
) -> dict[str, Any]:
    """Bring the articles of an archive in, each in a transaction of its own; importing again changes nothing.

    An article is the one here that has its slug. Its texts become drafts; a text that somebody is writing here is left
    alone.

    Args:
        organisation: Whose articles they become.
        content: The archive.
        author: Whose name stands on the texts; None for the product itself.
        topic: Where to put the articles whose topic does not exist here; None leaves them out.
        publish: Publish what was published where it comes from, and take away what was taken away there; bring also
            what was published before, and opinions, adaptations and synonyms.
        progress: Told how many articles of how many are done.

    Returns:
        What was done, by what: `Plan.as_report` with "created", "drafts" and "published".

    Raises:
        ArchiveRefused: It cannot be read at all.
    """
    archive = read_archive(content)
    plan = plan_import(organisation, archive, topic=topic)
    work = _Import(organisation, author, publish)
    for number, article_plan in enumerate(plan.articles, 1):
        work.bring_in(article_plan)
        progress(number, len(plan.articles))
    for article_plan in plan.articles:
        work.name_others(article_plan)
    if publish:
        faults = bring_lists(organisation, archive.lists, author=author)
        work.problems += [[path, 0, words] for path, words in faults]
    tell_readers(organisation)
    report = plan.as_report()
    report["problems"] += work.problems
    return report | {name: work.done[name] for name in ("created", "drafts", "published")}


def forget_exchanges() -> int:
    """Delete what is over, with its file; return how many. Safe to run any number of times."""
    over = list(Exchange.objects.filter(expires_at__lte=timezone.now())[:1000])
    for exchange in over:
        if exchange.file:
            exchange.file.delete(save=False)
        exchange.delete()
    return len(over)


@dataclass
class _Import:
    """Brings in what a plan says, and counts it."""

    organisation: Organisation
    author: User | None
    publish: bool
    done: Counter[str] = field(default_factory=Counter)
    problems: list[list[Any]] = field(default_factory=list)

    @transaction.atomic
    def bring_in(self, plan: ArticlePlan) -> None:
        """Create or change one article, with its pictures and texts."""
        article = plan.article
        if article is None:
            if plan.topic is None:
                return
            title = plan.texts[0].text.title
            article = create_article(
                self.organisation,
                author=self.author,
                topic=plan.topic,
                title=title,
                slug=plan.slug,
                details=plan.details,
            )
            self.done["created"] += 1
        elif plan.details:
            change_article(article, plan.details, author=self.author)
        for picture, key in plan.pictures:
            _keep_picture(article, picture, key, author=self.author)
        for text in plan.texts:
            try:
                self._write(article, text)
            except ActionRefused as refusal:
                self.problems.append([text.path, 0, str(refusal)])

    @transaction.atomic
    def name_others(self, plan: ArticlePlan) -> None:
        """Say which articles it is related to and superseded by, now that all are here."""
        article = Article.objects.filter(organisation=self.organisation, slug=plan.slug).first()
        if article is None or (plan.related is None and plan.superseded_by is None):
            return
        named = [*(plan.related or []), plan.superseded_by or ""]
        rows = Article.objects.filter(organisation__in=self.organisation.lineage, slug__in=named)
        others = {row.slug: row for row in rows.order_by("organisation__path", "pk")}  # of one name the nearest
        if plan.related is not None:
            article.related.set([others[slug] for slug in plan.related if slug in others])
        try:
            if plan.superseded_by in others:
                supersede(article, by=others[plan.superseded_by], author=self.author)
            elif plan.superseded_by == "":
                Article.objects.filter(pk=article.pk).update(superseded_by=None)
        except ActionRefused as refusal:
            self.problems.append([f"articulos/{plan.slug}", 0, str(refusal)])

    def _write(self, article: Article, plan: TextPlan) -> None:
        if plan.step == "same":
            return
        if plan.is_draft and not self.publish and _is_unread(article, plan.language):
            raise ActionRefused(
                _("Es el borrador de un texto que aquí no se ha publicado. Publíquelo e importe otra vez.")
            )
        if plan.step != "drafted":
            stand = "" if plan.is_draft else plan.stand  # what it is written over may have just come in
            save_draft(article, plan.language, plan.text, author=self.author, stand=stand)
            self.done["drafts"] += 1
        if self.publish and plan.state.state != PublicationState.DRAFT:
            self._publish(ArticleDraft.objects.get(version__article=article, version__language=plan.language), plan)
            self.done["published"] += 1
            self.done["drafts"] -= plan.step != "drafted"

    def _publish(self, draft: ArticleDraft, plan: TextPlan) -> None:
        versions = ArticleVersion.objects.filter(pk=draft.version_id)
        with transaction.atomic():  # a text that cannot be published stays a draft
            versions.filter(published_at=None).update(published_at=plan.state.published_at)
            _keep_past(draft.version, plan.past)
            version = publish_draft(draft, publisher=self.author, without_review=self.author is not None)
        versions.update(stale_since=plan.state.stale_since)
        if plan.state.state == PublicationState.ARCHIVED:
            withdraw(version, author=self.author)


def _is_unread(article: Article, language: str) -> bool:
    return not article.versions.filter(language=language).exclude(state=PublicationState.DRAFT).exists()


def _keep_past(version: ArticleVersion, past: Sequence[PastText]) -> None:
    """Keep what was published before where a text comes from; nothing has been published here."""
    if not past or version.revision:
        return
    ArticleRevision.objects.bulk_create(
        ArticleRevision(
            version=version,
            number=each.number,
            published_at=each.published_at,
            **{name: getattr(each.text, name) for name in TEXT_FIELDS},
        )
        for each in past
    )
    ArticleVersion.objects.filter(pk=version.pk).update(revision=past[-1].number)


def _keep_picture(article: Article, picture: PictureEntry, key: str, *, author: User | None) -> None:
    ArticlePicture.objects.create(
        article=article,
        key=key,
        file=default_storage.save(
            f"pictures/{timezone.now():%Y/%m}/{secrets.token_hex(16)}", ContentFile(picture.content)
        ),
        content_type="image/webp",
        width=picture.width,
        height=picture.height,
        size_bytes=len(picture.content),
        added_by=author,
        added_at=timezone.now(),
    )


# --- What both share ----------------------------------------------------------------------------------


def _counting(exchange: Exchange) -> Progress:
    def count(done: int, total: int) -> None:
        Exchange.objects.filter(pk=exchange.pk).update(done=done, total=total, moved_at=timezone.now())

    return count


def _stored(content: "File[Any]") -> str:
    return default_storage.save(f"exchanges/{timezone.now():%Y/%m}/{secrets.token_hex(16)}", content)


def _add(archive: zipfile.ZipFile, path: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(path, _SAME_DATE)
    entry.compress_type = zipfile.ZIP_STORED if path.endswith(".webp") else zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, content)


def _readme(organisation: Organisation) -> str:
    return _README % {"organisation": organisation.name}


_README = r"""# Artículos de ayuda de %(organisation)s

Este archivo contiene todos los artículos de la entidad, en todos sus idiomas, tal como los exporta Mostrador. Puede leerlos y cambiarlos con cualquier editor de texto y volver a importarlos.

| dónde | qué |
|---|---|
| `articulos/<dirección>/<idioma>.md` | el texto que ven los lectores, o el borrador de uno que nunca se ha publicado |
| `articulos/<dirección>/<idioma>.borrador.md` | lo que se está escribiendo para sustituirlo |
| `articulos/<dirección>/imagenes/<clave>.webp` | sus imágenes, que los textos muestran con `![descripción](imagen:clave)` |
| `articulos/<dirección>/historia/<idioma>.<número>.md` | los textos que se publicaron antes |
| `opiniones.json` | cuántos lectores de cada texto dijeron cada día que les servía, o que no y por qué |
| `adaptaciones.json` | lo que la entidad añade a los artículos de otra, y los que oculta |
| `sinonimos.json` | los grupos de sinónimos que la entidad ha añadido o cambiado |
| `temas.json` | los temas que pueden tener; al importar no se crean |

No contiene los comentarios de los lectores, las lecturas ni las búsquedas. La historia, las opiniones, las adaptaciones y los sinónimos solo se importan al publicar, y no cambian los que ya haya.

## Cada texto

Primero, entre dos líneas `---`, los datos: una línea `clave: valor` cada uno. Después, el texto en CommonMark. Después, las otras partes, cada una tras una línea `<!-- part: NOMBRE -->` (`before`, `symptom`, `cause`, `workaround`, `easy_read`).

* Las listas (`also_in`, `procedures`, `codes`, `audience_teams`, `affects`, `related`) se separan con `;`.
* Un valor que empieza o acaba con un espacio, tiene varias líneas o empieza con comillas se escribe como una cadena de JSON: `"así"`. En las listas, también el que contiene `;`.
* Una línea del texto que parezca el comienzo de una parte lleva delante una barra: `\<!-- part: cause -->`.
* En todos los idiomas: `title`, `summary`, `state` (`draft` o `archived`; si falta, está publicado), `published_at`, `stale_since`, `video_url`, `video_kind`, `is_minor`, `note`.
* Solo en el primer idioma: `kind`, `topic`, `also_in`, `procedures`, `codes`, `owner_team`, `audience`, `audience_teams`, `for_descendants` (`yes` o `no`), `source_language`, `review_by`, `visible_until`, `minutes`, `fix_state`, `affects`, `related`, `superseded_by`, `position`.
"""  # noqa: E501 - a document, one line for each paragraph
