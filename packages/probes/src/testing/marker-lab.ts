import {
  worldInstant,
  type CallClock,
  type CompiledMarker,
  type MarkerObservations,
  type MarkerPath,
  type RunId,
} from '@firedrill/core'
import {
  buildEnvironment,
  buildRunCreated,
  buildScenario,
  memoryStores,
  PERSON,
  TEAM,
} from '@firedrill/testkit'
import { platformInstant, REAL_CLOCK } from '@firedrill/core'
import { writeMarkers, type MarkerTrouble, type MarkerWriterOptions } from '../markers/marker-writer.ts'
import type { WorldTime } from '../schedule/world-time.ts'
import { hostClock } from './loopback.ts'

export const MARKED_RUN = 'run_00000000000000000000000042' as RunId

/** A run in memory whose marker can be written. `clock` is what the writer and the waiting go by. */
export async function markerLab(
  marker: CompiledMarker,
  world: WorldTime,
  clock: CallClock = hostClock,
  patience: Readonly<{ pollMs: number; limitMs: number }> = { pollMs: 20, limitMs: 15_000 },
) {
  const stores = memoryStores(() => platformInstant(Date.now() * 1000))
  await stores.runs.create({
    id: MARKED_RUN,
    teamId: TEAM,
    drillId: 'drl_00000000000000000000000001' as never,
    clock: REAL_CLOCK,
    created: buildRunCreated({ scenario: buildScenario(), environment: buildEnvironment() }),
    actor: PERSON,
  })
  const troubles: MarkerTrouble[] = []
  const record = async () => {
    const [found] = await stores.markers.read(MARKED_RUN)
    if (found === undefined) throw new Error('nothing was written')
    return found
  }
  return {
    markers: stores.markers,
    troubles,
    record,
    observations: async (): Promise<MarkerObservations> => ({
      order: marker.order,
      periodMs: marker.periodMs,
      ...(await record()),
    }),
    start: (path: MarkerPath, more: Partial<MarkerWriterOptions> = {}) =>
      writeMarkers({
        runId: MARKED_RUN,
        marker,
        path,
        store: stores.markers,
        clock,
        world: () => world,
        onTrouble: (trouble) => void troubles.push(trouble),
        ...more,
      }),
    /** Waits until the record shows something. */
    until: async (isSo: (record: Awaited<ReturnType<typeof stores.markers.read>>[number]) => boolean) => {
      const limit = clock.monotonicMs() + patience.limitMs
      for (;;) {
        const [found] = await stores.markers.read(MARKED_RUN)
        if (found !== undefined && isSo(found)) return
        if (clock.monotonicMs() > limit)
          throw new Error(`it did not happen in time: ${JSON.stringify(troubles.at(-1))}`)
        await clock.sleep(patience.pollMs)
      }
    },
  }
}

/** The beginning of time: every write counts. */
export const FROM_THE_START = { from: worldInstant(0) }
