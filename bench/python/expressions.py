"""Expressions in numexpr, Numba and NumPy, for the suites `kernels` and `math`: answers one line of JSON for each that it is asked.

First line: {"numexpr": version or null, "numba": version or null, "numpy": version}. Then {"engine", "expression", "names", "n", "threads"} gives
{"ns": nanoseconds a pass, "cpu": milliseconds of CPU since the last answer, "checksum": sum of the finite results}.
"""

import json
import math
import sys
import time

import numpy

try:
    import numexpr
except ImportError:
    numexpr = None
try:
    import numba
except ImportError:
    numba = None

SAMPLE = 0.002
arrays = {}
passes = {}
current = None


def values(name, n):
    """The same numbers as bench/suites/kernels/values.ts fills in."""
    key = (name, n)
    if key not in arrays:
        state = numpy.uint64(ord(name))
        index = numpy.arange(n, dtype=numpy.uint64)
        mixed = (index * numpy.uint64(2654435761) + state * numpy.uint64(40503)) % numpy.uint64(2**32)
        arrays[key] = mixed.astype(numpy.float64) / 2**32 * 20 - (0 if name == "p" else 10)
    return arrays[key]


def prepare(engine, expression, names, n, threads):
    given = {name: values(name, n) for name in names}
    if engine == "numexpr":
        numexpr.set_num_threads(threads)
        # Comparisons give booleans.
        target = numpy.empty(n, numexpr.evaluate(expression, local_dict=given).dtype)
        numexpr.evaluate(expression, local_dict=given, out=target)
        return lambda: numexpr.re_evaluate(local_dict=given), target
    out = numpy.empty(n)
    if engine == "numpy":
        # One function of arrays.
        function, names = expression.rstrip(")").split("(")
        function, ordered = getattr(numpy, function), [given[name] for name in names.split(", ")]
        return lambda: function(*ordered, out=out), out
    numba.set_num_threads(threads)
    body = expression.replace("where(", "choose(")
    reads = "".join(f"        {name} = in_{name}[i]\n" for name in names)
    text = (
        f"def kernel(out, {', '.join('in_' + name for name in names)}):\n"
        f"    for i in numba.prange(out.size):\n{reads}        out[i] = {body}\n"
    )
    space = {"numba": numba, "choose": numba.njit(lambda c, a, b: a if c else b), "sqrt": math.sqrt}
    exec(text, space)
    kernel = numba.njit(parallel=True, error_model="numpy")(space["kernel"])
    ordered = [given[name] for name in names]
    kernel(out, *ordered)
    return lambda: kernel(out, *ordered), out


def measure(run):
    times = 1
    while True:
        start = time.perf_counter()
        for _ in range(times):
            run()
        took = time.perf_counter() - start
        if took >= SAMPLE:
            return took / times * 1e9
        times *= 2


print(json.dumps({"numexpr": numexpr and numexpr.__version__, "numba": numba and numba.__version__, "numpy": numpy.__version__}), flush=True)
before = time.process_time()
for line in sys.stdin:
    asked = json.loads(line)
    subject = (asked["expression"], asked["n"])
    if subject != current:
        passes.clear()
        current = subject
    if line not in passes:
        passes[line] = prepare(**asked)
    run, out = passes[line]
    ns = measure(run)
    now = time.process_time()
    checksum = float(numpy.nansum(out, dtype=float))
    print(json.dumps({"ns": ns, "cpu": (now - before) * 1e3, "checksum": checksum}), flush=True)
    before = now
