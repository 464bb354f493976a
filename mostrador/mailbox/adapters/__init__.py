"""What other programs call: the console command, mail servers that bring messages."""
