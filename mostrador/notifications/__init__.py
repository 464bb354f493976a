"""Messages that go out: an outbox in the database, delivered by a job, with retries and dead letters.

Words: an *outgoing message* waits in the *outbox*; a *dead letter* was given up on and waits for somebody.
Depends on: people, accounts, organisations, audit, shared.
"""
