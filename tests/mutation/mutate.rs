//! One text to another: bytes flipped, tokens spliced in, stretches deleted, doubled and nested, lines moved, line
//! endings and encodings changed. The same dice give the same text.

use super::dice::Dice;

/// Texts stay below this, so that many can be tried; width and depth have named tests of their own.
const MOST: usize = 96 << 10;

const TOKENS: [&str; 72] = [
    "async ",
    "await ",
    "def f():\n",
    "class C:\n",
    "lambda: ",
    "yield ",
    "return ",
    "return\n",
    "with a as b:\n",
    "for x in y:\n",
    "while x:\n",
    "try:\n",
    "except:\n",
    "except* E:\n",
    "finally:\n",
    "else:\n",
    "elif x:\n",
    "match x:\n",
    "case {'a': [1, *b]}:\n",
    "import a.b as c\n",
    "from . import x\n",
    "from m import *\n",
    "global x\n",
    "nonlocal x\n",
    "del x\n",
    "raise E from e\n",
    "assert x\n",
    "pass\n",
    "@d\n",
    "self",
    "cls",
    "super()",
    "None",
    "True",
    "...",
    "0xff",
    "1_0j",
    "'",
    "\"",
    "'''",
    "\"\"\"",
    "f'{x!r:>{w}}'",
    "f\"",
    "t'{x}'",
    "b'\\xff'",
    "r'\\'",
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    ":",
    ":=",
    "=",
    "==",
    "->",
    "**",
    "*",
    ",",
    ".",
    ";",
    "#",
    "\\\n",
    "\n",
    "\t",
    "    ",
    "# scrutineer: ignore[",
    "# noqa: S501",
    "<<<<<<< HEAD\n",
    "type X[T] = ",
    "é😀\u{2028}\u{202e}",
];

/// A text made of a seed, and now and then of another seed.
pub(crate) fn mutant(dice: &mut Dice, seeds: &[String]) -> Vec<u8> {
    let mut text = dice.pick(seeds).clone().into_bytes();
    for _ in 0..=dice.below(6) {
        mutate(dice, &mut text, seeds);
        text.truncate(MOST);
    }
    text
}

fn mutate(dice: &mut Dice, text: &mut Vec<u8>, seeds: &[String]) {
    match dice.below(13) {
        0 => flip(dice, text),
        1 => drop(text.drain(dice.range(text.len()))),
        2 => double(dice, text),
        3..=5 => {
            let token = *dice.pick(&TOKENS);
            insert(dice, text, token.as_bytes());
        }
        6 => splice(dice, text, seeds),
        7 => nest(dice, text),
        8 => move_lines(dice, text),
        9 => indent(dice, text),
        10 => end_lines(dice, text),
        11 => encode(dice, text),
        _ => cut_token(dice, text),
    }
}

fn flip(dice: &mut Dice, text: &mut [u8]) {
    if !text.is_empty() {
        let at = dice.below(text.len());
        text[at] = if dice.below(2) == 0 { dice.next() as u8 } else { text[at] ^ (1 << dice.below(8)) };
    }
}

fn insert(dice: &mut Dice, text: &mut Vec<u8>, what: &[u8]) {
    let at = dice.below(text.len() + 1);
    text.splice(at..at, what.iter().copied());
}

fn double(dice: &mut Dice, text: &mut Vec<u8>) {
    let range = dice.range(text.len());
    let times = if dice.below(20) == 0 { dice.below(2_000) } else { 1 + dice.below(4) };
    let times = times.min(MOST / (range.len() + 1));
    let what = text[range.clone()].repeat(times);
    text.splice(range.end..range.end, what);
}

fn splice(dice: &mut Dice, text: &mut Vec<u8>, seeds: &[String]) {
    let other = dice.pick(seeds).as_bytes();
    let part = other[dice.range(other.len())].to_vec();
    let range = dice.range(text.len());
    text.splice(range, part);
}

/// Puts a stretch into brackets, f-strings, calls or blocks, many times over.
fn nest(dice: &mut Dice, text: &mut Vec<u8>) {
    let pairs = [
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("f(", ")"),
        ("f'{", "}'"),
        ("not ", ""),
        ("a.", ""),
        ("lambda: ", ""),
    ];
    let (open, close) = *dice.pick(&pairs);
    let times = if dice.below(10) == 0 { dice.below(6_000) } else { 1 + dice.below(12) };
    let range = dice.range(text.len());
    let inner = text[range.clone()].to_vec();
    let parts = [open.repeat(times).into_bytes(), inner, close.repeat(times).into_bytes()];
    text.splice(range, parts.concat());
}

fn move_lines(dice: &mut Dice, text: &mut Vec<u8>) {
    let mut lines: Vec<Vec<u8>> = text.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    if !lines.is_empty() {
        let line = lines.remove(dice.below(lines.len()));
        lines.insert(dice.below(lines.len() + 1), line);
        *text = lines.concat();
    }
}

fn indent(dice: &mut Dice, text: &mut Vec<u8>) {
    let with: &[u8] = dice.pick(&["    ", "\t", " ", "\u{c}", ""]).as_bytes();
    let (first, count) = (dice.below(40), 1 + dice.below(10));
    let lines = text.split_inclusive(|byte| *byte == b'\n').enumerate();
    let changed = lines.map(|(number, line)| match (first..first + count).contains(&number) {
        true if with.is_empty() => line.trim_ascii_start().to_vec(),
        true => [with, line].concat(),
        false => line.to_vec(),
    });
    *text = changed.collect::<Vec<_>>().concat();
}

fn end_lines(dice: &mut Dice, text: &mut Vec<u8>) {
    let ending = dice.pick(&["\r\n", "\r", "\u{c}\n", "\n\n", "\\\n", "\u{2028}", ""]).as_bytes();
    let all = dice.below(2) == 0;
    let chosen: Vec<Vec<u8>> = text
        .split_inclusive(|byte| *byte == b'\n')
        .map(|line| match line.strip_suffix(b"\n") {
            Some(line) if all || dice.below(4) == 0 => [line, ending].concat(),
            _ => line.to_vec(),
        })
        .collect();
    *text = chosen.concat();
}

fn encode(dice: &mut Dice, text: &mut Vec<u8>) {
    let head: &[u8] = match dice.below(6) {
        0 => b"\xef\xbb\xbf",
        1 => b"# -*- coding: latin-1 -*-\n",
        2 => b"#!/usr/bin/python\n# vim: set fileencoding=cp1251 :\n",
        3 => b"# coding: shift_jis\n",
        4 => b"\xff\xfe",
        _ => b"# coding: utf-8\n",
    };
    text.splice(0..0, head.iter().copied());
    for _ in 0..dice.below(4) {
        let byte = 0x80 | dice.next() as u8;
        insert(dice, text, &[byte]);
    }
}

/// Takes away one character of punctuation, as an editor does halfway through a change.
fn cut_token(dice: &mut Dice, text: &mut Vec<u8>) {
    let marks: Vec<usize> = (0..text.len()).filter(|at| b"()[]{}:,='\"\n".contains(&text[*at])).collect();
    if !marks.is_empty() {
        text.remove(*dice.pick(&marks));
    }
}
