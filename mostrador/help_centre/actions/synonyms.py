"""Words that mean the same to an organisation's readers: changes to the product's list, and groups of its own."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.help_centre.actions.articles import tell_readers
from mostrador.help_centre.errors import WordElsewhere
from mostrador.help_centre.models import SynonymGroup
from mostrador.help_centre.queries.synonyms import GroupRow, in_use, own_and_inherited, synonym_groups
from mostrador.help_centre.rules.synonym_words import FEWEST_WORDS, LONGEST_WORD, MOST_WORDS, repeated, shared_words
from mostrador.organisations.models import Organisation
from mostrador.shared.errors import ActionRefused

TAKEN_KEYS = {"nuevo"}  # an address says something else with it


@transaction.atomic
def save_synonyms(
    organisation: Organisation, key: str, words: Mapping[str, list[str]], *, author: User | None
) -> SynonymGroup:
    """Keep the words of a group; a group that comes from elsewhere is changed for this organisation
    and those below it.

    Args:
        organisation: Whose readers use the words.
        key: Of the group; "" begins a new one.
        words: Words and phrases by language.
        author: Who decides it.

    Raises:
        ActionRefused: The words are too few, too many, too long or repeated.
        WordElsewhere: An added word stands in another group already.
    """
    rows = synonym_groups(organisation)
    before = next((row for row in rows if row.key == key), None)
    refuse_words(words, rows, before=before)
    kept = {language: phrases for language, phrases in words.items() if phrases}
    group, _created = SynonymGroup.objects.update_or_create(
        organisation=organisation,
        key=key or _free_key(kept, {row.key for row in rows}),
        defaults={"words": kept, "is_active": True, "changed_at": timezone.now()},
    )
    record("help_centre.synonyms_saved", group, actor=author, details={"words": kept})
    tell_readers(organisation)
    return group


@transaction.atomic
def use_synonyms(organisation: Organisation, row: GroupRow, *, is_active: bool, author: User | None) -> None:
    """Have the search use a group, or leave it aside; its words stay."""
    group, _created = SynonymGroup.objects.update_or_create(
        organisation=organisation,
        key=row.key,
        defaults={"words": row.words, "is_active": is_active, "changed_at": timezone.now()},
    )
    record("help_centre.synonyms_used" if is_active else "help_centre.synonyms_left", group, actor=author)
    came = own_and_inherited(organisation)[1].get(row.key)
    if came and (came.words, came.is_active) == (row.words, is_active):
        group.delete()  # nothing is different here, so later changes of the product's list count again
    tell_readers(organisation)


@transaction.atomic
def forget_synonyms(organisation: Organisation, key: str, *, author: User | None) -> None:
    """Take away what the organisation says of a group: what it inherits returns; a group of its own is gone.

    The record keeps the words.
    """
    group = SynonymGroup.objects.select_for_update().filter(organisation=organisation, key=key).first()
    if group is None:
        return
    record("help_centre.synonyms_forgotten", group, actor=author, details={"words": group.words})
    group.delete()
    tell_readers(organisation)


def refuse_words(words: Mapping[str, list[str]], rows: list[GroupRow], *, before: GroupRow | None) -> None:
    """Refuse words that cannot be a group beside the others.

    Raises:
        ActionRefused: The words are too few, too many, too long or repeated.
        WordElsewhere: An added word stands in another group already.
    """
    if sum(map(len, words.values())) < FEWEST_WORDS:
        raise ActionRefused(_("Escriba al menos dos palabras o expresiones que signifiquen lo mismo."))
    for phrases in words.values():
        if len(phrases) > MOST_WORDS:
            raise ActionRefused(_("Caben %(most)s palabras en cada idioma. Reparta las demás.") % {"most": MOST_WORDS})
        if long := next((phrase for phrase in phrases if len(phrase) > LONGEST_WORD), ""):
            raise ActionRefused(
                _("«%(word)s…» tiene más de %(most)s letras. Acórtela.") % {"word": long[:30], "most": LONGEST_WORD}
            )
        if twice := repeated(phrases):
            raise ActionRefused(_("«%(word)s» está dos veces. Deje una.") % {"word": twice})
    others = [group for group in in_use(rows) if before is None or group.key != before.key]
    for word, group in shared_words(words, others, before=before.words if before else {}):
        raise WordElsewhere(word, group)


def _free_key(words: Mapping[str, list[str]], taken: set[str]) -> str:
    wanted = slugify(next(phrases[0] for phrases in words.values()))[:50] or "grupo"
    candidates = [wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 3))]
    return next(key for key in candidates if key not in taken | TAKEN_KEYS)
