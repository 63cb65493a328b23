#!/usr/bin/env python3
# bfft: the pages say what the elements are, and what they show runs.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""docs.py TREE --write | docs.py TREE TOOL...

Each docs/ELEMENT.md ends in a table of the element's properties, which is made
here from what GObject knows of them: with --write it is put there, otherwise
it must be there. Each option that a TOOL's --help names must be on its manual
page. Each field of the element's messages must be named on the
page (`field`), or in docs/elements.md if all have it. Every gst-launch-1.0 command of
README.md and docs/*.md is run, on a generated sound: there must be at least one
on each element's page. So that it ends, sources without an end get one.

With the plugin where GStreamer looks.
"""
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile

import gi
gi.require_version('Gst', '1.0')
from gi.repository import GObject, Gst  # noqa: E402

ELEMENTS = ('bfftspectrum', 'bfftmel', 'bfftwelch', 'bffttrain', 'bfftfilter', 'bfftscope')
TITLE = '## Properties, all of them'
FIRST = '<!-- tests/static/docs.py --write makes this -->'
INHERITED = ('name', 'parent', 'qos', 'shader', 'shade-amount')

# Not in every build: (values, default, meaning), as GObject has it where it is.
OPTIONAL = {'attach-tensors': (
    'true, false', 'false', 'Attach each result to the audio buffer that completed it, as a tensor '
    'of its GstTensorMeta (GStreamer 1.26 or newer)')}

# Settings with which messages have all fields that there are, and a bffttrain
# has something to post.
ALL_FIELDS = {
    'bfftspectrum': 'message-phase=true',
    'bfftmel': '',
    'bfftwelch': 'octave-fraction=3',
    'bffttrain': 'mode=sync interval=5 landscape=false location={folder}/a.safetensors',
}

# What the network has not got here stands for.
UNBOUNDED = {
    r'\b(autoaudiosrc|alsasrc|pulsesrc)\b': 'audiotestsrc',
    r'\baudiotestsrc\b(?! num-buffers)': 'audiotestsrc num-buffers=100',
    r'\b(autoaudiosink|alsasink|pulsesink|autovideosink|aasink)\b': 'fakesink',
    r'\bgst-launch-1.0 playbin\b': 'gst-launch-1.0 playbin audio-sink=fakesink video-sink=fakesink',
}
# Two ends of a connection are tried together: tests/examples/archive.
NOT_ALONE = ('tcpserversrc', 'tcpclientsink')


def number(value):
    if isinstance(value, int):
        return str(value)
    return re.sub(r'e([+-])0*', lambda m: 'e' + m[1].strip('+'), f'{value:.7g}')


def default_value(spec):
    """The same from PyGObject before and since 3.52."""
    return spec.get_default_value() if hasattr(spec, 'get_default_value') else spec.default_value


def values(spec):
    """Which values a property can have."""
    value = default_value(spec)
    if isinstance(value, bool):
        return 'true, false'
    if hasattr(value, 'value_nick'):
        nicks = [v.value_nick for v in type(value).__enum_values__.values()]
        return ', '.join(f'`{nick}`' for nick in nicks)
    if not hasattr(spec, 'maximum'):
        return 'structure' if spec.value_type.is_a(Gst.Structure) else 'text'
    if spec.maximum >= 2 ** 31 - 1:
        return f'from {number(spec.minimum)}' if spec.minimum > -2 ** 31 else \
            f'up to {number(spec.maximum)}'
    if spec.minimum <= -2 ** 31:
        return f'up to {number(spec.maximum)}'
    return f'{number(spec.minimum)} to {number(spec.maximum)}'


def default(spec):
    value = default_value(spec)
    if not spec.flags & GObject.ParamFlags.WRITABLE:
        return 'read only'
    if isinstance(value, bool):
        return str(value).lower()
    if hasattr(value, 'value_nick'):
        return f'`{value.value_nick}`'
    if isinstance(value, (int, float)):
        return number(value)
    return value or 'none'


def mutable(spec):
    flags = int(spec.flags)
    if not flags & int(GObject.ParamFlags.WRITABLE):
        return True
    playing, ready = (1 << (GObject.PARAM_USER_SHIFT + shift) for shift in (4, 2))
    assert flags & (playing | ready), f'{spec.name}: when can it be set?'
    return bool(flags & playing)


def reference(name):
    """The table of an element's properties, and when they can be set."""
    specs = sorted((spec for spec in Gst.ElementFactory.make(name).list_properties()
                    if spec.name not in INHERITED), key=lambda spec: spec.name)
    lines = [TITLE, '', FIRST, '', '| property | values | default | meaning |',
             '|---|---|---|---|']
    rows = dict(OPTIONAL) if name in ELEMENTS[:3] else {}
    for spec in specs:
        assert spec.blurb and spec.blurb[0].isprintable(), spec.name
        blurb = spec.blurb.replace('|', r'\|').replace('*', r'\*')
        row = values(spec), default(spec), blurb
        assert row == OPTIONAL.get(spec.name, row), spec.name
        rows[spec.name] = row
    lines += [f'| `{row}` | ' + ' | '.join(rows[row]) + ' |' for row in sorted(rows)]
    fixed = [f'`{spec.name}`' for spec in specs if not mutable(spec)]
    lines.append('')
    if not fixed:
        lines.append('All can be set at any time.')
    elif len(fixed) == sum(bool(s.flags & GObject.ParamFlags.WRITABLE) for s in specs):
        lines.append('All are set before the element is started (in NULL or READY).')
    else:
        lines.append('Before the element is started (in NULL or READY): '
                     + ', '.join(fixed) + '; the others at any time.')
    return '\n'.join(lines) + '\n'


def check_reference(page, name, write):
    text = page.read_text()
    wanted = reference(name)
    head, found, rest = text.partition(TITLE)
    if write:
        page.write_text(head.rstrip('\n') + '\n\n' + wanted)
    elif found + rest != wanted:
        print(f'{page}: the properties have changed; what should be there:\n{wanted}')
        return False
    return True


def fields(name, folder):
    """The messages that an element posts: {name: fields}"""
    pipeline = Gst.parse_launch(
        'audiotestsrc num-buffers=200 ! audio/x-raw,rate=48000,channels=1 ! '
        f'{name} {ALL_FIELDS[name].format(folder=folder)} ! fakesink')
    pipeline.set_state(Gst.State.PLAYING)
    bus = pipeline.get_bus()
    wanted = Gst.MessageType.ELEMENT | Gst.MessageType.EOS | Gst.MessageType.ERROR
    found = {}
    while True:
        message = bus.timed_pop_filtered(60 * Gst.SECOND, wanted)
        assert message and message.type != Gst.MessageType.ERROR, message.parse_error()
        if message.type == Gst.MessageType.EOS:
            break
        structure = message.get_structure()
        names = found.setdefault(structure.get_name(), [])
        names += [field for i in range(structure.n_fields())
                  if (field := structure.nth_field_name(i)) not in names]
    pipeline.set_state(Gst.State.NULL)
    assert found, f'{name} posted nothing'
    return found


def check_fields(pages, name, folder):
    good = True
    for message, names in fields(name, folder).items():
        text = ''.join(page.read_text().partition(TITLE)[0] for page in pages)
        missing = [word for word in (message, *names) if f'`{word}`' not in text]
        if missing:
            print(f'{pages[0]}: of the message {message}:', *missing)
            good = False
    return good


def commands(page):
    """The gst-launch-1.0 commands on a page, each on one line."""
    text = re.sub(r'\\\n\s*', '', page.read_text())
    return [line.strip().removeprefix('$ ') for line in text.splitlines()
            if re.match(r'(    |\t|\$ )?(GST_[A-Z_]+=\S+ )?gst-launch-1\.0 ', line)]


def make_sounds(command, folder):
    for name in re.findall(r'(?:filesrc location=|uri=file://\$PWD/)(\S+)', command):
        path = folder / shlex.split(name)[0]
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            subprocess.run(
                ['gst-launch-1.0', '-q', *'audiotestsrc wave=pink-noise num-buffers=30 '
                 'samplesperbuffer=4800 ! audio/x-raw,rate=48000,channels=1 ! wavenc '
                 '! filesink'.split(), f'location={path}'], check=True)


def section_commands(tree, name):
    """The commands of an element's comment for documentation tools, which see it
    only if it begins as they want."""
    for source in sorted((tree / 'gst').glob('*.c')):
        found = re.search(rf'^/\*\*\n \* SECTION:element-{name}\n(.*?)\*/', source.read_text(), re.S | re.M)
        if found:
            text = re.sub(r'(?m)^ \* ?', '', found[1])
            lines = re.sub(r'\\\n\s*', '', '\n'.join(re.findall(r'\|\[\n(.*?)\]\|', text, re.S)))
            return [line for line in lines.splitlines() if line.startswith('gst-launch-1.0 ')]
    return []


def check_section(tree, name, folder):
    found = section_commands(tree, name)
    if not found:
        print(f'{name}: no SECTION comment that shows a gst-launch-1.0 command')
    # weights are made by those who read about them
    return bool(found) and all([run(c, folder) for c in found if 'model-location' not in c])


def run(command, folder):
    for source, instead in UNBOUNDED.items():
        command = re.sub(source, instead, command)
    make_sounds(command, folder)
    result = subprocess.run(['timeout', '60', 'sh', '-c', command], cwd=folder,
                            text=True, errors='replace', capture_output=True)
    good = result.returncode == 0 and 'ERROR' not in result.stderr and \
        'WARNING' not in result.stderr
    if not good:
        print(f'$ {command}\n{result.stdout[-500:]}\n{result.stderr}')
    return good


def check_commands(page, folder):
    """Returns: (all of them ran, how many)"""
    found = [c for c in commands(page) if not any(word in c for word in NOT_ALONE)]
    bad = [c for c in found if not run(c, folder)]
    for command in bad:
        print(f'{page}: does not run: {command}')
    return not bad, len(found)


def check_manual(tree, tool):
    """That TOOL.1 names all options of the executable at tool."""
    page, = tree.glob(f'models/*/{pathlib.Path(tool).name}.1')
    text = page.read_text().replace('\\-', '-')
    usage = subprocess.run([tool, '--help'], check=True, text=True,
                           capture_output=True).stdout
    missing = [option for option in re.findall(r'--[a-z-]+', usage) if option not in text]
    if missing:
        print(f'{page}:', *missing)
    return not missing


def main():
    Gst.init(None)
    tree = pathlib.Path(sys.argv[1])
    write = '--write' in sys.argv
    good = True
    for name in ELEMENTS:
        good &= check_reference(tree / 'docs' / f'{name}.md', name, write)
    if write:
        return 0
    for tool in sys.argv[2:]:
        good &= check_manual(tree, tool)
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for name in ELEMENTS:
            good &= check_section(tree, name, folder)
        for name in ALL_FIELDS:
            pages = (tree / 'docs' / f'{name}.md', tree / 'docs' / 'elements.md')
            good &= check_fields(pages, name, folder)
        for page in (tree / 'README.md', *sorted((tree / 'docs').glob('*.md'))):
            ran, count = check_commands(page, folder)
            good &= ran
            if page.stem in ELEMENTS and count == 0:
                print(f'{page}: shows no command')
                good = False
            print(f'{page.name}: {count} commands')
    return not good


sys.exit(main())
