"""The boards, one a file: each has `NAME` and `board_of(say)`, which gives it in the language of `say`."""
