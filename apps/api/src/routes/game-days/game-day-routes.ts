import {
  gameDaySummarySchema,
  gameDayTermsSchema,
  gameDayViewSchema,
  type GameDayView,
} from '@firedrill/contracts'
import { AppError, isGranted, parseId, type GameDay, type GameDayTerms, type Id } from '@firedrill/core'
import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { presentGameDay, presentGameDaySummary, type DayRun } from '../../present/game-day.ts'
import { signedIn } from '../../security/principal.ts'
import { answers } from '../respond.ts'
import { changeHeaders, etagOf, versionOf } from '../schedules/find-schedule.ts'

const tags = ['game days']
const params = z.object({ id: z.string() })
/** Others may write at the same moment; more than once is a busy room. */
const ATTEMPTS = 5
/** Of a longer journal the log shows the beginning; all of it is on the run's page. */
const EVENTS_MAX = 2000
const LATER_MAX = 50

type Needed = Pick<ApiDependencies, 'findings' | 'gameDays' | 'ids' | 'outcomes' | 'runs'>

/** Game days: agenda, roles, the log of scribe and platform, and what they showed to be missing. */
export function gameDayRoutes(deps: Needed): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/game-days',
      {
        config: { permission: 'runs:read' },
        schema: {
          tags,
          summary: 'Game days, the latest date first',
          response: answers({ 200: z.object({ gameDays: z.array(gameDaySummarySchema) }) }),
        },
      },
      async (request) => {
        const days = await deps.gameDays.list(signedIn(request).teamId)
        return { gameDays: days.map(presentGameDaySummary) }
      },
    )

    app.get(
      '/v1/game-days/:id',
      {
        config: { permission: 'runs:read' },
        schema: {
          tags,
          summary: 'A game day; as=room tells nothing of blind drills that are not revealed',
          params,
          querystring: z.object({ as: z.enum(['leader', 'room']).default('leader') }),
          response: answers({ 200: gameDayViewSchema }),
        },
      },
      async (request, reply) => {
        const day = await findDay(deps, signedIn(request).teamId, request.params.id)
        const mayLead = isLeader(request) && request.query.as === 'leader'
        return reply.header('etag', etagOf(day)).send(await view(deps, day, mayLead))
      },
    )

    app.post(
      '/v1/game-days',
      {
        config: { permission: 'drills:write' },
        schema: {
          tags,
          summary: 'Plan a game day',
          body: gameDayTermsSchema,
          response: answers({ 201: gameDayViewSchema }),
        },
      },
      async (request, reply) => {
        const { teamId, actor } = signedIn(request)
        const id = deps.ids.mint('gameDay')
        await deps.gameDays.write(
          { teamId, id, version: 1 },
          await termsOf(deps, teamId, request.body),
          actor,
        )
        const day = await findDay(deps, teamId, id)
        return reply
          .code(201)
          .header('etag', etagOf(day))
          .send(await view(deps, day, true))
      },
    )

    app.put(
      '/v1/game-days/:id',
      {
        config: { permission: 'drills:write' },
        schema: {
          tags,
          summary: 'Change a game day: its agenda, what it became, what is revealed, how it ended',
          params,
          headers: changeHeaders,
          body: gameDayTermsSchema,
          response: answers({ 200: gameDayViewSchema }),
        },
      },
      async (request, reply) => {
        const { teamId, actor } = signedIn(request)
        const { id, version } = await findDay(deps, teamId, request.params.id)
        const terms = await termsOf(deps, teamId, request.body)
        const isNext =
          versionOf(request.headers['if-match']) === version &&
          (await deps.gameDays.write({ teamId, id, version: version + 1 }, terms, actor))
        if (!isNext)
          throw new AppError('changed-meanwhile', 'Somebody has changed the game day since you looked at it.')
        const day = await findDay(deps, teamId, id)
        return reply.header('etag', etagOf(day)).send(await view(deps, day, true))
      },
    )

    app.post(
      '/v1/game-days/:id/log',
      {
        config: { permission: 'runs:note' },
        schema: {
          tags,
          summary: 'Write a line into the log',
          params,
          body: z.object({ text: z.string().trim().min(1).max(2000) }),
          response: answers({ 201: gameDayViewSchema }),
        },
      },
      async (request, reply) => {
        const { teamId, actor } = signedIn(request)
        const day = await findDay(deps, teamId, request.params.id)
        for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
          const number = (await deps.gameDays.lines(day.id)).length + 1
          if (await deps.gameDays.addLine({ teamId, id: day.id, number }, request.body.text, actor))
            return reply.code(201).send(await view(deps, day, isLeader(request)))
        }
        throw new AppError('changed-meanwhile', 'Others wrote lines at the same moment.')
      },
    )
  }
}

/** Whoever plans drills knows of the blind ones. */
function isLeader(request: FastifyRequest): boolean {
  return isGranted(signedIn(request).permissions, 'drills:write')
}

async function findDay({ gameDays }: Needed, teamId: string, text: string): Promise<GameDay> {
  const id: Id<'gameDay'> | undefined = parseId('gameDay', text)
  const found = id === undefined ? undefined : await gameDays.get(teamId, id)
  if (found === undefined) throw new AppError('not-found', 'There is no game day of that id.')
  return found
}

/** Terms whose runs are runs of the team. @throws AppError `not-found` for another one. */
async function termsOf(
  { runs }: Needed,
  teamId: string,
  { agenda, ...terms }: z.output<typeof gameDayTermsSchema>,
): Promise<GameDayTerms> {
  const items = await Promise.all(
    agenda.map(async (item) => {
      const run = item.run === null ? null : parseId('run', item.run)
      if (run === undefined || (run !== null && (await runs.get(teamId, run)) === undefined))
        throw new AppError('not-found', `There is no run ${item.run ?? ''} for the agenda.`)
      return { ...item, run }
    }),
  )
  return { ...terms, agenda: items }
}

async function view(deps: Needed, day: GameDay, mayLead: boolean): Promise<GameDayView> {
  const ids = [...new Set(day.agenda.flatMap(({ run }) => run ?? []))]
  const [lines, ...found] = await Promise.all([
    deps.gameDays.lines(day.id),
    ...ids.map((id) => readRun(deps, day.teamId, id)),
  ])
  const runs = new Map<string, DayRun>(
    found.flatMap((one) => (one === undefined ? [] : [[one.row.id, one] as const])),
  )
  return presentGameDay({ day, lines, runs, mayLead })
}

async function readRun(
  { runs, findings, outcomes }: Needed,
  teamId: string,
  id: Id<'run'>,
): Promise<DayRun | undefined> {
  const row = await runs.get(teamId, id)
  if (row === undefined) return undefined
  const { scenario, environment } = row.state
  const [events, left, later] = await Promise.all([
    runs.events(id, 0, EVENTS_MAX),
    findings.ofRun(id),
    outcomes.trend(teamId, { scenario: scenario.name, environment: environment.name, limit: LATER_MAX }),
  ])
  return { row, events, findings: left, later }
}
