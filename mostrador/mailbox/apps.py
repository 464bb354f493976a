"""Wiring of mailbox."""

from django.apps import AppConfig


class MailboxConfig(AppConfig):
    name = "mostrador.mailbox"
