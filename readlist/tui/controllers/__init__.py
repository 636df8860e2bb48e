"""What carries out the commands: one class for each group, made when its first command comes."""
