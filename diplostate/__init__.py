"""An open record of diplomatic talks: event logs with sources, and the status that follows from them."""
