"""What an export writes, and what an import would do with an archive."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Length
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from mostrador.help_centre.choices import PublicationState
from mostrador.help_centre.errors import NotAnArticleFile
from mostrador.help_centre.models import Article, ArticleDraft, ArticlePicture, ArticleRevision, ArticleVersion
from mostrador.help_centre.rules.archives import (
    Archive,
    PastEntry,
    PictureEntry,
    Problem,
    TextEntry,
    path_of_past,
    path_of_text,
    with_keys,
)
from mostrador.help_centre.rules.article_details import (
    TextState,
    plain_details_in,
    plain_details_written,
    state_in,
    text_file,
    text_in,
    unknown_keys,
    without_empty_lists,
)
from mostrador.help_centre.rules.article_files import ArticleFile
from mostrador.help_centre.rules.texts import SHOWN_FIELDS, TEXT_FIELDS, ArticleText, text_of
from mostrador.help_centre.rules.words import language_order
from mostrador.organisations.models import Organisation, Procedure, Team, Topic

_PLAIN = (
    *("kind", "audience", "for_descendants", "source_language", "codes", "visible_until", "review_by", "minutes"),
    *("fix_state", "affects", "position"),
)


# --- Export -------------------------------------------------------------------------------------------


def articles_to_export(organisation: Organisation) -> QuerySet[Article]:
    """Return an organisation's own articles with all that their files say. Nine queries for each 500 of them."""
    past = Prefetch("revisions", ArticleRevision.objects.filter(number__lt=F("version__revision")).order_by("number"))
    note = ArticleRevision.objects.filter(version=OuterRef("pk"), number=OuterRef("revision")).values("note")[:1]
    versions = ArticleVersion.objects.select_related("draft").prefetch_related(past).annotate(last_note=Subquery(note))
    return (
        Article.objects.filter(organisation=organisation)
        .select_related("topic", "owner_team", "superseded_by")
        .prefetch_related(
            Prefetch("versions", versions), "pictures", "also_in", "procedures", "audience_teams", "related"
        )
        .order_by("slug")
    )


def files_of(article: Article) -> Iterator[tuple[str, ArticleFile]]:
    """Return the texts of an article of `articles_to_export`: path and file; the first says what all have in common."""
    versions = {version.language: version for version in article.versions.all()}
    languages = [code for code in language_order(article.source_language, article.source_language) if code in versions]
    for place, language in enumerate(languages):
        version = versions[language]
        draft: ArticleDraft | None = getattr(version, "draft", None)
        is_shown = version.state != PublicationState.DRAFT
        file = _shown_file(version) if is_shown or draft is None else _draft_file(draft)
        yield path_of_text(article.slug, language), _with_details(file, article, language) if place == 0 else file
        if is_shown and draft is not None:
            yield path_of_text(article.slug, language, is_draft=True), _draft_file(draft)
        for past in version.revisions.all():
            state = TextState(PublicationState.PUBLISHED, past.published_at, None)
            yield path_of_past(article.slug, language, past.number), text_file(text_of(past, TEXT_FIELDS), state)


def topics_written(organisation: Organisation) -> str:
    """Return the topics that articles may have, as JSON, so that whoever reads the archive knows what they are."""
    topics = Topic.objects.filter(organisation__in=organisation.lineage).select_related("parent").order_by("slug", "pk")
    rows = [
        {"slug": topic.slug, "names": topic.names, "parent": topic.parent.slug if topic.parent else ""}
        for topic in topics
    ]
    return json.dumps(rows, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _shown_file(version: ArticleVersion) -> ArticleFile:
    text = replace(text_of(version), note=version.last_note or "")  # type: ignore[attr-defined]
    return text_file(text, TextState(version.state, version.published_at, version.stale_since))


def _draft_file(draft: ArticleDraft) -> ArticleFile:
    return text_file(text_of(draft, TEXT_FIELDS), TextState(PublicationState.DRAFT, None, None))


def _with_details(file: ArticleFile, article: Article, language: str) -> ArticleFile:
    values = plain_details_written({name: getattr(article, name) for name in _PLAIN}, language)
    values["topic"] = article.topic.slug
    if article.owner_team:
        values["owner_team"] = article.owner_team.slug
    if article.superseded_by:
        values["superseded_by"] = article.superseded_by.slug
    lists = {
        "also_in": sorted(topic.slug for topic in article.also_in.all()),
        "procedures": sorted(procedure.sia_code for procedure in article.procedures.all()),
        "codes": article.codes,
        "audience_teams": sorted(team.slug for team in article.audience_teams.all()),
        "affects": article.affects,
        "related": sorted(other.slug for other in article.related.all()),
    }
    return replace(file, values={**file.values, **values}, lists=without_empty_lists(lists))


# --- Import -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PastText:
    """A text that was published before another."""

    number: int
    text: ArticleText
    published_at: datetime


@dataclass(frozen=True)
class TextPlan:
    """What would be done with one text.

    Attributes:
        path: Its file.
        language: Of the text.
        is_draft: It is being written over another that readers have.
        text: Its words, showing the pictures that it will have here.
        state: How it was shown where it comes from.
        step: "new", "changed", "drafted" (it is here, not published) or "same".
        stand: `ArticleDraft.stand` of the text here that it would replace; "" when there is none.
        past: What was published before it where it comes from, when nothing has been published here.
    """

    path: str
    language: str
    is_draft: bool
    text: ArticleText
    state: TextState
    step: str
    stand: str
    past: tuple[PastText, ...] = ()


@dataclass
class ArticlePlan:
    """What would be done with one article.

    Attributes:
        slug: Its address.
        article: The one here; None when it would be created.
        topic: Of a new one.
        details: What is common to all languages: all of it for a new one, else what differs.
        related: Slugs; None leaves them as they are.
        superseded_by: Slug; None leaves it as it is.
        texts: Its first language comes first.
        pictures: Those that are not here yet, with the key that they will have.
    """

    slug: str
    article: Article | None
    topic: Topic | None = None
    details: dict[str, Any] = field(default_factory=dict)
    related: list[str] | None = None
    superseded_by: str | None = None
    texts: list[TextPlan] = field(default_factory=list)
    pictures: list[tuple[PictureEntry, str]] = field(default_factory=list)


@dataclass
class Plan:
    """What an import would do, and what it leaves out; topics that do not exist here with their number of articles."""

    articles: list[ArticlePlan] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    unknown_topics: Counter[str] = field(default_factory=Counter)

    def as_report(self) -> dict[str, Any]:
        """Return it for the page that shows it, as JSON has it."""
        steps = Counter(text.step for plan in self.articles for text in plan.texts)
        return {
            "new": steps["new"],
            "changed": steps["changed"],
            "same": steps["same"] + steps["drafted"],
            "pictures": sum(len(plan.pictures) for plan in self.articles),
            "changes": [_change(plan) for plan in self.articles if _changes_something(plan)],
            "problems": [[problem.path, problem.line, problem.text] for problem in self.problems],
            "unknown_topics": dict(self.unknown_topics),
        }


def plan_import(organisation: Organisation, archive: Archive, *, topic: Topic | None) -> Plan:
    """Return what importing an archive would do; nothing is written. The same number of queries for every archive.

    Args:
        organisation: Whose articles they will be: of one slug there is one article.
        archive: What was read.
        topic: Where to put the articles whose topic does not exist here; None leaves them out.
    """
    here = _Here(organisation, archive, topic)
    plan = Plan(problems=list(archive.problems))
    texts: defaultdict[str, list[TextEntry]] = defaultdict(list)
    pictures: defaultdict[str, list[PictureEntry]] = defaultdict(list)
    for entry in archive.texts:
        texts[entry.slug].append(entry)
    for picture in archive.pictures:
        pictures[picture.slug].append(picture)
    for slug, entries in texts.items():
        if found := _ArticlePlanner(here, plan, slug).planned(entries, pictures[slug]):
            plan.articles.append(found)
    plan.problems.sort(key=lambda problem: (problem.path, problem.line))
    return plan


class _Here:
    """What the files may name, loaded once."""

    def __init__(self, organisation: Organisation, archive: Archive, topic: Topic | None) -> None:
        self.organisation = organisation
        self.fallback = topic
        slugs = {entry.slug for entry in archive.texts}
        lineage = organisation.lineage
        articles = Article.objects.filter(organisation=organisation, slug__in=slugs).prefetch_related(
            Prefetch("versions", ArticleVersion.objects.select_related("draft")),
            *("also_in", "procedures", "audience_teams", "related"),
        )
        self.articles = {article.slug: article for article in articles.select_related("superseded_by")}
        # Of one name the nearest: the organisation's own comes last and stays.
        nearest = {"organisation__in": lineage}
        self.topics = {row.slug: row for row in _nearest_last(Topic.objects.filter(**nearest))}
        self.teams = {row.slug: row for row in _nearest_last(Team.objects.filter(**nearest))}
        self.procedures = {row.sia_code: row for row in _nearest_last(Procedure.objects.filter(**nearest))}
        named = {slug for each in archive.texts for slug in _named_articles(each.file)}
        known = Article.objects.filter(slug__in=named, **nearest).values_list("slug", flat=True)
        self.slugs = slugs | set(known)
        self.past: defaultdict[tuple[str, str], list[PastEntry]] = defaultdict(list)
        for entry in archive.past:
            self.past[entry.slug, entry.language].append(entry)
        keys = {picture.key for picture in archive.pictures}
        own_keys = {self.own_key(picture.slug, picture.key) for picture in archive.pictures}
        owners = ArticlePicture.objects.filter(key__in=keys | own_keys).values_list("key", "article")
        self.pictures: dict[str, int | None] = dict(owners)

    def own_key(self, slug: str, key: str) -> str:
        """Return the key of an article's picture when another article has the one that the archive says."""
        value = f"{self.organisation.pk}/{slug}/{key}"
        return salted_hmac("help_centre.picture", value, algorithm="sha256").hexdigest()[:32]


class _ArticlePlanner:
    """Decides about one article."""

    def __init__(self, here: _Here, plan: Plan, slug: str) -> None:
        self.here, self.plan, self.slug = here, plan, slug
        self.article = here.articles.get(slug)

    def planned(self, entries: list[TextEntry], pictures: list[PictureEntry]) -> ArticlePlan | None:
        """Return what would be done; None when the article can be neither found nor created."""
        plan = ArticlePlan(self.slug, self.article)
        source = _source_of(entries)
        keys = self._add_pictures(plan, pictures)
        versions = {version.language: version for version in self.article.versions.all()} if self.article else {}
        for entry in sorted(entries, key=lambda entry: (entry is not source, entry.language, entry.is_draft)):
            text = self._text(entry, keys, versions.get(entry.language)) if self._is_offered(entry) else None
            plan.texts.extend([text] if text else [])
        if not plan.texts and self.article is None:
            return None
        return plan if self._add_details(plan, source) else None

    def _say(self, entry: TextEntry, text: str, key: str = "") -> None:
        self.plan.problems.append(Problem(entry.path, entry.file.lines.get(key, 0), text))

    def _is_offered(self, entry: TextEntry) -> bool:
        if entry.language in self.here.organisation.languages:
            return True
        self._say(entry, _("La entidad no ofrece este idioma."))
        return False

    def _add_details(self, plan: ArticlePlan, source: TextEntry | None) -> bool:
        """Say in the plan what is common to all languages; tell whether there is, or can be, an article."""
        if source is None:
            if self.article is None:
                words = _("Falta el archivo con el tema y los demás datos del artículo.")
                self.plan.problems.append(Problem(plan.texts[0].path, 0, words))
            return self.article is not None
        try:
            details = self._details(source, plan.texts)
        except NotAnArticleFile as problem:
            self.plan.problems.append(Problem(source.path, problem.line, str(problem)))
            return False
        topic = self._topic(source)
        if self.article is None:
            plan.topic, plan.details = topic, details
        else:
            details |= {"topic": topic} if topic else {}
            plan.details = {name: value for name, value in details.items() if _differs(self.article, name, value)}
        self._add_names(plan, source)
        return self.article is not None or topic is not None

    def _details(self, source: TextEntry, texts: list[TextPlan]) -> dict[str, Any]:
        file = source.file
        details = plain_details_in(file, source.language)
        if details["source_language"] not in self.here.organisation.languages and texts:
            details["source_language"] = texts[0].language
        team = file.values.get("owner_team", "")
        unknown = _("«%(name)s» no existe aquí y se deja fuera.")
        if team and team not in self.here.teams:
            self._say(source, unknown % {"name": team}, "owner_team")
        details["owner_team"] = self.here.teams.get(team)
        lists: tuple[tuple[str, dict[str, Any]], ...] = (
            ("also_in", self.here.topics),
            ("procedures", self.here.procedures),
            ("audience_teams", self.here.teams),
        )
        for key, rows in lists:
            names = file.lists.get(key, ())
            for name in names:
                if name not in rows:
                    self._say(source, unknown % {"name": name}, key)
            details[key] = [rows[name] for name in names if name in rows]
        for key in unknown_keys(file):
            self._say(source, _("«%(key)s» no significa nada en un artículo y se deja fuera.") % {"key": key}, key)
        return details

    def _topic(self, source: TextEntry) -> Topic | None:
        slug = source.file.values.get("topic", "")
        known: Topic | None = self.here.topics.get(slug)
        if known is not None:
            return known
        if self.article is not None:
            self._say(source, _("El tema «%(topic)s» no existe aquí: sigue en el suyo.") % {"topic": slug}, "topic")
            return None
        self.plan.unknown_topics[slug] += 1
        if self.here.fallback is None:
            self._say(source, _("El tema «%(topic)s» no existe aquí. Elija otro o créelo.") % {"topic": slug}, "topic")
        return self.here.fallback

    def _add_names(self, plan: ArticlePlan, source: TextEntry) -> None:
        """Say which other articles it names; they may come in the same archive."""
        file = source.file
        for slug in _named_articles(file):
            if slug not in self.here.slugs:
                key = "related" if slug in file.lists.get("related", ()) else "superseded_by"
                self._say(source, _("El artículo «%(slug)s» no existe aquí y se deja fuera.") % {"slug": slug}, key)
        related = [slug for slug in file.lists.get("related", ()) if slug in self.here.slugs]
        superseded_by = file.values.get("superseded_by", "")
        superseded_by = superseded_by if superseded_by in self.here.slugs and superseded_by != self.slug else ""
        if self.article is None or {other.slug for other in self.article.related.all()} != set(related):
            plan.related = related
        now = self.article.superseded_by.slug if self.article and self.article.superseded_by else ""
        if superseded_by != now:
            plan.superseded_by = superseded_by

    def _add_pictures(self, plan: ArticlePlan, pictures: list[PictureEntry]) -> dict[str, str]:
        """Say which pictures are new; return the key here of each key of the archive."""
        article, owners, keys = self.article.pk if self.article else None, self.here.pictures, {}
        for picture in pictures:
            own = self.here.own_key(self.slug, picture.key)
            here = [key for key in (picture.key, own) if article is not None and owners.get(key) == article]
            keys[picture.key] = here[0] if here else own if picture.key in owners else picture.key
            if not here:
                owners[keys[picture.key]] = None
                plan.pictures.append((picture, keys[picture.key]))
        return keys

    def _text(self, entry: TextEntry, keys: dict[str, str], version: ArticleVersion | None) -> TextPlan | None:
        read = self._read(entry, keys)
        if read is None:
            return None
        text, state = read
        draft: ArticleDraft | None = getattr(version, "draft", None)
        is_read = version is not None and version.state != PublicationState.DRAFT
        step = "new" if version is None else "changed"
        if is_read and _says(version, text):
            step = "same"
        elif draft is not None and _says(draft, text):
            step = "drafted"
        elif draft is not None:
            self._say(entry, _("Aquí se está escribiendo otro texto, que no se toca. Publíquelo o descártelo antes."))
            return None
        stand = ArticleDraft(version=version).stand if version and draft is None else ""
        past = () if entry.is_draft or (version and version.revision) else self._past(entry, keys)
        return TextPlan(entry.path, entry.language, entry.is_draft, text, state, step, stand, past)

    def _read(self, entry: TextEntry | PastEntry, keys: dict[str, str]) -> tuple[ArticleText, TextState] | None:
        """Return a text, showing the pictures that it will have here, and how it was shown; None when it is none."""
        try:
            text, state = text_in(entry.file), state_in(entry.file)
        except NotAnArticleFile as problem:
            self.plan.problems.append(Problem(entry.path, problem.line, str(problem)))
            return None
        parts = {name: with_keys(words, keys) for name, words in text.parts.items()}
        return replace(text, body=with_keys(text.body, keys), parts=parts), state

    def _past(self, entry: TextEntry, keys: dict[str, str]) -> tuple[PastText, ...]:
        read = [(past.number, self._read(past, keys)) for past in self.here.past[self.slug, entry.language]]
        texts = [
            PastText(number, found[0], found[1].published_at)
            for number, found in read
            if found and found[1].published_at
        ]
        return tuple(sorted(texts, key=lambda past: past.number))


_WRITTEN = {"new", "changed"}


def _change(plan: ArticlePlan) -> dict[str, Any]:
    names = [*plan.details, *(["related"] if plan.related is not None else [])]
    names += ["superseded_by"] if plan.superseded_by is not None else []
    return {
        "slug": plan.slug,
        "title": plan.texts[0].text.title if plan.texts else plan.slug,
        "is_new": plan.article is None,
        "texts": [text.language for text in plan.texts if text.step in _WRITTEN],
        "details": [] if plan.article is None else [_words(name) for name in names],
    }


def _words(name: str) -> str:
    return {
        "related": _("artículos relacionados"),
        "superseded_by": _("artículo que lo sustituye"),
    }.get(name) or str(Article._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # all are columns


def _changes_something(plan: ArticlePlan) -> bool:
    is_named_anew = plan.related is not None or plan.superseded_by is not None
    has_new_text = any(text.step in _WRITTEN for text in plan.texts)
    return bool(plan.article is None or plan.details or plan.pictures or is_named_anew or has_new_text)


def _nearest_last(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.order_by(Length("organisation__path"), "pk")


def _named_articles(file: ArticleFile) -> list[str]:
    superseded_by = file.values.get("superseded_by", "")
    return [*file.lists.get("related", ()), *([superseded_by] if superseded_by else [])]


def _source_of(entries: Iterable[TextEntry]) -> TextEntry | None:
    """Return the text whose file says what is common to all languages."""
    telling = [entry for entry in entries if not entry.is_draft and {"topic", "kind"} & set(entry.file.values)]
    first = [entry for entry in telling if entry.file.values.get("source_language", entry.language) == entry.language]
    return next(iter([*first, *telling]), None)


def _differs(article: Article, name: str, value: Any) -> bool:
    if name in {"also_in", "procedures", "audience_teams"}:
        return {row.pk for row in getattr(article, name).all()} != {row.pk for row in value}
    if name in {"topic", "owner_team"}:
        return bool(getattr(article, f"{name}_id") != (value.pk if value else None))
    return bool(getattr(article, name) != value)


def _says(row: Any, text: ArticleText) -> bool:
    return all(getattr(row, name) == getattr(text, name) for name in SHOWN_FIELDS)
