"""For each start method that it reads, a line: prints the milliseconds from start() to the end of join() of one process."""

import multiprocessing
import sys
import time


def square(n):
    return n * n


def start_and_join(method):
    process = multiprocessing.get_context(method).Process(target=square, args=(10,))
    start = time.perf_counter()
    process.start()
    process.join()
    return (time.perf_counter() - start) * 1e3


if __name__ == "__main__":
    for line in sys.stdin:
        print(start_and_join(line.strip()), flush=True)
