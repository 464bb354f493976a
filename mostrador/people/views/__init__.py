"""Pages about the public, for the desk."""
