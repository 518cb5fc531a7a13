import { importSeriesSchema, seriesImportedSchema, type ImportSeries } from '@firedrill/contracts'
import {
  AppError,
  canonicalJson,
  isEnd,
  SERIES_EVIDENCE,
  worldInstant,
  type ImportedSeries,
  type RunRow,
} from '@firedrill/core'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { signedIn } from '../../security/principal.ts'
import { findVersion } from '../definitions.ts'
import { answers } from '../respond.ts'
import { findRun } from './find-run.ts'

type Needed = Pick<ApiDependencies, 'definitions' | 'evidence' | 'platformTime' | 'runs'>

/** A hundred thousand points. */
const SERIES_BYTES_MAX = 8_388_608

/** Time series of others, as evidence of a run that is not over yet. */
export function importSeriesRoute(deps: Needed): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      '/v1/runs/:id/series',
      {
        bodyLimit: SERIES_BYTES_MAX,
        config: { permission: 'samples:write' },
        schema: {
          tags: ['evidence'],
          summary:
            'Keep a time series that an objective of the run is measured by; later imports count over earlier ones',
          params: z.object({ id: z.string() }),
          body: importSeriesSchema,
          response: answers({ 201: seriesImportedSchema }),
        },
      },
      async (request, reply) => {
        const { teamId, actor } = signedIn(request)
        const row = await findRun(deps.runs, teamId, request.params.id)
        await expectWanted(deps, row, request.body)
        const { series, file, points } = request.body
        const ordered = points.toSorted(([a], [b]) => a - b)
        const kept: ImportedSeries = {
          series,
          importedAt: await deps.platformTime.now(),
          by: actor.name,
          file,
          points: ordered,
        }
        const bytes = new TextEncoder().encode(canonicalJson(kept))
        const hash = await deps.evidence.put(row.id, SERIES_EVIDENCE, bytes)
        const [from, to] = [ordered[0]?.[0] ?? 0, ordered.at(-1)?.[0] ?? 0]
        const span = { from: worldInstant(from), to: worldInstant(to) }
        return reply.code(201).send({ hash, points: ordered.length, ...span })
      },
    )
  }
}

/** @throws AppError when the run is over, or measures nothing by a series of that name. */
async function expectWanted(deps: Needed, row: RunRow, { series }: ImportSeries): Promise<void> {
  if (isEnd(row.state.status))
    throw new AppError(
      'state-conflict',
      'The run is over: its evidence takes nothing more. firedrill recompute RUN --series NAME=FILE computes its figures as if the series had been there.',
    )
  const { name, hash } = row.state.scenario
  const { compiled } = await findVersion(deps.definitions, row.teamId, 'scenario', name, hash)
  const known = compiled.objectives.flatMap((objective) =>
    objective.kind === 'recovery-time' && objective.source.from === 'series' ? [objective.source.series] : [],
  )
  if (known.includes(series)) return
  const hint = known.length === 0 ? 'no objective is measured by one' : `it knows ${known.join(', ')}`
  throw new AppError('request-invalid', `The scenario has no series ${series}: ${hint}.`)
}
