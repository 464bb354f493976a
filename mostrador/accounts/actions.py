"""What is done with accounts: inviting, joining, changing what somebody may do, leaving and coming back."""

from collections.abc import Collection, Iterable, Mapping

from allauth.mfa.models import Authenticator
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from mostrador.accounts import queries
from mostrador.accounts.choices import InvitationState, Role
from mostrador.accounts.models import (
    AccessPolicy,
    Departure,
    Invitation,
    Membership,
    Session,
    TeamMembership,
    User,
)
from mostrador.accounts.rules import INVITATION_LASTS
from mostrador.audit.actions import record
from mostrador.organisations.models import Organisation, Team
from mostrador.shared.errors import ActionRefused
from mostrador.shared.pages import jinja
from mostrador.shared.tokens import new_token, token_hash


@transaction.atomic
def invite(
    organisation: Organisation,
    *,
    email: str,
    name: str,
    roles: Iterable[str],
    with_descendants: bool = False,
    teams: Iterable[Team] = (),
    by: User | None,
) -> tuple[Invitation, str]:
    """Invite somebody to work at the organisation; they get an e-mail with a link that is good for seven days.

    An open invitation to the same address is replaced: its link stops working.

    Returns:
        The invitation and its address, which is stored nowhere.

    Raises:
        ActionRefused: They work here already, no role was chosen, or access below is not the inviter's to give.
    """
    email = email.lower()
    if queries.members_of(organisation).filter(email=email).exists():
        raise ActionRefused(_("Esta persona ya trabaja aquí. Cambie sus funciones en la lista de personal."))
    chosen = list(dict.fromkeys(roles))
    if not chosen:
        raise ActionRefused(_("Elija al menos una función."))
    if with_descendants and by is not None:
        refuse_narrow_administrator(organisation, by)
    now = timezone.now()
    queries.open_invitations(organisation).filter(email__iexact=email).update(revoked_at=now)
    token = new_token()
    invitation = Invitation.objects.create(
        organisation=organisation,
        email=email,
        name=name,
        roles=chosen,
        with_descendants=with_descendants,
        token_hash=token_hash(token),
        invited_by=by,
        invited_at=now,
        expires_at=now + INVITATION_LASTS,
    )
    invitation.teams.set(teams)
    record("accounts.invited", invitation, actor=by, details={"roles": chosen})
    return invitation, _send_invitation(invitation, token)


@transaction.atomic
def resend_invitation(invitation: Invitation, *, by: User) -> str:
    """Send an open or expired invitation again with a new link, good for seven days; the old link stops working.

    Raises:
        ActionRefused: It was accepted or revoked in the meantime.
    """
    invitation = _locked(invitation)
    if invitation.state_at(timezone.now()) not in {InvitationState.OPEN, InvitationState.EXPIRED}:
        raise ActionRefused(_("Esta invitación ya no está pendiente. Envíe una nueva."))
    token = new_token()
    invitation.token_hash = token_hash(token)
    invitation.invited_at = timezone.now()
    invitation.expires_at = invitation.invited_at + INVITATION_LASTS
    invitation.save(update_fields=["token_hash", "invited_at", "expires_at"])
    record("accounts.invitation_resent", invitation, actor=by)
    return _send_invitation(invitation, token)


@transaction.atomic
def revoke_invitation(invitation: Invitation, *, by: User) -> None:
    """Make an invitation's link useless.

    Raises:
        ActionRefused: It was accepted in the meantime.
    """
    invitation = _locked(invitation)
    if invitation.accepted_at:
        raise ActionRefused(_("La invitación ya se ha aceptado. Para retirar el acceso, dé de baja a la persona."))
    if invitation.revoked_at is None:
        invitation.revoked_at = timezone.now()
        invitation.save(update_fields=["revoked_at"])
        record("accounts.invitation_revoked", invitation, actor=by)


@transaction.atomic
def accept_invitation(invitation: Invitation, *, name: str, password: str | None) -> User:
    """Make the account of somebody who was invited and has none, with the roles that the invitation names.

    Whoever left and works nowhere any more gets their old account back, with the new password: the link proves that the
    address is theirs. A second factor that they had is still asked for.

    Args:
        invitation: Found by its link.
        name: How they want to be called.
        password: Already checked for strength; None when they sign in with an identity provider.

    Raises:
        ActionRefused: The link was used, revoked or has expired, or the address has an account already.
    """
    invitation = _open(invitation)
    user = User.objects.select_for_update().filter(email__iexact=invitation.email).first()
    if user is None:
        language = invitation.organisation.default_language
        user = User.objects.create_user(invitation.email, password, name=name, language=language)
    elif user.is_active:
        raise ActionRefused(_("Esta dirección ya tiene una cuenta. Entre con ella y abra de nuevo el enlace."))
    else:
        user.name = name
        user.set_password(password)
        user.save(update_fields=["name", "password"])
    _join(invitation, user)
    return user


@transaction.atomic
def join_with_invitation(invitation: Invitation, *, user: User) -> None:
    """Give somebody who has an account the roles of an invitation.

    Raises:
        ActionRefused: The link was used, revoked or has expired, or it was sent to somebody else.
    """
    invitation = _open(invitation)
    if invitation.email.lower() != user.email.lower():
        raise ActionRefused(_("Esta invitación se envió a otra dirección. Cierre la sesión y entre con esa cuenta."))
    _join(invitation, user)


@transaction.atomic
def add_administrator(organisation: Organisation, *, email: str, name: str, password: str | None) -> User:
    """Make somebody an administrator of the organisation and everything under it, with an account if they have none.

    For installing (command line and wizard), when there is nobody yet who could invite.

    Args:
        organisation: Where.
        email: Their sign-in; an account with it is used as it is.
        name: For a new account.
        password: For a new account, already checked for strength; None to set one by "forgotten password".
    """
    user = User.objects.filter(email__iexact=email).first() or User.objects.create_user(
        email, password, name=name, language=organisation.default_language
    )
    _set_roles(organisation, user, queries.roles_at(user, organisation) | {Role.ADMINISTRATOR: True})
    _welcome(organisation, user)
    record("accounts.administrator_added", user, organisation=organisation)
    return user


@transaction.atomic
def change_member(
    organisation: Organisation,
    user: User,
    *,
    roles: Collection[str],
    with_descendants: bool,
    teams: Iterable[Team],
    by: User,
) -> None:
    """Change what somebody does at the organisation, at once, on their next page.

    Raises:
        ActionRefused: No role is left, nobody would administer some organisation any more, or access to what is below
            is not theirs to give.
    """
    _lock_administration(organisation)
    if not roles:
        raise ActionRefused(_("Elija al menos una función. Para retirarlas todas, dé de baja a la persona."))
    before = queries.roles_at(user, organisation)
    _refuse_last_administrator(organisation, user, stays=Role.ADMINISTRATOR in roles, reaches_down=with_descendants)
    if with_descendants and not all(before.get(role) for role in roles):
        refuse_narrow_administrator(organisation, by)
    _set_roles(organisation, user, dict.fromkeys(roles, with_descendants))
    _set_teams(organisation, user, [team.pk for team in teams])
    details = {"before": before, "after": dict.fromkeys(sorted(roles), with_descendants)}
    record("accounts.member_changed", user, actor=by, organisation=organisation, details=details)


@transaction.atomic
def remove_member(organisation: Organisation, user: User, *, by: User) -> Departure:
    """Take away everything that somebody may do at the organisation and sign them out. `restore_member` undoes it.

    What they wrote keeps their name. Whoever works nowhere else cannot sign in any more.

    Raises:
        ActionRefused: They do not work here, or nobody would administer some organisation any more.
    """
    _lock_administration(organisation)
    roles = queries.roles_at(user, organisation)
    if not roles:
        raise ActionRefused(_("Esta persona ya no trabaja aquí."))
    _refuse_last_administrator(organisation, user, stays=False)
    _close_departure(organisation, user)
    departure = Departure.objects.create(
        organisation=organisation,
        user=user,
        left_at=timezone.now(),
        removed_by=by,
        roles=roles,
        team_ids=queries.teams_at(user, organisation),
    )
    _set_roles(organisation, user, {})
    _set_teams(organisation, user, [])
    if not Membership.objects.filter(user=user).exists():
        User.objects.filter(pk=user.pk).update(is_active=False)
    Session.objects.filter(user=user).delete()
    record("accounts.member_removed", user, actor=by, organisation=organisation, details={"roles": list(roles)})
    return departure


@transaction.atomic
def restore_member(departure: Departure, *, by: User) -> None:
    """Give somebody who left back what they did, except for teams that no longer exist. Twice does nothing more."""
    departure = (
        Departure.objects.select_for_update(of=("self",)).select_related("organisation", "user").get(pk=departure.pk)
    )
    if departure.returned_at:
        return
    organisation, user = departure.organisation, departure.user
    departure.returned_at = timezone.now()
    departure.save(update_fields=["returned_at"])
    _set_roles(organisation, user, departure.roles | queries.roles_at(user, organisation))
    _set_teams(organisation, user, departure.team_ids)
    User.objects.filter(pk=user.pk).update(is_active=True)
    record("accounts.member_restored", user, actor=by, organisation=organisation)


@transaction.atomic
def demand_second_factor(organisation: Organisation, *, roles: Iterable[str], by: User) -> None:
    """Say which roles must use a second factor here and in everything below (ENS, op.acc.6).

    Whoever has one of them and no second factor is led to set one up before their next page.
    """
    chosen = sorted(set(roles))
    AccessPolicy.objects.update_or_create(organisation=organisation, defaults={"second_factor_roles": chosen})
    record(
        "accounts.second_factor_demanded", organisation, actor=by, organisation=organisation, details={"roles": chosen}
    )


@transaction.atomic
def remove_second_factor(organisation: Organisation, user: User, *, by: User) -> None:
    """Take away somebody's authenticator, passkeys and recovery codes, who has lost them; they are told by e-mail.

    They are signed out everywhere. Where their role demands a second factor, they set one up when they come back.
    """
    Authenticator.objects.filter(user_id=user.pk).delete()
    Session.objects.filter(user=user).delete()
    record("accounts.second_factor_removed", user, actor=by, organisation=organisation)
    context = {"user": user, "event": "second_factor_removed"}
    send_account_email(
        user.email, "accounts/email/security_notice", context, organisation=organisation, language=user.language
    )


@transaction.atomic
def change_profile(user: User, *, name: str, language: str) -> None:
    """Change how somebody is called, which citizens read below answers, and the language of their pages."""
    user.name, user.language = name, language
    user.save(update_fields=["name", "language"])


def use_keys(user: User, *, uses_keys: bool) -> None:
    """Say whether somebody wants keys of one letter on the pages of the desk."""
    user.uses_keys = uses_keys
    user.save(update_fields=["uses_keys"])


@transaction.atomic
def end_session(session: Session, *, organisation: Organisation, by: User) -> None:
    """Sign somebody out of one of their devices."""
    device = session.device
    session.delete()
    record("accounts.session_ended", by, actor=by, organisation=organisation, details={"device": device})


@transaction.atomic
def end_other_sessions(user: User, *, current: str | None, organisation: Organisation) -> int:
    """Sign somebody out of every device but the one in use; return of how many."""
    _total, by_model = Session.objects.filter(user=user).exclude(session_key=current).delete()
    ended = by_model.get(Session._meta.label, 0)
    record("accounts.other_sessions_ended", user, actor=user, organisation=organisation, details={"count": ended})
    return ended


def refuse_narrow_administrator(organisation: Organisation, by: User) -> None:
    """Refuse what concerns the organisations below to an administrator of this one alone.

    Raises:
        ActionRefused: They do not administer what is below.
    """
    if not queries.administers_below(by, organisation):
        raise ActionRefused(
            _("Usted administra solo esta entidad. Pídaselo a quien administra también las que dependen de ella.")
        )


def send_account_email(
    to: str, template: str, context: Mapping[str, object], *, organisation: Organisation, language: str
) -> None:
    """Send an e-mail about an account, written in `language`, through EMAIL_BACKEND (the outbox).

    Args:
        to: One address.
        template: "accounts/email/invitation": a `.txt` with the blocks `subject` and `content`.
        context: Names for the template, besides `organisation`.
        organisation: Who writes.
        language: Of the words.
    """
    names = {"organisation": organisation, "language": language, "signature": "", **context}
    with translation.override(language):
        written = jinja().get_template(f"{template}.txt")
        subject = "".join(written.blocks["subject"](written.new_context(names)))
        text = written.render(names)
        message = EmailMessage(subject=" ".join(subject.split()), body=text.strip() + "\n", to=[to])
        message.organisation = organisation  # type: ignore[attr-defined]  # the outbox asks whose message it is
        message.send()


def _send_invitation(invitation: Invitation, token: str) -> str:
    organisation = invitation.organisation
    language = organisation.default_language
    link = organisation.link("accounts:accept_invitation", language=language, token=token)
    context = {"invitation": invitation, "link": link, "days": INVITATION_LASTS.days}
    send_account_email(
        invitation.email, "accounts/email/invitation", context, organisation=organisation, language=language
    )
    return link


def _locked(invitation: Invitation) -> Invitation:
    return Invitation.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=invitation.pk)


def _open(invitation: Invitation) -> Invitation:
    invitation = _locked(invitation)
    refusals = {
        InvitationState.ACCEPTED: _("Este enlace ya se ha utilizado. Entre con su cuenta."),
        InvitationState.REVOKED: _("Esta invitación se ha anulado. Pregunte a quien se la envió."),
        InvitationState.EXPIRED: _("Esta invitación ha caducado. Pida otra a quien se la envió."),
    }
    state = invitation.state_at(timezone.now())
    if state in refusals:
        raise ActionRefused(refusals[state])
    return invitation


def _join(invitation: Invitation, user: User) -> None:
    organisation = invitation.organisation
    roles = dict.fromkeys(invitation.roles, invitation.with_descendants)
    _set_roles(organisation, user, queries.roles_at(user, organisation) | roles)
    teams = {*queries.teams_at(user, organisation), *invitation.teams.values_list("pk", flat=True)}
    _set_teams(organisation, user, teams)
    _welcome(organisation, user)
    invitation.accepted_at = timezone.now()
    invitation.save(update_fields=["accepted_at"])
    record("accounts.joined", user, actor=user, organisation=organisation, details={"roles": invitation.roles})


def _welcome(organisation: Organisation, user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=True)
    user.is_active = True
    _close_departure(organisation, user)


def _close_departure(organisation: Organisation, user: User) -> None:
    queries.current_departures(organisation).filter(user=user).update(returned_at=timezone.now())


def _set_roles(organisation: Organisation, user: User, roles: Mapping[str, bool]) -> None:
    Membership.objects.filter(organisation=organisation, user=user).exclude(role__in=roles).delete()
    for role, deep in roles.items():
        Membership.objects.update_or_create(
            organisation=organisation, user=user, role=role, defaults={"with_descendants": deep}
        )


def _set_teams(organisation: Organisation, user: User, team_ids: Iterable[int]) -> None:
    wanted = set(Team.objects.filter(organisation=organisation, pk__in=team_ids).values_list("pk", flat=True))
    TeamMembership.objects.filter(team__organisation=organisation, user=user).exclude(team_id__in=wanted).delete()
    for team_id in wanted:
        TeamMembership.objects.get_or_create(team_id=team_id, user=user)


def _lock_administration(organisation: Organisation) -> None:
    """Let only one change of administrators happen at a time in a tree: its rows are locked from the root down."""
    list(Organisation.objects.filter(pk__in=organisation.lineage).order_by("pk").select_for_update().values_list("pk"))


def _refuse_last_administrator(
    organisation: Organisation, user: User, *, stays: bool, reaches_down: bool = False
) -> None:
    held = Membership.objects.filter(organisation=organisation, user=user, role=Role.ADMINISTRATOR).first()
    if held is None or (stays and (reaches_down or not held.with_descendants)):
        return
    alone = set(queries.organisations_left_alone(organisation, without=[held.pk]))
    alone -= set(queries.organisations_left_alone(organisation, without=[]))  # nobody administered them before either
    if alone - ({organisation.path} if stays else set()):
        raise ActionRefused(
            _("Nadie más administra esta entidad o alguna que depende de ella. Nombre antes a otra persona.")
        )
