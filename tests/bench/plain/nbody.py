"""The sun and its four large planets, n steps of 0.01: their energy * 1e9, truncated."""

from math import pi, sqrt

SOLAR_MASS = 4 * pi * pi
DAYS = 365.24


def bodies():
    """``[x, y, z, vx, vy, vz, mass]`` of each; the sun's speed is such that the whole rests."""
    system = [
        [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, SOLAR_MASS],
        [
            4.84143144246472090e00,
            -1.16032004402742839e00,
            -1.03622044471123109e-01,
            1.66007664274403694e-03 * DAYS,
            7.69901118419740425e-03 * DAYS,
            -6.90460016972063023e-05 * DAYS,
            9.54791938424326609e-04 * SOLAR_MASS,
        ],
        [
            8.34336671824457987e00,
            4.12479856412430479e00,
            -4.03523417114321381e-01,
            -2.76742510726411899e-03 * DAYS,
            4.99852801234917238e-03 * DAYS,
            2.30417297573763929e-05 * DAYS,
            2.85885980666130812e-04 * SOLAR_MASS,
        ],
        [
            1.28943695621391310e01,
            -1.51111514016986312e01,
            -2.23307578892655734e-01,
            2.96460137564761618e-03 * DAYS,
            2.37847173959480950e-03 * DAYS,
            -2.96589568540237556e-05 * DAYS,
            4.36624404335156298e-05 * SOLAR_MASS,
        ],
        [
            1.53796971148509165e01,
            -2.59193146099879641e01,
            1.79258772950371181e-01,
            2.68067772490389322e-03 * DAYS,
            1.62824170038242295e-03 * DAYS,
            -9.51592254519715870e-05 * DAYS,
            5.15138902046611451e-05 * SOLAR_MASS,
        ],
    ]
    for axis in (3, 4, 5):
        system[0][axis] = -sum([body[axis] * body[6] for body in system]) / SOLAR_MASS
    return system


def advance(pairs, system, step):
    for a, b in pairs:
        dx = a[0] - b[0]
        dy = a[1] - b[1]
        dz = a[2] - b[2]
        d = dx * dx + dy * dy + dz * dz
        pull = step / (d * sqrt(d))
        mass = b[6]
        a[3] -= dx * mass * pull
        a[4] -= dy * mass * pull
        a[5] -= dz * mass * pull
        mass = a[6]
        b[3] += dx * mass * pull
        b[4] += dy * mass * pull
        b[5] += dz * mass * pull
    for body in system:
        body[0] += step * body[3]
        body[1] += step * body[4]
        body[2] += step * body[5]


def energy(pairs, system):
    e = 0.0
    for _, _, _, vx, vy, vz, mass in system:
        e += 0.5 * mass * (vx * vx + vy * vy + vz * vz)
    for a, b in pairs:
        dx = a[0] - b[0]
        dy = a[1] - b[1]
        dz = a[2] - b[2]
        e -= a[6] * b[6] / sqrt(dx * dx + dy * dy + dz * dz)
    return e


def run(n):
    system = bodies()
    pairs = [(a, b) for i, a in enumerate(system) for b in system[i + 1 :]]
    for _ in range(n):
        advance(pairs, system, 0.01)
    return int(energy(pairs, system) * 1e9)
