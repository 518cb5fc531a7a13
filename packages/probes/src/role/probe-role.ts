import type {
  CallClock,
  CompiledEnvironment,
  CompiledScenario,
  DefinitionStore,
  MarkerPaths,
  MarkerStore,
  Metrics,
  RunId,
  RunRow,
  RunStore,
  Samples,
} from '@firedrill/core'
import { createMarkerKeeper } from '../markers/marker-keeper.ts'
import type { MarkerTrouble } from '../markers/marker-writer.ts'
import { readAnchor } from '../schedule/world-time.ts'
import { probeRun, type ProbedRun } from './probed-run.ts'

/** What went wrong while probing. Nothing of it stops the probes. */
export type ProbeTrouble =
  /** The list of runs could not be read; those that are probed go on. */
  | Readonly<{ kind: 'poll'; error: unknown }>
  /** A run's probes could not be started; it is tried again at the next poll. */
  | Readonly<{ kind: 'start'; runId: RunId; error: unknown }>
  /** Samples or metrics were not taken; they are kept and tried again. */
  | Readonly<{ kind: 'append' | 'publish'; runId: RunId; error: unknown; pending: number }>
  /** Samples or metrics were given up for good. */
  | Readonly<{ kind: 'lost-samples' | 'lost-metrics'; runId: RunId; count: number }>
  /** A marker could not be written, read, recorded or taken out; it is tried again. */
  | MarkerTrouble

/** What the probe role needs: ports of core, and a place to say what goes wrong. */
export type ProbeRolePorts = Readonly<{
  runs: Pick<RunStore, 'probed' | 'now' | 'get'>
  definitions: Pick<DefinitionStore, 'byHash'>
  samples: Pick<Samples, 'append' | 'read' | 'noteClocks'>
  metrics: Pick<Metrics, 'publish'>
  markers: MarkerStore
  markerPaths: MarkerPaths
  clock: CallClock
  onTrouble: (trouble: ProbeTrouble) => void
  /** How often the list of runs is read, real time; default 150. `never`: only when `look` is called. */
  pollMs?: number | 'never'
}>

/** The probe role of a worker: a process of its own, so that no other process that dies leaves a gap in the samples. */
export type ProbeRole = Readonly<{
  /** Runs that are being probed now. */
  probing(): readonly RunId[]
  /** Reads the list of runs now; starts and stops probes accordingly. Never rejects. */
  look(): Promise<void>
  /** Stops every prober and hands over what is left. */
  stop(): Promise<void>
}>

const POLL_MS = 150
/** How often the prober's clock is compared with the platform's, besides when a run begins and ends. Real time. */
const COMPARE_EVERY_MS = 5000

/**
 * Keeps the probes of every run going that must have them: starts them when a run appears in the list, follows its
 * environment's clock, stops them when it leaves. When the store is away, probing goes on and samples wait.
 */
export function createProbeRole(ports: ProbeRolePorts): ProbeRole {
  const { clock, onTrouble } = ports
  const running = new Map<RunId, ProbedRun>()
  const stopping = new AbortController()
  const ending = new Set<Promise<void>>()
  const markers = createMarkerKeeper({
    definitionsOf: (row) => definitionsOf(row, ports),
    runs: ports.runs,
    platformNow: () => ports.runs.now(),
    store: ports.markers,
    paths: ports.markerPaths,
    clock,
    onTrouble,
  })

  const follow = async () => {
    const rows = await ports.runs.probed()
    const wanted = new Map(rows.map((row) => [row.id, row]))
    await compare(rows)
    for (const [id, run] of running) {
      const row = wanted.get(id)
      if (row !== undefined) {
        run.setClock(row.clock)
        continue
      }
      running.delete(id)
      const end = run.stop()
      ending.add(end)
      void end.finally(() => ending.delete(end))
    }
    for (const row of rows) {
      if (running.has(row.id) || stopping.signal.aborted) continue
      try {
        running.set(row.id, await start(row, ports))
      } catch (error) {
        onTrouble({ kind: 'start', runId: row.id, error })
      }
    }
    await markers.look(rows.filter(({ id }) => running.has(id)))
  }

  let comparedMs = Number.NEGATIVE_INFINITY
  let compared = 0

  /** Compares the clocks of every run, again when one has begun or is about to end. A world that stands still has only its own. */
  const compare = async (rows: readonly RunRow[]) => {
    const isRunning = rows.filter(({ id, clock: { rate } }) => rate !== 0 && running.has(id)).length
    const isEnding = running.size > isRunning
    if (compared === 0 && isRunning === 0) return
    const sentMs = clock.monotonicMs()
    if (isRunning === compared && !isEnding && sentMs - comparedMs < COMPARE_EVERY_MS) return
    const platform = await ports.runs.now()
    comparedMs = clock.monotonicMs()
    compared = isRunning
    for (const run of running.values()) run.compared({ sentMs, receivedMs: comparedMs, platform })
  }

  const look = () => follow().catch((error: unknown) => onTrouble({ kind: 'poll', error }))

  const loop = async (everyMs: number) => {
    while (!stopping.signal.aborted) {
      await look()
      await clock.sleep(everyMs, stopping.signal)
    }
  }
  const looping = ports.pollMs === 'never' ? Promise.resolve() : loop(ports.pollMs ?? POLL_MS)

  return {
    probing: () => [...running.keys()],
    look,
    stop: async () => {
      stopping.abort()
      await looping
      await Promise.all([...running.values()].map((run) => run.stop()))
      running.clear()
      await Promise.all(ending)
      await markers.stop()
    },
  }
}

async function start(row: RunRow, ports: ProbeRolePorts): Promise<ProbedRun> {
  const { scenario, environment } = await definitionsOf(row, ports)
  const anchor = await readAnchor(
    () => ports.runs.now(),
    () => ports.clock.monotonicMs(),
  )
  return probeRun({
    runId: row.id,
    scenario,
    environment,
    environmentClock: row.clock,
    anchor,
    clock: ports.clock,
    samples: ports.samples,
    metrics: ports.metrics,
    onTrouble: ports.onTrouble,
  })
}

async function definitionsOf(
  row: RunRow,
  { definitions }: ProbeRolePorts,
): Promise<Readonly<{ scenario: CompiledScenario; environment: CompiledEnvironment }>> {
  const [scenario, environment] = await Promise.all([
    definitions.byHash(row.teamId, 'scenario', row.state.scenario.hash),
    definitions.byHash(row.teamId, 'environment', row.state.environment.hash),
  ])
  if (scenario === undefined || environment === undefined) {
    throw new Error(`the pinned definitions of ${row.id} are not in the store`)
  }
  return { scenario: scenario.compiled, environment: environment.compiled }
}
