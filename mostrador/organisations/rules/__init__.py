"""Pure decisions about working time, legal terms and calendars: no tables, no clock, no requests."""
