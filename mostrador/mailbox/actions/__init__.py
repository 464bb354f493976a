"""What happens with e-mail that comes in."""
