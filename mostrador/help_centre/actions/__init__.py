"""What editors and readers do in the help centre, one module per noun."""
