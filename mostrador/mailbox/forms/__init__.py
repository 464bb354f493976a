"""What administrators type about mailboxes."""
