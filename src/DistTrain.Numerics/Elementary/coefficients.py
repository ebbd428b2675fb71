"""Computes the polynomial coefficients of src/DistTrain.Numerics/Elementary.

    python3 coefficients.py          (needs mpmath; prints every table, lowest power first)

Weighted minimax (Remez exchange on a dense grid, 60 digits). The coefficients are rounded one
after the other to the format that the code uses, lowest power first, and after each rounding the
remaining ones are fitted again, so that a rounding error is taken up by the higher powers.
"""

from mpmath import mp, mpf

mp.dps = 60
GRID_POINTS = 1200


def rounded(value, bits):
    """The nearest number with this many significant bits (no range limit is met here)."""
    mantissa, exponent = mp.frexp(value)
    return mp.ldexp(mp.nint(mp.ldexp(mantissa, bits)), exponent - bits)


def minimax(target, weight, powers, low, high):
    """Coefficients c of sum c_i x^powers_i nearest to target in max |weight * error|."""
    count = len(powers)
    grid = [(low + high) / 2 - (high - low) / 2 * mp.cos(mp.pi * i / GRID_POINTS)
            for i in range(GRID_POINTS + 1)]
    grid = [x for x in grid if weight(x) > 0]
    wanted = [target(x) for x in grid]
    weights = [weight(x) for x in grid]
    reference = [round(i * (len(grid) - 1) / count) for i in range(count + 1)]
    for _ in range(40):
        matrix = mp.matrix(count + 1, count + 1)
        right = mp.matrix(count + 1, 1)
        for row, g in enumerate(reference):
            for column, power in enumerate(powers):
                matrix[row, column] = weights[g] * grid[g] ** power
            matrix[row, count] = (-1) ** row
            right[row] = weights[g] * wanted[g]
        solution = mp.lu_solve(matrix, right)
        error = [weights[g] * (wanted[g] - sum(solution[i] * x ** p for i, p in enumerate(powers)))
                 for g, x in enumerate(grid)]
        extremes = alternating_extremes(error, count + 1)
        if extremes == reference:
            break
        reference = extremes
    return [solution[i] for i in range(count)], max(abs(e) for e in error)


def alternating_extremes(error, count):
    """Indices of `count` extremes whose signs alternate, the largest ones."""
    runs = []
    for i, e in enumerate(error):
        if runs and (e > 0) == (error[runs[-1]] > 0):
            if abs(e) > abs(error[runs[-1]]):
                runs[-1] = i
        else:
            runs.append(i)
    while len(runs) > count:
        smallest = min(range(len(runs)), key=lambda r: abs(error[runs[r]]))
        if smallest in (0, len(runs) - 1):
            runs.pop(smallest)
        else:
            # An inner one goes with its smaller neighbour, so that the signs still alternate.
            left, right = smallest - 1, smallest + 1
            other = left if abs(error[runs[left]]) < abs(error[runs[right]]) else right
            if len(runs) - 2 < count:
                end = 0 if abs(error[runs[0]]) < abs(error[runs[-1]]) else len(runs) - 1
                runs.pop(end)
            else:
                for r in sorted((smallest, other), reverse=True):
                    runs.pop(r)
    return runs


def fit(name, target, weight, degree, low, high, bits, fixed=()):
    """Prints the rounded coefficients of powers 0 … degree; `fixed` are the first ones, given."""
    known = [mpf(c) for c in fixed]
    low, high = mpf(low), mpf(high)
    while len(known) <= degree:
        done = list(known)
        rest = lambda x: target(x) - sum(c * x ** p for p, c in enumerate(done))
        found, error = minimax(rest, weight, list(range(len(known), degree + 1)), low, high)
        known.append(rounded(found[0], bits))
    final = max(abs(weight(x) * (target(x) - sum(c * x ** p for p, c in enumerate(known))))
                for x in [low + (high - low) * i / 2000 for i in range(2001)])
    print(f"{name}: relative error 2^{mp.nstr(mp.log(final, 2), 4)}")
    for power, c in enumerate(known):
        digits = 9 if bits == 24 else 17
        print(f"    c{power} = {mp.nstr(c, digits, strip_zeros=False)}")


def guarded(function, at_zero, smallest=mpf("1e-20")):
    """The function, with its limit at 0."""
    return lambda x: at_zero if abs(x) < smallest else function(x)


def main():
    half_ln2 = mp.log(2) / 2
    fit("exp(r) = sum c_i r^i", mp.exp, lambda r: 1 / mp.exp(r),
        6, -half_ln2 * mpf("1.0001"), half_ln2 * mpf("1.0001"), 24, fixed=(1, 1))
    fit("log(1+f) = f + f^2 sum c_i f^i",
        guarded(lambda f: (mp.log1p(f) - f) / f ** 2, mpf(-0.5)),
        guarded(lambda f: abs(f ** 2 / mp.log1p(f)), mpf(0)), 8, -0.25, 0.5, 24, fixed=(-0.5,))
    root = lambda z: mp.sqrt(z)
    fit("tanh(x) = x + x^3 sum c_i x^(2i)",
        guarded(lambda z: (mp.tanh(root(z)) - root(z)) / root(z) ** 3, mpf(-1) / 3),
        guarded(lambda z: root(z) ** 3 / mp.tanh(root(z)), mpf(0)), 4, 0, mpf("0.65") ** 2, 24)
    split = mpf("0.9375")
    fit("erf(x) = x + x sum c_i x^(2i), small",
        guarded(lambda z: mp.erf(root(z)) / root(z) - 1, 2 / mp.sqrt(mp.pi) - 1),
        guarded(lambda z: root(z) / mp.erf(root(z)), mp.sqrt(mp.pi) / 2), 6, 0, split ** 2, 24)
    fit("-log(1-erf(x)) = sum c_i x^i, large", lambda x: -mp.log(mp.erfc(x)),
        lambda x: mp.erfc(x) / mp.erf(x), 6, split, 4, 24)
    high = ((mp.sqrt(2) - 1) / (mp.sqrt(2) + 1)) ** 2
    atanh_tail = lambda z: 2 * (mp.atanh(root(z)) - root(z)) / root(z) ** 3
    fit("binary64 log: 2 atanh(s) = 2s + s^3 sum c_i s^(2i)",
        guarded(atanh_tail, mpf(2) / 3),
        guarded(lambda z: root(z) ** 3 / (2 * mp.atanh(root(z))), mpf(0)),
        6, 0, high * mpf("1.001"), 53)
    fit("binary64 cos(pi y) = 1 - z sum c_i z^i, z = y^2",
        guarded(lambda z: (1 - mp.cospi(root(z))) / z, mp.pi ** 2 / 2),
        lambda z: z / mp.cospi(root(z)), 6, 0, mpf(1) / 16, 53)
    fit("binary64 sin(pi y) = pi y + y z sum c_i z^i, z = y^2",
        guarded(lambda z: (mp.sinpi(root(z)) / root(z) - mp.pi) / z, -mp.pi ** 3 / 6),
        guarded(lambda z: root(z) * z / mp.sinpi(root(z)), mpf(0)), 6, 0, mpf(1) / 16, 53)
    for name, value, bits in (("ln 2, high (16 bits)", mp.log(2), 16),
                              ("ln 2, high (32 bits)", mp.log(2), 32), ("pi, high", mp.pi, 53)):
        high_part = rounded(value, bits)
        low_bits = 53 if bits > 24 else 24
        low_part = rounded(value - high_part, low_bits)
        print(f"{name}: {mp.nstr(high_part, 17)} + {mp.nstr(low_part, 17)}")
    print(f"1/ln 2: {mp.nstr(rounded(1 / mp.log(2), 24), 9)}")


main()
