"""Who is kept a vote on which record: shares, languages and key voters, spread deterministically. Pure.

Records hold what votes are in and for whom places are kept; nothing here knows what a vote says (B6).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

CHAINS = 40  # looking for a chain of people reads all tasks: enough for the few places that do not go straight


@dataclass(frozen=True, slots=True)
class Hand:
    """A reviewer among whom the work is shared. ``reads``: language codes, empty for all. ``share``: any proportion."""

    member: int
    share: int
    reads: frozenset[str] = frozenset()
    is_key: bool = False

    def can_read(self, language: str) -> bool:
        """True where the member reads it; a record of unknown language is for everybody (S7)."""
        return not language or not self.reads or language in self.reads


@dataclass(frozen=True, slots=True)
class Task:
    """A record that still takes ``takes`` votes. ``barred`` may give none of them: they have voted, or ruled (I15).

    ``kept`` are those for whom a vote is kept so far. ``needs_key``: no key voter has voted yet.
    """

    item: int
    takes: int
    language: str = ""
    barred: frozenset[int] = frozenset()
    kept: frozenset[int] = frozenset()
    needs_key: bool = False

    def may_take(self, hand: Hand) -> bool:
        """True where the vote may be this reviewer's."""
        return hand.member not in self.barred and hand.can_read(self.language)


Spread = dict[int, frozenset[int]]  # item -> members for whom a vote is kept


def apportion(total: int, shares: Mapping[int, int], *, cap: int) -> dict[int, int]:
    """``total`` votes in whole numbers by ``shares`` (largest remainder), nobody above ``cap``: one vote a record.

    What somebody cannot take goes to the others. Sums to ``total``, or to what all together can take.
    """
    got = dict.fromkeys(shares, 0)
    open_to = {member: share for member, share in shares.items() if share > 0}
    left = total
    while open_to and left * max(open_to.values()) > cap * sum(open_to.values()):
        whole, left_then = sum(open_to.values()), left
        for member in [one for one, share in open_to.items() if left_then * share > cap * whole]:
            got[member] = cap
            left -= cap
            del open_to[member]
    whole = sum(open_to.values())
    rest = sorted(open_to, key=lambda one: (-(left * open_to[one] % whole), one))
    for member in open_to:
        got[member] = left * open_to[member] // whole
    for member in rest[: left - sum(got[one] for one in open_to)]:
        got[member] += 1
    return got


def apportion_with_keys(
    total: int, shares: Mapping[int, int], keys: frozenset[int], *, needing: int, cap: int
) -> dict[int, int]:
    """As ``apportion``, with at least ``needing`` votes for the ``keys`` together: so many records want one of theirs."""
    got = apportion(total, shares, cap=cap)
    if not keys or sum(got[one] for one in keys) >= needing:
        return got
    theirs = apportion(needing, {one: max(1, shares[one]) for one in keys}, cap=cap)
    others = {one: share for one, share in shares.items() if one not in keys}
    return theirs | apportion(total - sum(theirs.values()), others, cap=cap)


def spread(tasks: Sequence[Task], hands: Sequence[Hand], *, seed: int, anew: bool, exact: bool = False) -> Spread:
    """For whom a vote on each task is kept; every task gets as many as it takes, where so many may vote on it.

    ``anew`` evens out all votes still to be given by the shares, moving no more than that needs; otherwise what is kept stays, and
    only free places are shared out. ``exact``: shares are numbers of votes still wanted; what is left stays open to anybody.
    """
    board = _Board(tasks, hands, seed)
    board.set_targets(anew=anew, exact=exact)
    if anew:
        board.give_up_surplus()
    board.fill(stop_at_target=exact)
    board.even_out(anew=anew)
    return board.result()


def unreadable(languages: Mapping[str, int], hands: Sequence[Hand], *, voters: int) -> dict[str, tuple[int, int]]:
    """Language -> (records, how many read it), where fewer read it than its records take votes."""
    readers = {language: sum(hand.can_read(language) for hand in hands) for language in languages if language}
    return {one: (languages[one], readers[one]) for one in sorted(readers) if readers[one] < voters}


class _Board:
    """The work while it is shared out. ``kept`` is what each task ends with, ``n`` how many each member has."""

    def __init__(self, tasks: Sequence[Task], hands: Sequence[Hand], seed: int) -> None:
        self.hands = {hand.member: hand for hand in hands}
        self.rank = {task.item: _draw(seed, task.item) for task in tasks}
        self.able = {task.item: [hand.member for hand in hands if task.may_take(hand)] for task in tasks}
        self.tasks = sorted(tasks, key=lambda one: (len(self.able[one.item]), self.rank[one.item]))
        self.kept = {one.item: set(sorted(one.kept & set(self.able[one.item]))[: one.takes]) for one in tasks}
        self.before = {item: frozenset(members) for item, members in self.kept.items()}
        self.target: dict[int, int] = {}
        self.n: Counter[int] = Counter(member for members in self.kept.values() for member in members)

    def set_targets(self, *, anew: bool, exact: bool) -> None:
        shares = {member: hand.share for member, hand in self.hands.items()}
        if exact:
            self.target = shares
            return
        free = sum(task.takes if anew else task.takes - len(self.kept[task.item]) for task in self.tasks)
        keys = frozenset(member for member, hand in self.hands.items() if hand.is_key)
        needing = sum(task.needs_key if anew else self._lacks_key(task) for task in self.tasks)
        more = apportion_with_keys(free, shares, keys, needing=needing, cap=len(self.tasks))
        self.target = more if anew else {member: self.n[member] + n for member, n in more.items()}

    def give_up_surplus(self) -> None:
        """Take from each what is above the target, of tasks that gave up nothing yet first."""
        given_up: set[int] = set()
        for member in sorted(self.hands, key=lambda one: self.target[one] - self.n[one]):
            surplus = self.n[member] - self.target[member]
            if surplus > 0:
                held = [task.item for task in self.tasks if member in self.kept[task.item]]
                held.sort(key=lambda item: (item in given_up, self.rank[item]))
                for item in held[:surplus]:
                    self._take(item, member)
                    given_up.add(item)

    def fill(self, *, stop_at_target: bool) -> None:
        chances = Counter(one for task in self.tasks for one in self.able[task.item] if one not in self.kept[task.item])
        for task in self.tasks:
            able = [one for one in self.able[task.item] if one not in self.kept[task.item]]
            while able and len(self.kept[task.item]) < task.takes:
                offered = self._keys_first(task, able)
                member = max(offered, key=lambda one: self._claim(one, chances[one], task.item))
                if stop_at_target and self.n[member] >= self.target[member] and not self._lacks_key(task):
                    break
                self._give(task.item, member)
                able.remove(member)
                chances[member] -= 1
            chances.subtract(able)

    def _claim(self, member: int, chances: int, item: int) -> tuple[bool, float, int]:
        """How strongly a member claims the next place: who must take every place left, then who lacks most of the target."""
        lacking = self.target[member] - self.n[member]
        return lacking >= chances > 0, lacking / max(1, self.target[member]), _draw(item, member)

    def _lacks_key(self, task: Task) -> bool:
        return task.needs_key and not any(self.hands[one].is_key for one in self.kept[task.item])

    def _keys_first(self, task: Task, able: list[int]) -> list[int]:
        """The last place of a record without a key voter is a key voter's, where one may take it."""
        if not self._lacks_key(task) or len(self.kept[task.item]) + 1 < task.takes:
            return able
        return [one for one in able if self.hands[one].is_key] or able

    def even_out(self, *, anew: bool) -> None:
        """Move places from who has too many to who has too few: singly where one can go straight, then along chains of people."""
        for task in self.tasks:
            for over in self._movable(task, anew=anew):
                if self.n[over] > self.target[over]:
                    self._hand_over(task, over)
        for _ in range(CHAINS):
            steps = {(one, other): task for task in self.tasks for one, other in self._steps(task, anew=anew)}
            chain = _chain({one for one in self.hands if self._excess(one) > 0}, self._lacks, steps)
            for one, other in chain:
                self._take(steps[one, other].item, one)
                self._give(steps[one, other].item, other)
            if not chain:
                return

    def _excess(self, member: int) -> int:
        return self.n[member] - self.target[member]

    def _lacks(self, member: int) -> bool:
        return self._excess(member) < 0

    def _movable(self, task: Task, *, anew: bool) -> list[int]:
        return sorted(one for one in self.kept[task.item] if anew or one not in self.before[task.item])

    def _steps(self, task: Task, *, anew: bool) -> Iterator[tuple[int, int]]:
        """From whom to whom a place on the task may go."""
        for one in self._movable(task, anew=anew):
            yield from ((one, other) for other in self.able[task.item] if self._may_pass(task, one, other))

    def _may_pass(self, task: Task, one: int, other: int) -> bool:
        keeps_key = not task.needs_key or not self.hands[one].is_key or self.hands[other].is_key
        return keeps_key and other not in self.kept[task.item]

    def _hand_over(self, task: Task, over: int) -> None:
        for under in self.able[task.item]:
            if self._lacks(under) and self._may_pass(task, over, under):
                self._take(task.item, over)
                self._give(task.item, under)
                return

    def _give(self, item: int, member: int) -> None:
        self.kept[item].add(member)
        self.n[member] += 1

    def _take(self, item: int, member: int) -> None:
        self.kept[item].remove(member)
        self.n[member] -= 1

    def result(self) -> Spread:
        return {item: frozenset(members) for item, members in self.kept.items()}


def _chain(
    starts: set[int], is_end: Callable[[int], bool], steps: Mapping[tuple[int, int], Task]
) -> list[tuple[int, int]]:
    """The shortest chain of steps from one of ``starts`` to an end; empty where there is none."""
    came_from: dict[int, int | None] = dict.fromkeys(sorted(starts))
    reached = list(came_from)
    for one in reached:
        if is_end(one):
            return _back(came_from, one)
        for other in sorted(other for start, other in steps if start == one and other not in came_from):
            came_from[other] = one
            reached.append(other)
    return []


def _back(came_from: Mapping[int, int | None], end: int) -> list[tuple[int, int]]:
    chain, here = [], end
    while (before := came_from[here]) is not None:
        chain.append((before, here))
        here = before
    return chain


def moves(tasks: Iterable[Task], result: Spread) -> int:
    """How many places go from one person to another."""
    return sum(len(task.kept - result[task.item]) for task in tasks)


def _draw(seed: int, number: int) -> int:
    """A place in a random order that is the same for a seed and a number, on every machine."""
    return int.from_bytes(hashlib.blake2b(f"{seed} {number}".encode(), digest_size=8).digest(), "big")
