"""Where a continued reply meets the text it goes on from: what the model says again there is left out."""

# Characters. A model asked to go on often begins with its last words again. Fewer than these may be chance.
LONGEST_OVERLAP = 200
SHORTEST_OVERLAP = 12


class Joint:
    """Takes the new text as it comes and gives it on without the end of `carried` repeated at its start.

    Text is held back only while it may still be such a repetition; whoever takes it asks for the `rest` at the end.
    """

    def __init__(self, carried: str) -> None:
        self.dropped = ""  # what was left out
        self._held = ""
        # Every end of the carried text that may come again, the longest first; emptied once that is decided.
        longest = min(LONGEST_OVERLAP, len(carried))
        self._ends = [
            end
            for size in range(longest, SHORTEST_OVERLAP - 1, -1)
            # Rules and blank lines repeat by themselves.
            if any(map(str.isalnum, end := carried[-size:]))
        ]

    def take(self, text: str) -> str:
        """What of the text so far can be given on."""
        if not self._ends:
            return text
        self._held += text
        if any(len(end) > len(self._held) and end.startswith(self._held) for end in self._ends):
            return ""
        return self.rest()

    def rest(self) -> str:
        """What was held back, when nothing more comes."""
        if not self._ends:
            return ""
        self.dropped = next((end for end in self._ends if self._held.startswith(end)), "")
        fresh, self._held = self._held[len(self.dropped) :], ""
        self._ends = []
        return fresh
