"""What happens in the outbox."""

from mostrador.notifications.actions.delivering import deliver, discard, requeue_forgotten, resend
from mostrador.notifications.actions.keeping import (
    erase_personal_data,
    forget_old_messages,
    move_to_person,
    note_reading,
)
from mostrador.notifications.actions.writing import (
    AUTOMATIC,
    FileToSend,
    put_into_outbox,
    send_email,
    send_test_email,
    sender_of,
)

__all__ = [
    "AUTOMATIC",
    "FileToSend",
    "deliver",
    "discard",
    "erase_personal_data",
    "forget_old_messages",
    "move_to_person",
    "note_reading",
    "put_into_outbox",
    "requeue_forgotten",
    "resend",
    "send_email",
    "send_test_email",
    "sender_of",
]
