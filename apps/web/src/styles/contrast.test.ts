import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { ROLES } from '../vocabulary/word.ts'

type Pair = Readonly<{ light: string; dark: string }>
const css = readFileSync(new URL('tokens.css', import.meta.url), 'utf8')
const tokens = new Map<string, Pair>(
  [...css.matchAll(/--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)/g)].map(
    ([, name = '', light = '', dark = '']) => [name, { light, dark }],
  ),
)
tokens.set('on-abort', { light: '#ffffff', dark: '#ffffff' })

const GROUNDS = ['sunken', 'surface', 'raised', 'hover']
const STATUS = ROLES.filter((role) => role !== 'plain')
/** Which ink may stand on which ground, and how far apart they have to be. */
const RULES = [
  ...['text', 'soft', 'muted'].flatMap((ink) =>
    [...GROUNDS, 'accent-wash', 'work-wash'].map((on) => ({ ink, on, least: 4.5 })),
  ),
  ...STATUS.flatMap((role) => [...GROUNDS, `${role}-wash`].map((on) => ({ ink: role, on, least: 4.5 }))),
  ...STATUS.map((role) => ({ ink: 'text', on: `${role}-wash`, least: 4.5 })),
  ...STATUS.flatMap((role) => GROUNDS.slice(0, 3).map((on) => ({ ink: `${role}-fill`, on, least: 3 }))),
  ...['series', 'work-fill', 'control'].flatMap((ink) =>
    GROUNDS.slice(0, 3).map((on) => ({ ink, on, least: 3 })),
  ),
  { ink: 'on-abort', on: 'abort', least: 4.5 },
  { ink: 'abort', on: 'surface', least: 3 },
  { ink: 'abort', on: 'raised', least: 3 },
]

function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return share <= 0.040_45 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

function contrast(a: string, b: string): number {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].toSorted((x, y) => x - y)
  return (light + 0.05) / (dark + 0.05)
}

test.each(['light', 'dark'] as const)(
  'every ink keeps its distance from every ground it may stand on: %s',
  (theme) => {
    const tooClose = RULES.flatMap(({ ink, on, least }) => {
      const ratio = contrast(tokens.get(ink)?.[theme] ?? '#000000', tokens.get(on)?.[theme] ?? '#000000')
      return ratio >= least ? [] : [`${ink} on ${on}: ${ratio.toFixed(2)}`]
    })
    expect(tooClose).toEqual([])
  },
)

test('a name that is no token is too close to everything, so that a slip is seen', () => {
  expect(contrast(tokens.get('nothing')?.light ?? '#000000', '#000000')).toBeLessThan(3)
})
