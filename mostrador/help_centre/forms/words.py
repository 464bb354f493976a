"""What editors type of words that mean the same."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from mostrador.help_centre.rules.synonym_words import words_in_lines
from mostrador.organisations.models import Organisation


class WordsField(forms.CharField):
    """Words and phrases, one in each line; cleaned to a list."""

    def __init__(self, *, lang: str, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 4, "lang": lang})
        super().__init__(required=False, widget=widget, **kwargs)

    def clean(self, value: Any) -> Any:
        return words_in_lines(super().clean(value))


class SynonymsForm(forms.Form):
    """Words by language, one field for each, and a question to try them with."""

    def __init__(self, organisation: Organisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = dict(settings.LANGUAGES)
        self.languages = sorted(names, key=lambda code: code not in organisation.languages)
        for code in self.languages:
            self.fields[f"words_{code}"] = WordsField(label=names[code], lang=code)
        self.fields["question"] = forms.CharField(
            label=_("Pruebe con una pregunta"),
            max_length=200,
            required=False,
            widget=forms.TextInput(attrs={"list": "recent-searches", "autocomplete": "off"}),
        )
        self.fields["language"] = forms.ChoiceField(
            label=_("Idioma de quien pregunta"),
            choices=[(code, names[code]) for code in self.languages if code in organisation.languages],
        )

    @property
    def words(self) -> dict[str, list[str]]:
        """What was typed, by language."""
        return {code: self.cleaned_data.get(f"words_{code}", []) for code in self.languages}
