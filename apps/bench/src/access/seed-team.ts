import { mkdtempSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Client } from '@firedrill/contracts'
import { REAL_CLOCK, ROLES, type Role } from '@firedrill/core'
import { migrate, openStores, type Stores } from '@firedrill/db'
import { sha256, systemClock, systemIds } from '@firedrill/runtime'
import { buildRunCreated } from '@firedrill/testkit'
import { ROOT } from '../sandbox/start-sandbox.ts'
import { startApi } from '../sandbox/start-api.ts'
import { TEAM } from '../trend/start-team.ts'

/** Whoever asks: a role in the team that has the objects, the same in another team, or nobody. */
export type Caller = Readonly<{
  name: string
  role: Role | 'none' | 'everything'
  team: 'own' | 'other'
  token: string | undefined
}>

/** An API with one of everything in a team, and callers of every role in that team and in another. */
export type SeededTeam = Readonly<{
  url: string
  callers: readonly Caller[]
  /** What stands in for the parts of an address, by the beginning of its path. */
  objects: Readonly<Record<string, string>>
  /** Text of the team's objects that nobody of another team may ever see. */
  secrets: readonly string[]
  /** All of the team's own rows, as text. */
  rows: () => Promise<string>
  stop: () => Promise<void>
}>

/** Every role but one, the control: a token that is called a viewer's and may do everything. */
export type Seeding = Readonly<{ databaseUrl: string; stateRoot: string; mislabel?: boolean }>

const file = (path: string) => readFileSync(join(ROOT, 'scenarios', path), 'utf8')

/** Fills a database through the stores and the API, and starts the API on it. */
export async function seedTeam({ databaseUrl, stateRoot, mislabel = false }: Seeding): Promise<SeededTeam> {
  await migrate(databaseUrl)
  const stores = openStores({ url: databaseUrl, name: 'bench', clock: systemClock })
  const api = await startApi(databaseUrl, mkdtempSync(join(stateRoot, 'state-')))
  const { client } = api
  const put = {
    source: file('instance-kill/scenario.yaml').replace('name: instance-kill', 'name: own-secret'),
    origin: 'file',
  } as const
  await client.scenarios.put('own-secret', put)
  await client.environments.put('sandbox', { source: file('environments/sandbox.yaml'), origin: 'file' })
  const drill = await client.drills.book({ scenario: 'own-secret', environment: 'sandbox' })
  const when = { kind: 'cron', expression: '0 10 1 1 *', timeZone: 'UTC' } as const
  const schedule = await client.schedules.create({ drillId: drill.id, when, missed: { policy: 'skip' } })
  const run = await aRun(stores)
  await client.runs.note(run, 'own-secret note')
  const callers = await makeCallers(stores, mislabel)
  const revocable = systemIds.mint('token')
  await stores.tokens.add({
    id: revocable,
    teamId: TEAM,
    name: 'own-secret',
    hash: sha256(revocable),
    permissions: [],
  })
  return {
    url: api.url,
    callers: [...callers, { name: 'nobody', role: 'none', team: 'own', token: undefined }],
    objects: {
      '/v1/runs/': run,
      '/v1/schedules/': schedule.id,
      '/v1/scenarios/': 'own-secret',
      '/v1/environments/': 'sandbox',
      '/v1/tokens/': revocable,
    },
    secrets: ['own-secret', run, drill.id],
    rows: async () => JSON.stringify(await everything(stores, client)),
    stop: async () => {
      await api.stop()
      await stores.close()
    },
  }
}

async function aRun(stores: Stores): Promise<string> {
  const id = systemIds.mint('run')
  await stores.runs.create({
    id,
    teamId: TEAM,
    drillId: systemIds.mint('drill'),
    clock: REAL_CLOCK,
    created: buildRunCreated({ teamId: TEAM }),
    actor: { kind: 'person', id: 'usr_owner', name: 'own-secret owner' },
  })
  return id
}

async function makeCallers(stores: Stores, mislabel: boolean): Promise<readonly Caller[]> {
  const callers: Caller[] = []
  for (const [team, teamId] of [
    ['own', TEAM],
    ['other', 'other'],
  ] as const)
    for (const role of [...ROLES, 'none', 'everything'] as const) {
      const token = `fd_${sha256(`${team} ${role} ${systemIds.mint('token')}`)}`
      const isLiar = mislabel && role === 'viewer' && team === 'own'
      const grant = role === 'everything' || isLiar ? ['*'] : role === 'none' ? [] : [`role:${role}`]
      await stores.tokens.add({
        id: systemIds.mint('token'),
        teamId,
        name: `${team} ${role}`,
        hash: sha256(token),
        permissions: grant,
      })
      callers.push({ name: `${team} ${role}`, role, team, token })
    }
  return callers
}

/** What the team has, without what reading it changes. */
async function everything(stores: Stores, client: Client): Promise<unknown> {
  const [scenarios, environments, drills, schedules, runs] = await Promise.all([
    stores.definitions.list(TEAM, 'scenario'),
    stores.definitions.list(TEAM, 'environment'),
    stores.drills.list(TEAM),
    stores.schedules.list(TEAM),
    client.runs.list(),
  ])
  const journals = await Promise.all(runs.map(({ id }) => client.runs.timeline(id)))
  const tokens = (await stores.tokens.list(TEAM)).map((token) => ({ ...token, lastUsedAt: null }))
  return { scenarios, environments, drills, schedules, runs, journals, tokens }
}
