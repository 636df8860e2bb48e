"""The screens: each owns its state and hands it to panes."""
