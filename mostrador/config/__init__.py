"""Composition root: settings, addresses, servers, command line. Imports every app; no app imports it."""
