import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  measure,
  platformInstant,
  REAL_CLOCK,
  worldInstant,
  type CompiledProbe,
  type Sample,
} from '@firedrill/core'
import { createProber } from '@firedrill/probes'
import { systemClock } from '@firedrill/runtime'
import { buildScenario, seededRandom } from '@firedrill/testkit'

/** One outage of a real server: how long it lasted on the server's side, and what the probes made of it. Microseconds. */
export type OutageSeen = Readonly<{
  truth: number
  /**
   * The middle of the shortest and the longest that it can have been by the starts of the probes around its ends. Absent: not
   * seen.
   */
  estimate: number | undefined
  interval: Readonly<{ lo: number; hi: number | null }> | undefined
}>

/** The shortest period that scenarios may have, so that many outages take little time. */
export const PERIOD_MS = 100
const BEFORE_MS = 1200
const AFTER_MS = 2000
const SHORTEST_MS = 500
const LONGEST_MS = 1500

/** Takes a server of its own down and up again under a real prober. The server's own clock reading is the truth. */
export async function seeOutage(seed: number): Promise<OutageSeen> {
  const random = seededRandom(seed)
  let isDown = false
  const server = createServer((_, response) => response.writeHead(isDown ? 503 : 200).end())
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const samples: Sample[] = []
  const startMs = systemClock.monotonicMs()
  const anchor = { monotonicMs: startMs, platform: platformInstant(1_767_225_600_000_000) }
  const probe: CompiledProbe = {
    kind: 'http',
    name: 'front',
    periodMs: PERIOD_MS,
    timeoutMs: PERIOD_MS,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    method: 'GET',
    status: [200],
  }
  const prober = createProber({
    probes: [probe],
    vantages: [{ name: 'here' }],
    anchor,
    environmentClock: REAL_CLOCK,
    clock: systemClock,
    onSample: (sample) => void samples.push(sample),
  })
  try {
    await systemClock.sleep(BEFORE_MS + random.next() * PERIOD_MS)
    isDown = true
    const downMs = systemClock.monotonicMs()
    await systemClock.sleep(SHORTEST_MS + random.next() * (LONGEST_MS - SHORTEST_MS))
    isDown = false
    const upMs = systemClock.monotonicMs()
    await systemClock.sleep(AFTER_MS)
    await prober.stop()
    const ordered = samples.toSorted((a, b) => a.start - b.start)
    return { truth: Math.round((upMs - downMs) * 1000), ...judge(ordered, probe) }
  } finally {
    await prober.stop()
    server.closeAllConnections()
    server.close()
  }
}

function judge(samples: readonly Sample[], probe: CompiledProbe): Pick<OutageSeen, 'estimate' | 'interval'> {
  const bad = samples.filter(({ outcome }) => outcome === 'bad')
  const [first, last] = [bad[0], bad.at(-1)]
  const before = samples.findLast(({ start, outcome }) => outcome === 'good' && start < (first?.start ?? 0))
  const after = samples.find(({ start, outcome }) => outcome === 'good' && start > (last?.start ?? Infinity))
  const [objective] = buildScenario().objectives
  const measured = measure({
    scenario: buildScenario({
      probes: [probe],
      objectives:
        objective?.kind === 'recovery-time'
          ? [{ ...objective, sustained: { goodInARow: 3, holdMs: 1000 } }]
          : [],
    }),
    vantages: ['here'],
    samples,
    faultsConfirmed: true,
    injected: injectedBefore(first),
    provisional: false,
    observedTo: worldInstant(samples.at(-1)?.end ?? 0),
    evidence: [],
  })
  const observed = measured.objectives[0]?.observed
  return {
    estimate: middleOf(before, first, last, after),
    interval: observed === undefined ? undefined : { lo: observed.lo, hi: observed.hi ?? null },
  }
}

function middleOf(
  before: Sample | undefined,
  first: Sample | undefined,
  last: Sample | undefined,
  after: Sample | undefined,
): number | undefined {
  if (before === undefined || first === undefined || last === undefined || after === undefined)
    return undefined
  return (last.start - first.start + after.start - before.start) / 2
}

function injectedBefore(first: Sample | undefined) {
  if (first === undefined) return undefined
  const at = worldInstant(first.start - PERIOD_MS * 2000)
  return { lo: at, hi: at }
}
