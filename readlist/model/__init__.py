"""The values the program speaks of: papers, links, marks, dates, views."""
