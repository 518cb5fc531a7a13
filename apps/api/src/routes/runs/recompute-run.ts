import { BUNDLE_FORMAT, bundleSchema, recomputedSchema } from '@firedrill/contracts'
import type { RunRow } from '@firedrill/core'
import { recompute, type Bundle } from '@firedrill/engine'
import { sha256Bytes } from '@firedrill/runtime'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { wholeJournal } from '../../main/reports.ts'
import { signedIn } from '../../security/principal.ts'
import { findVersion } from '../definitions.ts'
import { answers } from '../respond.ts'
import { findRun } from './find-run.ts'

const params = z.object({ id: z.string() })
type Needed = Pick<ApiDependencies, 'definitions' | 'evidence' | 'runs' | 'sha256'>

/** What a run's figures can be computed from again, and the figures so computed. */
export function recomputeRoutes(deps: Needed): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/runs/:id/bundle',
      {
        config: { permission: 'runs:read' },
        schema: {
          tags: ['evidence'],
          summary:
            'Journal, scenario and the list of evidence of a run, to compute its figures again anywhere',
          params,
          response: answers({ 200: bundleSchema }),
        },
      },
      async (request) => {
        const { teamId } = signedIn(request)
        const { run, scenario, events, evidence } = await bundleOf(
          await findRun(deps.runs, teamId, request.params.id),
          deps,
        )
        return {
          format: BUNDLE_FORMAT,
          run,
          scenario: { ...scenario },
          events: events.map((event) => ({ ...event })),
          evidence: evidence.map((entry) => ({ ...entry })),
        } as const
      },
    )

    app.get(
      '/v1/runs/:id/recomputed',
      {
        config: { permission: 'runs:read' },
        schema: {
          tags: ['evidence'],
          summary: 'The figures of a run, computed again from its evidence and journal, beside those it has',
          params,
          response: answers({ 200: recomputedSchema }),
        },
      },
      async (request) => {
        const { teamId } = signedIn(request)
        const bundle = await bundleOf(await findRun(deps.runs, teamId, request.params.id), deps)
        const { sha256 } = deps
        const found = await recompute(bundle, { bytesOf: deps.evidence.get, sha256, sha256Bytes })
        return { ...found, faults: [...found.faults], differences: [...found.differences] }
      },
    )
  }
}

async function bundleOf(
  run: RunRow,
  { definitions, evidence, runs }: Needed,
): Promise<
  Omit<Bundle, 'evidence'> & Readonly<{ evidence: Awaited<ReturnType<Needed['evidence']['ofRun']>> }>
> {
  const { name, hash } = run.state.scenario
  const [events, scenario, kept] = await Promise.all([
    wholeJournal({ runs }, run),
    findVersion(definitions, run.teamId, 'scenario', name, hash),
    evidence.ofRun(run.id),
  ])
  return { run: run.id, events, scenario: scenario.compiled, evidence: kept }
}
