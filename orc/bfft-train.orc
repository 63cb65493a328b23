# The student's stages have constant geometry (models/train/bfft-student.h):
# butterfly j reads the pair x[2j], x[2j+1] = a, b, loaded as one 8-byte
# element, and writes top to y[j] and bottom to y[j + half]. Rows are the
# transforms of a batch; parameters and their gradients have row stride 0.
# Complex parameters are interleaved (re, im), spectra planar.

# t = w b, top = a + t, bottom = a - t
.function bfft_orc_train_butterfly
.flags 2d
.dest 4 tr float
.dest 4 ti float
.dest 4 ur float
.dest 4 ui float
.source 8 xr float
.source 8 xi float
.source 8 w float
.temp 8 x
.temp 4 ar
.temp 4 br
.temp 4 ai
.temp 4 bi
.temp 4 c
.temp 4 s
.temp 4 p
.temp 4 q
loadq x, w
splitql s, c, x
loadq x, xr
splitql br, ar, x
loadq x, xi
splitql bi, ai, x
mulf p, br, c
mulf q, bi, s
subf p, p, q
mulf br, br, s
mulf bi, bi, c
addf br, br, bi
addf q, ar, p
storel tr, q
subf q, ar, p
storel ur, q
addf q, ai, br
storel ti, q
subf q, ai, br
storel ui, q

# With a gate g and v = g w: t = v b, top = a + t, bottom = b + g (a - b) - t,
# which is g (a +- w b) + (1 - g) (a, b).
.function bfft_orc_train_gated
.flags 2d
.dest 4 tr float
.dest 4 ti float
.dest 4 ur float
.dest 4 ui float
.source 8 xr float
.source 8 xi float
.source 8 v float
.source 4 gate float
.temp 8 x
.temp 4 g
.temp 4 ar
.temp 4 br
.temp 4 ai
.temp 4 bi
.temp 4 c
.temp 4 s
.temp 4 p
.temp 4 q
.temp 4 u
loadl g, gate
loadq x, v
splitql s, c, x
loadq x, xr
splitql br, ar, x
loadq x, xi
splitql bi, ai, x
mulf p, br, c
mulf q, bi, s
subf p, p, q
mulf q, br, s
mulf u, bi, c
addf q, q, u
addf u, ar, p
storel tr, u
addf u, ai, q
storel ti, u
subf u, ar, br
mulf u, u, g
addf u, u, br
subf u, u, p
storel ur, u
subf u, ai, bi
mulf u, u, g
addf u, u, bi
subf u, u, q
storel ui, u

# One output of a unitary stage: y = m0 a + m1 b
.function bfft_orc_train_matrix_row
.flags 2d
.dest 4 yr float
.dest 4 yi float
.source 8 xr float
.source 8 xi float
.source 8 m0 float
.source 8 m1 float
.temp 8 x
.temp 4 ar
.temp 4 br
.temp 4 ai
.temp 4 bi
.temp 4 c
.temp 4 s
.temp 4 p
.temp 4 q
.temp 4 u
loadq x, xr
splitql br, ar, x
loadq x, xi
splitql bi, ai, x
loadq x, m0
splitql s, c, x
mulf p, ar, c
mulf u, ai, s
subf p, p, u
mulf q, ar, s
mulf u, ai, c
addf q, q, u
loadq x, m1
splitql s, c, x
mulf u, br, c
addf p, p, u
mulf u, bi, s
subf p, p, u
storel yr, p
mulf u, br, s
addf q, q, u
mulf u, bi, c
addf q, q, u
storel yi, q

# Backward, P and Q the gradients of top and bottom:
# da = P + Q, db = conj (w) (P - Q)
.function bfft_orc_train_butterfly_back
.flags 2d
.dest 8 dxr float
.dest 8 dxi float
.source 4 pr float
.source 4 pi float
.source 4 qr float
.source 4 qi float
.source 8 w float
.temp 8 x
.temp 4 c
.temp 4 s
.temp 4 ar
.temp 4 ai
.temp 4 br
.temp 4 bi
.temp 4 u
.temp 4 v
loadq x, w
splitql s, c, x
loadl br, pr
loadl u, qr
addf ar, br, u
subf br, br, u
loadl bi, pi
loadl u, qi
addf ai, bi, u
subf bi, bi, u
mulf u, br, c
mulf v, bi, s
addf u, u, v
mergelq x, ar, u
storeq dxr, x
mulf u, bi, c
mulf v, br, s
subf u, u, v
mergelq x, ai, u
storeq dxi, x

# da = P + g Q, db = conj (v) (P - Q) + (1 - g) Q
.function bfft_orc_train_gated_back
.flags 2d
.dest 8 dxr float
.dest 8 dxi float
.source 4 pr float
.source 4 pi float
.source 4 qr float
.source 4 qi float
.source 8 v float
.source 4 gate float
.temp 8 x
.temp 4 c
.temp 4 s
.temp 4 g
.temp 4 dr
.temp 4 di
.temp 4 gr
.temp 4 gi
.temp 4 hr
.temp 4 hi
.temp 4 p
.temp 4 u
loadq x, v
splitql s, c, x
loadl g, gate
loadl p, pr
loadl hr, qr
mulf gr, hr, g
subf dr, p, hr
subf hr, hr, gr
addf gr, gr, p
loadl p, pi
loadl hi, qi
mulf gi, hi, g
subf di, p, hi
subf hi, hi, gi
addf gi, gi, p
mulf p, dr, c
mulf u, di, s
addf p, p, u
addf p, p, hr
mergelq x, gr, p
storeq dxr, x
mulf p, di, c
mulf u, dr, s
subf p, p, u
addf p, p, hi
mergelq x, gi, p
storeq dxi, x

# The share of one output of a unitary stage: da += conj (m0) P,
# db += conj (m1) P
.function bfft_orc_train_matrix_row_back
.flags 2d
.dest 8 dxr float
.dest 8 dxi float
.source 4 pr float
.source 4 pi float
.source 8 m0 float
.source 8 m1 float
.temp 8 x
.temp 4 c
.temp 4 s
.temp 4 p
.temp 4 q
.temp 4 ar
.temp 4 ai
.temp 4 br
.temp 4 bi
.temp 4 u
loadl p, pr
loadl q, pi
loadq x, m0
splitql s, c, x
mulf ar, p, c
mulf u, q, s
addf ar, ar, u
mulf ai, q, c
mulf u, p, s
subf ai, ai, u
loadq x, m1
splitql s, c, x
mulf br, p, c
mulf u, q, s
addf br, br, u
mulf bi, q, c
mulf u, p, s
subf bi, bi, u
loadq x, dxr
splitql s, c, x
addf ar, ar, c
addf br, br, s
mergelq x, ar, br
storeq dxr, x
loadq x, dxi
splitql s, c, x
addf ai, ai, c
addf bi, bi, s
mergelq x, ai, bi
storeq dxi, x

# dw += conj (b) (P - Q), summed over the rows
.function bfft_orc_train_twiddle_gradient
.flags 2d
.dest 8 dw float
.source 4 pr float
.source 4 pi float
.source 4 qr float
.source 4 qi float
.source 8 xr float
.source 8 xi float
.temp 8 x
.temp 4 a
.temp 4 br
.temp 4 bi
.temp 4 dr
.temp 4 di
.temp 4 u
.temp 4 v
.temp 4 c
.temp 4 s
loadq x, xr
splitql br, a, x
loadq x, xi
splitql bi, a, x
loadl dr, pr
loadl u, qr
subf dr, dr, u
loadl di, pi
loadl u, qi
subf di, di, u
loadq x, dw
splitql s, c, x
mulf u, br, dr
mulf v, bi, di
addf u, u, v
addf c, c, u
mulf u, br, di
mulf v, bi, dr
subf u, u, v
addf s, s, u
mergelq x, c, s
storeq dw, x

# dg += Re (conj (Q) (a - b)), what the gate does other than through v
.function bfft_orc_train_gate_gradient
.flags 2d
.dest 4 dg float
.source 4 qr float
.source 4 qi float
.source 8 xr float
.source 8 xi float
.temp 8 x
.temp 4 a
.temp 4 b
.temp 4 u
.temp 4 q
.temp 4 sum
loadl sum, dg
loadq x, xr
splitql b, a, x
subf u, a, b
loadl q, qr
mulf u, u, q
addf sum, sum, u
loadq x, xi
splitql b, a, x
subf u, a, b
loadl q, qi
mulf u, u, q
addf sum, sum, u
storel dg, sum

# dm0 += conj (a) P, dm1 += conj (b) P
.function bfft_orc_train_matrix_row_gradient
.flags 2d
.dest 8 dm0 float
.dest 8 dm1 float
.source 4 pr float
.source 4 pi float
.source 8 xr float
.source 8 xi float
.temp 8 x
.temp 4 ar
.temp 4 ai
.temp 4 br
.temp 4 bi
.temp 4 p
.temp 4 q
.temp 4 u
.temp 4 v
.temp 4 c
.temp 4 s
loadl p, pr
loadl q, pi
loadq x, xr
splitql br, ar, x
loadq x, xi
splitql bi, ai, x
loadq x, dm0
splitql s, c, x
mulf u, ar, p
mulf v, ai, q
addf u, u, v
addf c, c, u
mulf u, ar, q
mulf v, ai, p
subf u, u, v
addf s, s, u
mergelq x, c, s
storeq dm0, x
loadq x, dm1
splitql s, c, x
mulf u, br, p
mulf v, bi, q
addf u, u, v
addf c, c, u
mulf u, br, q
mulf v, bi, p
subf u, u, v
addf s, s, u
mergelq x, c, s
storeq dm1, x

# The energy of both inputs, summed over the rows: ea += |a|^2, eb += |b|^2
.function bfft_orc_train_energy
.flags 2d
.dest 4 ea float
.dest 4 eb float
.source 8 xr float
.source 8 xi float
.temp 8 x
.temp 4 ar
.temp 4 br
.temp 4 ai
.temp 4 bi
.temp 4 sum
loadq x, xr
splitql br, ar, x
loadq x, xi
splitql bi, ai, x
mulf ar, ar, ar
mulf ai, ai, ai
addf ar, ar, ai
loadl sum, ea
addf sum, sum, ar
storel ea, sum
mulf br, br, br
mulf bi, bi, bi
addf br, br, bi
loadl sum, eb
addf sum, sum, br
storel eb, sum

# v = g w
.function bfft_orc_train_gate_twiddles
.dest 8 v float
.source 8 w float
.source 4 gate float
.temp 8 x
.temp 4 c
.temp 4 s
.temp 4 g
loadl g, gate
loadq x, w
splitql s, c, x
mulf c, c, g
mulf s, s, g
mergelq x, c, s
storeq v, x

# Back through v = g w: dg += Re (conj (w) dv), dv becomes dw = g dv
.function bfft_orc_train_gate_twiddles_back
.dest 8 dv float
.dest 4 dg float
.source 8 w float
.source 4 gate float
.temp 8 x
.temp 4 c
.temp 4 s
.temp 4 dr
.temp 4 di
.temp 4 u
.temp 4 g
loadq x, w
splitql s, c, x
loadq x, dv
splitql di, dr, x
mulf c, c, dr
mulf s, s, di
addf c, c, s
loadl u, dg
addf u, u, c
storel dg, u
loadl g, gate
mulf dr, dr, g
mulf di, di, g
mergelq x, dr, di
storeq dv, x

# The gradient of the angle of w = exp (i theta): Re (conj (dw) i w)
.function bfft_orc_train_angle_gradient
.dest 4 dtheta float
.source 8 w float
.source 8 dw float
.temp 8 x
.temp 4 c
.temp 4 s
.temp 4 dr
.temp 4 di
loadq x, w
splitql s, c, x
loadq x, dw
splitql di, dr, x
mulf di, di, c
mulf dr, dr, s
subf di, di, dr
storel dtheta, di

# w exp (-i d), brought back to the unit circle. |d| is limited to 0.5, where
# the polynomials of sine and cosine are good to 2e-6 and their error in angle
# to 2e-7 of d.
.function bfft_orc_train_rotate
.dest 8 w float
.source 4 d float
.temp 8 x
.temp 4 c
.temp 4 s
.temp 4 d1
.temp 4 d2
.temp 4 u
.temp 4 v
.temp 4 co
.temp 4 si
loadl d1, d
minf d1, d1, 0.5
maxf d1, d1, -0.5
mulf d2, d1, d1
mulf si, d2, 0.0083333333
subf si, si, 0.1666666667
mulf si, si, d2
addf si, si, 1.0
mulf si, si, d1
mulf co, d2, 0.0416666667
subf co, co, 0.5
mulf co, co, d2
addf co, co, 1.0
loadq x, w
splitql s, c, x
mulf u, c, co
mulf v, s, si
addf u, u, v
mulf s, s, co
mulf c, c, si
subf s, s, c
mulf c, u, u
mulf v, s, s
addf c, c, v
sqrtf c, c
divf u, u, c
divf s, s, c
mergelq x, u, s
storeq w, x

# y = gain z + bias
.function bfft_orc_train_output
.flags 2d
.dest 4 y float
.source 4 z float
.source 4 gain float
.source 4 bias float
.temp 4 u
.temp 4 v
loadl u, z
loadl v, gain
mulf u, u, v
loadl v, bias
addf u, u, v
storel y, u

# Its gradients: dgain += z dy, dbias += dy, and dy becomes dz = gain dy
.function bfft_orc_train_output_back
.flags 2d
.dest 4 dy float
.dest 4 dgain float
.dest 4 dbias float
.source 4 z float
.source 4 gain float
.temp 4 u
.temp 4 v
.temp 4 w
loadl u, dy
loadl v, dbias
addf v, v, u
storel dbias, v
loadl v, z
mulf v, v, u
loadl w, dgain
addf w, w, v
storel dgain, w
loadl v, gain
mulf u, u, v
storel dy, u

# d = a b
.function bfft_orc_train_multiply
.dest 4 d float
.source 4 a float
.source 4 b float
mulf d, a, b

# d = a d
.function bfft_orc_train_multiply_by
.dest 4 d float
.source 4 a float
mulf d, d, a

# The error of the student and, summed over the rows, its power and its largest
# power: d = y - t, sum += |d|^2, largest = max (largest, |d|^2)
.function bfft_orc_train_error
.flags 2d
.dest 4 dr float
.dest 4 di float
.dest 4 sum float
.dest 4 largest float
.source 4 yr float
.source 4 yi float
.source 4 tr float
.source 4 ti float
.temp 4 u
.temp 4 v
.temp 4 w
loadl u, yr
loadl v, tr
subf u, u, v
storel dr, u
mulf u, u, u
loadl v, yi
loadl w, ti
subf v, v, w
storel di, v
mulf v, v, v
addf u, u, v
loadl v, sum
addf v, v, u
storel sum, v
loadl v, largest
maxf v, v, u
storel largest, v

# d = scale d
.function bfft_orc_train_scale
.dest 4 d float
.floatparam 4 scale
mulf d, d, scale

# sum += a, over the rows
.function bfft_orc_train_accumulate
.flags 2d
.dest 4 sum float
.source 4 a float
addf sum, sum, a

# power = re^2 + im^2
.function bfft_orc_train_power
.flags 2d
.dest 4 power float
.source 4 re float
.source 4 im float
.temp 4 u
.temp 4 v
loadl u, re
mulf u, u, u
loadl v, im
mulf v, v, v
addf u, u, v
storel power, u

# Its gradient: (dre, dim) = 2 dpower (re, im)
.function bfft_orc_train_power_back
.flags 2d
.dest 4 dre float
.dest 4 dim float
.source 4 dpower float
.source 4 re float
.source 4 im float
.temp 4 u
.temp 4 v
loadl u, dpower
addf u, u, u
loadl v, re
mulf v, v, u
storel dre, v
loadl v, im
mulf v, v, u
storel dim, v

# Adam (Kingma, Ba 2015) with the gradient scaled first: d becomes the step.
# rate = learning rate / (1 - beta1^t), bias = 1 / (1 - beta2^t)
.function bfft_orc_train_adam
.dest 4 d float
.dest 4 m float
.dest 4 v float
.floatparam 4 scale
.floatparam 4 beta1
.floatparam 4 beta2
.floatparam 4 rate
.floatparam 4 bias
.floatparam 4 epsilon
.temp 4 g
.temp 4 x
.temp 4 y
loadl g, d
mulf g, g, scale
loadl x, m
subf x, x, g
mulf x, x, beta1
addf x, x, g
storel m, x
mulf g, g, g
loadl y, v
subf y, y, g
mulf y, y, beta2
addf y, y, g
storel v, y
mulf y, y, bias
sqrtf y, y
addf y, y, epsilon
mulf x, x, rate
divf x, x, y
storel d, x

# Momentum: m = beta m + scale d, and d becomes the step rate m.
.function bfft_orc_train_momentum
.dest 4 d float
.dest 4 m float
.floatparam 4 scale
.floatparam 4 beta
.floatparam 4 rate
.temp 4 g
.temp 4 x
loadl g, d
mulf g, g, scale
loadl x, m
mulf x, x, beta
addf x, x, g
storel m, x
mulf x, x, rate
storel d, x

# The gradient over the largest running root mean square that it has had; v is
# the running mean square, h its maximum. d becomes the step.
.function bfft_orc_train_precondition
.dest 4 d float
.dest 4 v float
.dest 4 h float
.floatparam 4 scale
.floatparam 4 beta2
.floatparam 4 rate
.floatparam 4 bias
.floatparam 4 epsilon
.temp 4 g
.temp 4 x
.temp 4 y
loadl g, d
mulf g, g, scale
mulf x, g, g
loadl y, v
subf y, y, x
mulf y, y, beta2
addf y, y, x
storel v, y
mulf y, y, bias
loadl x, h
maxf y, y, x
storel h, y
sqrtf y, y
addf y, y, epsilon
mulf g, g, rate
divf g, g, y
storel d, g

# p = min (max (p - d, low), high)
.function bfft_orc_train_descend
.dest 4 p float
.source 4 d float
.floatparam 4 low
.floatparam 4 high
.temp 4 u
.temp 4 v
loadl u, p
loadl v, d
subf u, u, v
maxf u, u, low
minf u, u, high
storel p, u
