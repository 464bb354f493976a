"""Pages of the help centre, one module per audience."""
