"""The only socket: the client with its limits and retries, the endpoints, and failures in words."""
