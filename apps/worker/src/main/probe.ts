import type { EnvironmentClock, RunRow } from '@firedrill/core'
import { createMarkerPaths, createProbeRole, type ProbeRole, type ProbeTrouble } from '@firedrill/probes'
import type { Worker } from './compose.ts'

/** The role `probe`: watches the systems under drill. A process of its own, so that no other death leaves a gap. */
export function probe(worker: Worker): void {
  const role = openProbeRole(worker)
  worker.shutdown.add('probers', () => role.stop())
  worker.log.info('probing')
}

/** The probes of every run. In lockstep nothing of it happens but when it is told to look. */
export function openProbeRole(worker: Worker): ProbeRole {
  const { ports } = worker
  return createProbeRole({
    runs: {
      now: () => ports.runs.now(),
      get: (teamId, id) => ports.runs.get(teamId, id),
      probed: async () => Promise.all((await ports.runs.probed()).map(withCurrentClock)),
    },
    definitions: ports.definitions,
    samples: ports.samples,
    metrics: ports.metrics,
    markers: worker.stores.markers,
    markerPaths: createMarkerPaths(process.env),
    clock: ports.calls,
    onTrouble: (trouble) => report(worker, trouble),
    ...(worker.lockstep === undefined ? {} : { pollMs: 'never' as const }),
  })

  /** The stored clock may have run on while a simulated world stood still; samples must carry the world's own time. */
  async function withCurrentClock(row: RunRow): Promise<RunRow> {
    const environment = await ports.definitions.byHash(row.teamId, 'environment', row.state.environment.hash)
    if (environment === undefined) return row
    const clock: EnvironmentClock = await ports.clockOf(row.teamId, environment.compiled)
    return { ...row, clock }
  }
}

function report({ log }: Worker, trouble: ProbeTrouble): void {
  switch (trouble.kind) {
    case 'poll':
      log.warn({ err: trouble.error }, 'the list of runs could not be read')
      return
    case 'start':
      log.error({ runId: trouble.runId, err: trouble.error }, 'the probes of a run could not be started')
      return
    case 'append':
    case 'publish':
      log.warn(
        { runId: trouble.runId, err: trouble.error, pending: trouble.pending },
        `probe results wait: ${trouble.kind} failed`,
      )
      return
    case 'marker-path':
      log.warn({ runId: trouble.runId, marker: trouble.marker, err: trouble.error }, 'a marker is in trouble')
      return
    case 'marker-record':
      log.warn(
        { runId: trouble.runId, marker: trouble.marker, err: trouble.error, pending: trouble.pending },
        'records of numbered writes wait',
      )
      return
    case 'lost-samples':
    case 'lost-metrics':
      log.error(
        { runId: trouble.runId, count: trouble.count },
        `probe results were given up: ${trouble.kind}`,
      )
  }
}
