# Samples as floats.
.function bfft_orc_s16_to_float
.dest 4 d float
.source 2 s orc_int16
.floatparam 4 scale
.temp 4 a
convswl a, s
convlf a, a
mulf d, a, scale

.function bfft_orc_s32_to_float
.dest 4 d float
.source 4 s orc_int32
.floatparam 4 scale
.temp 4 a
convlf a, s
mulf d, a, scale

.function bfft_orc_f64_to_float
.dest 4 d float
.source 8 s double
convdf d, s

# Interleaved stereo: both channels scaled and added.
.function bfft_orc_s16_stereo_mix
.dest 4 d float
.source 4 s orc_int16
.floatparam 4 scale
.temp 2 l
.temp 2 r
.temp 4 a
.temp 4 b
splitlw r, l, s
convswl a, l
convswl b, r
addl a, a, b
convlf a, a
mulf d, a, scale

.function bfft_orc_stereo_mix
.dest 4 d float
.source 8 s float
.floatparam 4 scale
.temp 4 a
.temp 4 b
splitql b, a, s
addf a, a, b
mulf d, a, scale

.function bfft_orc_stereo_split
.dest 4 l float
.dest 4 r float
.source 8 s float
.temp 4 a
.temp 4 b
splitql b, a, s
storel l, a
storel r, b

# d += scale s
.function bfft_orc_add_scaled
.dest 4 d float
.source 4 s float
.floatparam 4 scale
.temp 4 a
.temp 4 b
loadl a, s
mulf a, a, scale
loadl b, d
addf a, a, b
storel d, a
