"""What the peers of the point-in-time join share: they are asked by lines of standard input, and answer each by a line of JSON.

`join` joins, from the files to the result, and says its seconds and the peak of resident memory of the process (and of those it started) so far;
`write` writes the last result to the file that the process was started with.
"""

import argparse
import json
import sys
import time

NAMES = ["a", "b", "c", "d", "s"]


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", required=True)
    parser.add_argument("--output", required=True)
    parser.add_argument("states", nargs="+")
    return parser.parse_args()


def peak():
    """The largest resident set of this process that there was, in bytes."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def answer(what):
    print(json.dumps(what), flush=True)


def serve(join, write, peak=peak, **versions):
    answer(versions)
    result = None
    for line in sys.stdin:
        if line.strip() == "write":
            write(result)
            answer({})
            continue
        result = None
        started = time.perf_counter()
        result = join()
        answer({"seconds": time.perf_counter() - started, "peak": peak()})
