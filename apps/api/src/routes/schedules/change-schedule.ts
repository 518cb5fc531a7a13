import {
  changeScheduleSchema,
  createScheduleSchema,
  scheduleSchema,
  type ScheduleView,
} from '@firedrill/contracts'
import {
  AppError,
  parseId,
  platformInstant,
  type Drill,
  type Schedule,
  type ScheduleTerms,
} from '@firedrill/core'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { presentSchedule } from '../../present/booking-board.ts'
import { signedIn, type SignedIn } from '../../security/principal.ts'
import { refuseUnlessSandbox } from '../../security/sandbox-only.ts'
import { findVersion } from '../definitions.ts'
import { answers } from '../respond.ts'
import { changeHeaders, etagOf, findSchedule, scheduleParams, versionOf } from './find-schedule.ts'

type Needed = Pick<ApiDependencies, 'definitions' | 'drills' | 'schedules' | 'useCases' | 'signIn'>

const tags = ['schedules']
const config = { permission: 'schedules:write' } as const

/** Schedules: make, change, pause, resume and remove them. A change names the version it was made of. */
export function changeScheduleRoutes(deps: Needed): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      '/v1/schedules',
      {
        config,
        schema: {
          tags,
          summary: 'Book a drill for a time, or again and again',
          body: createScheduleSchema,
          response: answers({ 201: scheduleSchema }),
        },
      },
      async (request, reply) => {
        const { teamId, actor } = signedIn(request)
        const drill = await startableDrill(deps, teamId, request.body.drillId)
        const terms = termsOf(request.body, drill)
        const made = await deps.useCases.createSchedule({ teamId, actor, drillId: drill.id, terms })
        return reply.code(201).header('etag', etagOf(made)).send(presentSchedule(made, drill))
      },
    )

    app.put(
      '/v1/schedules/:id',
      {
        config,
        schema: {
          tags,
          summary: 'Replace what a schedule says',
          params: scheduleParams,
          headers: changeHeaders,
          body: changeScheduleSchema,
          response: answers({ 200: scheduleSchema }),
        },
      },
      async (request, reply) => {
        const found = await findSchedule(deps.schedules, signedIn(request).teamId, request.params.id)
        const drill = await startableDrill(deps, found.teamId, found.drillId)
        const version = versionOf(request.headers['if-match'])
        const changed = await change(deps, signedIn(request), found, version, termsOf(request.body, drill))
        return reply.header('etag', etagOf(changed)).send(changed)
      },
    )

    for (const [what, enabled, summary] of [
      ['pause', false, 'Pause a schedule: it starts nothing until it is resumed'],
      ['resume', true, 'Resume a paused schedule; what passed meanwhile is not caught up on'],
    ] as const) {
      app.post(
        `/v1/schedules/:id/${what}`,
        {
          config,
          schema: {
            tags,
            summary,
            params: scheduleParams,
            headers: changeHeaders,
            body: z.object({}).optional(),
            response: answers({ 200: scheduleSchema }),
          },
        },
        async (request, reply) => {
          const found = await findSchedule(deps.schedules, signedIn(request).teamId, request.params.id)
          const version = versionOf(request.headers['if-match'])
          const changed = await change(deps, signedIn(request), found, version, {
            ...termsIn(found),
            enabled,
          })
          return reply.header('etag', etagOf(changed)).send(changed)
        },
      )
    }

    app.delete(
      '/v1/schedules/:id',
      {
        config,
        schema: {
          tags,
          summary: 'Remove a schedule; what became of its occurrences stays in the calendar',
          params: scheduleParams,
          headers: changeHeaders,
          response: answers({ 204: z.null() }),
        },
      },
      async (request, reply) => {
        const { teamId, actor } = signedIn(request)
        const { id } = await findSchedule(deps.schedules, teamId, request.params.id)
        await deps.useCases.removeSchedule({
          teamId,
          actor,
          id,
          version: versionOf(request.headers['if-match']),
        })
        return reply.code(204).send(null)
      },
    )
  }
}

/** A drill that may be started here. @throws AppError `not-found`, `sandbox-only`. */
async function startableDrill(
  deps: Pick<Needed, 'definitions' | 'drills' | 'signIn'>,
  teamId: string,
  text: string,
): Promise<Drill> {
  const id = parseId('drill', text)
  const drill = id === undefined ? undefined : await deps.drills.get(teamId, id)
  if (drill === undefined) throw new AppError('not-found', 'There is no drill of that id.')
  const place = await findVersion(deps.definitions, teamId, 'environment', drill.environment)
  refuseUnlessSandbox(place.compiled, deps)
  return drill
}

async function change(
  deps: Needed,
  { teamId, actor }: SignedIn,
  { id, drillId }: Schedule,
  version: number,
  terms: ScheduleTerms,
): Promise<ScheduleView> {
  const changed = await deps.useCases.changeSchedule({ teamId, actor, id, version, terms })
  return presentSchedule(changed, await deps.drills.get(teamId, drillId))
}

function termsOf(body: z.output<typeof changeScheduleSchema>, drill: Drill): ScheduleTerms {
  const { title, when, missed, enabled, validFrom, validUntil } = body
  return {
    title: title ?? drill.title,
    when,
    missed,
    enabled,
    ...(validFrom === undefined ? {} : { validFrom: platformInstant(validFrom) }),
    ...(validUntil === undefined ? {} : { validUntil: platformInstant(validUntil) }),
  }
}

function termsIn({ title, when, missed, enabled, validFrom, validUntil }: Schedule): ScheduleTerms {
  return {
    title,
    when,
    missed,
    enabled,
    ...(validFrom === undefined ? {} : { validFrom }),
    ...(validUntil === undefined ? {} : { validUntil }),
  }
}
