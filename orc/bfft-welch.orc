# Rows of samples, taken from a level, summed into one row.
.function bfft_orc_fold
.flags 2d
.dest 4 sum float
.source 4 x float
.floatparam 4 level
.temp 4 a
.temp 4 b
loadl a, x
subf a, a, level
loadl b, sum
addf b, b, a
storel sum, b

# The same, and their products with a ramp.
.function bfft_orc_fold_ramp
.flags 2d
.dest 4 sum float
.dest 4 moment float
.source 4 x float
.source 4 ramp float
.floatparam 4 level
.temp 4 a
.temp 4 b
loadl a, x
subf a, a, level
loadl b, sum
addf b, b, a
storel sum, b
loadl b, ramp
mulf a, a, b
loadl b, moment
addf b, b, a
storel moment, b

# x - level - offset, the difference of close numbers first.
.function bfft_orc_remove_level
.dest 4 d float
.source 4 x float
.floatparam 4 level
.floatparam 4 offset
.temp 4 a
loadl a, x
subf a, a, level
subf a, a, offset
storel d, a

# x - level - offset - slope ramp
.function bfft_orc_remove_slope
.dest 4 d float
.source 4 x float
.source 4 ramp float
.floatparam 4 level
.floatparam 4 offset
.floatparam 4 slope
.temp 4 a
.temp 4 b
loadl a, x
subf a, a, level
subf a, a, offset
loadl b, ramp
mulf b, b, slope
subf a, a, b
storel d, a

# Rows summed into one row.
.function bfft_orc_add_rows
.flags 2d
.dest 4 sum float
.source 4 row float
.temp 4 a
.temp 4 b
loadl a, row
loadl b, sum
addf a, a, b
storel sum, a

# A float sum added to a double one.
.function bfft_orc_widen
.dest 8 total double
.source 4 sum float
.temp 8 a
.temp 4 b
loadl b, sum
convfd a, b
addd a, a, total
storeq total, a

.function bfft_orc_narrow
.dest 4 d float
.source 8 total double
.source 4 weight float
.temp 4 a
.temp 4 b
convdf a, total
loadl b, weight
mulf a, a, b
storel d, a

.function bfft_orc_weigh
.dest 4 d float
.source 4 x float
.source 4 weight float
.temp 4 a
.temp 4 b
loadl a, x
loadl b, weight
mulf a, a, b
storel d, a

# (a, b) = (min, max), a comparator of a sorting network.
.function bfft_orc_exchange
.dest 4 a float
.dest 4 b float
.temp 4 x
.temp 4 y
.temp 4 z
loadl x, a
loadl y, b
minf z, x, y
maxf x, x, y
storel a, z
storel b, x

# sum += re^2 + im^2
.function bfft_orc_add_power
.dest 4 sum float
.source 4 re float
.source 4 im float
.temp 4 a
.temp 4 b
loadl a, re
mulf a, a, a
loadl b, im
mulf b, b, b
addf a, a, b
loadl b, sum
addf a, a, b
storel sum, a

# (re, im) += conj (a) b and power += |b|^2
.function bfft_orc_add_cross
.dest 4 re float
.dest 4 im float
.dest 4 power float
.source 4 ar float
.source 4 ai float
.source 4 br float
.source 4 bi float
.temp 4 x
.temp 4 y
.temp 4 p
.temp 4 q
.temp 4 u
loadl x, br
loadl y, bi
mulf p, x, x
mulf q, y, y
addf p, p, q
loadl q, power
addf q, q, p
storel power, q
loadl p, ar
loadl q, ai
mulf u, p, x
mulf p, p, y
mulf y, y, q
mulf x, x, q
addf u, u, y
subf p, p, x
loadl q, re
addf q, q, u
storel re, q
loadl q, im
addf q, q, p
storel im, q
