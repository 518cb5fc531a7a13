import { createHash } from 'node:crypto'
import { inflateSync } from 'node:zlib'
import { expect, it } from 'vitest'
import { call } from '../../test/test-cli.ts'
import { findChromium, printPdf } from './chromium.ts'

const HAVE = process.env['FIREDRILL_HAVE']
const CHROMIUM =
  HAVE === undefined || HAVE.split(',').includes('chromium') ? findChromium(process.env) : undefined
const PAGE = '<!doctype html><html lang="en"><title>A report</title><h1>Held.</h1><p>A line.</p></html>\n'
const HASH = createHash('sha256').update(PAGE).digest('hex')

/** Every text of a PDF: each font's own table of glyphs is tried on what is drawn. */
function textsOf(pdf: Uint8Array): readonly string[] {
  const streams = [
    ...Buffer.from(pdf)
      .toString('latin1')
      .matchAll(/stream\r?\n(.*?)endstream/gs),
  ].flatMap(([, body = '']) => {
    try {
      return [inflateSync(Buffer.from(body, 'latin1')).toString('latin1')]
    } catch {
      return []
    }
  })
  const tables = streams.filter((text) => text.includes('begincmap')).map(glyphsOf)
  const drawn = streams.flatMap((text) =>
    [...text.matchAll(/<([0-9A-Fa-f]+)> Tj/g)].map(([, hex = '']) => hex),
  )
  return tables.map((table) =>
    drawn
      .map((hex) =>
        (hex.match(/.{4}/g) ?? []).map((glyph) => table.get(Number.parseInt(glyph, 16)) ?? '').join(''),
      )
      .join(''),
  )
}

function glyphsOf(text: string): ReadonlyMap<number, string> {
  const table = new Map<number, string>()
  const put = (glyph: number, code: number) => void table.set(glyph, String.fromCodePoint(code))
  const number = (hex: string | undefined) => Number.parseInt(hex ?? '0', 16)
  for (const [, first, last, code] of text.matchAll(/<(\w{4})> <(\w{4})> <(\w{4})>/g))
    for (let glyph = number(first); glyph <= number(last); glyph++)
      put(glyph, number(code) + glyph - number(first))
  for (const [, glyph, code] of text.matchAll(/^<(\w{4})> <(\w{4})>$/gm)) put(number(glyph), number(code))
  return table
}

it.skipIf(CHROMIUM === undefined)(
  'a PDF is tagged and carries the hash of the page that it was printed from',
  async () => {
    const pdf = await printPdf(CHROMIUM ?? '', PAGE, HASH)
    const raw = Buffer.from(pdf).toString('latin1')
    expect([raw.slice(0, 5), raw.includes('/StructTreeRoot'), raw.includes('(A report)')]).toEqual([
      '%PDF-',
      true,
      true,
    ])
    expect(textsOf(pdf).some((text) => text.includes(HASH))).toBe(true)
    // Control: what is not there is not found.
    expect(textsOf(pdf).some((text) => text.includes(HASH.toUpperCase()))).toBe(false)
  },
)

it('a browser that cannot be started, or ends at once, is an error and not a hang', async () => {
  await expect(printPdf('/nowhere/chromium', PAGE, HASH)).rejects.toThrow('ENOENT')
  await expect(printPdf('/bin/false', PAGE, HASH)).rejects.toThrow('ended with 1')
})

it('without a browser a PDF is refused with what to do, before the API is asked', async () => {
  const { exitCode, out, err } = await call([
    'report',
    'latest',
    '--pdf',
    'r.pdf',
    '--url',
    'http://127.0.0.1:1',
  ])
  expect([exitCode, out]).toEqual([1, ''])
  expect(err).toContain('FIREDRILL_CHROMIUM')
  expect(findChromium({ FIREDRILL_CHROMIUM: '/nowhere/chromium' })).toBeUndefined()
})
