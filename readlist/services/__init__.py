"""What both the command line and the screen do, once for both."""
