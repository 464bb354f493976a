"""Fetching mail from other people's servers: what is new there is kept here, and only then put away there."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from threading import BoundedSemaphore

from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.models.functions import Coalesce
from django.utils import timezone

from mostrador.mailbox.actions.receiving import receive_several
from mostrador.mailbox.choices import Afterwards, FetchProblem, SignIn, Via, Way
from mostrador.mailbox.clients import imap, oauth, pop3
from mostrador.mailbox.clients.servers import LARGE_BYTES, Raw, Server
from mostrador.mailbox.errors import NotGiven, NotReached
from mostrador.mailbox.models import Folder, Mailbox, PopMessage
from mostrador.mailbox.models.mailboxes import sealed

POLL_SECONDS = 60  # where the server does not say by itself that something arrived, and of a second folder
POP3_FOLDER = "INBOX"
# So many messages, and so many bytes, are fetched and made safe together.
_PORTION = 50
_PORTION_BYTES = LARGE_BYTES
# So many mailboxes are looked into at the same time; each needs a connection to the database meanwhile.
_looks = BoundedSemaphore(8)
_tokens = oauth.Tokens()


@dataclass
class Look:
    """One look into a mailbox: how many messages were taken, up to where, and what is wrong with part of it.

    `is_elsewhere`: another process is looking into it just now, and nothing was done here.
    """

    taken: int = 0
    read_until: dict[str, int] = field(default_factory=dict)  # UID by folder
    trouble: NotReached | None = None
    is_elsewhere: bool = False


def never() -> bool:
    """Return False: for who is not to be stopped."""
    return False


def look_into(mailbox: Mailbox, *, stopped: Callable[[], bool] = never) -> Look:
    """Take what is new in a mailbox, and note in it how that went.

    Messages are safe here, with the position in their folder, before the next ones are fetched and before anything is
    moved or deleted there: a process that dies at any point loses nothing and takes nothing twice.

    Raises:
        NotReached: The server could not be reached or refused us.
    """
    with _noting_failure(mailbox):
        if mailbox.way == Way.POP3:
            with pop3.connect(server_of(mailbox)) as by_pop3:
                return _look_by_pop3(mailbox, by_pop3, stopped)
        with imap.connect(server_of(mailbox)) as session:
            return _look_by_imap(mailbox, session, stopped)


def stay_with(mailbox: Mailbox, *, stopped: Callable[[], bool], before_waiting: Callable[[], None]) -> float:
    """Take what is new in a mailbox, and what arrives while its server keeps the line open and tells us (IDLE).

    Args:
        mailbox: Which one.
        stopped: Ends the stay when it becomes true.
        before_waiting: Called before nothing is done for a long time; gives back what others can use meanwhile.

    Returns:
        After how many seconds to come again.

    Raises:
        NotReached: The server could not be reached or refused us.
    """
    if mailbox.way == Way.POP3:
        look_into(mailbox, stopped=stopped)
        return POLL_SECONDS
    with _noting_failure(mailbox), imap.connect(server_of(mailbox)) as session:
        while not stopped():
            look = _look_by_imap(mailbox, session, stopped)
            first = mailbox.folders[0]
            if look.is_elsewhere or first not in look.read_until or not session.can_idle:
                return POLL_SECONDS
            before_waiting()
            others = len(mailbox.folders) > 1
            if not _wait(session, first, look.read_until[first], stopped, POLL_SECONDS if others else None):
                return 1
    return 0


def begin_with_what_comes_now(mailbox: Mailbox) -> None:
    """Leave what is in the mailbox alone, for ever: only what arrives from now on is ours.

    Raises:
        NotReached: The server could not be reached or refused us.
    """
    if mailbox.way == Way.POP3:
        with pop3.connect(server_of(mailbox)) as by_pop3:
            names = [name for _, name in by_pop3.messages()]
        folder, _ = Folder.objects.get_or_create(mailbox=mailbox, name=POP3_FOLDER)
        PopMessage.objects.bulk_create([PopMessage(folder=folder, name=name) for name in names], ignore_conflicts=True)
        return
    with imap.connect(server_of(mailbox)) as session:
        for name in mailbox.folders:
            state = session.open(name, read_only=True)
            position = {"uid_validity": state.uid_validity, "last_uid": max(session.uids_after(0), default=0)}
            Folder.objects.update_or_create(
                mailbox=mailbox, name=name, defaults=position | {"ours_since": timezone.now()}
            )


def server_of(mailbox: Mailbox) -> Server:
    """Return the server of a mailbox, with an access token where it wants one.

    Raises:
        NotReached: The issuer of the token refuses or cannot be reached.
    """
    token = _token(mailbox)
    return Server(
        host=mailbox.host,
        port=mailbox.port,
        security=mailbox.security,
        user=mailbox.user or mailbox.address,
        password="" if token else mailbox.password,
        access_token=token.access_token if token else "",
    )


def note_failure(mailbox: Mailbox, problem: str, answer: str) -> None:
    """Note in a mailbox that it could not be looked into."""
    Mailbox.objects.filter(pk=mailbox.pk).update(
        problem=problem, last_error=answer[:2_000], failing_since=Coalesce("failing_since", timezone.now())
    )


def _note_look(mailbox: Mailbox, look: Look) -> None:
    now = timezone.now()
    trouble = look.trouble
    Mailbox.objects.filter(pk=mailbox.pk).update(
        last_fetch_at=now,
        problem=trouble.problem if trouble else "",
        last_error=trouble.answer[:2_000] if trouble else "",
        failing_since=Coalesce("failing_since", now) if trouble else None,
    )


def _note_mail(mailbox: Mailbox, look: Look) -> None:
    if look.taken:
        Mailbox.objects.filter(pk=mailbox.pk).update(last_mail_at=timezone.now())


@contextmanager
def _noting_failure(mailbox: Mailbox) -> Iterator[None]:
    try:
        yield
    except NotReached as error:
        if error.problem == FetchProblem.TOKEN:
            _tokens.forget(issuer_of(mailbox), mailbox.oauth_refresh_token)
        note_failure(mailbox, error.problem, error.answer)
        raise


@contextmanager
def _alone_with(mailbox: Mailbox) -> Iterator[bool]:
    """Tell whether no other process looks into the mailbox, and let none while open."""
    key = [f"look into mailbox {mailbox.pk}"]
    with _looks:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", key)
            [alone] = cursor.fetchone()
        try:
            yield alone
        finally:
            if alone:
                # A connection that is gone has let go of the lock by itself.
                with suppress(DatabaseError, InterfaceError), connection.cursor() as cursor:
                    cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", key)


# --- IMAP


def _look_by_imap(mailbox: Mailbox, session: imap.Connection, stopped: Callable[[], bool]) -> Look:
    look = Look()
    with _alone_with(mailbox) as alone:
        if not alone:
            return Look(is_elsewhere=True)
        try:
            for name in mailbox.folders:
                _fetch_folder(mailbox, session, name, stopped, look)
        finally:
            _note_mail(mailbox, look)
        _note_look(mailbox, look)
    return look


def _fetch_folder(
    mailbox: Mailbox, session: imap.Connection, name: str, stopped: Callable[[], bool], look: Look
) -> None:
    try:
        state = session.open(name, read_only=mailbox.afterwards == Afterwards.LEAVE)
    except NotReached as error:
        if error.problem != FetchProblem.FOLDER:
            raise
        look.trouble = error  # the other folders are there
        return
    folder = _position(mailbox, session, name, state)
    _put_away(mailbox, session, folder, look)
    new = [*folder.withheld, *session.uids_after(folder.last_uid)]
    for uids in _portions(new, session.sizes):
        if stopped():
            return
        _take(mailbox, session, folder, uids, look)
        _put_away(mailbox, session, folder, look)
    look.read_until[name] = folder.last_uid
    Folder.objects.filter(pk=folder.pk).update(read_at=timezone.now())


def _position(mailbox: Mailbox, session: imap.Connection, name: str, state: imap.FolderState) -> Folder:
    """Return how far the folder has been read.

    When its numbers no longer mean what they meant (UIDVALIDITY), or go back, all of it is gone through again: what we
    have is recognised by its content.
    """
    folder, _ = Folder.objects.get_or_create(mailbox=mailbox, name=name, defaults={"uid_validity": state.uid_validity})
    goes_back = state.uid_next is not None and state.uid_next <= folder.last_uid
    if folder.uid_validity != state.uid_validity or goes_back:
        folder.uid_validity = state.uid_validity
        folder.last_uid = 0
        folder.withheld, folder.to_clear = [], []
        folder.gone_through_until = _last_uid(session, state) if folder.ours_since else 0
        folder.save()
    return folder


def _last_uid(session: imap.Connection, state: imap.FolderState) -> int:
    if state.uid_next is None:  # a server older than RFC 3501 need not say it
        return max(session.uids_after(0), default=0)
    return state.uid_next - 1


def _portions(uids: Sequence[int], sizes_of: Callable[[Sequence[int]], dict[int, int]]) -> Iterator[list[int]]:
    """Part numbers of messages into portions that are fetched together; a large one is alone."""
    for begin in range(0, len(uids), 10 * _PORTION):
        some = uids[begin : begin + 10 * _PORTION]
        sizes = sizes_of(some)
        portion: list[int] = []
        size_bytes = 0
        for uid in some:
            size_bytes += sizes.get(uid, 0)
            if portion and (len(portion) == _PORTION or size_bytes > _PORTION_BYTES):
                yield portion
                portion, size_bytes = [], sizes.get(uid, 0)
            portion.append(uid)
        if portion:
            yield portion


def _take(mailbox: Mailbox, session: imap.Connection, folder: Folder, uids: list[int], look: Look) -> None:
    """Keep messages and remember that we have them, in one transaction."""
    try:
        fetched = session.fetch_several(uids)
    except NotGiven as error:
        trouble = error
    else:
        _keep(mailbox, folder, uids, fetched, look)
        return
    if len(uids) > 1:
        for uid in uids:
            _take(mailbox, session, folder, [uid], look)
        return
    look.trouble = NotReached(FetchProblem.WITHHELD, trouble.answer)
    folder.withheld = [*{*folder.withheld, *uids}]
    folder.last_uid = max(folder.last_uid, *uids)
    folder.save(update_fields=["withheld", "last_uid"])


def _keep(mailbox: Mailbox, folder: Folder, uids: list[int], fetched: dict[int, imap.Fetched], look: Look) -> None:
    ours = [uid for uid, one in fetched.items() if not _is_from_before(folder, uid, one.received_at)]
    folder.last_uid = max(folder.last_uid, *uids)
    folder.withheld = [uid for uid in folder.withheld if uid not in uids]
    if mailbox.afterwards != Afterwards.LEAVE:
        folder.to_clear = [*folder.to_clear, *ours]
    with transaction.atomic():
        receive_several((fetched[uid].raw for uid in ours), mailbox=mailbox, via=Via.IMAP)
        folder.save(update_fields=["last_uid", "withheld", "to_clear"])
    look.taken += len(ours)


def _is_from_before(folder: Folder, uid: int, received_at: datetime | None) -> bool:
    return bool(
        uid <= folder.gone_through_until
        and folder.ours_since
        and received_at
        and received_at.replace(microsecond=0) < folder.ours_since.replace(microsecond=0)
    )


def _put_away(mailbox: Mailbox, session: imap.Connection, folder: Folder, look: Look) -> None:
    """Move or delete at the server what is safe with us; when that fails, mail still comes in."""
    if not folder.to_clear or mailbox.afterwards == Afterwards.LEAVE or folder.name == mailbox.done_folder:
        return
    try:
        if mailbox.afterwards == Afterwards.DELETE:
            session.delete(folder.to_clear)
        else:
            _move(session, folder.to_clear, mailbox.done_folder)
    except NotReached as error:
        if error.problem != FetchProblem.FOLDER:
            raise
        look.trouble = error
    else:
        folder.to_clear = []
        folder.save(update_fields=["to_clear"])


def _move(session: imap.Connection, uids: Sequence[int], folder: str) -> None:
    try:
        session.move(uids, folder)
    except NotReached as error:
        if error.problem != FetchProblem.FOLDER:
            raise
        session.make_folder(folder)
        session.move(uids, folder)


def _wait(
    session: imap.Connection, folder: str, read_until: int, stopped: Callable[[], bool], seconds: float | None
) -> bool:
    """Wait for news in a folder, or until it is time for the others; return whether the line is still good."""
    try:
        session.open(folder, read_only=True)
        if not session.uids_after(read_until):  # what came since we looked the server says no more
            session.wait(stopped, seconds=seconds)
    except NotReached:  # servers close lines, and tokens end with them: it counts only when there is no new one
        return False
    return True


# --- POP3


def _look_by_pop3(mailbox: Mailbox, session: pop3.Connection, stopped: Callable[[], bool]) -> Look:
    look = Look()
    with _alone_with(mailbox) as alone:
        if not alone:
            return Look(is_elsewhere=True)
        try:
            _fetch_all(mailbox, session, stopped, look)
        finally:
            _note_mail(mailbox, look)
        _note_look(mailbox, look)
    return look


def _fetch_all(mailbox: Mailbox, session: pop3.Connection, stopped: Callable[[], bool], look: Look) -> None:
    folder, _ = Folder.objects.get_or_create(mailbox=mailbox, name=POP3_FOLDER)
    known = dict(folder.known.values_list("name", "to_clear"))
    there = dict(session.messages())  # by number: messages with the same content may share a name (RFC 1939, 7)
    sizes = session.sizes()
    withheld: set[str] = set()
    for numbers in _portions([number for number, name in there.items() if name not in known], lambda _some: sizes):
        if stopped():
            return
        known |= _take_several(mailbox, session, folder, {number: there[number] for number in numbers}, look, withheld)
    if mailbox.afterwards == Afterwards.DELETE:
        for number, name in there.items():
            if known.get(name) and name not in withheld:
                session.delete(number)
    gone = folder.known.filter(name__in=known.keys() - there.values())
    if not there:  # a server that shows nothing for once may show all of it again: what is not ours stays so
        gone = gone.filter(to_clear=True)
    gone.delete()
    Folder.objects.filter(pk=folder.pk).update(read_at=timezone.now())


def _take_several(
    mailbox: Mailbox,
    session: pop3.Connection,
    folder: Folder,
    names: dict[int, str],
    look: Look,
    withheld: set[str],
) -> dict[str, bool]:
    """Keep messages and remember that we have them, in one transaction; return whether to delete each there.

    A name is remembered once all that bear it are here; `withheld` takes the names of those that are not.
    """
    fetched: list[tuple[str, Raw]] = []
    for number, name in names.items():
        try:
            fetched.append((name, session.fetch(number)))
        except NotGiven as error:
            withheld.add(name)
            look.trouble = NotReached(FetchProblem.WITHHELD, error.answer)
    to_clear = mailbox.afterwards == Afterwards.DELETE
    with transaction.atomic():
        receive_several((raw for _name, raw in fetched), mailbox=mailbox, via=Via.POP3)
        whole = {name: to_clear for name, _raw in fetched if name not in withheld}
        PopMessage.objects.bulk_create(
            (PopMessage(folder=folder, name=name, to_clear=to_clear) for name in whole), ignore_conflicts=True
        )
        folder.known.filter(name__in=withheld).delete()
    look.taken += len(fetched)
    return whole


# --- Access tokens


def _token(mailbox: Mailbox) -> oauth.Token | None:
    if mailbox.sign_in == SignIn.PASSWORD:
        return None
    # Another process may have been given a newer one since the mailbox was read, and the old one is spent then.
    present = Mailbox.objects.filter(pk=mailbox.pk).values_list("oauth_refresh_sealed", flat=True).first()
    mailbox.oauth_refresh_sealed = mailbox.oauth_refresh_sealed if present is None else present
    refresh_token = mailbox.oauth_refresh_token
    token = _tokens.valid(issuer_of(mailbox), refresh_token)
    if token.refresh_token and token.refresh_token != refresh_token:
        before, after = mailbox.oauth_refresh_sealed, sealed(token.refresh_token)
        # Somebody who permits it anew meanwhile is right.
        Mailbox.objects.filter(pk=mailbox.pk, oauth_refresh_sealed=before).update(oauth_refresh_sealed=after)
        mailbox.oauth_refresh_sealed = after
    return token


def issuer_of(mailbox: Mailbox) -> oauth.Issuer:
    """Return who gives the access tokens of a mailbox; addresses and scopes that it names itself come first."""
    match mailbox.sign_in:
        case SignIn.MICROSOFT:
            usual = oauth.microsoft(
                mailbox.oauth_tenant,
                mailbox.oauth_client,
                mailbox.oauth_secret,
                as_application=not mailbox.oauth_refresh_sealed,
            )
        case SignIn.GOOGLE:
            usual = oauth.google(mailbox.oauth_client, mailbox.oauth_secret)
        case _:
            usual = oauth.Issuer(mailbox.oauth_token_url, mailbox.oauth_client, mailbox.oauth_secret)
    return oauth.Issuer(
        token_address=mailbox.oauth_token_url or usual.token_address,
        client_id=usual.client_id,
        client_secret=usual.client_secret,
        scope=mailbox.oauth_scope or usual.scope,
        authorization_address=usual.authorization_address,
    )
