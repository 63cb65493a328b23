#!/usr/bin/env python3
# bfft: draws docs/network.svg, the flow graph of the network for n = 8 as it
# lies in memory: rows in time order, a transposition, positions.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""network-graph.py > network.svg"""

STAGES, ROW_STAGES = 3, 2
N = 1 << STAGES
STEP, LEFT, TOP, WIDTH = 34, 70, 70, 150


def reverse(value, bits):
    return int(format(value, f'0{bits}b')[::-1], 2)


def address(stage, position):
    return position if stage >= ROW_STAGES else reverse(position, STAGES)


def y(row):
    return TOP + row * STEP


def line(x0, row0, x1, row1, kind):
    return f'<path class="{kind}" d="M{x0} {y(row0)}L{x1} {y(row1)}"/>'


def text(x, at, content, kind=''):
    return f'<text x="{x}" y="{at}" class="{kind}">{content}</text>'


def stage(s, x):
    """The butterflies of stage s between x and x + WIDTH."""
    yield text(x + WIDTH / 2, TOP - 34, f'stage {s}', 'head')
    for b in range(N // 2):
        i0 = 2 * (b >> s << s) + (b & ((1 << s) - 1))
        a, c = address(s, i0), address(s, i0 + (1 << s))
        end = x + WIDTH - 16
        yield line(x, a, end, a, 'plain')
        yield line(x, a, end, c, 'plain')
        yield line(x, c, end, a, 'turned')
        yield line(x, c, end, c, 'minus')
        yield text(x + 20, y(c) + 14, f'w[{s}][{b}]', 'weight')
        yield f'<circle cx="{end}" cy="{y(a)}" r="3"/><circle cx="{end}" cy="{y(c)}" r="3"/>'
        yield line(end, a, x + WIDTH, a, 'plain') + line(end, c, x + WIDTH, c, 'plain')


def picture():
    x = LEFT
    total = LEFT + STAGES * WIDTH + WIDTH + 70
    yield (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total} {TOP + N * STEP + 40}" '
           'font-family="sans-serif" font-size="12" text-anchor="middle">')
    yield ('<style>path{fill:none;stroke:#345;stroke-width:1.2}.turned{stroke:#b40}'
           '.minus{stroke:#b40;stroke-dasharray:4 3}.move{stroke:#888}.weight{fill:#b40;font-size:10px}'
           '.head{font-weight:bold}</style><rect width="100%" height="100%" fill="#fff"/>')
    yield text(LEFT - 35, TOP - 34, 'time', 'head')
    for row in range(N):
        yield text(LEFT - 35, y(row) + 4, f'x[{row}]')
    for s in range(STAGES):
        if s == ROW_STAGES:
            yield text(x + WIDTH / 2, TOP - 34, 'transposition', 'head')
            for p in range(N):
                yield line(x, reverse(p, STAGES), x + WIDTH, p, 'move')
            x += WIDTH
        yield from stage(s, x)
        x += WIDTH
    yield text(x + 35, TOP - 34, 'bin', 'head')
    for row in range(N):
        yield text(x + 35, y(row) + 4, f'X[{row}]')
    yield text(total / 2, TOP + N * STEP + 18,
               'orange: times w; dashed: and subtracted')
    yield '</svg>'


print('\n'.join(picture()))
