# sum += max (unit log2 (scale power), threshold). x = m 2^e with m in
# [sqrt (1/2), sqrt (2)), whose logarithm is 2 atanh (s) / ln (2),
# s = (m - 1) / (m + 1), |s| < 0.172, by a polynomial in s^2; what that leaves
# is below 5e-8. What is below @least, the smallest normal number, gives -inf
# before the threshold, infinity and NaN give themselves.
.function bfft_orc_add_decibel
.dest 4 sum float
.source 4 power float
.floatparam 4 scale
.floatparam 4 unit
.floatparam 4 threshold
.floatparam 4 least
.temp 4 x
.temp 4 mask
.temp 4 e
.temp 4 m
.temp 4 s
.temp 4 q
.temp 4 p
loadl x, power
mulf x, x, scale
subl e, x, 0x3f3504f3
shrsl e, e, 23
shll m, e, 23
subl m, x, m
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
mulf p, p, unit
# x - x is 0, or NaN where x is not finite. All ones, shifted by the length of
# the significand, are -inf.
subf q, x, x
cmpltf mask, x, least
shll mask, mask, 23
addf p, p, mask
maxf p, p, threshold
cmpeqf mask, q, q
andl p, p, mask
andnl x, mask, x
orl p, p, x
loadl q, sum
addf p, p, q
storel sum, p

# d = re^2 + im^2
.function bfft_orc_squared_magnitude
.dest 4 d float
.source 4 re float
.source 4 im float
.temp 4 a
.temp 4 b
loadl a, re
mulf a, a, a
loadl b, im
mulf b, b, b
addf a, a, b
storel d, a

# d = scale s
.function bfft_orc_scaled
.dest 4 d float
.source 4 s float
.floatparam 4 scale
.temp 4 a
loadl a, s
mulf a, a, scale
storel d, a

# d = sqrt (scale s)
.function bfft_orc_scaled_root
.dest 4 d float
.source 4 s float
.floatparam 4 scale
.temp 4 a
loadl a, s
mulf a, a, scale
sqrtf a, a
storel d, a
