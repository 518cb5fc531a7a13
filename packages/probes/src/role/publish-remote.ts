import type { CallClock, CompiledProbe, RunId, Sample, Samples } from '@firedrill/core'

/** What publishing the samples of remote vantages needs. */
export type RemotePublisherOptions = Readonly<{
  runId: RunId
  vantages: readonly string[]
  probes: readonly CompiledProbe[]
  samples: Pick<Samples, 'read'>
  clock: CallClock
  /** Takes each sample once. */
  publish: (sample: Sample) => void
  onFailure: (error: unknown) => void
}>

/** Publishes until it is stopped; then what came in late too. */
export type RemotePublisher = Readonly<{ stop(): Promise<void> }>

/** How often what remote probers handed in is looked for, real time. */
const LOOK_EVERY_MS = 3000
/** What comes in later than this, in world time, is published at the end. */
const LATE_MICROS = 60_000_000
/** What comes in later than this is not published: the samples are the record, and a metric with a gap says less, not wrong. */
const TOO_LATE_MICROS = 900_000_000
const SECOND_MICROS = 1_000_000

/**
 * Publishes what remote probers handed in, just as the samples of this prober are. They go by way of the platform, since only
 * it may publish, and since only there their clock's error is known. Begun again it publishes the same once more, which changes
 * counts and no value.
 */
export function publishRemote(options: RemotePublisherOptions): RemotePublisher {
  const { runId, samples, clock, publish, onFailure } = options
  const timeouts = new Map(options.probes.map(({ name, timeoutMs }) => [name, timeoutMs]))
  const streams = options.vantages.map((vantage) => ({
    vantage,
    latest: 0,
    known: new Map<string, number>(),
  }))
  const stopping = new AbortController()

  const look = async (windowMicros: number) => {
    for (const stream of streams) {
      const { vantage, known } = stream
      const from = Math.max(0, stream.latest - windowMicros) as Sample['start']
      for (const sample of await samples.read(runId, { vantage, from })) {
        const key = `${sample.probe} ${sample.start}`
        if (known.has(key)) continue
        known.set(key, sample.start)
        stream.latest = Math.max(stream.latest, sample.start)
        if (fits(sample, timeouts.get(sample.probe) ?? 0)) publish(sample)
      }
      for (const [key, start] of known) if (start < stream.latest - TOO_LATE_MICROS) known.delete(key)
    }
  }
  const lookIfPossible = (windowMicros: number) => look(windowMicros).catch(onFailure)

  const loop = async () => {
    while (!stopping.signal.aborted) {
      await clock.sleep(LOOK_EVERY_MS, stopping.signal)
      await lookIfPossible(LATE_MICROS)
    }
  }
  const looping = streams.length === 0 ? Promise.resolve() : loop()
  return {
    stop: async () => {
      stopping.abort()
      await looping
      await lookIfPossible(TOO_LATE_MICROS)
    },
  }
}

/**
 * Readers of the metric know of a probe that it was over a timeout after its second. A sample whose start and end were moved
 * apart so far, by what its prober's clock may be off, that this would not hold is left out.
 */
function fits({ start, end }: Sample, timeoutMs: number): boolean {
  return (start % SECOND_MICROS) + (end - start) <= SECOND_MICROS + timeoutMs * 1000
}
