"""The formats papers come in, one module a format: bytes or text in, a Batch out."""
