"""An act that the state does not allow."""

from __future__ import annotations


class NotAllowedNow(Exception):
    """The state forbids the act. The message is the sentence a person reads: what happened, what was kept, what to do.

    ``rule`` names the rule of the domain (S2, I15, ...) for logs and tests.
    """

    def __init__(self, sentence: str, *, rule: str = "") -> None:
        super().__init__(sentence)
        self.rule = rule
