"""What the help centre decides and computes, without tables."""
