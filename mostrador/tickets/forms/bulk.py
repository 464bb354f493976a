"""What an act on many tickets needs to know."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mostrador.accounts.models import User
from mostrador.accounts.permissions import Access
from mostrador.organisations.models import Organisation, Team, Topic
from mostrador.organisations.queries import topic_options
from mostrador.service_status.models import Incident
from mostrador.shared.formats import exact_date
from mostrador.shared.forms import Combobox
from mostrador.tickets.choices import BulkKind, Priority, State
from mostrador.tickets.forms.agent import LONGEST_TEXT, StateForm
from mostrador.tickets.forms.citizen import PlainTextField
from mostrador.tickets.models import Ticket
from mostrador.tickets.queries.bulk import incidents_to_choose, people_to_choose, targets_to_choose, teams_to_choose
from mostrador.tickets.rules.bulk import AT_ONCE
from mostrador.tickets.rules.tags import normalised

TAG_LENGTH = 40  # characters


class BulkForm(forms.Form):
    """What all of them share. `values` and `words` are asked once the form is valid; `keys` are the chosen tickets."""

    # What whoever does it should know before.
    note: str | Promise = ""

    def __init__(
        self, organisation: Organisation, access: Access, data: Any = None, *, keys: Sequence[int] = ()
    ) -> None:
        super().__init__(data, auto_id="bulk_%s")
        self.keys = list(keys)
        self.prepare(organisation, access)

    def prepare(self, organisation: Organisation, access: Access) -> None:
        """Fill the choices."""

    def values(self) -> dict[str, Any]:
        """Return what the act needs, as it is kept."""
        return {}

    def words(self) -> str:
        """Return what it does."""
        raise NotImplementedError


class BulkAssignForm(BulkForm):
    to = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Quién las lleva"),
        required=False,
        empty_label=gettext_lazy("Nadie"),
        widget=Combobox,
    )

    def prepare(self, organisation: Organisation, access: Access) -> None:
        """Offer who handles tickets here, oneself first."""
        to = self.fields["to"]
        if isinstance(to, forms.ModelChoiceField):
            keys = [person.pk for person in people_to_choose(organisation)]
            to.queryset = User.objects.filter(pk__in=keys).order_by("name", "pk")
            to.initial = access.user.pk

    def values(self) -> dict[str, Any]:
        """Return the key of whoever gets them."""
        to = self.cleaned_data["to"]
        return {"to": to.pk if to else None}

    def words(self) -> str:
        """Return to whom they go."""
        to = self.cleaned_data["to"]
        return _("Asignar a %(name)s") % {"name": to.name} if to else _("Dejar sin asignar")


class BulkTransferForm(BulkForm):
    team = forms.ModelChoiceField(
        Team.objects.none(),
        label=gettext_lazy("Equipo que las atenderá"),
        empty_label=gettext_lazy("Elija un equipo"),
        widget=Combobox,
        error_messages={"required": gettext_lazy("Elija un equipo.")},
    )

    def prepare(self, organisation: Organisation, access: Access) -> None:
        """Offer the teams."""
        team = self.fields["team"]
        if isinstance(team, forms.ModelChoiceField):
            team.queryset = teams_to_choose(organisation, access)

    def values(self) -> dict[str, Any]:
        """Return the key of the team."""
        return {"team": self.cleaned_data["team"].pk}

    def words(self) -> str:
        """Return where they go."""
        return _("Pasar al equipo %(team)s") % {"team": self.cleaned_data["team"].name}


class BulkStateForm(BulkForm, StateForm):
    def values(self) -> dict[str, Any]:
        """Return whose turn it will be."""
        return {"state": self.cleaned_data["state"], "third_party": self.cleaned_data["third_party"]}

    def words(self) -> str:
        """Return whose turn it will be."""
        return _("Dejar como «%(state)s»") % {"state": State(self.cleaned_data["state"]).label}


class BulkTagForm(BulkForm):
    tag = PlainTextField(
        label=gettext_lazy("Etiqueta"),
        max_length=TAG_LENGTH,
        error_messages={"required": gettext_lazy("Escriba la etiqueta.")},
    )

    def clean_tag(self) -> str:
        """Return it as it is kept.

        Raises:
            ValidationError: Nothing is left of it.
        """
        tag = normalised(self.cleaned_data["tag"])
        if not tag:
            raise forms.ValidationError(_("Escriba la etiqueta."))
        return tag

    def values(self) -> dict[str, Any]:
        """Return the tag."""
        return {"tag": self.cleaned_data["tag"]}

    def words(self) -> str:
        """Return the tag that is put."""
        return _("Poner la etiqueta %(tag)s") % {"tag": self.cleaned_data["tag"]}


class BulkUntagForm(BulkTagForm):
    def words(self) -> str:
        """Return the tag that is taken away."""
        return _("Quitar la etiqueta %(tag)s") % {"tag": self.cleaned_data["tag"]}


class BulkPriorityForm(BulkForm):
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Prioridad"), choices=Priority.choices, coerce=int, widget=forms.RadioSelect
    )

    def values(self) -> dict[str, Any]:
        """Return the number of the priority."""
        return {"priority": self.cleaned_data["priority"]}

    def words(self) -> str:
        """Return the priority."""
        return _("Poner prioridad %(priority)s") % {"priority": Priority(self.cleaned_data["priority"]).label}


class BulkTopicForm(BulkForm):
    topic = forms.TypedChoiceField(
        label=gettext_lazy("Tema"), required=False, coerce=int, empty_value=None, widget=Combobox
    )

    def prepare(self, organisation: Organisation, access: Access) -> None:
        """Offer the topics of the organisation."""
        topic = self.fields["topic"]
        if isinstance(topic, forms.TypedChoiceField):
            topic.choices = [("", _("Ninguno")), *topic_options(organisation)]

    def values(self) -> dict[str, Any]:
        """Return the key of the topic."""
        return {"topic": self.cleaned_data["topic"]}

    def words(self) -> str:
        """Return the topic."""
        key = self.cleaned_data["topic"]
        return (
            _("Poner el tema «%(topic)s»") % {"topic": Topic.objects.get(pk=key).name} if key else _("Quitar el tema")
        )


class BulkIncidentForm(BulkForm):
    incident = forms.ModelChoiceField(
        Incident.objects.none(),
        label=gettext_lazy("Incidencia"),
        help_text=gettext_lazy("Las que siguen abiertas."),
        empty_label=gettext_lazy("Elija una incidencia"),
        widget=Combobox,
        error_messages={"required": gettext_lazy("Elija una incidencia.")},
    )

    def prepare(self, organisation: Organisation, access: Access) -> None:
        """Offer the interruptions that go on."""
        incident = self.fields["incident"]
        if isinstance(incident, forms.ModelChoiceField):
            incident.queryset = incidents_to_choose(organisation)

    def values(self) -> dict[str, Any]:
        """Return the key of the incident."""
        return {"incident": self.cleaned_data["incident"].pk}

    def words(self) -> str:
        """Return the incident."""
        return _("Asociar a «%(incident)s»") % {"incident": self.cleaned_data["incident"].title}


class _TargetField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    def label_from_instance(self, obj: Any) -> str:
        """Say which ticket it is, whose, and since when."""
        who = obj.person.name or _("Sin nombre")
        return f"{obj.subject or obj.reference} · {who} · {exact_date(obj.opened_at)} · {obj.reference}"


class BulkMergeForm(BulkForm):
    note = gettext_lazy(
        "Los mensajes y archivos de las demás pasarán a la que elija, donde seguirá todo; las demás quedarán cerradas "
        "y fuera de las medidas. La persona lo sabrá por correo, una vez. Puede deshacerlo durante un día. Las que "
        "sean de otra persona o de otra entidad, o más reservadas, se quedan como están."
    )

    into = _TargetField(
        Ticket.objects.none(),
        label=gettext_lazy("Cuál queda"),
        help_text=gettext_lazy("Si no elige otra, la más antigua que siga abierta."),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Ninguna de las elegidas está abierta. Reabra antes la que quede.")},
    )

    def prepare(self, organisation: Organisation, access: Access) -> None:
        """Offer the chosen tickets that are open, the oldest first; of many, by typing."""
        into = self.fields["into"]
        if isinstance(into, forms.ModelChoiceField):
            if len(self.keys) > AT_ONCE:
                into.widget = Combobox()
            into.queryset = targets_to_choose(self.keys, access)
            into.initial = into.queryset.values_list("pk", flat=True).first()

    def clean(self) -> dict[str, Any]:
        """Ask for two tickets at least."""
        data: dict[str, Any] = super().clean() or {}
        if len(set(self.keys)) < 2:
            raise forms.ValidationError(_("Elija en la lista al menos dos consultas."))
        return data

    def values(self) -> dict[str, Any]:
        """Return the key of the ticket that stays."""
        return {"into": self.cleaned_data["into"].pk}

    def words(self) -> str:
        """Return which ticket stays."""
        return _("Unir a la %(reference)s") % {"reference": self.cleaned_data["into"].reference}


class BulkResolveForm(BulkForm):
    text = PlainTextField(
        label=gettext_lazy("Respuesta a cada persona"),
        help_text=gettext_lazy("Se envía la misma a todas. Después no se puede deshacer."),
        validators=[MaxLengthValidator(LONGEST_TEXT)],
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"required": gettext_lazy("Escriba la respuesta antes de enviarla.")},
    )

    def values(self) -> dict[str, Any]:
        """Return what is said."""
        return {"text": self.cleaned_data["text"]}

    def words(self) -> str:
        """Return what is done."""
        return _("Responder y resolver")


class BulkSpamForm(BulkForm):
    def words(self) -> str:
        """Return what is done."""
        return _("Marcar como correo no deseado")


FORMS: dict[str, type[BulkForm]] = {
    BulkKind.ASSIGN: BulkAssignForm,
    BulkKind.TRANSFER: BulkTransferForm,
    BulkKind.STATE: BulkStateForm,
    BulkKind.ADD_TAG: BulkTagForm,
    BulkKind.REMOVE_TAG: BulkUntagForm,
    BulkKind.PRIORITY: BulkPriorityForm,
    BulkKind.TOPIC: BulkTopicForm,
    BulkKind.INCIDENT: BulkIncidentForm,
    BulkKind.MERGE: BulkMergeForm,
    BulkKind.RESOLVE: BulkResolveForm,
    BulkKind.SPAM: BulkSpamForm,
}
