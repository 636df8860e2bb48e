"""What must survive: kills, closed windows, ended sessions."""
