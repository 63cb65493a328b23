# One radix-2 stage, decimation in time, planar complex: t = w b, (a, b) =
# (a + t, a - t).
.function bfft_orc_stage
.flags 2d
.dest 4 ar float
.dest 4 ai float
.dest 4 br float
.dest 4 bi float
.source 4 wr float
.source 4 wi float
.temp 4 c
.temp 4 s
.temp 4 xr
.temp 4 xi
.temp 4 p
.temp 4 q
loadl c, wr
loadl s, wi
loadl xr, br
loadl xi, bi
mulf p, xr, c
mulf q, xi, s
subf p, p, q
mulf xr, xr, s
mulf xi, xi, c
addf xr, xr, xi
loadl q, ar
addf xi, q, p
storel ar, xi
subf q, q, p
storel br, q
loadl q, ai
addf xi, q, xr
storel ai, xi
subf q, q, xr
storel bi, q

# The same butterfly on the rows of a real transform, where one half of the
# spectrum stands for both: the two outputs are index k and, conjugated, index
# L - k. In: (d1, d3) and (d2, d4). Out: (d1, d2) and (d3, d4), so that re and
# im of a row stay neighbours.
.function bfft_orc_stage_fold
.flags 2d
.dest 4 d1 float
.dest 4 d2 float
.dest 4 d3 float
.dest 4 d4 float
.source 4 wr float
.source 4 wi float
.temp 4 c
.temp 4 s
.temp 4 xr
.temp 4 xi
.temp 4 p
.temp 4 q
.temp 4 r
loadl c, wr
loadl s, wi
loadl xr, d2
loadl xi, d4
mulf p, xr, c
mulf q, xi, s
subf p, p, q
mulf xr, xr, s
mulf xi, xi, c
addf xr, xr, xi
loadl q, d1
loadl r, d3
addf xi, q, p
storel d1, xi
subf q, q, p
storel d3, q
addf xi, r, xr
storel d2, xi
subf xr, xr, r
storel d4, xr

# The last stage when only the power is wanted: |a + w b|^2 and |a - w b|^2.
.function bfft_orc_stage_power
.flags 2d
.dest 4 top float
.dest 4 bottom float
.source 4 ar float
.source 4 ai float
.source 4 br float
.source 4 bi float
.source 4 wr float
.source 4 wi float
.temp 4 c
.temp 4 s
.temp 4 xr
.temp 4 xi
.temp 4 p
.temp 4 q
loadl c, wr
loadl s, wi
loadl xr, br
loadl xi, bi
mulf p, xr, c
mulf q, xi, s
subf p, p, q
mulf xr, xr, s
mulf xi, xi, c
addf xr, xr, xi
loadl c, ar
loadl s, ai
addf q, c, p
mulf q, q, q
addf xi, s, xr
mulf xi, xi, xi
addf q, q, xi
storel top, q
subf c, c, p
mulf c, c, c
subf s, s, xr
mulf s, s, s
addf c, c, s
storel bottom, c

# Radix 3 and 5 in three steps, each the same for re and im until the last: all
# that is joined becomes output 0, the others' even and odd parts a and b follow
# from it, and a - i b and a + i b are outputs k and r - k.
.function bfft_orc_join3
.flags 2d
.dest 4 d0 float
.source 4 d1 float
.source 4 d2 float
.temp 4 p
.temp 4 q
loadl p, d0
loadl q, d1
addf p, p, q
loadl q, d2
addf p, p, q
storel d0, p

.function bfft_orc_join5
.flags 2d
.dest 4 d0 float
.source 4 d1 float
.source 4 d2 float
.source 4 d3 float
.source 4 d4 float
.temp 4 p
.temp 4 q
.temp 4 r
loadl p, d1
loadl q, d4
addf p, p, q
loadl q, d2
loadl r, d3
addf q, q, r
addf p, p, q
loadl q, d0
addf p, p, q
storel d0, p

# @c is cos (2 pi / 3) - 1, @s is sin (2 pi / 3). In: output 0, inputs 1 and 2.
# Out: a, b.
.function bfft_orc_parts3
.flags 2d
.dest 4 d1 float
.dest 4 d2 float
.source 4 y0 float
.floatparam 4 c
.floatparam 4 s
.temp 4 p
.temp 4 q
.temp 4 r
loadl p, d1
loadl q, d2
addf r, p, q
mulf r, r, c
subf p, p, q
mulf p, p, s
storel d2, p
loadl q, y0
addf r, r, q
storel d1, r

# @c1, @c2 are cos (2 pi / 5) - 1, cos (4 pi / 5) - 1, @s1, @s2 the sines. In:
# output 0, inputs 1 to 4. Out: a1, a2, b2, b1.
.function bfft_orc_parts5
.flags 2d
.dest 4 d1 float
.dest 4 d2 float
.dest 4 d3 float
.dest 4 d4 float
.source 4 y0 float
.floatparam 4 c1
.floatparam 4 c2
.floatparam 4 s1
.floatparam 4 s2
.temp 4 p
.temp 4 q
.temp 4 r
.temp 4 t
.temp 4 u
.temp 4 v
loadl p, d1
loadl q, d4
addf r, p, q
subf p, p, q
loadl q, d2
loadl t, d3
addf u, q, t
subf q, q, t
mulf v, p, s1
mulf p, p, s2
mulf t, q, s1
subf p, p, t
storel d3, p
mulf q, q, s2
addf v, v, q
storel d4, v
mulf p, r, c1
mulf r, r, c2
mulf q, u, c2
mulf u, u, c1
loadl t, y0
addf p, p, t
addf p, p, q
storel d1, p
addf r, r, t
addf r, r, u
storel d2, r

.function bfft_orc_rotate
.flags 2d
.dest 4 ar float
.dest 4 ai float
.dest 4 br float
.dest 4 bi float
.temp 4 p
.temp 4 q
.temp 4 r
.temp 4 s
.temp 4 t
loadl p, ar
loadl s, bi
addf t, p, s
subf p, p, s
loadl q, ai
loadl r, br
storel ar, t
storel br, p
subf t, q, r
addf q, q, r
storel ai, t
storel bi, q

# Windowing.
.function bfft_orc_window
.dest 4 d float
.source 4 x float
.source 4 w float
.temp 4 p
.temp 4 q
loadl p, x
loadl q, w
mulf p, p, q
storel d, p

# Windowing and the first radix-2 stage of real input.
.function bfft_orc_window2
.dest 4 sum float
.dest 4 difference float
.source 4 x0 float
.source 4 x1 float
.source 4 w0 float
.source 4 w1 float
.temp 4 p
.temp 4 q
.temp 4 r
loadl p, x0
loadl r, w0
mulf p, p, r
loadl q, x1
loadl r, w1
mulf q, q, r
addf r, p, q
storel sum, r
subf p, p, q
storel difference, p

# Two stages of the real row k = 0: the quarters of the row become the real
# rows 0 and 2L and the complex row L.
.function bfft_orc_real4
.dest 4 d1 float
.dest 4 d2 float
.dest 4 d3 float
.dest 4 d4 float
.temp 4 a
.temp 4 b
.temp 4 c
.temp 4 d
.temp 4 t
loadl a, d1
loadl c, d3
addf t, a, c
subf a, a, c
storel d3, a
loadl b, d2
loadl d, d4
subf c, d, b
storel d4, c
addf b, b, d
addf a, t, b
storel d1, a
subf t, t, b
storel d2, t

# Two stages of the real row k = L/2: the quarters become the complex rows L/2
# and 3L/2. @h is sqrt (1/2).
.function bfft_orc_half4
.dest 4 d1 float
.dest 4 d2 float
.dest 4 d3 float
.dest 4 d4 float
.floatparam 4 h
.temp 4 a
.temp 4 b
.temp 4 c
.temp 4 d
.temp 4 t
loadl b, d2
loadl d, d4
subf t, b, d
mulf t, t, h
addf b, b, d
mulf b, b, h
loadl a, d1
loadl c, d3
addf d, a, t
storel d1, d
subf a, a, t
storel d3, a
subf t, c, b
storel d4, t
addf c, c, b
xorl c, c, 0x80000000
storel d2, c

# Complex products in place: a = a b.
.function bfft_orc_multiply
.dest 4 ar float
.dest 4 ai float
.source 4 br float
.source 4 bi float
.temp 4 p
.temp 4 q
.temp 4 r
.temp 4 s
.temp 4 t
loadl p, ar
loadl q, ai
loadl r, br
loadl s, bi
mulf t, p, r
mulf r, q, r
mulf q, q, s
mulf p, p, s
subf t, t, q
storel ar, t
addf p, p, r
storel ai, p

# a = conj (a b)
.function bfft_orc_multiply_conjugate
.dest 4 ar float
.dest 4 ai float
.source 4 br float
.source 4 bi float
.temp 4 p
.temp 4 q
.temp 4 r
.temp 4 s
.temp 4 t
loadl p, ar
loadl q, ai
loadl r, br
loadl s, bi
mulf t, p, r
mulf r, q, r
mulf q, q, s
mulf p, p, s
subf t, t, q
storel ar, t
addf p, p, r
xorl p, p, 0x80000000
storel ai, p

# a = conj (a) b
.function bfft_orc_conjugate_multiply
.dest 4 ar float
.dest 4 ai float
.source 4 br float
.source 4 bi float
.temp 4 p
.temp 4 q
.temp 4 r
.temp 4 s
.temp 4 t
loadl p, ar
loadl q, ai
loadl r, br
loadl s, bi
mulf t, p, r
mulf r, q, r
mulf q, q, s
mulf p, p, s
addf t, t, q
storel ar, t
subf p, p, r
storel ai, p
