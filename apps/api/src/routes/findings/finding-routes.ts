import { findingTermsSchema, findingViewSchema } from '@firedrill/contracts'
import { AppError, type Actor, type FindingTerms, type RunFinding, type RunRow } from '@firedrill/core'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { presentFinding } from '../../present/finding.ts'
import { signedIn } from '../../security/principal.ts'
import { answers } from '../respond.ts'
import { findRun } from '../runs/find-run.ts'
import { changeHeaders, versionOf } from '../schedules/find-schedule.ts'

const tags = ['findings']
const params = z.object({ id: z.string() })
const config = { permission: 'findings:write' } as const
/** Others may add a finding at the same moment; more than once is somebody in a hurry. */
const ATTEMPTS = 3

/** What runs showed to be missing: list, add, change. Every version is kept. */
export function findingRoutes(deps: Pick<ApiDependencies, 'findings' | 'runs'>): FastifyPluginAsyncZod {
  return async (app) => {
    app.get(
      '/v1/runs/:id/findings',
      {
        config: { permission: 'runs:read' },
        schema: {
          tags,
          summary: 'What a run showed to be missing, as it stands',
          params,
          response: answers({ 200: z.object({ findings: z.array(findingViewSchema) }) }),
        },
      },
      async (request) => {
        const { teamId } = signedIn(request)
        const { id } = await findRun(deps.runs, teamId, request.params.id)
        return { findings: (await deps.findings.ofRun(id)).map(presentFinding) }
      },
    )

    app.post(
      '/v1/runs/:id/findings',
      {
        config,
        schema: {
          tags,
          summary: 'Write down a gap, with who does something about it and by when',
          params,
          body: findingTermsSchema,
          response: answers({ 201: findingViewSchema }),
        },
      },
      async (request, reply) => {
        const { teamId, actor } = signedIn(request)
        const run = await findRun(deps.runs, teamId, request.params.id)
        const added = await add(deps, run, request.body, actor)
        return reply.code(201).header('etag', `"${added.version}"`).send(presentFinding(added))
      },
    )

    app.put(
      '/v1/runs/:id/findings/:number',
      {
        config,
        schema: {
          tags,
          summary: 'Replace what a finding says',
          params: params.extend({ number: z.coerce.number().int().min(1) }),
          headers: changeHeaders,
          body: findingTermsSchema,
          response: answers({ 200: findingViewSchema }),
        },
      },
      async (request, reply) => {
        const { teamId, actor } = signedIn(request)
        const { id: runId } = await findRun(deps.runs, teamId, request.params.id)
        const { number } = request.params
        const version = versionOf(request.headers['if-match'])
        const known = await find(deps, runId, number)
        const isNext =
          known.version === version &&
          (await deps.findings.write(teamId, { runId, number, version: version + 1 }, request.body, actor))
        if (!isNext)
          throw new AppError('changed-meanwhile', 'Somebody has changed the finding since you looked at it.')
        const changed = await find(deps, runId, number)
        return reply.header('etag', `"${changed.version}"`).send(presentFinding(changed))
      },
    )
  }
}

async function add(
  { findings }: Pick<ApiDependencies, 'findings'>,
  { id: runId, teamId }: RunRow,
  terms: FindingTerms,
  by: Actor,
): Promise<RunFinding> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const number = (await findings.ofRun(runId)).length + 1
    if (await findings.write(teamId, { runId, number, version: 1 }, terms, by))
      return find({ findings }, runId, number)
  }
  throw new AppError('changed-meanwhile', 'Others wrote findings down at the same moment.')
}

async function find(
  { findings }: Pick<ApiDependencies, 'findings'>,
  runId: RunRow['id'],
  number: number,
): Promise<RunFinding> {
  const found = (await findings.ofRun(runId)).find((one) => one.number === number)
  if (found === undefined) throw new AppError('not-found', `The run has no finding ${number}.`)
  return found
}
