import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createAwsClients } from '@firedrill/aws'
import { compileScenario, importExperiment } from '@firedrill/scenario-file'
import { startSimulator } from '@firedrill/sim'
import { expect, it } from 'vitest'
import { ROOT } from '../sandbox/start-sandbox.ts'
import { labEnvironment, openLab, START_AT } from './lab.ts'

/** Experiments of other tools, each in a world in which its targets are. */
const CASES = [
  ['fis/stop-all', 'warm-standby', []],
  ['fis/stop-count', 'warm-standby', []],
  ['fis/stop-percent', 'warm-standby', []],
  ['fis/stop-stays', 'warm-standby', []],
  ['fis/reboot', 'warm-standby', []],
  ['fis/terminate-group', 'single-region', []],
  ['fis/spot', 'spot-fleet', []],
  ['fis/wait-then-stop', 'warm-standby', []],
  ['fis/rolling-reboot', 'warm-standby', []],
  ['fis/two-at-once', 'warm-standby', []],
  ['fis/zone-power', 'single-region', []],
  ['fis/zone-power-roles', 'single-region', []],
  ['fis/as-answered', 'warm-standby', []],
  ['fis/gate', 'warm-standby', []],
  ['fis/zone-power-library', 'single-region', ['Failover-RDS', 'Pause-EBS-IO']],
  ['chaos-toolkit/stop-web', 'warm-standby', []],
  ['chaos-toolkit/one-by-one', 'warm-standby', []],
] as const

const WITHIN_MS = 60_000

it.each(CASES)(
  '%s runs in %s as it was imported, until every fault is seen on its targets',
  async (file, world, without) => {
    const imported = importExperiment(readFileSync(join(ROOT, 'fixtures', `${file}.json`), 'utf8'), {
      name: 'imported',
      address: 'http://checkout.larkspur.example/health',
      max: 12,
      without,
    })
    if (!imported.ok) throw new Error(JSON.stringify(imported.problems))
    const compiled = compileScenario(imported.text)
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems))
    const sim = await startSimulator({ rate: 'manual', world, seed: 1, startAt: START_AT })
    const clients = createAwsClients()
    try {
      const lab = openLab({ sim, clients, scenario: compiled.compiled, environment: labEnvironment(sim) })
      const state = await lab.play((now) => now.status === 'observing')
      expect([state.status, state.refusal]).toEqual(['observing', undefined])
      const seen = Object.values(state.steps).flatMap(({ targets }) =>
        Object.values(targets).map(({ injection }) => injection),
      )
      expect(new Set(seen)).toEqual(new Set(['injected']))
    } finally {
      clients.close()
      await sim.close()
    }
  },
  WITHIN_MS,
)
