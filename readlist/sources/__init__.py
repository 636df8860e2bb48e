"""Where papers come from; the only homes of feed formats."""
