"""Papers as styled text."""
