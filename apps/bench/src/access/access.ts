import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgres } from '@firedrill/local'
import type { Bench } from '../figures/figure.ts'
import { askAll, type Matrix } from './ask-all.ts'
import { seedTeam } from './seed-team.ts'

/** Every route of the OpenAPI document × every role × own and another team, against a real API. */
export const access: Bench = {
  name: 'access',
  about: 'every route × role × own and another team: nothing is allowed that should not be',
  async *run({ seed = 1, say }) {
    const about = { bench: 'access', unit: 'count', better: 'lower', backend: 'postgres', seed } as const
    const matrix = await played(false)
    for (const line of [...matrix.overstepped, ...matrix.refused, ...matrix.leaked, ...matrix.unproven])
      say(line)
    yield { ...about, figure: 'routes', value: matrix.routes, goal: null }
    yield { ...about, figure: 'combinations asked', value: matrix.asked, goal: null }
    yield { ...about, figure: 'allowed without the permission', value: matrix.overstepped.length, goal: 0 }
    yield { ...about, figure: 'refused in spite of the permission', value: matrix.refused.length, goal: 0 }
    yield { ...about, figure: 'seen or changed by another team', value: matrix.leaked.length, goal: 0 }
    yield { ...about, figure: 'never got as far as the object', value: matrix.unproven.length, goal: 0 }
    const control = await played(true)
    const noticed = { ...about, figure: 'control: a viewer who may do everything', better: 'higher' } as const
    yield { ...noticed, value: control.overstepped.length, goal: 1 }
  },
}

async function played(mislabel: boolean): Promise<Matrix> {
  const dir = mkdtempSync(join(tmpdir(), 'firedrill-access-'))
  // PostgreSQL does not run as root: its own user has to be able to pass.
  chmodSync(dir, 0o755)
  const postgres = await startPostgres({ dataDir: join(dir, 'postgres'), databaseUrl: null })
  try {
    const team = await seedTeam({ databaseUrl: postgres.url, stateRoot: dir, mislabel })
    try {
      return await askAll(team)
    } finally {
      await team.stop()
    }
  } finally {
    await postgres.stop()
    rmSync(dir, { recursive: true, force: true })
  }
}
