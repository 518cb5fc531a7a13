import { AppError, parseId } from '@firedrill/core'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { ApiDependencies } from '../dependencies.ts'
import { findRun } from '../routes/runs/find-run.ts'
import { findSchedule } from '../routes/schedules/find-schedule.ts'

/** What is asked to find out where a request acts. */
export type EnvironmentDeps = Pick<ApiDependencies, 'drills' | 'runs' | 'schedules'>

const bodySchema = z.looseObject({
  drillId: z.string().optional(),
  environment: z
    .union([z.string(), z.looseObject({ name: z.string().optional() })])
    .optional()
    .catch(undefined),
})
const paramsSchema = z.looseObject({ id: z.string().default('') })

/**
 * The environment that a request acts on, by what its address or body names. Undefined for what acts on a whole team, and for
 * routes that nobody has told this function of: grants that are limited to an environment then do not cover them.
 * @throws AppError `not-found` when what it names is not there, or belongs to another team.
 */
export async function environmentOf(
  request: FastifyRequest,
  teamId: string,
  deps: EnvironmentDeps,
): Promise<string | undefined> {
  const path = request.routeOptions.url ?? ''
  const { id } = paramsSchema.parse(request.params ?? {})
  const { drillId, environment } = bodySchema.catch({}).parse(request.body ?? {})
  if (path.startsWith('/v1/runs/:id')) return (await findRun(deps.runs, teamId, id)).state.environment.name
  if (path.startsWith('/v1/schedules/:id')) {
    const schedule = await findSchedule(deps.schedules, teamId, id)
    return environmentOfDrill(teamId, schedule.drillId, deps)
  }
  if (path === '/v1/runs' || path === '/v1/schedules')
    return drillId === undefined ? undefined : environmentOfDrill(teamId, drillId, deps)
  if (path === '/v1/drills' || path === '/v1/plan')
    return typeof environment === 'string' ? environment : environment?.name
  // Calendars of freezes and environments themselves are the team's: who may act in one environment alone must not get out of it
  // by replacing a freeze of all, or by pointing theirs at another account.
  return undefined
}

async function environmentOfDrill(
  teamId: string,
  text: string,
  { drills }: Pick<EnvironmentDeps, 'drills'>,
): Promise<string> {
  const id = parseId('drill', text)
  const drill = id === undefined ? undefined : await drills.get(teamId, id)
  if (drill === undefined) throw new AppError('not-found', 'There is no drill of that id.')
  return drill.environment
}
