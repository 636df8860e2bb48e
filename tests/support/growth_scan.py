"""Looks for texts that take a door too long: `python -m tests.support.growth_scan 'RSS *' --pairs 500`.

The first argument is a pattern of names of doors (`growth_doors.DOORS`; all of them by default). Each is given every
fragment of `growth_texts.FRAGMENTS` again and again, in one line and in many, and what is in proportion neither to the
text nor to a second a megabyte is printed. `--pairs N` adds as many pairs of fragments, `--text TEXT` is one
fragment of yours (escapes as in Python).
"""

from __future__ import annotations

import argparse
import time
from fnmatch import fnmatch
from itertools import islice

from tests.support.growth import Repeated, finding, pace
from tests.support.growth_doors import DOORS
from tests.support.growth_texts import lines, pairs, singles


def main() -> None:
    """Print what is found, and the time that each door took in all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("doors", nargs="*", default=["*"])
    parser.add_argument("--pairs", type=int, default=0)
    parser.add_argument("--no-lines", action="store_true")
    parser.add_argument("--text")
    given = parser.parse_args()
    texts: list[Repeated] = singles() + ([] if given.no_lines else lines())
    if given.text:
        texts = [Repeated(given.text.encode().decode("unicode_escape"))]
    texts += islice(pairs(), given.pairs)
    slower = pace()
    print(f"the machine is {slower:.2f} times slower than the reference; {len(texts)} texts")
    for name, read in DOORS.items():
        if not any(fnmatch(name, pattern) for pattern in given.doors):
            continue
        start, count = time.process_time(), 0
        for repeated in texts:
            try:
                found = finding(name, read, repeated, slower)
            except Exception as error:
                print(f"{name}: {repeated.sample} {type(error).__name__}: {error}"[:300], flush=True)
                continue
            if found:
                count += 1
                print(found, flush=True)
        print(f"  {name}: {count} found, {time.process_time() - start:.1f} s", flush=True)


if __name__ == "__main__":
    main()
