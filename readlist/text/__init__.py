"""Text from outside made safe and readable: cleaning, LaTeX, titles, hosts, links."""
