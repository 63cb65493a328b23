#!/usr/bin/env python3
# bfft: the pages can be read: short sentences, links that lead somewhere.
# SPDX-License-Identifier: LGPL-2.1-or-later
"""prose.py TREE

Of README.md, NEWS, CONTRIBUTING.md and docs/*.md. A sentence has at most 30
words (a name in code and a number are a word each), but on the pages about what
is inside. A link to a file or a heading of the tree leads there, and
docs/README.md has one to every page. A level in dB says what it is relative to.
"""
import pathlib
import re
import sys

LONGEST = 30
INSIDE = ('archive', 'performance')
# A sentence or cell that speaks of dB has one of these.
RELATIVE = (r'\b(re|below|above|beside|over|off|apart|within|under|between|down|up to|from|quieter|louder|'
            r'gain|gains|raise\w*|lower\w*|change\w*|differ\w*|error|err|range|linear|correct\w*|scale|mean square|'
            r'log10|over|none|10 \*|20 \*|unit|units|reference|average\w*|`[a-z-]*db`|steps?|floor|flat|most)\b')


def paragraphs(text):
    """What is read as one: paragraphs, list items, table cells; (line, text)."""
    text = re.sub(r'(?ms)^(```|~~~).*?^\1\s*$', lambda m: '\n' * m[0].count('\n'), text)
    text = re.sub(r'(?s)<!--.*?-->', '', text)
    block, start = [], 0
    for number, line in enumerate(text.splitlines() + [''], 1):
        item = re.match(r'\s*([-*]|\d+\.)\s+', line)
        table = line.lstrip().startswith('|')
        code = line.startswith('    ') and not block
        if not line.strip() or item or table or code or line.startswith('#'):
            if block:
                yield start, ' '.join(block)
            block = []
        if table:
            for cell in re.split(r'(?<!\\)\|', line):
                yield number, cell.strip()
        elif line.startswith('#'):
            yield number, line.lstrip('# ')
        elif line.strip() and not code:
            start = start if block else number
            block.append(line.strip()[len(item[0].strip()) if item else 0:].strip())


def sentences(text):
    text = re.sub(r'!?\[([^]]*)\]\([^)]*\)', r'\1', text)
    text = re.sub(r'`[^`]*`', lambda m: m[0] if re.fullmatch(r'`[a-z-]*db`', m[0]) else 'code', text)
    return re.split(r'(?<=[.!?])["\')]*\s+(?=[A-Z"`(\[*]|code\b)', text)


def slug(heading):
    heading = re.sub(r'!?\[([^]]*)\]\([^)]*\)', r'\1', heading).lower()
    return re.sub(r'[^\w\- ]', '', heading).strip().replace(' ', '-')


def anchors(path):
    return {slug(line.lstrip('#')) for line in path.read_text().splitlines()
            if line.startswith('#')}


def links(path):
    text = re.sub(r'(?ms)^```.*?^```', '', path.read_text())
    text = re.sub(r'`[^`\n]*`', '', text)
    return re.findall(r'\]\(([^)\s]+)\)', text)


def check_links(path, tree, pages, faults):
    """Returns: the pages that are linked to."""
    found = set()
    for link in links(path):
        if re.match(r'[a-z]+:', link):
            continue
        name, _, anchor = link.partition('#')
        target = (path.parent / name).resolve() if name else path
        if not target.exists():
            faults.append(f'{path}: no such file: {link}')
        elif anchor and anchor not in anchors(target):
            faults.append(f'{path}: no such heading: {link}')
        found.add(target)
    return found & pages


def main(tree):
    tree = pathlib.Path(tree).resolve()
    book = {path.resolve() for path in (tree / 'docs').glob('*.md')}
    pages = {tree / 'README.md', *book}
    faults = []
    linked = {path: check_links(path, tree, pages, faults) for path in pages}
    unreached = book - linked.get(tree / 'docs/README.md', set()) - {tree / 'docs/README.md'}
    faults += [f'{path}: docs/README.md does not link to it' for path in unreached]
    if tree / 'docs/README.md' not in linked[tree / 'README.md']:
        faults.append('README.md does not link to docs/README.md')
    for path in sorted({*pages, tree / 'NEWS', tree / 'CONTRIBUTING.md'}):
        text = re.sub(r'(?ms)^```.*?^```', '', path.read_text())
        faults += [f'{path}: no empty line between a table and: {line}'
                   for line in re.findall(r'(?m)^\|.*\n([^|\n].*)', text)]
        for number, text in paragraphs(path.read_text()):
            for sentence in sentences(text):
                words = len(re.findall(r'\S*\w\S*', sentence))
                if words > LONGEST and path.stem not in INSIDE:
                    faults.append(f'{path}:{number}: {words} words: {sentence}')
                if re.search(r'\d dB\b', sentence) and not re.search(RELATIVE, sentence):
                    faults.append(f'{path}:{number}: dB, relative to what? {sentence}')
    print('\n'.join(faults) or f'{len(pages)} pages')
    return len(faults) > 0


sys.exit(main(sys.argv[1]))
