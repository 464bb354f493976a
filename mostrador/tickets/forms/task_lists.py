"""Lists of tasks that are put onto tickets."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mostrador.organisations.models import Organisation
from mostrador.shared.tokens import new_token
from mostrador.tickets.actions.tasks import MOST_TASKS
from mostrador.tickets.forms.citizen import PlainTextField
from mostrador.tickets.forms.offered import OfferedForm
from mostrador.tickets.models import Task, TaskList

LONGEST_TASK = Task._meta.get_field("text").max_length or 0


class TaskListForm(OfferedForm):
    """One list; its tasks are written one a line."""

    field_order = ("name", "team", "topic", "texts")

    name = PlainTextField(
        label=_("Nombre"),
        help_text=_("Con él se elige en la consulta: «Factura rechazada»."),
        max_length=80,
        error_messages={"required": _("Escriba un nombre.")},
    )
    texts = PlainTextField(
        label=_("Tareas"),
        help_text=_("Una en cada línea, en el orden en que se hacen."),
        max_length=MOST_TASKS * (LONGEST_TASK + 2),
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": _("Escriba al menos una tarea.")},
    )
    key = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def __init__(
        self, organisation: Organisation, data: Any = None, *, task_list: TaskList | None = None, **options: Any
    ) -> None:
        super().__init__(data, initial=_initial(task_list) if task_list else {"key": new_token()}, **options)
        self.offer(
            organisation,
            kept_team=task_list.team_id if task_list else None,
            kept_topic=task_list.topic if task_list else None,
        )

    def clean_texts(self) -> list[str]:
        """Return the tasks, each once; say which line is too long, or that there are too many."""
        lines = (" ".join(line.split()) for line in self.cleaned_data["texts"].splitlines())
        texts = list(dict.fromkeys(line for line in lines if line))
        if long := [text for text in texts if len(text) > LONGEST_TASK]:
            words = _("Esta tarea es demasiado larga; caben %(most)s letras: «%(text)s…».")
            raise forms.ValidationError(words, params={"most": LONGEST_TASK, "text": long[0][:40]})
        if len(texts) > MOST_TASKS:
            raise forms.ValidationError(_("Una lista tiene %(most)s tareas como mucho."), params={"most": MOST_TASKS})
        return texts

    def values(self) -> dict[str, Any]:
        """Return the columns of the list, once the form is valid."""
        data = self.cleaned_data
        return {"name": data["name"], "team": data["team"], "topic": data["topic"], "texts": data["texts"]}


def _initial(row: TaskList) -> dict[str, Any]:
    return {"name": row.name, "team": row.team_id, "topic": row.topic_id, "texts": "\n".join(row.texts)}
