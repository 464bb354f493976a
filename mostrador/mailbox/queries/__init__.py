"""What is asked about e-mail that comes in."""
