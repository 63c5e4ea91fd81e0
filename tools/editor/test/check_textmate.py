# SPDX-License-Identifier: Apache-2.0
"""Highlights laws with the TextMate grammar, and compares with the law's own lexer.

Usage: check_textmate.py GRAMMAR TOKENS   (TOKENS: what law_tokens printed)

The grammar keeps to patterns of one line and to expressions that Python and Oniguruma read alike; another key is an error
here rather than ignored.
"""
import collections
import json
import re
import sys

# What a scope must begin with, for each class of the lexer; a name must begin with none of them.
SCOPES = {
    "comment": ("comment.",),
    "text": ("string.",),
    "number": ("constant.numeric.",),
    "keyword": ("keyword.control.", "keyword.other.", "keyword.declaration.", "keyword.operator.word.", "constant.language."),
}
SCOPES["name"] = tuple(prefix for prefixes in SCOPES.values() for prefix in prefixes)


def flat(grammar, patterns):
    """The patterns in order, with what they include."""
    for pattern in patterns:
        if set(pattern) == {"include"}:
            yield from flat(grammar, grammar["repository"][pattern["include"][1:]]["patterns"])
        elif set(pattern) <= {"name", "match", "captures"}:
            yield re.compile(pattern["match"]), pattern.get("name", ""), pattern.get("captures", {})
        else:
            sys.exit(f"check_textmate: a pattern that this check cannot read: {pattern}")


def highlight(patterns, line):
    """The scope of each character: the leftmost match wins, then the first pattern; captures refine it."""
    scopes = [""] * len(line)
    at = 0
    while at < len(line):
        found = None
        for expression, name, captures in patterns:
            match = expression.search(line, at)
            if match and match.end() > match.start() and (found is None or match.start() < found[0].start()):
                found = match, name, captures
        if found is None:
            break
        match, name, captures = found
        for index in range(match.start(), match.end()):
            scopes[index] = name
        for group, capture in captures.items():
            for index in range(*match.span(int(group))):
                scopes[index] = capture["name"]
        at = match.end()
    return scopes


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        grammar = json.load(file)
    patterns = list(flat(grammar, grammar["patterns"]))
    tokens = collections.defaultdict(list)
    with open(sys.argv[2], encoding="utf-8") as file:
        for row in file:
            path, line, column, length, what = row.rstrip("\n").split("\t")
            tokens[path].append((int(line), int(column) - 1, int(length), what))
    checked = wrong = 0
    for path, here in sorted(tokens.items()):
        with open(path, encoding="utf-8") as file:
            lines = file.read().split("\n")
        cache = {}
        for number, column, length, what in here:
            text = lines[number - 1]
            if number not in cache:
                cache[number] = highlight(patterns, text)
            # Columns are bytes; before a comment or text there may be characters of several.
            begin = len(text.encode()[:column].decode())
            end = begin + len(text.encode()[column : column + length].decode())
            if what == "either":
                continue
            checked += 1
            scopes = cache[number][begin:end]
            fits = [scope.startswith(SCOPES[what]) != (what == "name") for scope in scopes]
            if not all(fits):
                wrong += 1
                print(f"{path}:{number}:{column + 1}: `{text[begin:end]}` is a {what}, highlighted as {scopes[fits.index(False)] or 'nothing'}")
    print(f"TextMate: {checked} tokens of {len(tokens)} files, {wrong} highlighted otherwise than the lexer reads them")
    sys.exit(1 if wrong or not checked else 0)


main()
