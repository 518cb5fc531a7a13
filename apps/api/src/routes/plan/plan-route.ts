import { planAnswerSchema, planRequestSchema, type PlanAnswer, type PlanRequest } from '@firedrill/contracts'
import { AppError, canonicalJson } from '@firedrill/core'
import type { DryRun } from '@firedrill/engine'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import type { ApiDependencies } from '../../dependencies.ts'
import { signedIn } from '../../security/principal.ts'
import type { Compilation } from '../../use-cases.ts'
import { findVersion } from '../definitions.ts'
import { answers } from '../respond.ts'
import { parentsOf } from '../scenarios/scenario-routes.ts'

type Needed = Pick<ApiDependencies, 'compilers' | 'definitions' | 'random' | 'sha256' | 'useCases'>

/** How long a plan may take: it asks the cloud once per step and guardrail. */
const PLAN_TIMEOUT_MS = 120_000

/** Dry runs. The one thing that may be done with an environment that is no sandbox, because it only describes. */
export function planRoute(deps: Needed): FastifyPluginAsyncZod {
  return async (app) => {
    app.post(
      '/v1/plan',
      {
        config: { permission: 'plans:make' },
        schema: {
          tags: ['plan'],
          summary: 'What a start would do: targets, guardrail answers, calls, permissions, undo commands',
          body: planRequestSchema,
          response: answers({ 200: planAnswerSchema }),
        },
      },
      async (request) => {
        const { teamId } = signedIn(request)
        const scenario = await scenarioOf(deps, teamId, request.body.scenario)
        const environment = await environmentOf(deps, teamId, request.body.environment)
        const seed = request.body.seed ?? Math.floor(deps.random.next() * 2 ** 31)
        const plan = await deps.useCases.planRun({
          teamId,
          scenario: scenario.compiled,
          environment: environment.compiled,
          seed,
          signal: AbortSignal.timeout(PLAN_TIMEOUT_MS),
        })
        return presentPlan(plan, scenario, environment)
      },
    )
  }
}

type Named = Readonly<{ name: string; hash: string }>

async function scenarioOf(deps: Needed, teamId: string, asked: PlanRequest['scenario']) {
  if ('name' in asked) return findVersion(deps.definitions, teamId, 'scenario', asked.name)
  return withHash(deps, deps.compilers.scenario(asked.source, await parentsOf(deps.definitions, teamId)))
}

async function environmentOf(deps: Needed, teamId: string, asked: PlanRequest['environment']) {
  if ('name' in asked) return findVersion(deps.definitions, teamId, 'environment', asked.name)
  return withHash(deps, deps.compilers.environment(asked.source))
}

function withHash<T extends Readonly<{ kind: string; name: string }>>(
  { sha256 }: Pick<Needed, 'sha256'>,
  compilation: Compilation<T>,
): Named & Readonly<{ compiled: T }> {
  if (!compilation.ok)
    throw new AppError('definition-invalid', `A file has ${compilation.problems.length} problems.`, {
      problems: compilation.problems,
    })
  const { compiled } = compilation
  return { name: compiled.name, hash: sha256(canonicalJson(compiled)), compiled }
}

function presentPlan(plan: DryRun, scenario: Named, environment: Named): PlanAnswer {
  const { allowed, guardrails, steps, permissions, warnings, seed, planHash } = plan
  return {
    allowed,
    scenario: { name: scenario.name, hash: scenario.hash },
    environment: { name: environment.name, hash: environment.hash },
    seed,
    guardrails: guardrails.map((answer) => ({ ...answer })),
    steps: steps.map(presentStep),
    permissions: [...permissions],
    warnings: [...warnings],
    reference:
      planHash === undefined
        ? null
        : { scenarioHash: scenario.hash, environmentHash: environment.hash, planHash, seed },
  }
}

function presentStep(step: DryRun['steps'][number]): PlanAnswer['steps'][number] {
  return {
    ...step,
    targets: [...step.targets],
    unfit: step.unfit.map((entry) => ({ ...entry })),
    calls: [...step.calls],
    permissions: [...step.permissions],
    undoCommands: [...step.undoCommands],
  }
}
