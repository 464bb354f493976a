"""The public: identity and contact data in one table, so that erasing a person keeps the figures.

Words: a *person* (persona) is somebody whom an organisation helped; the organisation is the data controller.
An app above this one that keeps personal data says so in its `AppConfig.ready()` with
`people.rules.register_personal_data("tickets", title=…, export="dotted.name", erase="dotted.name", overview="…")`;
export and erasure then reach its rows without this app knowing of it.
Depends on: accounts, organisations, audit, shared.
"""
