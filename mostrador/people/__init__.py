"""The public: identity and contact data in one table, so that erasing a person keeps the figures.

Words: a *person* (persona) is somebody whom an organisation helped, or another organisation; the organisation is the
data controller. A *representative* (representante) acts for a person by a title (`Representation`). An *assistance*
(asistencia) is a consent of somebody for whom a public official acts electronically. Two records of one person are
*joined* (`Merge`). An identity number is kept sealed, found by a keyed hash, and shown masked.
An app above this one that keeps personal data says so in its `AppConfig.ready()` with
`people.rules.register_personal_data("tickets", title=…, export="dotted.name", erase="dotted.name", …)`; export, erasure
and joining then reach its rows without this app knowing of it. `move=` is needed by whoever has a foreign key to
`Person`; `holds=` says what speaks against erasing now; `overview=` and `signals=` show on the person's page.
Depends on: accounts, organisations, audit, shared.
"""
