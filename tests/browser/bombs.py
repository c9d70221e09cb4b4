"""Texts that are heavier to draw than they are to write: by kind, each by its name."""

from collections.abc import Iterable


def _nested_list() -> str:
    """Two more spaces a line, up to 400 kB."""
    lines, size, depth = [], 0, 0
    while size < 400_000:
        lines.append(f"{'  ' * depth}- a")
        size += len(lines[-1])
        depth += 1
    return "\n".join(lines)


def _zalgo(letters: int) -> str:
    return "".join(f"e{''.join(chr(0x300 + (n + m) % 0x6F) for m in range(40))}" for n in range(letters))


def _diagram(edges: Iterable[tuple[int, int]]) -> str:
    lines = "".join(f"  n{a} --> n{b}\n" for a, b in edges)
    return f"```mermaid\nflowchart LR\n{lines}```\n\n"


BOMBS: dict[str, dict[str, str]] = {
    "blocks": {
        "a table of 5,000 columns": f"{'|a' * 5_000}\n{'|-' * 5_000}\n" + "|b\n" * 5_000,
        "a table of 1,500 by 100": f"{'|a' * 100}\n{'|-' * 100}\n" + f"{'|b' * 100}\n" * 1_500,
        "lists in lists without end": _nested_list(),
        "5,000 quotations in one another": f"{'>' * 5_000}a",
        "79,000 paragraphs": "*a*\n\n" * 79_000,
        "rules without end": "---\n\n" * 20_000,
        "3,000 footnotes": "".join(f"a[^{n}] " for n in range(3_000))
        + "".join(f"\n\n[^{n}]: note" for n in range(3_000)),
        "8,000 tasks": "- [ ] a\n- [x] b\n" * 4_000,
        "breaks in cells": "|a|b|\n|-|-|\n" + f"|{'a<br>' * 200}|b|\n" * 100,
    },
    "words": {
        "32,000 bold words": "**a**" * 32_000,
        "50,000 open brackets": "[" * 50_000,
        "20,000 open pictures": "![[" * 20_000,
        "growing runs of backticks": " ".join("`" * n for n in range(600)),
        "20,000 references": "\n".join(f"[r{n}]: https://a.test/{n}" for n in range(10_000))
        + "\n\n"
        + " ".join(f"[r{n}]" for n in range(10_000)),
        "emphasis in emphasis": "*a **b " * 10_000 + "c** d* " * 10_000,
        "20,000 links": "[a](https://a.test) " * 20_000,
        "20,000 bare addresses": "https://a.test/x " * 20_000,
        "100,000 entities": "&amp;&lt;&#x41;" * 33_000,
        "20,000 tags that are none": "<thing a='b'></thing>" * 10_000,
    },
    "letters": {
        "more text than anyone reads": "word " * 90_000,
        "an address without end": "https://a.test/" + "a/" * 50_000,
        "letters under heaps of accents": _zalgo(3_000),
        "writing that turns round at every sign": "\u202ea\u202db\u2067c\u2066d\u2069" * 20_000,
        "a line of 400,000 letters": "x" * 400_000,
    },
    "code": {
        "a fence with an absurd language": f"```{'l' * 50_000} {'x' * 50_000}\ncode\n```",
        "2,000 fences": "```python\nx = 1\n```\n\n" * 2_000,
        "200,000 letters of code": "```javascript\n" + "const a = { b: [1, '2', /3/] };\n" * 6_500 + "```",
        "code that never closes": "```python\n" + "x = (" * 30_000,
    },
    "formulas": {
        "20,000 open braces in a formula": f"$${'{' * 20_000}x{'}' * 20_000}$$",
        "3,000 fractions in one another": "$$" + "\\frac{1}{" * 3_000 + "x" + "}" * 3_000 + "$$",
        "5,000 powers of powers": f"$$x{'^{x' * 5_000}{'}' * 5_000}$$",
        "a matrix of 200 by 200": "$$\\begin{matrix}"
        + "\\\\".join(["&".join(["1"] * 200)] * 200)
        + "\\end{matrix}$$",
        "a macro without end": "$$\\def\\a{\\a\\a}\\a$$",
        "a rule of 99,999 em": "$\\rule{99999em}{99999em}$",
        "2,000 formulas": "".join(f"$x_{{{n}}}$ and $y^{n}$. " for n in range(1_000)),
        "8,000 dollars": "$a " * 8_000,
        "8,000 open formulas": "\\(" * 8_000,
    },
    "diagrams": {
        "a diagram of 5,000 boxes": _diagram((n, n + 1) for n in range(5_000)),
        "a diagram of 290 edges": _diagram((n % 17, n * 7 % 23) for n in range(290)),
        "40 diagrams": _diagram([(0, 1), (1, 2), (0, 2)]) * 40,
    },
}
