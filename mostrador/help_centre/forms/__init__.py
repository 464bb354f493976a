"""What readers and editors type, one module per audience."""
