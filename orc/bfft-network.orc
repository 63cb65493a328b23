# The kernels of a general butterfly network, planar complex. a and b are the
# two inputs of a butterfly, w its twiddle (times its gate), t = w b.

# Real inputs, read from the real planes.
.function bfft_orc_network_real
.flags 2d
.dest 4 ar float
.dest 4 ai float
.dest 4 br float
.dest 4 bi float
.source 4 wr float
.source 4 wi float
.temp 4 x
.temp 4 p
.temp 4 q
.temp 4 u
loadl x, br
loadl p, wr
mulf p, p, x
loadl q, wi
mulf q, q, x
storel ai, q
subf q, 0.0, q
storel bi, q
loadl x, ar
addf u, x, p
storel ar, u
subf x, x, p
storel br, x

# The same with a gate g: h = 1 - g, w = g times the twiddle. a = a + t,
# b = a + h (b - a) - t.
.function bfft_orc_network_real_gated
.flags 2d
.dest 4 ar float
.dest 4 ai float
.dest 4 br float
.dest 4 bi float
.source 4 wr float
.source 4 wi float
.source 4 closed float
.temp 4 h
.temp 4 x
.temp 4 y
.temp 4 p
.temp 4 q
loadl y, br
loadl p, wr
mulf p, p, y
loadl q, wi
mulf q, q, y
storel ai, q
subf q, 0.0, q
storel bi, q
loadl h, closed
loadl x, ar
subf y, y, x
mulf y, y, h
addf y, y, x
subf y, y, p
storel br, y
addf x, x, p
storel ar, x

# Complex inputs with a gate, likewise.
.function bfft_orc_network_gated
.flags 2d
.dest 4 ar float
.dest 4 ai float
.dest 4 br float
.dest 4 bi float
.source 4 wr float
.source 4 wi float
.source 4 closed float
.temp 4 c
.temp 4 s
.temp 4 h
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
mulf s, s, xr
mulf c, c, xi
addf s, s, c
loadl q, ar
loadl h, closed
subf xr, xr, q
mulf xr, xr, h
subf xr, xr, p
addf xr, xr, q
addf q, q, p
storel ar, q
storel br, xr
loadl q, ai
subf xi, xi, q
mulf xi, xi, h
subf xi, xi, s
addf xi, xi, q
addf q, q, s
storel ai, q
storel bi, xi

# int8 twiddles, worth scale each.
.function bfft_orc_network_q8
.flags 2d
.dest 4 ar float
.dest 4 ai float
.dest 4 br float
.dest 4 bi float
.source 1 wr orc_int8
.source 1 wi orc_int8
.floatparam 4 scale
.temp 1 b
.temp 2 h
.temp 4 c
.temp 4 s
.temp 4 xr
.temp 4 xi
.temp 4 p
.temp 4 q
loadb b, wr
convsbw h, b
convswl c, h
convlf c, c
mulf c, c, scale
loadb b, wi
convsbw h, b
convswl s, h
convlf s, s
mulf s, s, scale
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

# int8 twiddles and a gate.
.function bfft_orc_network_q8_gated
.flags 2d
.dest 4 ar float
.dest 4 ai float
.dest 4 br float
.dest 4 bi float
.source 1 wr orc_int8
.source 1 wi orc_int8
.source 4 closed float
.floatparam 4 scale
.temp 1 b
.temp 2 e
.temp 4 c
.temp 4 s
.temp 4 h
.temp 4 xr
.temp 4 xi
.temp 4 p
.temp 4 q
loadl h, closed
subf q, 1.0, h
mulf q, q, scale
loadb b, wr
convsbw e, b
convswl c, e
convlf c, c
mulf c, c, q
loadb b, wi
convsbw e, b
convswl s, e
convlf s, s
mulf s, s, q
loadl xr, br
loadl xi, bi
mulf p, xr, c
mulf q, xi, s
subf p, p, q
mulf s, s, xr
mulf c, c, xi
addf s, s, c
loadl q, ar
subf xr, xr, q
mulf xr, xr, h
addf xr, xr, q
subf xr, xr, p
storel br, xr
addf q, q, p
storel ar, q
loadl q, ai
subf xi, xi, q
mulf xi, xi, h
addf xi, xi, q
subf xi, xi, s
storel bi, xi
addf q, q, s
storel ai, q

# 2x2 complex matrices, interleaved: (a, b) = (m00 a + m01 b, m10 a + m11 b).
.function bfft_orc_network_unitary
.flags 2d
.dest 4 ar float
.dest 4 ai float
.dest 4 br float
.dest 4 bi float
.source 8 m00 float
.source 8 m01 float
.source 8 m10 float
.source 8 m11 float
.temp 8 m
.temp 4 c
.temp 4 s
.temp 4 xr
.temp 4 xi
.temp 4 yr
.temp 4 yi
.temp 4 p
.temp 4 q
.temp 4 u
loadl xr, ar
loadl xi, ai
loadl yr, br
loadl yi, bi
loadq m, m00
splitql s, c, m
mulf p, xr, c
mulf u, xi, s
subf p, p, u
mulf q, xr, s
mulf u, xi, c
addf q, q, u
loadq m, m01
splitql s, c, m
mulf u, yr, c
addf p, p, u
mulf u, yi, s
subf p, p, u
storel ar, p
mulf u, yr, s
addf q, q, u
mulf u, yi, c
addf q, q, u
storel ai, q
loadq m, m10
splitql s, c, m
mulf p, xr, c
mulf u, xi, s
subf p, p, u
mulf q, xr, s
mulf u, xi, c
addf q, q, u
loadq m, m11
splitql s, c, m
mulf u, yr, c
addf p, p, u
mulf u, yi, s
subf p, p, u
storel br, p
mulf u, yr, s
addf q, q, u
mulf u, yi, c
addf q, q, u
storel bi, q

# One plane of a butterfly from separate arrays: with (x, y) = (br, bi) the
# real parts, t = c x - s y.
.function bfft_orc_network_split_re
.flags 2d
.dest 4 top float
.dest 4 bottom float
.source 4 a float
.source 4 x float
.source 4 y float
.source 4 wr float
.source 4 wi float
.temp 4 p
.temp 4 q
.temp 4 u
loadl p, x
loadl u, wr
mulf p, p, u
loadl q, y
loadl u, wi
mulf q, q, u
subf p, p, q
loadl u, a
addf q, u, p
storel top, q
subf u, u, p
storel bottom, u

# With (x, y) = (bi, br) the imaginary parts, t = c x + s y.
.function bfft_orc_network_split_im
.flags 2d
.dest 4 top float
.dest 4 bottom float
.source 4 a float
.source 4 x float
.source 4 y float
.source 4 wr float
.source 4 wi float
.temp 4 p
.temp 4 q
.temp 4 u
loadl p, x
loadl u, wr
mulf p, p, u
loadl q, y
loadl u, wi
mulf q, q, u
addf p, p, q
loadl u, a
addf q, u, p
storel top, q
subf u, u, p
storel bottom, u

# The even values of a row to one array, the odd ones to another; x must be
# 8-byte aligned.
.function bfft_orc_network_split
.flags 2d
.dest 4 even float
.dest 4 odd float
.source 8 x float
.temp 8 p
.temp 4 e
.temp 4 o
loadq p, x
splitql o, e, p
storel even, e
storel odd, o

# The mask.
.function bfft_orc_network_scale
.dest 4 d float
.source 4 s float
.temp 4 x
loadl x, d
mulf x, x, s
storel d, x

# Mask and denoiser.
.function bfft_orc_network_affine
.dest 4 d float
.source 4 s float
.source 4 b float
.temp 4 x
loadl x, d
mulf x, x, s
addf x, x, b
storel d, x

.function bfft_orc_network_scale_by
.dest 4 d float
.floatparam 4 factor
.temp 4 x
loadl x, d
mulf x, x, factor
storel d, x

.function bfft_orc_network_power
.dest 4 d float
.source 4 re float
.source 4 im float
.temp 4 x
.temp 4 y
loadl x, re
mulf x, x, x
loadl y, im
mulf y, y, y
addf d, x, y
