# bfft: a page in headless Chromium: what is wrong with it, and screenshots.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""check_page(path) opens a page at desktop and phone width, light and dark, and
returns what is wrong: console messages, parts wider than the window, texts of
a chart that overlap or leave it. As a program it also keeps the screenshots,
if wanted only so many pixels from the top:

    python3 tests/browser.py report.html docs/report 2000

writes docs/report-1280-light.png and so on. The browser is spoken to in its
DevTools protocol over a pipe, which needs nothing but Python."""
import base64
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

VIEWS = [(width, scheme) for width in (1280, 390)
         for scheme in ('light', 'dark')]

# Texts of each visible chart that overlap another one or leave the chart.
CHECK = r'''(() => {
  const wrong = [];
  const root = document.documentElement;
  if (root.scrollWidth > root.clientWidth)
    wrong.push(`page is ${root.scrollWidth} wide`);
  for (const chart of document.querySelectorAll('svg.chart')) {
    const frame = chart.getBoundingClientRect();
    if (!frame.width) continue;
    const boxes = [...chart.querySelectorAll('text')].map(text =>
      [text.textContent, text.getBoundingClientRect()]);
    const name = chart.querySelector('title')?.textContent;
    boxes.forEach(([text, box], i) => {
      if (box.left < frame.left - 1 || box.right > frame.right + 1 ||
          box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
        wrong.push(`${name}: "${text}" leaves the chart`);
      for (const [other, b] of boxes.slice(i + 1))
        if (box.left < b.right && b.left < box.right &&
            box.top + 2 < b.bottom && b.top + 2 < box.bottom)
          wrong.push(`${name}: "${text}" overlaps "${other}"`);
    });
  }
  return JSON.stringify([wrong, root.scrollHeight]);
})()'''


class Browser:
    """Chromium with one page; what its console says is kept in messages."""

    def __init__(self):
        self.profile = tempfile.TemporaryDirectory()
        to_read, self.to = os.pipe()
        self.back, back_write = os.pipe()

        def hand_over():
            # the protocol's descriptors are 3 and 4
            read, write = os.dup(to_read), os.dup(back_write)
            os.dup2(read, 3)
            os.dup2(write, 4)

        self.process = subprocess.Popen(
            ['chromium', '--headless=new', '--no-sandbox', '--disable-gpu',
             '--hide-scrollbars', '--remote-debugging-pipe',
             '--user-data-dir=' + self.profile.name, 'about:blank'],
            stderr=subprocess.DEVNULL, preexec_fn=hand_over, close_fds=False,
            env=dict(os.environ, TMPDIR=self.profile.name))
        os.close(to_read)
        os.close(back_write)
        self.buffer, self.count, self.session = b'', 0, None
        self.messages, self.loaded = [], False
        pages = self.call('Target.getTargets')['targetInfos']
        target = next(p['targetId'] for p in pages if p['type'] == 'page')
        self.session = self.call('Target.attachToTarget', targetId=target,
                                 flatten=True)['sessionId']
        for domain in 'Page', 'Log', 'Runtime':
            self.call(domain + '.enable')

    def read(self):
        while b'\0' not in self.buffer:
            part = os.read(self.back, 1 << 20)
            assert part, 'the browser went away'
            self.buffer += part
        message, self.buffer = self.buffer.split(b'\0', 1)
        message = json.loads(message)
        method = message.get('method')
        self.loaded |= method == 'Page.loadEventFired'
        if method in ('Log.entryAdded', 'Runtime.consoleAPICalled',
                      'Runtime.exceptionThrown'):
            self.messages.append(json.dumps(message['params']))
        return message

    def call(self, method, **params):
        self.count += 1
        message = {'id': self.count, 'method': method, 'params': params}
        if self.session:
            message['sessionId'] = self.session
        data = json.dumps(message).encode() + b'\0'
        while data:
            data = data[os.write(self.to, data):]
        while True:
            answer = self.read()
            if answer.get('id') == self.count:
                assert 'error' not in answer, answer
                return answer['result']

    def show(self, path, width, scheme):
        self.call('Emulation.setDeviceMetricsOverride', width=width,
                  height=900, deviceScaleFactor=1, mobile=width < 600)
        self.call('Emulation.setEmulatedMedia', features=[
            {'name': 'prefers-color-scheme', 'value': scheme}])
        self.loaded = False
        self.call('Page.navigate', url=pathlib.Path(path).resolve().as_uri())
        while not self.loaded:
            self.read()
        result = self.call('Runtime.evaluate', expression=CHECK)['result']
        return json.loads(result['value'])

    def screenshot(self, width, height):
        clip = {'x': 0, 'y': 0, 'width': width, 'height': height, 'scale': 1}
        return base64.b64decode(self.call(
            'Page.captureScreenshot', captureBeyondViewport=True,
            clip=clip)['data'])

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.to)
        os.close(self.back)
        shutil.rmtree(self.profile.name, ignore_errors=True)


def check_page(path, prefix=None, most=1 << 14):
    """Returns a list of sentences; keeps screenshots, at @most so high, when
    @prefix is given."""
    browser, wrong = Browser(), []
    try:
        for width, scheme in VIEWS:
            faults, height = browser.show(path, width, scheme)
            wrong += [f'{width} {scheme}: {fault}' for fault in faults]
            if prefix:
                name = f'{prefix}-{width}-{scheme}.png'
                pathlib.Path(name).write_bytes(
                    browser.screenshot(width, min(height, int(most))))
        return wrong + browser.messages
    finally:
        browser.close()


if __name__ == '__main__':
    FAULTS = check_page(*sys.argv[1:4])
    print('\n'.join(FAULTS) or f'{sys.argv[1]}: nothing wrong')
    sys.exit(bool(FAULTS))
