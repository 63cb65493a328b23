# bfft: nothing is left over, as GStreamer's leaks tracer counts.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""leaks.py PIPELINE...: runs each under GST_TRACERS=leaks."""
import os
import subprocess
import sys

env = dict(os.environ, GST_TRACERS='leaks', GST_DEBUG='GST_TRACER:7',
           GST_DEBUG_NO_COLOR='1')
for pipeline in sys.argv[1:]:
    run = subprocess.run(['gst-launch-1.0', '-q', *pipeline.split()], env=env,
                         text=True, capture_output=True, timeout=100)
    assert run.returncode == 0, run.stderr
    # The format of the record is logged too.
    left = [s for s in run.stderr.splitlines()
            if 'object-alive, type-name=' in s and '%s' not in s]
    assert not left, '\n'.join(left)
    print('no leaks:', pipeline)
