"""What people type about their own account, and administrators about others.

Forms of allauth are taken as they are, with our words: its own are not translated to Galician and less plain.
"""

from typing import TYPE_CHECKING, Any

from allauth.account import forms as account
from allauth.mfa.base import forms as second_factor
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from mostrador.accounts.choices import Role
from mostrador.accounts.models import User
from mostrador.organisations.models import Organisation, Team
from mostrador.shared.forms import DateInput

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise

PASSWORD_HINT = _("Al menos 12 caracteres. Tres o cuatro palabras sin relación entre sí son fáciles de recordar.")


def reword(form: forms.Form, **words: "Words | tuple[Words, Words]") -> None:
    """Give fields our labels (or label and hint) and take away the placeholders and hints that came with them."""
    for name, label in words.items():
        field = form.fields[name]
        field.label, field.help_text = label if isinstance(label, tuple) else (label, "")
        field.widget.attrs.pop("placeholder", None)


class SignInForm(account.LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self, login=_("Correo electrónico"), password=_("Contraseña"))
        self.fields["login"].widget.attrs["autocomplete"] = "username webauthn"


class ForgottenPasswordForm(account.ResetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self, email=_("Correo electrónico"))


class NewPasswordForm(account.ResetPasswordKeyForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        reword(self, password1=(_("Contraseña nueva"), PASSWORD_HINT))


class ChangePasswordForm(account.ChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        reword(self, oldpassword=_("Contraseña actual"), password1=(_("Contraseña nueva"), PASSWORD_HINT))


class SetPasswordForm(account.SetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        reword(self, password1=(_("Contraseña nueva"), PASSWORD_HINT))


class ConfirmPasswordForm(account.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self, password=_("Contraseña"))


class CodeForm(second_factor.AuthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self, code=_code_label())


class ConfirmCodeForm(second_factor.ReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self, code=_code_label())


class AddAuthenticatorForm(ActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self, code=_("Código de seis cifras"))
        self.fields["code"].widget.attrs["inputmode"] = "numeric"


class AddPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"name": "", "passwordless": True} | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        reword(
            self,
            name=(_("Nombre de la llave"), _("Para reconocerla: «móvil», «llave USB del despacho».")),
            passwordless=(
                _("Entrar solo con esta llave, sin contraseña"),
                _("La llave pedirá su huella, su cara o un PIN."),
            ),
        )


class RenamePasskeyForm(EditWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self, name=_("Nombre de la llave"))


class ProfileForm(forms.Form):
    name = forms.CharField(
        label=_("Nombre"),
        max_length=120,
        help_text=_("Así firma sus respuestas: lo leen las personas a las que atiende."),
    )
    language = forms.ChoiceField(label=_("Idioma de sus páginas"))

    def __init__(self, *args: Any, languages: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"].choices = languages  # type: ignore[attr-defined]  # a ChoiceField


class AcceptInvitationForm(forms.Form):
    name = forms.CharField(
        label=_("Nombre"),
        max_length=120,
        help_text=_("Así firmará sus respuestas: lo leen las personas a las que atienda."),
    )
    password = forms.CharField(
        label=_("Contraseña"),
        strip=False,
        help_text=PASSWORD_HINT,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if password := cleaned.get("password"):
            try:
                validate_password(password, User(email=self.email, name=cleaned.get("name", "")))
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned


class WorkForm(forms.Form):
    """What somebody does at an organisation."""

    roles = forms.MultipleChoiceField(
        label=_("Funciones"), choices=Role, widget=forms.CheckboxSelectMultiple, required=True
    )
    with_descendants = forms.BooleanField(label=_("También en las entidades que dependen de esta"), required=False)
    teams = forms.ModelMultipleChoiceField(
        label=_("Equipos"), queryset=Team.objects.none(), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        teams = Team.objects.filter(organisation=organisation, is_active=True).order_by("name", "pk")
        self.fields["teams"].queryset = teams  # type: ignore[attr-defined]  # a ModelMultipleChoiceField


class InviteForm(WorkForm):
    name = forms.CharField(label=_("Nombre"), max_length=120)
    email = forms.EmailField(
        label=_("Correo electrónico"),
        help_text=_("Allí recibirá un enlace para crear su cuenta. Caduca a los siete días."),
        widget=forms.EmailInput(attrs={"autocomplete": "off"}),
    )

    field_order = ["name", "email", "roles", "with_descendants", "teams"]


class SecondFactorPolicyForm(forms.Form):
    roles = forms.MultipleChoiceField(
        label=_("Funciones que necesitan un segundo factor para entrar"),
        choices=Role,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_(
            "Vale también para las entidades que dependen de esta. Quien no lo tenga lo configurará al entrar."
        ),
    )


class RecordFilterForm(forms.Form):
    """Which lines of the record are shown. The names stand in the address."""

    desde = forms.DateField(label=_("Desde"), required=False, widget=DateInput())
    hasta = forms.DateField(label=_("Hasta"), required=False, widget=DateInput())
    quien = forms.ChoiceField(label=_("Quién"), required=False)
    accion = forms.ChoiceField(label=_("Qué hizo"), required=False)
    objeto = forms.CharField(label=_("Sobre qué (referencia o nombre)"), required=False, max_length=200)

    def __init__(self, *args: Any, people: list[tuple[str, str]], verbs: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["quien"].choices = [("", _("Cualquiera")), *people]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["accion"].choices = [("", _("Cualquier cosa")), *verbs]  # type: ignore[attr-defined]  # as above


def _code_label() -> "tuple[Words, Words]":
    return (
        _("Código"),
        _("El de seis cifras de su aplicación, o uno de sus códigos de recuperación."),
    )
