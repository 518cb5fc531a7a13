import {
  nameSchema,
  probeWorkSchema,
  reportedSchema,
  reportSamplesSchema,
  type ProbeWork,
  type ReportSamples,
} from '@firedrill/contracts'
import {
  AppError,
  isEnd,
  vantageClock,
  worldAt,
  worldInstant,
  type ClockReading,
  type RunRow,
  type Sample,
} from '@firedrill/core'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { signedIn } from '../../security/principal.ts'
import { answers } from '../respond.ts'
import { findRun } from '../runs/find-run.ts'

const tags = ['probes']
type Needed = Pick<ApiDependencies, 'definitions' | 'platformTime' | 'runs' | 'samples'>

/**
 * The API's own reading of platform time is off by half a round trip to the database and the drift of a few seconds; this
 * much platform time covers both.
 */
const READING_ERROR_MICROS = 3000
/** A sample cannot have been taken later than now, beyond what clocks may be off. World microseconds. */
const AHEAD_MAX_MICROS = 2_000_000

/** Probers elsewhere: what they have to watch, and what they saw. */
export function probeRoutes(deps: Needed): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/probe-work',
      {
        config: { permission: 'samples:write' },
        schema: {
          tags,
          summary: 'Runs to be probed from a remote vantage, with platform time to set a clock by',
          querystring: z.object({ vantage: nameSchema }),
          response: answers({ 200: probeWorkSchema }),
        },
      },
      async (request) => {
        const { teamId } = signedIn(request)
        const rows = (await deps.runs.probed()).filter((row) => row.teamId === teamId)
        const work = await Promise.all(rows.map((row) => workOf(deps, row, request.query.vantage)))
        // Read last, so that looking things up does not count as time on the way.
        return { runs: work.flat(), platformAt: await deps.platformTime.now() }
      },
    )

    app.post(
      '/v1/runs/:id/samples',
      {
        config: { permission: 'samples:write' },
        schema: {
          tags,
          summary: 'What a remote prober saw; a sample that was taken before stays as it is',
          params: z.object({ id: z.string() }),
          body: reportSamplesSchema,
          response: answers({ 202: reportedSchema }),
        },
      },
      async (request, reply) => {
        const { teamId } = signedIn(request)
        const row = await findRun(deps.runs, teamId, request.params.id)
        const samples = await accept(deps, row, request.body)
        await deps.samples.append(row.id, samples)
        await deps.samples.noteClocks(row.id, clockOf(request.body, row.clock.rate))
        return reply.code(202).send({ taken: samples.length })
      },
    )
  }
}

async function workOf(deps: Needed, row: RunRow, vantageName: string): Promise<ProbeWork['runs']> {
  const { scenario, environment } = await pinned(deps, row)
  const vantage = environment.probes.vantages.find(
    ({ name, remote }) => name === vantageName && remote === true,
  )
  // A world that stands still between jumps cannot be watched by somebody who has not joined it.
  if (vantage === undefined || row.clock.rate === 0) return []
  const { resolver } = vantage
  const { proxy, ca } = environment.probes
  const { anchorPlatform, anchorWorld, rate } = row.clock
  return [
    {
      id: row.id,
      ...(resolver === undefined ? {} : { resolver }),
      ...(proxy === undefined ? {} : { proxy }),
      ...(ca === undefined ? {} : { ca }),
      probes: [...scenario.probes],
      clock: { anchorPlatform, anchorWorld, rate },
    },
  ]
}

/**
 * Samples as they are kept: start and end moved apart by what the prober's clock may be off. Every bound that is computed
 * from them then holds whatever the offset is, beside samples of other clocks too.
 * @throws AppError when the run is over, or knows neither this vantage nor this probe.
 */
async function accept(
  deps: Needed,
  row: RunRow,
  { vantage, samples }: ReportSamples,
): Promise<readonly Sample[]> {
  if (isEnd(row.state.status))
    throw new AppError('state-conflict', 'The run is over: its evidence takes nothing more.')
  const { scenario, environment } = await pinned(deps, row)
  if (!environment.probes.vantages.some(({ name, remote }) => name === vantage && remote === true))
    throw new AppError('request-invalid', `The environment has no remote vantage ${vantage}.`)
  const latest = worldAt(row.clock, await deps.platformTime.now()) + AHEAD_MAX_MICROS
  const ownError = Math.ceil(READING_ERROR_MICROS * row.clock.rate)
  return samples.map(({ probe, start, end, outcome, detail, clockErrorMicros }) => {
    if (!scenario.probes.some(({ name }) => name === probe))
      throw new AppError('request-invalid', `The scenario has no probe ${probe}.`)
    if (end < start || end > latest + clockErrorMicros)
      throw new AppError('request-invalid', `A sample of ${probe} ends before it starts, or in the future.`)
    const error = clockErrorMicros + ownError
    return {
      probe,
      vantage,
      start: worldInstant(start - error),
      end: worldInstant(end + error),
      outcome,
      ...(detail === undefined ? {} : { detail }),
    }
  })
}

/** The bound of the prober's clock, once in so much of the time that it reports for. World microseconds. */
const CLOCK_NOTED_EVERY_MICROS = 5_000_000

/** What the prober's clock may be off either way, as its samples have it; nothing for a report within the same few seconds. */
function clockOf({ vantage, samples }: ReportSamples, rate: number): readonly ClockReading[] {
  const slots = samples.map(({ end }) => Math.floor(end / CLOCK_NOTED_EVERY_MICROS))
  const first = Math.min(...slots)
  if (first === Math.max(...slots)) return []
  const error = Math.max(...samples.map(({ clockErrorMicros }) => clockErrorMicros))
  const bound = error + Math.ceil(READING_ERROR_MICROS * rate)
  const at = worldInstant((first + 1) * CLOCK_NOTED_EVERY_MICROS)
  return [{ clock: vantageClock(vantage), at, lo: -bound, hi: bound }]
}

async function pinned({ definitions }: Pick<Needed, 'definitions'>, { teamId, id, state }: RunRow) {
  const [scenario, environment] = await Promise.all([
    definitions.byHash(teamId, 'scenario', state.scenario.hash),
    definitions.byHash(teamId, 'environment', state.environment.hash),
  ])
  if (scenario === undefined || environment === undefined)
    throw new AppError('not-found', `The definitions of ${id} are not in the store.`)
  return { scenario: scenario.compiled, environment: environment.compiled }
}
