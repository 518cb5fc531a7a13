import type {
  BoundedSample,
  CallClock,
  PlatformInstant,
  RemoteProbing,
  RemoteRun,
  RemoteWork,
  RunId,
} from '@firedrill/core'
import { createBatcher } from '../schedule/batcher.ts'
import { createProber } from '../schedule/prober.ts'
import { readAnchor, type Anchor } from '../schedule/world-time.ts'
import { createClockBound, type ClockBound } from './clock-bound.ts'

/** What went wrong, and what began and ended. Nothing of it stops the prober. */
export type RemoteTrouble =
  | Readonly<{ kind: 'begun' | 'ended'; runId: RunId }>
  /** The platform could not be asked; what is probed goes on. */
  | Readonly<{ kind: 'poll'; error: unknown }>
  /** Samples wait, because the platform did not take them. */
  | Readonly<{ kind: 'waiting'; runId: RunId; error: unknown; pending: number }>
  /** Samples were given up for good. */
  | Readonly<{ kind: 'lost'; runId: RunId; count: number }>

/** What a remote prober needs. */
export type RemoteProberOptions = Readonly<{
  vantage: string
  platform: RemoteProbing
  clock: CallClock
  /** Instead of those that the environment names. */
  resolver?: string | undefined
  proxy?: string | undefined
  onTrouble: (trouble: RemoteTrouble) => void
  /** How often the platform is asked what there is to do; real time, default 1000. */
  pollMs?: number
}>

/** Probes from where it runs, and reports to the platform. */
export type RemoteProber = Readonly<{
  probing(): readonly RunId[]
  /** Ends all probes and hands over what is left, for a few seconds at most. */
  stop(): Promise<void>
}>

type Watched = Readonly<{ follow: (run: RemoteRun) => void; stop: () => Promise<void> }>

const POLL_MS = 1000
const REPORT_EVERY_MS = 500
const REPORT_MAX = 1000
/** Hours of samples, in case the platform is away for hours. */
const REPORT_KEEP = 200_000
const DRAIN_MS = 5000

/**
 * Probes every run that has the vantage, for as long as the platform says so. While the platform cannot be reached the
 * probes go on and samples wait, each with the bound of this clock at the time it was taken.
 */
export function createRemoteProber(options: RemoteProberOptions): RemoteProber {
  const { platform, vantage, clock, onTrouble } = options
  const watched = new Map<RunId, Watched>()
  const stopping = new AbortController()
  let time: Readonly<{ anchor: Anchor; bound: ClockBound }> | undefined

  const ask = async (): Promise<RemoteWork> => {
    const sentMs = clock.monotonicMs()
    const work = await platform.work(vantage)
    time?.bound.add({ sentMs, receivedMs: clock.monotonicMs(), platform: work.platformAt })
    return work
  }
  const setClock = async () => {
    const read = async (): Promise<PlatformInstant> => (await platform.work(vantage)).platformAt
    const anchor = await readAnchor(read, () => clock.monotonicMs())
    time = { anchor, bound: createClockBound(anchor) }
    return time
  }

  const look = async () => {
    const { anchor, bound } = time ?? (await setClock())
    const { runs } = await ask()
    const wanted = new Map(runs.map((run) => [run.id, run]))
    for (const [id, run] of watched) {
      const wish = wanted.get(id)
      if (wish !== undefined) {
        run.follow(wish)
        continue
      }
      watched.delete(id)
      await run.stop()
      onTrouble({ kind: 'ended', runId: id })
    }
    for (const run of runs) {
      if (watched.has(run.id) || stopping.signal.aborted) continue
      watched.set(run.id, watch(run, anchor, bound, options))
      onTrouble({ kind: 'begun', runId: run.id })
    }
  }

  const loop = async () => {
    while (!stopping.signal.aborted) {
      await look().catch((error: unknown) => onTrouble({ kind: 'poll', error }))
      await clock.sleep(options.pollMs ?? POLL_MS, stopping.signal)
    }
  }
  const looping = loop()

  return {
    probing: () => [...watched.keys()],
    stop: async () => {
      stopping.abort()
      await looping
      await Promise.all([...watched.values()].map((run) => run.stop()))
      watched.clear()
    },
  }
}

function watch(run: RemoteRun, anchor: Anchor, bound: ClockBound, options: RemoteProberOptions): Watched {
  const { vantage, platform, clock, onTrouble } = options
  const resolver = options.resolver ?? run.resolver
  let rate = run.clock.rate
  let refused = 0
  const reports = createBatcher<BoundedSample>({
    deliver: async (batch) => {
      if ((await platform.report(run.id, vantage, batch)) === 'refused') refused += batch.length
    },
    clock,
    everyMs: REPORT_EVERY_MS,
    batchMax: REPORT_MAX,
    keepMax: REPORT_KEEP,
    onFailure: (error, pending) => onTrouble({ kind: 'waiting', runId: run.id, error, pending }),
  })
  const prober = createProber({
    probes: run.probes,
    vantages: [{ name: vantage, ...(resolver === undefined ? {} : { resolver }) }],
    proxy: options.proxy ?? run.proxy,
    ca: run.ca,
    anchor,
    environmentClock: run.clock,
    clock,
    onSample: (sample) => {
      const clockErrorMicros = Math.ceil(bound.errorMicros(clock.monotonicMs()) * rate)
      reports.add({ ...sample, clockErrorMicros })
    },
  })
  return {
    follow: (next) => {
      rate = next.clock.rate
      prober.setClock(next.clock)
    },
    stop: async () => {
      await prober.stop()
      const left = await reports.close(DRAIN_MS)
      const count = left + reports.lost() + refused
      if (count > 0) onTrouble({ kind: 'lost', runId: run.id, count })
    },
  }
}
