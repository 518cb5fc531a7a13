import { strokesOf, type ClockReading, type Sample, type Samples } from '@firedrill/core'
import type { MemoryData } from './memory-data.ts'

/** In-memory `Samples`. */
export function memorySamples(data: MemoryData): Samples {
  const read: Samples['read'] = async (runId, range = {}) =>
    [...(data.samples.get(runId)?.values() ?? [])]
      .filter(({ start }) => start >= (range.from ?? -Infinity) && start < (range.to ?? Infinity))
      .filter(({ probe }) => probe === (range.probe ?? probe))
      .filter(({ vantage }) => vantage === (range.vantage ?? vantage))
      .sort((a, b) => a.start - b.start || compare(a.probe, b.probe) || compare(a.vantage, b.vantage))
  return {
    append: async (runId, samples) => {
      if (!data.runs.has(runId)) throw new Error(`there is no run ${runId}`)
      const kept = data.samples.get(runId) ?? new Map<string, Sample>()
      data.samples.set(runId, kept)
      for (const sample of samples) {
        const key = `${sample.probe}/${sample.vantage}/${sample.start}`
        if (!kept.has(key)) kept.set(key, structuredClone(sample))
      }
    },
    read,
    draw: async (runId, range, strokesMax) => {
      const lanes = Map.groupBy(await read(runId, range), ({ probe, vantage }) => `${probe}\n${vantage}`)
      return [...lanes.values()]
        .flatMap((samples) => {
          const [first] = samples
          if (first === undefined) return []
          const strokes = strokesOf(samples, Math.ceil(samples.length / strokesMax))
          return [{ probe: first.probe, vantage: first.vantage, strokes }]
        })
        .sort((a, b) => compare(a.probe, b.probe) || compare(a.vantage, b.vantage))
    },
    // Memory holds them once, however they are told to lie.
    seal: async () => undefined,
    noteClocks: async (runId, readings) => {
      const kept = data.clockReadings.get(runId) ?? new Map<string, ClockReading>()
      data.clockReadings.set(runId, kept)
      for (const reading of readings) {
        const key = `${reading.clock}/${reading.at}`
        if (!kept.has(key)) kept.set(key, structuredClone(reading))
      }
    },
    clocks: async (runId) =>
      [...(data.clockReadings.get(runId)?.values() ?? [])].sort(
        (a, b) => compare(a.clock, b.clock) || a.at - b.at,
      ),
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
