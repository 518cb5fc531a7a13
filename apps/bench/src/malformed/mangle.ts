import type { Random } from '@firedrill/core'
import { isMap, isPair, isScalar, isSeq, parseDocument, visit, type Node, type Pair } from 'yaml'

const BITS = [
  '\u0000',
  '\ufeff',
  '\t',
  '{',
  '}',
  '[',
  ']',
  ':',
  '- ',
  '? ',
  '&a ',
  '*a',
  '!!js ',
  '|',
  '>',
  '"',
  "'",
  '#',
  '---\n',
  '...\n',
  '%',
  '@',
  '`',
  '\\',
  '😀',
  '\ud800',
  '<<: ',
  '${',
  '${env:X}',
  '\r',
  '\u2028',
  '0x',
  '1e999',
]
const VALUES: readonly unknown[] = [
  null,
  true,
  -1,
  0,
  1e308,
  Number.NaN,
  '',
  ' ',
  'x'.repeat(5000),
  [],
  {},
  [[[]]],
  { a: { b: null } },
  '${nothing}',
  '-5m',
  '99999999999h',
  '__proto__',
  '2026-02-30',
  1n << 70n,
]
const KEYS = [
  '__proto__',
  'constructor',
  'toString',
  'spce',
  '',
  '0',
  'a b',
  'null',
  'apiVersion',
  'x'.repeat(300),
]

const at = (random: Random, length: number): number => Math.floor(random.next() * length)
const pick = <T>(random: Random, from: readonly T[], fallback: T): T =>
  from[at(random, from.length)] ?? fallback

/** A file with some of its bytes changed, taken out, doubled, or put somewhere else. */
export function mangleBytes(text: string, random: Random): string {
  let changed = text
  for (let times = 1 + at(random, 4); times > 0; times--) {
    const from = at(random, changed.length)
    const to = Math.min(changed.length, from + 1 + at(random, 40))
    switch (at(random, 7)) {
      case 0:
        changed = `${changed.slice(0, from)}${String.fromCharCode(at(random, 0x2_00))}${changed.slice(from + 1)}`
        break
      case 1:
        changed = `${changed.slice(0, from)}${changed.slice(to)}`
        break
      case 2:
        changed = `${changed.slice(0, from)}${pick(random, BITS, '\t')}${changed.slice(from)}`
        break
      case 3:
        changed = `${changed.slice(0, to)}${changed.slice(from)}`
        break
      case 4:
        changed = changed.slice(0, from)
        break
      case 5:
        changed = `${changed.slice(to)}${changed.slice(0, to)}`
        break
      default:
        changed = changed.replace(/^ +/m, (indent) => indent.slice(at(random, 2)))
    }
  }
  return changed
}

/** A file that is still YAML, with a value of another kind, a key too few, too many, twice or misspelt. */
export function mangleGrammar(text: string, random: Random): string {
  // A runbook is Markdown; its front matter is the YAML of it.
  const [, front, body = ''] = /^---\n([\s\S]*?\n)(---\n[\s\S]*)$/.exec(text) ?? []
  if (front !== undefined) return `---\n${mangleGrammar(front, random)}${body}`
  const document = parseDocument(text)
  for (let times = 1 + at(random, 3); times > 0; times--) {
    const pairs: Pair[] = []
    visit(document, { Pair: (_, pair) => void pairs.push(pair) })
    const pair = pairs[at(random, pairs.length)]
    if (pair === undefined) return text
    switch (at(random, 6)) {
      case 0:
        pair.value = document.createNode(pick(random, VALUES, null))
        break
      case 1:
        pair.key = document.createNode(pick(random, KEYS, 'x'))
        break
      case 2:
        removeFrom(document.contents, pair)
        break
      case 3: {
        const other = pairs[at(random, pairs.length)]
        pair.value = (other?.value as Node | undefined)?.clone() ?? null
        break
      }
      case 4:
        if (isSeq(pair.value)) pair.value.items.push(...pair.value.items.map((item) => clone(item)))
        else if (isMap(pair.value)) pair.value.items.push(...pair.value.items.slice(0, 1))
        else pair.value = document.createNode([pair.value])
        break
      default:
        if (isScalar(pair.value)) pair.value.value = `${String(pair.value.value)}${pick(random, BITS, 'x')}`
        else pair.value = null
    }
  }
  return document.toString({ lineWidth: 0 })
}

function removeFrom(root: unknown, pair: Pair): void {
  visit(root as Node, { Pair: (_, one) => (isPair(one) && one === pair ? visit.REMOVE : undefined) })
}

function clone(item: unknown): unknown {
  return typeof item === 'object' && item !== null && 'clone' in item ? (item as Node).clone() : item
}

/** What is known to be hard on readers of YAML, after the header of a kind of file. */
export function handPicked(kind: string): readonly string[] {
  const head = `apiVersion: firedrill.dev/v1\nkind: ${kind}\nmetadata: { name: x }\nspec:\n`
  const laughs = Array.from(
    { length: 12 },
    (_, n) => `  a${n + 1}: &a${n + 1} [${`*a${n}, `.repeat(9)}*a${n}]`,
  ).join('\n')
  return [
    '',
    ' ',
    '\n',
    '\0',
    '\ufeff',
    '---',
    '---\n---\n',
    '...',
    '[]',
    '{}',
    'null',
    '~',
    '1',
    '"x"',
    '- a',
    '? a',
    ': b',
    '%YAML 9.9\n---\na: b',
    '!!binary x',
    '!<x> y',
    '*a',
    '&a *a',
    '<<: *a',
    head,
    `${head}  &a a: *a\n`,
    `${head}  a: &a [*a]\n`,
    `${head}  a0: &a0 x\n${laughs}\n`,
    `${head}  ${'['.repeat(5000)}`,
    `${head}  ${'{a: '.repeat(5000)}`,
    `${head}${'  - '.repeat(3000)}x`,
    `${head}  a: ${'x'.repeat(900_000)}`,
    `${head}  a: "${'x'.repeat(70_000)}"`,
    `${head}${Array.from({ length: 20_000 }, (_, n) => `  k${n}: v`).join('\n')}`,
    'x'.repeat(10_000_000),
    'a: b\n'.repeat(100_000),
    `${head}  a: 1\n  a: 2\n`,
    `${head}\tb: 1\n`,
    head.replace('v1', 'v9'),
    head.replace(kind, 'Nothing'),
    head.replace('name: x', 'name: X Y'),
    head.replace('name: x', ''),
    head.replace('apiVersion', 'apiversion'),
    `${head}  __proto__: { polluted: true }\n`,
    `${head}  constructor: { prototype: { polluted: true } }\n`,
    `${head}  duration: 1e309\n`,
    `${head}  a: !!js/function "() => 1"\n`,
    `${head}  a: \${env:HOME}\n`,
    `${head}  a: 2026-02-30T25:61:61Z\n`,
    `${'#'.repeat(500_000)}\n${head}`,
    `${head}  a: ${'${a}'.repeat(5000)}\n`,
    `${' '.repeat(200_000)}a: b`,
    `a: |\n${' x\n'.repeat(50_000)}`,
    `"${'\\u0000'.repeat(3000)}": x`,
    `${'a: '.repeat(2000)}b`,
    `? ${'? '.repeat(2000)}x`,
    `${head}  ${'- '.repeat(2000)}`,
  ]
}
