"""What citylora promises, shown on real servers. The only test package: its folders are none."""
