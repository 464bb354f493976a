"""How mailboxes and the addresses that answer for them are set up, stopped and started again."""

import secrets
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from mostrador.accounts.models import User
from mostrador.audit.actions import record
from mostrador.mailbox.choices import Afterwards, Connection, SignIn, Way
from mostrador.mailbox.models import IncomingMail, Mailbox
from mostrador.mailbox.models.mailboxes import inbox_only, sealed
from mostrador.mailbox.rules.connections import PASSWORD_IS_OF, PRESETS, SECRET_IS_OF, WITH_OAUTH2
from mostrador.mailbox.rules.dkim_keys import new_key
from mostrador.notifications.models import SEALED_FOR as SEALED_FOR_DKIM
from mostrador.notifications.models import Sender
from mostrador.organisations.models import Organisation
from mostrador.shared.background import run_later
from mostrador.shared.errors import ActionRefused
from mostrador.shared.sealing import seal

TAKE_ALL = "take"
# What is kept as it was typed.
_AS_TYPED = ("name", "aliases", "team", "topic", "language", "trusted_servers", "sends_acknowledgement")
_OF_SERVER = ("host", "port", "security", "user", "oauth_tenant", "oauth_client", "oauth_token_url", "oauth_scope")
# With another one of these, numbers of messages mean something else.
_WHERE = ("way", "host", "user")
_WHO_MAY = (*SECRET_IS_OF, "oauth_scope")


@transaction.atomic
def save_mailbox(
    organisation: Organisation,
    connection: Connection,
    values: Mapping[str, Any],
    *,
    actor: User | None,
    box: Mailbox | None = None,
) -> Mailbox:
    """Set up a mailbox, or change one.

    What is in its folders already is left alone unless `values["existing"]` says "take": a job finds where they begin
    and puts the mailbox to use. A change of the server goes through all of it again; what we have is recognised.

    Args:
        organisation: Whose it is.
        connection: How its mail reaches us.
        values: By the names of the columns; `password`, `oauth_secret` and `oauth_refresh` in clear, empty to keep the
            old one, which is forgotten when it would go to another server, user or issuer; `sender` is None for the
            mailbox's own address.
        actor: Who does it.
        box: The one that is changed.

    Raises:
        ActionRefused: Another mailbox of the installation has the address.
    """
    now = timezone.now()
    box = Mailbox.objects.select_for_update().get(pk=box.pk) if box else Mailbox(organisation=organisation)
    address = values["address"].strip()
    _refuse_taken(address, box)
    before = {name: getattr(box, name) for name in (*_WHERE, *PASSWORD_IS_OF, *_WHO_MAY)}
    box.address, box.changed_at, box.created_at = address, now, box.created_at or now
    for name in _AS_TYPED:
        setattr(box, name, values[name])
    box.quiet_alarm_hours = values.get("quiet_alarm_hours")
    box.sender = values.get("sender") or _own_sender(box)
    _place(box, connection, values)
    is_new = box.pk is None
    if not is_new:
        _keep_what_still_holds(box, before, values)
    if refresh := values.get("oauth_refresh"):
        box.oauth_refresh_sealed = sealed(refresh)
    is_used = is_new or box.is_active or not has_begun(box)
    begins = values.get("existing") != TAKE_ALL and _has_fresh_folders(box, before)
    box.is_active = is_used and not begins
    box.save()
    if not is_new and any(getattr(box, name) != before[name] for name in _WHERE):
        _go_through_again(box, before)
    if begins:
        _begin_later(box, activate=is_used)
    record("mailbox.created" if is_new else "mailbox.changed", box, actor=actor)
    return box


def _begin_later(box: Mailbox, *, activate: bool) -> None:
    """Find where a mailbox begins; whoever changes or stops it before that is right."""
    run_later("mailbox.begin", mailbox_id=box.pk, activate=int(activate), asked_at=box.changed_at.isoformat())


def has_begun(box: Mailbox) -> bool:
    """Tell whether a mailbox has been looked into, or waits for nothing: mail is delivered to it."""
    return box.way == Way.DELIVERED or box.last_fetch_at is not None or box.positions.exists()


def _has_fresh_folders(box: Mailbox, before: Mapping[str, Any]) -> bool:
    """Tell whether there are folders that were never looked into."""
    if box.way == Way.DELIVERED:
        return False
    if box.pk is None or box.way != before["way"]:
        return True
    if box.way == Way.POP3:
        return not box.positions.exists() or any(getattr(box, name) != before[name] for name in _WHERE)
    return bool(set(box.folders) - set(box.positions.values_list("name", flat=True)))


def _go_through_again(box: Mailbox, before: Mapping[str, Any]) -> None:
    """Let the numbers of another server mean nothing; IMAP's folders stay ours since when they were."""
    if box.way == Way.IMAP and before["way"] == Way.IMAP:
        box.positions.update(uid_validity=0)
    else:
        box.positions.all().delete()


def _refuse_taken(address: str, box: Mailbox) -> None:
    others = Mailbox.objects.filter(address__iexact=address).exclude(pk=box.pk)
    if other := others.first():
        if other.organisation_id == box.organisation_id:
            raise ActionRefused(_("Ya hay un buzón con esa dirección: «%(name)s».") % {"name": other.name})
        raise ActionRefused(_("Esa dirección ya es de un buzón de otra entidad de esta instalación."))


def _own_sender(box: Mailbox) -> Sender:
    known = Sender.objects.filter(organisation=box.organisation_id, address__iexact=box.address).first()
    return known or Sender.objects.create(organisation_id=box.organisation_id, address=box.address)


def _place(box: Mailbox, connection: Connection, values: Mapping[str, Any]) -> None:
    """Say where the mail is and how one gets in."""
    preset = PRESETS[connection]
    box.way, box.sign_in = preset.way, preset.sign_in
    for name in _OF_SERVER:
        default = getattr(preset, name) if name in {"host", "port", "security"} else ""
        setattr(box, name, values.get(name) or default)
    box.folders = values.get("folders") or inbox_only()
    box.afterwards = values.get("afterwards") or Afterwards.LEAVE
    box.done_folder = values.get("done_folder", "") if box.afterwards == Afterwards.MOVE else ""
    if password := values.get("password"):
        box.password_sealed = sealed(password)
    if secret := values.get("oauth_secret"):
        box.oauth_secret_sealed = sealed(secret)
    if box.sign_in != SignIn.PASSWORD or box.way == Way.DELIVERED:
        box.password_sealed = ""
    if box.sign_in not in WITH_OAUTH2:
        box.oauth_secret_sealed = ""


def _keep_what_still_holds(box: Mailbox, before: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Forget what was said of another server, account or application."""
    changed = {name for name in before if getattr(box, name) != before[name]}
    if changed & set(PASSWORD_IS_OF) and not values.get("password"):
        box.password_sealed = ""
    if changed & set(SECRET_IS_OF) and not values.get("oauth_secret"):
        box.oauth_secret_sealed = ""
    if changed & set(_WHO_MAY):
        box.oauth_refresh_sealed = ""
    box.problem, box.last_error, box.failing_since = "", "", None


@transaction.atomic
def stop_mailbox(box: Mailbox, *, actor: User) -> None:
    """Fetch nothing more and take nothing more in; what is at the server stays there."""
    _set_active(box, is_active=False)
    record("mailbox.stopped", box, actor=actor)


@transaction.atomic
def restart_mailbox(box: Mailbox, *, actor: User) -> None:
    """Go on where it was stopped; one that could not begin tries again."""
    if has_begun(box) and not _has_fresh_folders(box, {"way": box.way, "host": box.host, "user": box.user}):
        _set_active(box, is_active=True)
    else:
        _begin_later(_set_active(box, is_active=False), activate=True)
    record("mailbox.restarted", box, actor=actor)


def _set_active(box: Mailbox, *, is_active: bool) -> Mailbox:
    box = Mailbox.objects.select_for_update().get(pk=box.pk)
    box.is_active, box.changed_at = is_active, timezone.now()
    box.problem, box.last_error, box.failing_since, box.alarmed_at = "", "", None, None
    box.save(update_fields=["is_active", "changed_at", "problem", "last_error", "failing_since", "alarmed_at"])
    return box


@transaction.atomic
def keep_permission(box: Mailbox, refresh_token: str, *, actor: User) -> None:
    """Keep the permission that somebody gave us at the provider (OAuth2)."""
    box = Mailbox.objects.select_for_update().get(pk=box.pk)
    box.oauth_refresh_sealed, box.changed_at = sealed(refresh_token), timezone.now()
    box.problem, box.last_error, box.failing_since = "", "", None
    box.save(update_fields=["oauth_refresh_sealed", "changed_at", "problem", "last_error", "failing_since"])
    if not has_begun(box):
        _begin_later(box, activate=True)
    record("mailbox.permitted", box, actor=actor)


@transaction.atomic
def keep_hook_secret(box: Mailbox, secret: str, *, actor: User) -> str:
    """Keep the secret with which a provider signs what it gives us; "" makes one. Return it: it is shown this once."""
    box = Mailbox.objects.select_for_update().get(pk=box.pk)
    secret = secret or secrets.token_urlsafe(32)
    box.hook_secret_sealed, box.changed_at = sealed(secret), timezone.now()
    box.save(update_fields=["hook_secret_sealed", "changed_at"])
    record("mailbox.secret_renewed", box, actor=actor)
    return secret


@transaction.atomic
def save_sender(sender: Sender, values: Mapping[str, Any], *, actor: User) -> Sender:
    """Change how an address sends. There is one default in each organisation."""
    sender = Sender.objects.select_for_update().get(pk=sender.pk)
    if values["is_default"]:
        others = Sender.objects.filter(organisation=sender.organisation_id, is_default=True).exclude(pk=sender.pk)
        others.update(is_default=False)
    for name in ("name", "has_plus", "per_minute", "is_default"):
        setattr(sender, name, values[name])
    sender.save(update_fields=["name", "has_plus", "per_minute", "is_default"])
    record("mailbox.sender_changed", sender, actor=actor)
    return sender


@transaction.atomic
def make_dkim_key(sender: Sender, selector: str, *, actor: User) -> None:
    """Sign from now on with a fresh key. Its record should be published before: its page shows it until then."""
    sender = Sender.objects.select_for_update().get(pk=sender.pk)
    sender.dkim_selector = selector
    sender.dkim_key_sealed = seal(new_key(), purpose=SEALED_FOR_DKIM)
    sender.save(update_fields=["dkim_selector", "dkim_key_sealed"])
    record("mailbox.dkim_key_made", sender, actor=actor, details={"selector": selector})


@transaction.atomic
def drop_dkim_key(sender: Sender, *, actor: User) -> None:
    """Sign no more."""
    sender = Sender.objects.select_for_update().get(pk=sender.pk)
    sender.dkim_selector = sender.dkim_key_sealed = ""
    sender.save(update_fields=["dkim_selector", "dkim_key_sealed"])
    record("mailbox.dkim_key_dropped", sender, actor=actor)


def note_reading(mail: IncomingMail, *, by: User, downloaded: bool = False) -> None:
    """Record that an administrator read what somebody sent us (RD 311/2022, op.exp.8)."""
    record("mailbox.mail_downloaded" if downloaded else "mailbox.mail_read", mail, actor=by)
