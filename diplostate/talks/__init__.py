"""What talks are: events, sources, dates, the machine, the fold. No clock, no I/O, no logging."""
