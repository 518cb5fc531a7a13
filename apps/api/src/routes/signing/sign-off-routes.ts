import { signOffSheetSchema, signReportSchema, type SignOffSheetView } from '@firedrill/contracts'
import { isEnd, type RunId, type RunRow } from '@firedrill/core'
import type { Report } from '@firedrill/report'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { signedIn } from '../../security/principal.ts'
import { answers } from '../respond.ts'
import { findRun } from '../runs/find-run.ts'

const tags = ['report']
const params = z.object({ id: z.string() })
type Needed = Pick<ApiDependencies, 'renderRun' | 'runs' | 'signOffs' | 'useCases'>

/** Who prepared, reviewed and accepted the report of a run: acts of signed-in people on its hash. */
export function signOffRoutes(deps: Needed): FastifyPluginAsyncZod {
  const sheetOf = async (run: RunRow): Promise<SignOffSheetView> =>
    present(run, await deps.renderRun(run), await deps.signOffs.ofRun(run.id))
  return async (app) => {
    app.get(
      '/v1/runs/:id/sign-off',
      {
        config: { permission: 'runs:read' },
        schema: {
          tags,
          summary: 'Who signed off the report of a run, and what a new act has to name',
          params,
          response: answers({ 200: signOffSheetSchema }),
        },
      },
      async (request) => {
        const { teamId } = signedIn(request)
        return sheetOf(await findRun(deps.runs, teamId, request.params.id))
      },
    )

    app.post(
      '/v1/runs/:id/sign-off',
      {
        config: { permission: 'runs:sign-off' },
        schema: {
          tags,
          summary: 'Prepare, review or accept the report with this hash; three people, outside of a sandbox',
          params,
          body: signReportSchema,
          response: answers({ 201: signOffSheetSchema }),
        },
      },
      async (request, reply) => {
        const { teamId, actor } = signedIn(request)
        const run = await findRun(deps.runs, teamId, request.params.id)
        const { hash: report, data } = await deps.renderRun(run)
        const { role, note, report: looked } = request.body
        const runId: RunId = run.id
        await deps.useCases.signReport({
          teamId,
          actor,
          runId,
          role,
          note,
          looked,
          matter: { report, data },
        })
        return reply.code(201).send(await sheetOf(run))
      },
    )
  }
}

function present(
  run: RunRow,
  { hash: report, data, signOff }: Report,
  acts: Awaited<ReturnType<Needed['signOffs']['ofRun']>>,
): SignOffSheetView {
  const gone = new Set(signOff.void.map(({ seq }) => seq))
  const mayBeSigned = isEnd(run.state.status) && run.state.measurement?.provisional !== true
  const open = signOff.lines.find(({ state }) => state === 'open')
  return {
    report,
    data,
    next: mayBeSigned ? (open?.role ?? null) : null,
    acts: acts.map(({ seq, role, by, note, own, at, hash, ...about }) => ({
      seq,
      role,
      report: about.report,
      data: about.data,
      by: { ...by },
      note,
      own,
      at,
      isVoid: gone.has(seq),
      hash,
    })),
  }
}
