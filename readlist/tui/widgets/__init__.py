"""The panes: they show what a screen gives them."""
