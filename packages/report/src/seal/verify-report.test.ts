import { createHash, createPublicKey, verify } from 'node:crypto'
import { canonicalJson, GENESIS, platformInstant, signOffHash, type SignOff } from '@firedrill/core'
import { describe, expect, it } from 'vitest'
import { sha256 } from '../fixtures/journal-of.ts'
import { sampleRun } from '../fixtures/sample-runs.ts'
import { SIGNER, signerOf } from '../fixtures/signing.ts'
import { renderReport } from '../render-report.ts'
import { verifyReport, type VerifyPorts } from './verify-report.ts'

const PORTS: VerifyPorts = {
  sha256,
  sha256Bytes: (bytes) => createHash('sha256').update(bytes).digest('hex'),
  isSignedBy: (publicKey, text, signature) => {
    const x = Buffer.from(publicKey, 'base64').toString('base64url')
    const bytes = Buffer.from(signature, 'base64')
    try {
      const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
      return bytes.toString('base64') === signature && verify(null, Buffer.from(text), key, bytes)
    } catch {
      return false
    }
  },
  keyIdOf: (publicKey) => publicKey.slice(0, 8),
}
const KEYS = [SIGNER.publicKey]
const report = renderReport(sampleRun('held'))
const bytesOf = (text: string) => new TextEncoder().encode(text)
const look = (text: string | Uint8Array, keys: readonly string[] = KEYS, ports: VerifyPorts = PORTS) =>
  verifyReport(typeof text === 'string' ? bytesOf(text) : text, { keys, copies: [] }, ports)
const broken = (text: string) =>
  look(text).checks.flatMap(({ check, result }) => (result === 'broken' ? [check] : []))

/** The page with its data or journal changed and everything that can be computed without the key put right again. */
function resealed(change: (html: string) => string): string {
  const page = change(report.html.slice(0, report.html.lastIndexOf('<!-- firedrill-seal')))
  const seal = JSON.parse(/<!-- firedrill-seal (.*) -->\n$/.exec(report.html)?.[1] ?? '') as object
  return `${page}<!-- firedrill-seal ${canonicalJson({ ...seal, page: sha256(page) })} -->\n`
}

describe('a sealed report', () => {
  it('is genuine with the key that signed it, and its copies are known byte for byte', () => {
    const copies = [report.json, report.csv, report.markdown].map((text, n) => ({
      name: `copy ${n}`,
      bytes: bytesOf(text),
    }))
    const { authenticity, checks, ...says } = verifyReport(
      bytesOf(report.html),
      { keys: KEYS, copies },
      PORTS,
    )
    expect(authenticity).toBe('genuine')
    expect(checks.map(({ check, result }) => `${check} ${result}`)).toEqual(
      ['seal', 'page', 'signature', 'key', 'data', 'journal', 'head', 'copy', 'copy', 'copy'].map(
        (check) => `${check} holds`,
      ),
    )
    expect(says).toMatchObject({ report: report.hash, headline: report.model.run.headline })
    const [first] = copies.map(({ name, bytes }) => ({ name, bytes: bytes.slice(1) }))
    expect(
      verifyReport(bytesOf(report.html), { keys: KEYS, copies: first === undefined ? [] : [first] }, PORTS)
        .authenticity,
    ).toBe('changed')
  })

  it('is only unproven as long as nobody says whose key it is, and changed with a key that is another', () => {
    expect(look(report.html, []).authenticity).toBe('unproven')
    expect(look(report.html, [signerOf(8).publicKey]).authenticity).toBe('changed')
    expect(look(report.html, [signerOf(8).publicKey, SIGNER.publicKey]).authenticity).toBe('genuine')
  })

  it('notices any flipped bit of any byte; without the hash over the page some would pass', () => {
    const whole = bytesOf(report.html)
    const weak: VerifyPorts = {
      ...PORTS,
      sha256Bytes: () => /"page":"([0-9a-f]{64})"/.exec(report.html)?.[1] ?? '',
    }
    const missed = { strong: 0, weak: 0 }
    const sealAt = whole.lastIndexOf(10, whole.length - 2)
    const places = [
      ...Array.from({ length: 60 }, (_, n) => Math.floor((n * whole.length) / 60)),
      // Every byte of the seal's own line, which the hash does not cover.
      ...Array.from({ length: whole.length - sealAt }, (_, n) => sealAt + n),
    ]
    for (const [n, at] of places.entries()) {
      const flipped = whole.slice()
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (n % 8))
      if (look(flipped).authenticity !== 'changed') missed.strong++
      if (at < sealAt && look(flipped, KEYS, weak).authenticity === 'genuine') missed.weak++
    }
    expect(missed.strong).toBe(0)
    expect(missed.weak).toBeGreaterThan(10)
  })

  it('notices what was cut off, added, or written with other line ends', () => {
    const cut = report.html.slice(0, report.html.lastIndexOf('<!-- firedrill-seal'))
    expect(broken(cut)).toEqual(['seal'])
    expect(broken(`${report.html}<p>more</p>\n`)).toEqual(['seal'])
    expect(broken(report.html.replaceAll('\n', '\r\n'))).toEqual(['seal'])
    expect(broken('<!doctype html><p>A page</p>\n')).toEqual(['seal'])
  })
})

describe('a report that was changed and sealed again', () => {
  it('fails by its signature when the key was not at hand', () => {
    expect(broken(resealed((html) => html.replace('<h1>', '<h1>Well done. ')))).toEqual(['signature'])
  })

  it('fails by its data’s hash when the data were changed too', () => {
    const changed = resealed((html) => html.replace('"status":"closed"', '"status":"refused"'))
    expect(broken(changed)).toEqual(['signature', 'data'])
  })

  it('fails by the journal when an event was changed or left out', () => {
    const block = /(id="firedrill-journal">)(.*?)(<\/script>)/s
    const changed = resealed((html) =>
      html.replace(block, (all) => all.replace('"seq":3,', '"seq":3,"epoch":9,')),
    )
    expect(broken(changed)).toEqual(['signature', 'journal'])
    const shortened = resealed((html) =>
      html.replace(block, (_, begin: string, events: string, end: string) => {
        const kept = (JSON.parse(events) as unknown[]).slice(0, -1)
        return `${begin}${JSON.stringify(kept)}${end}`
      }),
    )
    expect(broken(shortened)).toEqual(['signature', 'head'])
  })
})

describe('a report that was signed off', () => {
  const input = sampleRun('held')
  const by = { kind: 'person', id: 'usr_ada', name: 'Ada' } as const
  const act = (change: Partial<SignOff>): SignOff => {
    const { hash, data } = report
    const open = {
      report: hash,
      data,
      by,
      note: 'complete',
      own: false,
      at: platformInstant(1_795_096_520_000_000),
    }
    const all = { ...open, runId: input.run.id, seq: 1, role: 'prepared', prev: GENESIS, ...change } as const
    return { ...all, hash: signOffHash(all, sha256) }
  }
  const signedBy = (...signOffs: readonly SignOff[]) => renderReport({ ...input, signOffs })

  it('keeps the hash that was signed, shows who signed, and its JSON is a known copy', () => {
    const signed = signedBy(act({}))
    expect([signed.hash, signed.data]).toEqual([report.hash, report.data])
    const copies = [{ name: 'report.json', bytes: bytesOf(signed.json) }]
    const found = verifyReport(bytesOf(signed.html), { keys: KEYS, copies }, PORTS)
    expect(found).toMatchObject({ authenticity: 'genuine', report: report.hash })
    expect(found.checks.find(({ check }) => check === 'sign-off')?.says).toBe('prepared by Ada on these data')
    expect(/Prepared\s*<\/th>\s*<td>\s*Ada/.test(signed.html)).toBe(true)
  })

  it('says which act is void, and which is of the same data by another version', () => {
    const void1 = act({ data: sha256('other') })
    const signed = signedBy(void1, act({ seq: 2, prev: void1.hash, report: sha256('older') }))
    const [line] = signed.signOff.lines
    expect(line).toMatchObject({ role: 'prepared', state: 'signed', isOtherReport: true })
    expect(signed.signOff.void).toEqual([void1])
    expect(signed.html.includes('Prepared, void')).toBe(true)
    expect(look(signed.html).checks.find(({ check }) => check === 'sign-off')?.says).toContain('1 void')
  })

  it('is changed when an act is not as it was written', () => {
    expect(broken(signedBy({ ...act({}), note: 'no complaints' }).html)).toEqual(['sign-off'])
  })
})

describe('a report of a version that did not sign', () => {
  const old = report.html
    .slice(0, report.html.lastIndexOf('<!-- firedrill-seal'))
    .replace(/<script type="application\/json" id="firedrill-journal">.*?<\/script>/s, '')

  it('says so, and is no more than unproven', () => {
    const { authenticity, checks } = look(old)
    expect(authenticity).toBe('unproven')
    expect(checks.map(({ check, result }) => [check, result])).toEqual([
      ['seal', 'open'],
      ['data', 'holds'],
    ])
  })

  it('is changed when its data do not have the hash that it shows', () => {
    expect(look(old.replace('"number":214', '"number":215')).authenticity).toBe('changed')
  })
})
