"""Mostrador: the technical support desk of an electronic office (sede electrónica)."""
