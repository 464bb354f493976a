"""E-mail as a channel: what comes in is read, told apart and put in its thread; nothing is lost and nothing loops.

Words: a *mail* is one message as it was read; its *new words* are what its author wrote this time; a *robot* is a
program that writes mail (bounces, holiday notices, lists, receipts). Depends on: tickets and below. Used by: nobody.
"""
