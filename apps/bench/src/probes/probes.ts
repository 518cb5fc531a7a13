import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import { text } from 'node:stream/consumers'
import type { ProbeOutcome } from '@firedrill/core'
import { quantile, rounded, type Bench, type Figure } from '../figures/figure.ts'
import { PERIOD_MS, seeOutage, type OutageSeen } from './outages.ts'

const TARGETS = 200
const SECONDS = { default: 20, full: 120 } as const
const OUTAGES = { default: 200, full: 400 } as const
/** So many at a time: more would measure this machine instead of the probes. */
const AT_A_TIME = 20
const SEED = 1
const about = { bench: 'probes', backend: null, seed: SEED } as const

/** What the prober's process prints. */
type Ran = Readonly<{
  lateMs: readonly number[]
  counts: Readonly<Record<ProbeOutcome, number>>
  cores: number
  memory: number
}>

/** What a prober takes of a machine, how punctual it is, and how well it times outages whose length is known. */
export const probes: Bench = {
  name: 'probes',
  about: '200 targets at 1 s from one process, and the length of outages of real servers',
  async *run({ size, say }) {
    yield* manyTargets(SECONDS[size], say)
    yield* outages(OUTAGES[size], say)
  },
}

async function* manyTargets(seconds: number, say: (line: string) => void): AsyncGenerator<Figure> {
  const server = createServer((_, response) => response.end('ok')).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const program = fileURLToPath(new URL('prober-process.ts', import.meta.url))
  const args = [
    '--disable-warning=ExperimentalWarning',
    program,
    String(port),
    String(TARGETS),
    String(seconds),
  ]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const { lateMs, counts, cores, memory } = JSON.parse(await text(child.stdout)) as Ran
  server.closeAllConnections()
  server.close()
  say(
    `${TARGETS} targets for ${seconds} s: ${counts.good} good, ${counts.bad} bad, ${counts.unusable} unusable`,
  )
  const lower = { ...about, better: 'lower' } as const
  yield { ...lower, figure: 'lateness-p50', value: rounded(quantile(lateMs, 0.5)), unit: 'ms', goal: null }
  yield { ...lower, figure: 'lateness-p99', value: rounded(quantile(lateMs, 0.99)), unit: 'ms', goal: 20 }
  yield { ...lower, figure: 'cpu', value: Math.round(cores * 100) / 100, unit: 'cores', goal: 1 }
  yield { ...lower, figure: 'memory', value: rounded(memory), unit: 'MB', goal: 150 }
}

async function* outages(count: number, say: (line: string) => void): AsyncGenerator<Figure> {
  const seen: OutageSeen[] = []
  for (let from = 0; from < count; from += AT_A_TIME) {
    const seeds = Array.from({ length: Math.min(AT_A_TIME, count - from) }, (_, i) => SEED + from + i)
    seen.push(...(await Promise.all(seeds.map((seed) => seeOutage(seed)))))
  }
  const errors = seen.map(({ truth, estimate }) =>
    estimate === undefined ? Infinity : Math.abs(estimate - truth) / (PERIOD_MS * 1000),
  )
  const contained = seen.filter(({ truth, interval }) => isIn(truth, interval)).length
  say(`${count} outages of real servers at a period of ${PERIOD_MS} ms`)
  yield {
    ...about,
    figure: 'outages-within-a-period',
    value: errors.filter((error) => error <= 1).length,
    unit: 'count',
    better: 'higher',
    goal: count,
  }
  yield {
    ...about,
    figure: 'outage-error-max',
    value: rounded(Math.max(...errors)),
    unit: 'periods',
    better: 'lower',
    goal: null,
  }
  yield {
    ...about,
    figure: 'intervals-with-the-truth',
    value: contained,
    unit: 'count',
    better: 'higher',
    goal: count,
  }
}

function isIn(truth: number, interval: OutageSeen['interval']): boolean {
  if (interval === undefined) return false
  return interval.lo <= truth && (interval.hi === null || truth <= interval.hi)
}
