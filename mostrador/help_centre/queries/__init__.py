"""What readers and editors ask of the help centre, one module per audience."""
