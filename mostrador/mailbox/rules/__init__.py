"""How mail is read and understood: bytes and plain values, no tables and no clock."""
