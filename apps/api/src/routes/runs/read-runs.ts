import { probeLanesSchema, runDetailSchema, runSummarySchema, timelinePageSchema } from '@firedrill/contracts'
import { isEnd, platformInstant, worldAt, worldInstant } from '@firedrill/core'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { presentEvent } from '../../present/event-words.ts'
import { createJournalDigests } from '../../present/journal-digest.ts'
import { presentLanes } from '../../present/probe-lanes.ts'
import { freezesDuring } from '../../present/calendar.ts'
import { presentRunDetail } from '../../present/run-detail.ts'
import { presentRun } from '../../present/run-summary.ts'
import { signedIn } from '../../security/principal.ts'
import { findVersion } from '../definitions.ts'
import { answers } from '../respond.ts'
import { findRun, runIdOf } from './find-run.ts'

const tags = ['runs']
const params = z.object({ id: z.string() })
const wholeNumber = (min: number, max: number) => z.coerce.number().int().min(min).max(max)

type Needed = Pick<
  ApiDependencies,
  'calendars' | 'definitions' | 'drills' | 'platformTime' | 'runs' | 'samples'
>

/** Runs: list, one in detail, its journal by pages, its samples as lanes. */
export function readRunRoutes(deps: Needed): FastifyPluginAsyncZod {
  const digests = createJournalDigests(deps.runs)
  return async (app) => {
    app.get(
      '/v1/runs',
      {
        config: { permission: 'runs:read' },
        schema: {
          tags,
          summary: 'Runs, newest first',
          querystring: z.object({ limit: wholeNumber(1, 200).default(50), before: z.string().optional() }),
          response: answers({ 200: z.object({ runs: z.array(runSummarySchema) }) }),
        },
      },
      async (request) => {
        const { teamId } = signedIn(request)
        const { limit, before } = request.query
        const page = before === undefined ? { limit } : { limit, before: runIdOf(before) }
        return { runs: (await deps.runs.list(teamId, page)).map(presentRun) }
      },
    )

    app.get(
      '/v1/runs/:id',
      {
        config: { permission: 'runs:read' },
        schema: { tags, summary: 'One run in detail', params, response: answers({ 200: runDetailSchema }) },
      },
      async (request) => {
        const { teamId } = signedIn(request)
        const row = await findRun(deps.runs, teamId, request.params.id)
        const { environment: place } = row.state
        const [digest, scenario, environment, runbook, drill, calendars, now] = await Promise.all([
          digests.of(row),
          findVersion(deps.definitions, teamId, 'scenario', row.state.scenario.name, row.state.scenario.hash),
          findVersion(deps.definitions, teamId, 'environment', place.name, place.hash),
          row.state.runbook === undefined
            ? undefined
            : findVersion(
                deps.definitions,
                teamId,
                'runbook',
                row.state.runbook.name,
                row.state.runbook.hash,
              ),
          deps.drills.get(teamId, row.drillId),
          deps.calendars.list(teamId),
          deps.platformTime.now(),
        ])
        const until = isEnd(row.state.status) ? platformInstant(digest.phases.at(-1)?.at ?? now) : now
        return presentRunDetail({
          row,
          digest,
          environment: environment.compiled,
          scenario: scenario.compiled,
          runbook: runbook?.compiled,
          title: drill?.title ?? scenario.compiled.title,
          now,
          worldNow: worldAt(row.clock, now),
          freezes: freezesDuring(row.createdAt, until, environment.compiled, calendars),
        })
      },
    )

    app.get(
      '/v1/runs/:id/timeline',
      {
        config: { permission: 'runs:read' },
        schema: {
          tags,
          summary: 'The journal of a run, by pages',
          params,
          querystring: z.object({
            after: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(0),
            limit: wholeNumber(1, 1000).default(200),
          }),
          response: answers({ 200: timelinePageSchema }),
        },
      },
      async (request) => {
        const { teamId } = signedIn(request)
        const { after, limit } = request.query
        const row = await findRun(deps.runs, teamId, request.params.id)
        const events = await deps.runs.events(row.id, after, limit)
        const last = events.at(-1)?.seq
        return {
          events: events.map(presentEvent),
          nextAfter: last !== undefined && last < row.foldedSeq ? last : null,
        }
      },
    )

    app.get(
      '/v1/runs/:id/samples',
      {
        config: { permission: 'runs:read' },
        schema: {
          tags,
          summary: 'What the probes saw, one lane a probe and vantage; from and to are world microseconds',
          params,
          querystring: z.object({
            from: wholeNumber(0, Number.MAX_SAFE_INTEGER).optional(),
            to: wholeNumber(0, Number.MAX_SAFE_INTEGER).optional(),
            points: wholeNumber(1, 20_000).default(1000),
          }),
          response: answers({ 200: probeLanesSchema }),
        },
      },
      async (request) => {
        const { teamId } = signedIn(request)
        const { from, to, points } = request.query
        const row = await findRun(deps.runs, teamId, request.params.id)
        const range = {
          ...(from === undefined ? {} : { from: worldInstant(from) }),
          ...(to === undefined ? {} : { to: worldInstant(to) }),
        }
        return { lanes: [...presentLanes(await deps.samples.draw(row.id, range, points))] }
      },
    )
  }
}
