import {
  injectSteps,
  INJECT_POLICY,
  type PlannedStep,
  type RunEventBody,
  type RunState,
  type StepPlan,
} from '@firedrill/core'
import { callOut } from '../call-out.ts'
import { failureEvent } from '../failures.ts'
import { storePlan } from '../plan-file.ts'
import type { EnginePorts } from '../ports.ts'
import type { RunMemory } from '../run-memory.ts'
import type { Tenure } from '../tenure.ts'

type Ports = Pick<EnginePorts, 'evidence' | 'faults' | 'calls' | 'random'>

/** Describing many targets takes several pages. */
const PLAN_TIMEOUT_MS = 20_000

/**
 * Resolves every selector once, captures prior state, freezes the targets. Describes only. Many steps ask more often than a cloud
 * lets one ask at once, so what was resolved before a call failed is not asked for again, and getting further is no failed attempt.
 */
export async function planRun(
  tenure: Tenure,
  memory: RunMemory,
  ports: Ports,
  signal: AbortSignal,
): Promise<void> {
  const resolved = memory.resolvedSteps(tenure.id)
  let isFurther = false
  const steps: { step: string; plan: StepPlan }[] = []
  const planned: Omit<PlannedStep, 'capture'>[] = []
  const permissions = new Set<string>()
  for (const step of injectSteps(tenure.scenario)) {
    const driver = ports.faults.get(step.fault)
    if (driver === undefined) return refuse(tenure, `this installation has no fault named ${step.fault}`)
    const known = resolved.get(step.name)
    const site = { operation: `${step.fault}.plan`, timeoutMs: PLAN_TIMEOUT_MS, isAct: false }
    const outcome =
      known === undefined
        ? await callOut(ports.calls, site, signal, (ends) =>
            driver.plan(step, tenure.state.seed, { environment: tenure.environment, signal: ends }),
          )
        : ({ ok: true, value: known } as const)
    if (!outcome.ok) {
      const { event, givesUp } = failureEvent(tenure, outcome.failure, INJECT_POLICY, ports.random.next(), {
        step: step.name,
        ...(isFurther ? { attempt: 1 } : {}),
      })
      if (!givesUp) await tenure.recordIf(isPlanning, () => [event])
      else
        await refuse(
          tenure,
          `step ${step.name} could not be planned: ${outcome.failure.code} ${outcome.failure.message}`,
          [event],
        )
      return
    }
    const plan = outcome.value
    if (known === undefined) isFurther = true
    resolved.set(step.name, plan)
    steps.push({ step: step.name, plan })
    for (const permission of plan.permissions) permissions.add(permission)
    planned.push({
      step: step.name,
      fault: driver.name,
      faultVersion: driver.version,
      restoration: driver.restoration,
      targets: [...plan.targets],
      population: plan.population,
    })
  }
  const hash = await storePlan(ports.evidence, tenure.id, { steps })
  const { expectedPlan } = tenure.state
  if (expectedPlan !== undefined && expectedPlan !== hash) {
    return refuse(
      tenure,
      'drift: the targets or their state are no longer those of the saved plan; plan again',
    )
  }
  const event: RunEventBody = {
    type: 'planned',
    data: {
      planHash: hash,
      steps: planned.map((step) => ({ ...step, capture: hash })),
      permissions: [...permissions].toSorted(),
    },
  }
  await tenure.recordIf(isPlanning, () => [event])
  resolved.clear()
}

const isPlanning = (state: RunState) => state.status === 'planning'

async function refuse(tenure: Tenure, why: string, before: readonly RunEventBody[] = []): Promise<void> {
  await tenure.recordIf(isPlanning, () => [
    ...before,
    { type: 'status-changed', data: { from: 'planning', to: 'refused', why } },
  ])
}
