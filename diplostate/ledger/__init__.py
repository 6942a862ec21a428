"""Where the record is kept: the protocol, the codec, log files, and one module for each store."""
