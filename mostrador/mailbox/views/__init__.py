"""Pages of e-mail that comes in, and the address to which providers post it."""
