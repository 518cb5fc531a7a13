import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { auditHash, auditProblem, platformInstant, type AuditEntry } from '@firedrill/core'
import { sha256 } from '@firedrill/runtime'
import { seededRandom } from '@firedrill/testkit'
import { afterAll, describe, expect, it } from 'vitest'
import { call } from '../../test/test-cli.ts'
import { readExport } from './audit.ts'

const dir = mkdtempSync(join(tmpdir(), 'firedrill-audit-'))
afterAll(() => rmSync(dir, { recursive: true }))

/** A chain as the database writes it. */
function chain(length: number): readonly AuditEntry[] {
  const entries: AuditEntry[] = []
  for (let seq = 1; seq <= length; seq++) {
    const entry = {
      team: 'default',
      seq,
      at: platformInstant(1_767_225_600_000_000 + seq),
      actor: { kind: 'person', id: `usr_${seq % 3}`, name: 'Zoë "Z" \\ 1' },
      action: 'token insert',
      object: `tok_${seq}`,
      reason: 'new\nline',
      requestId: `req_${seq}`,
      route: 'POST /v1/tokens',
      before: null,
      after: '{"a": 1}',
      prev: entries.at(-1)?.hash ?? '0'.repeat(64),
    } as const
    entries.push({ ...entry, hash: auditHash(entry, sha256) })
  }
  return entries
}
const exported = chain(40)
  .map((entry) => `${JSON.stringify(entry)}\n`)
  .join('')

/** What is wrong with an export, or undefined. */
function problemOf(bytes: Buffer): string | undefined {
  const entries = readExport(bytes.toString('utf8'))
  return typeof entries === 'string' ? entries : auditProblem(entries, sha256)
}

describe('firedrill audit verify', () => {
  it('notices each of 1,000 flipped bytes', () => {
    const whole = Buffer.from(exported)
    expect(problemOf(whole)).toBeUndefined()
    const random = seededRandom(9)
    const missed: number[] = []
    for (let n = 0; n < 1000; n++) {
      const at = Math.floor(random.next() * whole.length)
      const flipped = Buffer.from(whole)
      flipped[at] = (flipped[at] ?? 0) ^ (1 << Math.floor(random.next() * 8))
      if (problemOf(flipped) === undefined) missed.push(at)
    }
    expect(missed).toEqual([])
  })

  it('exits 0 with a head to keep, and 1 when the file was changed or cut off since', async () => {
    const file = join(dir, 'audit.jsonl')
    writeFileSync(file, exported)
    const good = await call(['audit', 'verify', file, '-o', 'json'])
    expect(good.exitCode).toBe(0)
    const { head, entries } = JSON.parse(good.out) as { head: string; entries: number }
    expect(entries).toBe(40)
    const shorter = join(dir, 'shorter.jsonl')
    writeFileSync(shorter, `${exported.trimEnd().split('\n').slice(0, -1).join('\n')}\n`)
    expect((await call(['audit', 'verify', shorter])).exitCode).toBe(0)
    const cut = await call(['audit', 'verify', shorter, '--head', head])
    expect([cut.exitCode, cut.out]).toEqual([1, expect.stringContaining('entry 40 is missing')])
    expect((await call(['audit', 'verify', file, '--head', 'x'])).exitCode).toBe(2)
  })
})
