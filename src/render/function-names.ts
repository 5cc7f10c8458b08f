import { clip, visible } from './text.js';

/**
 * A function's name within `width` letters: less and less of what tells least, never its end. Visible, not escaped.
 *
 *     github.com/shop/api/internal/orders.(*Cache[go.shape.string]).Put      as it is
 *     github.com/shop/api/internal/orders.(*Cache[…]).Put                    types that it was made for
 *     github.com/…/orders.(*Cache[…]).Put                                    the path in the middle
 *     orders.(*Cache[…]).Put                                                 the path
 *     orders.(*Ca…).Put                                                      letters in the middle
 */
export function shortName(name: string, width: number): string {
  const seen = visible(classNamed(name));
  const plain = withoutTypes(seen);
  const [path, last] = atLastSlash(plain);
  const [first = ''] = path.split('/');
  const forms = [seen, plain, ...(path === '' ? [] : [`${first}/…/${last}`, last])];
  return forms.find((form) => form.length <= width) ?? elided(last, width);
}

const LETTERS: Readonly<Record<string, string>> = {
  ...{ B: 'byte', C: 'char', D: 'double', F: 'float', I: 'int', J: 'long', S: 'short', Z: 'boolean' },
};

/**
 * A JVM's classes as they are written: `[B` is `byte[]`, `[[Ljava.lang.String;` is `java.lang.String[][]`, and `Checkout$$Lambda/0x00007f88c4000a30`
 * ends with what it is.
 */
function classNamed(name: string): string {
  const [, depth = '', letter, whole] = /^(\[+)(?:([BCDFIJSZ])|L([^;]+);)$/.exec(name) ?? [];
  return depth === '' ? withoutPlace(name) : `${whole ?? LETTERS[letter ?? '']}${'[]'.repeat(depth.length)}`;
}

/** Where a JVM put a class that has no name of its own, which is another place in each process. In one pass: names come from outside. */
function withoutPlace(name: string): string {
  const slash = name.lastIndexOf('/');
  const isPlace = slash > 0 && /^(?:0x[0-9a-f]+|\d+)$/.test(name.slice(slash + 1));
  return isPlace && name.lastIndexOf('$$', slash) >= 0 ? name.slice(0, slash) : name;
}

/** What stands in brackets of types, and arguments: those of a receiver, `(*Cache)`, stay. */
function withoutTypes(name: string): string {
  let kept = '';
  let depth = 0;
  for (const [i, letter] of [...name].entries()) {
    const opens = OPEN.has(letter) && (letter !== '<' || i > 0);
    if (opens && ++depth === 1) kept += letter;
    if (depth === 0) kept += letter;
    if (CLOSE.has(letter) && depth > 0 && --depth === 0) kept += `…${letter}`;
  }
  return depth > 0 ? name : kept.replace(/(?<=[\w>…])\([^*)][^)]*\)$/, '(…)');
}
const OPEN = new Set(['[', '<']);
const CLOSE = new Set([']', '>']);

function atLastSlash(name: string): [path: string, last: string] {
  const end = name.search(/[[(<]/);
  const slash = name.lastIndexOf('/', end < 0 ? name.length : end);
  return slash < 0 ? ['', name] : [name.slice(0, slash), name.slice(slash + 1)];
}

/** A third of the beginning, two thirds of the end: what is called says more than what it belongs to. */
function elided(name: string, width: number): string {
  if (name.length <= width) return name;
  const end = Math.ceil((width - 1) * 0.65);
  // Whole characters: what is seen as one is never cut (`clip` sees to the beginning).
  const tail = [...name.slice(-end)];
  while (tail.length > 0 && /^(?:\p{M}|\p{Cs})$/u.test(tail[0] ?? '')) tail.shift();
  return `${clip(name, width - tail.join('').length)}${tail.join('')}`;
}

/** `cache.go:88`; empty where nobody knows the file. Visible, not escaped. */
export function placeName(file: string | null, line: number | null, width = 40): string {
  if (file === null) return '';
  const base = visible(file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1));
  const at = line === null ? '' : `:${line}`;
  return base === '' ? '' : `${elided(base, Math.max(4, width - at.length))}${at}`;
}
