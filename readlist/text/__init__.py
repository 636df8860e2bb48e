"""Text from outside made safe and readable: cleaning, TeX, names, paragraphs, titles, hosts, links."""
