import { join } from 'node:path'
import type { Client } from '@firedrill/contracts'
import { verifyReport, type Verification } from '@firedrill/report'
import { isSignedBy, keyIdOf, parsePublicKey, sha256, sha256Bytes, systemClock } from '@firedrill/runtime'
import { seededRandom } from '@firedrill/testkit'
import { rounded, type Bench, type Figure } from '../figures/figure.ts'
import { freePortBase } from '../sandbox/port-base.ts'
import { prepareStates } from '../sandbox/prepared-state.ts'
import { ROOT, startSandbox } from '../sandbox/start-sandbox.ts'
import { waitUntil } from '../sandbox/wait-until.ts'

const SEED = 1
const HOUR = join(ROOT, 'apps/bench/scenarios/hour.yaml')
const SAMPLES = 100_000
const REGENERATIONS = 100
const FLIPS = 1000
const DONE_MS = 900_000
/** Promised for the page without its data. */
const PAGE_KB = 600

/** A one-hour drill with 10^5 samples: how fast its report is there, whether it stays the same, and whether changes are noticed. */
export const report: Bench = {
  name: 'report',
  about:
    'the report of an hour with 100,000 samples: time, size, same bytes 100 times, 1,000 flipped bytes noticed',
  async *run({ seed = SEED, say }) {
    const states = await prepareStates()
    try {
      const stateDir = states.fresh()
      const sandbox = startSandbox({
        stateDir,
        portBase: await freePortBase(),
        args: ['--lockstep', '--world', 'no-failover', '--scenario', HOUR, '--seed', String(seed)],
      })
      try {
        await waitUntil('the hour is over', DONE_MS, () =>
          sandbox.said().includes('Everything stays up') ? true : undefined,
        )
        yield* figures(await sandbox.client(), seed, say)
      } finally {
        await sandbox.stop()
      }
    } finally {
      states.remove()
    }
  },
}

async function* figures(client: Client, seed: number, say: (line: string) => void): AsyncGenerator<Figure> {
  const about = { bench: 'report', backend: null, seed } as const
  const [run] = await client.runs.list({ limit: 1 })
  if (run === undefined) throw new Error('no run was booked')
  const lanes = await client.runs.samples(run.id, { points: 10 })
  const samples = lanes.reduce((sum, { good, bad, unusable }) => sum + good + bad + unusable, 0)
  yield { ...about, figure: 'samples', value: samples, unit: 'count', goal: SAMPLES, better: 'higher' }

  const beganMs = systemClock.monotonicMs()
  const html = await client.runs.report(run.id, 'html')
  const firstS = (systemClock.monotonicMs() - beganMs) / 1000
  yield { ...about, figure: 'report ready', value: rounded(firstS), unit: 's', goal: 5, better: 'lower' }
  const bytes = new TextEncoder().encode(html)
  const page = html.replaceAll(/<script type="application\/json".*?<\/script>/gs, '')
  say(`run ${run.number}: ${run.seq} events, ${samples} samples, ${bytes.byteLength} bytes`)
  const kb = Buffer.byteLength(page) / 1000
  yield {
    ...about,
    figure: 'page without its data',
    value: rounded(kb * 1000),
    unit: 'bytes',
    goal: PAGE_KB * 1000,
    better: 'lower',
  }

  const hashes = new Set([sha256(html)])
  for (let i = 0; i < REGENERATIONS; i++) hashes.add(sha256(await client.runs.report(run.id, 'html')))
  yield {
    ...about,
    figure: 'different reports of 100',
    value: hashes.size,
    unit: 'count',
    goal: 1,
    better: 'lower',
  }

  const key = parsePublicKey((await client.signingKey()).pem)
  if (key === undefined) throw new Error('the API has no key')
  const whole = look(bytes, key)
  if (whole.authenticity !== 'genuine') throw new Error(`as it was written it is ${whole.authenticity}`)
  yield* flips(bytes, key, seed, about)
}

type About = Readonly<{ bench: string; backend: null; seed: number }>

function* flips(bytes: Uint8Array, key: string, seed: number, about: About): Generator<Figure> {
  const random = seededRandom(seed)
  let noticed = 0
  let missedWithoutHash = 0
  const sealed = /"page":"([0-9a-f]{64})"/.exec(new TextDecoder().decode(bytes))?.[1] ?? ''
  for (let i = 0; i < FLIPS; i++) {
    const flipped = bytes.slice()
    const at = Math.floor(random.next() * flipped.length)
    flipped[at] = (flipped[at] ?? 0) ^ (1 << Math.floor(random.next() * 8))
    if (look(flipped, key).authenticity === 'changed') noticed++
    if (look(flipped, key, () => sealed).authenticity === 'genuine') missedWithoutHash++
  }
  yield {
    ...about,
    figure: 'flipped bytes noticed of 1,000',
    value: noticed,
    unit: 'count',
    goal: FLIPS,
    better: 'higher',
  }
  yield {
    ...about,
    figure: 'control: missed without the hash over the page',
    value: missedWithoutHash,
    unit: 'count',
    goal: 1,
    better: 'higher',
  }
}

function look(bytes: Uint8Array, key: string, hashBytes = sha256Bytes): Verification {
  return verifyReport(
    bytes,
    { keys: [key], copies: [] },
    { sha256, sha256Bytes: hashBytes, isSignedBy, keyIdOf },
  )
}
