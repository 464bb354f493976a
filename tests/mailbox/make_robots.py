"""Bounces, automatic answers, lists, receipts and reports; and people whom rules must not take for robots."""

from tests.mailbox.shapes import Samples

SAMPLES = Samples()
