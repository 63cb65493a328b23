# y = x - a x' - c, where x' is the sample before x: pre-emphasis, with the
# mean of the frame taken off in the same pass.
.function bfft_orc_emphasize
.dest 4 y float
.source 4 x float
.source 4 before float
.floatparam 4 a
.floatparam 4 c
.temp 4 s
.temp 4 t
loadl s, x
loadl t, before
mulf t, t, a
subf s, s, t
subf s, s, c
storel y, s

# x = sqrt (x)
.function bfft_orc_magnitude
.dest 4 x float
.temp 4 t
loadl t, x
sqrtf t, t
storel x, t

# x = scale log2 (max (x + guard, least)), least a normal number above 0; NaN
# for NaN and infinity. x = m 2^e with m in [sqrt (1/2), sqrt (2)), whose
# logarithm is 2 atanh (s) / ln (2), s = (m - 1) / (m + 1), by the first four
# terms of atanh's series: |s| < 0.172, what is left out is below 5e-8.
.function bfft_orc_log
.dest 4 x float
.floatparam 4 guard
.floatparam 4 least
.floatparam 4 scale
.temp 4 v
.temp 4 bad
.temp 4 e
.temp 4 m
.temp 4 s
.temp 4 q
.temp 4 p
loadl v, x
addf v, v, guard
subf bad, v, v
maxf v, v, least
subl e, v, 0x3f3504f3
shrsl e, e, 23
shll m, e, 23
subl m, v, m
convlf e, e
subf s, m, 1.0
addf m, m, 1.0
divf s, s, m
mulf q, s, s
mulf p, q, 0.412198583
addf p, p, 0.577078016
mulf p, p, q
addf p, p, 0.961796694
mulf p, p, q
addf p, p, 2.885390082
mulf p, p, s
addf p, p, e
addf p, p, bad
mulf p, p, scale
storel x, p

# x = scale max (x, least) + offset; NaN for NaN and infinity.
.function bfft_orc_clamp_affine
.dest 4 x float
.floatparam 4 least
.floatparam 4 scale
.floatparam 4 offset
.temp 4 t
.temp 4 bad
loadl t, x
subf bad, t, t
maxf t, t, least
mulf t, t, scale
addf t, t, offset
addf t, t, bad
storel x, t
