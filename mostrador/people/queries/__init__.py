"""What is asked about the public, one module per noun."""
