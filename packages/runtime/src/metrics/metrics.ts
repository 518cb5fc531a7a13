import type { Registry } from 'prom-client'

/** A set of words that a value is told apart by. Never a run, a target or anything else that there is no end of. */
export type Labels = Readonly<Record<string, string>>

/** Observes lengths of time in seconds. */
export type Timer = (labels: Labels, seconds: number) => void

/** One reading of a gauge, once for each set of labels. */
export type Reading = Readonly<{ labels?: Labels; value: number }>

/** A gauge that is read when somebody looks. */
export type Gauge = Readonly<{ name: string; help: string; labels?: readonly string[] }>

/** Metrics of one process in Prometheus's text form, with those of Node itself. Names begin with `firedrill_`, units are base units. */
export type ProcessMetrics = Readonly<{
  timer(name: string, help: string, labels: readonly string[]): Timer
  /** `read` is asked at each look and answers the readings by gauge, in the order of `gauges`. */
  gauges(gauges: readonly Gauge[], read: () => Promise<readonly (readonly Reading[])[]>): void
  render(): Promise<Readonly<{ contentType: string; text: string }>>
}>

/** From what a database answers at once to what people wait for. */
const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]

/** Metrics of this process. `part`: which process of the platform it is. The library is loaded only where somebody asks for them. */
export async function openMetrics(part: string): Promise<ProcessMetrics> {
  const { collectDefaultMetrics, Gauge, Histogram, Registry: NewRegistry } = await import('prom-client')
  const registry: Registry = new NewRegistry()
  registry.setDefaultLabels({ part })
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const refreshes: (() => Promise<void>)[] = []
  const stateRead = () =>
    new Gauge({
      name: 'firedrill_state_read',
      help: '1 when the state of the platform could be read for this answer; what is about it is left out otherwise',
      registers,
    })
  return {
    timer: (name, help, labels) => {
      const histogram = new Histogram({ name, help, labelNames: [...labels], buckets: SECONDS, registers })
      return (labels, seconds) => histogram.observe({ ...labels }, seconds)
    },
    gauges: (wanted, read) => {
      const made = wanted.map(
        ({ name, help, labels = [] }) => new Gauge({ name, help, labelNames: [...labels], registers }),
      )
      const isRead = stateRead()
      refreshes.push(async () => {
        try {
          const readings = await read()
          for (const [i, gauge] of made.entries()) {
            gauge.reset()
            for (const { labels = {}, value } of readings[i] ?? []) gauge.set({ ...labels }, value)
          }
          isRead.set(1)
        } catch {
          // A scrape says that it could not be read; a value of before would be taken for one of now.
          for (const [i, gauge] of made.entries()) {
            gauge.reset()
            // A reset makes one without labels zero, which is a statement.
            if (wanted[i]?.labels === undefined) gauge.remove()
          }
          isRead.set(0)
        }
      })
    },
    render: async () => {
      await Promise.all(refreshes.map((refresh) => refresh()))
      return { contentType: registry.contentType, text: await registry.metrics() }
    },
  }
}
