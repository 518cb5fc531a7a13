import { createHash } from 'node:crypto'
import {
  plusMs,
  SERIES_EVIDENCE,
  worldInstant,
  type JournalEvent,
  type MetricBucket,
  type RunId,
} from '@firedrill/core'
import { buildScenario } from '@firedrill/testkit'
import { describe, expect, it } from 'vitest'
import { mergedReadings, readingOf } from './cloud-readings.ts'
import { recompute, type Bundle, type BundleReader } from './recompute.ts'
import { cleanUpLab, TEAM, type LabOptions } from './testing/clean-up-lab.ts'

type Lab = ReturnType<typeof cleanUpLab>

const sha256Bytes = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')

async function measuredRun(options: LabOptions = {}): Promise<Readonly<{ lab: Lab; run: RunId }>> {
  const lab = cleanUpLab(options)
  const run = await lab.start()
  await lab.toEnd(run)
  return { lab, run }
}

async function bundleOf({ ports, events }: Lab, run: RunId): Promise<Bundle> {
  const { scenario } = (await ports.runs.get(TEAM, run))?.state ?? { scenario: { hash: '' } }
  const pinned = await ports.definitions.byHash(TEAM, 'scenario', scenario.hash)
  if (pinned === undefined) throw new Error('the scenario is gone')
  return {
    run,
    events: await events(run),
    scenario: pinned.compiled,
    evidence: await ports.evidence.ofRun(run),
  }
}

const readerOf = ({ ports }: Lab): BundleReader => ({
  bytesOf: ports.evidence.get,
  sha256: ports.sha256,
  sha256Bytes,
})

describe('figures computed again', () => {
  it('are those of the journal, member for member, from evidence and journal alone', async () => {
    const { lab, run } = await measuredRun()
    const found = await recompute(await bundleOf(lab, run), readerOf(lab))
    expect(found).toMatchObject({ faults: [], isEqual: true, differences: [], why: null })
    expect(found.recomputed?.objectives.length).toBeGreaterThan(0)
    expect(found.recomputed?.samples.some(({ good }) => good > 10)).toBe(true)
    expect(found.verified).toBeGreaterThanOrEqual(4)
  })

  it('come from the readings of clocks that were kept, too: a prober that is ahead is put where it was', async () => {
    const lab = cleanUpLab({})
    const run = await lab.start()
    const at = worldInstant(lab.ports.clock.monotonicMs() * 1000)
    const ahead = { clock: 'prober', lo: 1_999_000, hi: 2_001_000 }
    await lab.ports.samples.noteClocks(run, [
      { ...ahead, at },
      { ...ahead, at: plusMs(at, 600_000) },
    ])
    await lab.toEnd(run)
    const bundle = await bundleOf(lab, run)
    const found = await recompute(bundle, readerOf(lab))
    expect(found).toMatchObject({ faults: [], isEqual: true })
    expect(found.recomputed?.clocks).toMatchObject([
      { clock: 'prober', readings: 2, offsetMicros: 2_000_000 },
    ])
    expect(bundle.evidence.map(({ kind }) => kind)).toContain('clocks')
  })

  it('are not computed from evidence in which one bit of one byte was changed: it is named', async () => {
    const { lab, run } = await measuredRun()
    const bundle = await bundleOf(lab, run)
    for (const { hash, kind } of bundle.evidence) {
      const bytesOf = async (asked: string) => {
        const bytes = (await lab.ports.evidence.get(asked))?.slice()
        if (bytes !== undefined && asked === hash)
          bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
        return bytes
      }
      const found = await recompute(bundle, { ...readerOf(lab), bytesOf })
      expect(found).toMatchObject({ isEqual: false, recomputed: null })
      expect(found.faults).toEqual([
        { what: `${kind} ${hash}`, problem: expect.stringContaining('was changed') as string },
      ])
    }
  })

  it('are not computed when evidence, an event or the scenario is missing or another', async () => {
    const { lab, run } = await measuredRun()
    const bundle = await bundleOf(lab, run)
    const changed = bundle.events.map((event) =>
      event.seq === 3 ? { ...event, worldAt: plusMs(event.worldAt, 1) } : event,
    )
    const cases: readonly [string, Bundle][] = [
      ['journal', { ...bundle, events: changed }],
      ['journal', { ...bundle, events: bundle.events.filter(({ seq }) => seq !== 5) }],
      ['scenario', { ...bundle, scenario: { ...bundle.scenario, title: 'another' } }],
      [
        'named by the journal',
        { ...bundle, evidence: bundle.evidence.filter(({ kind }) => kind !== 'samples') },
      ],
    ]
    for (const [what, broken] of cases) {
      const { faults, recomputed } = await recompute(broken, readerOf(lab))
      expect(faults.map((fault) => `${fault.what} ${fault.problem}`).join(), what).toContain(what)
      expect(recomputed).toBeNull()
    }
    const lost = await recompute(bundle, { ...readerOf(lab), bytesOf: async () => undefined })
    expect(lost.faults).toHaveLength(bundle.evidence.length)
  })

  it('take in a series that was imported into the run, and one that was not as if it had been', async () => {
    const [objective] = buildScenario().objectives
    if (objective?.kind !== 'recovery-time') throw new Error('the built scenario has another objective')
    const source = {
      from: 'series' as const,
      series: 'users',
      periodSeconds: 1,
      goodAtLeast: 99,
      clockErrorMs: 0,
    }
    const objectives = [objective, { ...objective, name: 'by-users', source }]
    const { lab, run } = await measuredRun({ scenario: { objectives } })
    const { ports } = lab
    const bare = await recompute(await bundleOf(lab, run), readerOf(lab))
    const byUsers = (found: typeof bare) =>
      found.recomputed?.objectives.find((one) => one.objective === 'by-users')
    expect(bare.isEqual).toBe(true)
    expect(byUsers(bare)).toMatchObject({
      verdict: 'inconclusive',
      reason: expect.stringContaining('was not imported') as string,
    })
    const startAt = bare.recomputed?.points.injected?.lo ?? 0
    // Out from 10 to 25 seconds after the fault took effect, and watched until long after the end.
    const points = Array.from({ length: 400 }, (_, second): [number, number] => [
      startAt + (second - 20) * 1_000_000,
      second >= 30 && second < 45 ? 10 : 100,
    ])
    const file = { name: 'users.csv', sha256: 'f'.repeat(64) }
    const series = { series: 'users', importedAt: 1, by: 'a person', file, points }
    const further = await recompute(await bundleOf(lab, run), { ...readerOf(lab), further: [series] })
    expect(byUsers(further)?.observed).toEqual({ lo: 13_000_000, hi: 15_000_000 })
    expect(byUsers(further)?.method).toMatch(/^imported series users in buckets of 1 s/)
    expect(further.isEqual).toBe(false)
    expect(await ports.evidence.ofRun(run)).toHaveLength(bare.verified)

    const other = cleanUpLab({ scenario: { objectives } })
    const begun = await other.start()
    const calm = Array.from({ length: 7200 }, (_, second) => [startAt + (second - 1800) * 1_000_000, 100])
    const bytes = new TextEncoder().encode(JSON.stringify({ ...series, points: calm }))
    const hash = await other.ports.evidence.put(begun, SERIES_EVIDENCE, bytes)
    await other.toEnd(begun)
    const during = await recompute(await bundleOf(other, begun), readerOf(other))
    expect(during).toMatchObject({ isEqual: true, faults: [] })
    expect(during.stored?.evidence).toContain(hash)
    expect(byUsers(during)?.reason).toMatch(/^no outage was observed/)
  })

  it('control: figures that the evidence does not bear out are told apart, and where', async () => {
    const { lab, run } = await measuredRun()
    const bundle = await bundleOf(lab, run)
    const { sha256 } = lab.ports
    let prev: string | undefined
    // A journal that was written anew as a whole, with a better figure: its hashes hold.
    const events = bundle.events.map((event) => {
      const { hash: _, ...rest } = forged({ ...event, prev: prev ?? event.prev })
      prev = sha256(JSON.stringify(sorted(rest)))
      return { ...rest, hash: prev }
    })
    const found = await recompute({ ...bundle, events }, readerOf(lab))
    expect(found).toMatchObject({ faults: [], isEqual: false })
    expect(found.differences).toEqual(['verdict'])
  })
})

function forged(event: JournalEvent): JournalEvent {
  if (event.type !== 'measured') return event
  const { measurement } = (event as JournalEvent<'measured'>).data
  return { ...event, data: { measurement: { ...measurement, verdict: 'not-run' } } }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  )
}

describe('readings of the cloud', () => {
  const bucket = (second: number, value: number): MetricBucket => ({
    start: worldInstant(second * 1_000_000),
    periodSeconds: 1,
    value,
  })

  it('are all kept, and the later word on a bucket counts; what the cloud forgot stays', () => {
    const reading = (...buckets: MetricBucket[]) => ({
      metrics: { rto: buckets },
      alarms: {},
      probeMetrics: [{ probe: 'front', vantage: 'here', buckets }],
    })
    const merged = mergedReadings([
      reading(bucket(1, 100), bucket(2, 50)),
      reading(bucket(2, 0), bucket(3, 100)),
    ])
    const whole = [bucket(1, 100), bucket(2, 0), bucket(3, 100)]
    expect(merged.metrics).toEqual({ rto: whole })
    expect(merged.probeMetrics).toEqual([{ probe: 'front', vantage: 'here', buckets: whole }])
  })

  it('are copied during a long drill, before the cloud forgets what is older than three hours', async () => {
    const KEPT_MS = 3 * 3_600_000
    const holdMs = 5 * 3_600_000
    const lab: Lab = cleanUpLab({
      scenario: { steps: buildScenario().steps.map((step) => ({ ...step, durationMs: holdMs })) },
      metrics: {
        buckets: async (_environment, _metric, from, to) => {
          const oldest = Math.max(from, lab.time.now() - KEPT_MS * 1000)
          const value: MetricBucket[] = []
          for (let at = Math.ceil(oldest / 60e6); at * 60e6 < to; at++) value.push(bucket(at * 60, 100))
          return { ok: true, value }
        },
      },
    })
    const run = await lab.start()
    await lab.until(run, ({ status }) => status === 'observing')
    for (let minutes = 0; minutes < 310; minutes += 5) await lab.round(run, 300_000)
    await lab.toEnd(run)
    const kept = (await lab.ports.evidence.ofRun(run)).filter(({ kind }) => kind === 'cloudwatch')
    expect(kept.length).toBeGreaterThanOrEqual(5)
    const found = await recompute(await bundleOf(lab, run), readerOf(lab))
    expect(found).toMatchObject({ faults: [], isEqual: true })
    const readings = await Promise.all(
      kept.map(async ({ hash }) => readingOf((await lab.ports.evidence.get(hash)) ?? new Uint8Array())),
    )
    const buckets = (all: typeof readings) => mergedReadings(all).probeMetrics?.[0]?.buckets ?? []
    expect(buckets(readings).length).toBeGreaterThan(295)
    // Control: the last reading alone has lost the first hours.
    expect(buckets(readings.slice(-1)).length).toBeLessThan(200)
  })
})
