# bfft: the C library for Python oracles.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""ctypes access to models/ for tests that compare with numpy, scipy or torch.

lib is the library (functions return int unless their restype is set);
floats(array) gives the pointer of a float32 array that C may read or fill.
"""
import ctypes
import os

import numpy as np

lib = ctypes.CDLL(os.environ['BFFT_ORACLE_LIB'])


def floats(array):
    assert array.dtype == np.float32 and array.flags.c_contiguous
    return array.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
