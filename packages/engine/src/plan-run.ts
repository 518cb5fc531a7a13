import {
  checkGuardrails,
  injectSteps,
  type CompiledEnvironment,
  type CompiledScenario,
  type EnvironmentClock,
  type GuardrailAnswer,
  type PlatformInstant,
  type StepPlan,
} from '@firedrill/core'
import { gatherFacts } from './gather-facts.ts'
import type { PlanFile } from './plan-file.ts'
import type { EnginePorts } from './ports.ts'

type Ports = Pick<EnginePorts, 'faults' | 'halt' | 'identity' | 'metrics' | 'clock' | 'sha256'>

/** What a dry run answers: every guardrail, and per step the targets, calls, permissions and the way back. */
export type DryRun = Readonly<{
  allowed: boolean
  answers: readonly GuardrailAnswer[]
  steps: readonly Readonly<{
    step: string
    fault: string
    restoration: string
    plan: StepPlan
    undo: readonly string[]
  }>[]
  permissions: readonly string[]
  /** The frozen plan: what a saved plan file carries and a later run is compared with. */
  file: PlanFile
}>

/** Walks the path of a run with describing calls alone. Nothing is stored, nothing is changed. */
export function createPlanRun(ports: Ports) {
  return async function planRun(
    input: Readonly<{
      scenario: CompiledScenario
      environment: CompiledEnvironment
      clock: EnvironmentClock
      now: PlatformInstant
      seed: number
    }>,
    signal: AbortSignal,
  ): Promise<DryRun> {
    const facts = await gatherFacts(
      { ...input, rate: input.clock.rate, approved: new Map(), again: false },
      ports,
      signal,
    )
    const answers = checkGuardrails(facts)
    const steps = facts.steps.flatMap(({ step: name, approved }) => {
      const step = injectSteps(input.scenario).find((candidate) => candidate.name === name)
      const driver = step === undefined ? undefined : ports.faults.get(step.fault)
      if (step === undefined || driver === undefined || !approved.ok) return []
      const undo = driver.undo(
        step,
        approved.value,
        ports.sha256(`plan/${name}`).slice(0, 40),
        input.environment,
      )
      return [
        {
          step: name,
          fault: driver.name,
          restoration: driver.restoration,
          plan: approved.value,
          undo: undo.commands,
        },
      ]
    })
    return {
      allowed: answers.every((answer) => answer.allow),
      answers,
      steps,
      permissions: [...new Set(steps.flatMap(({ plan }) => plan.permissions))].toSorted(),
      file: { steps: steps.map(({ step, plan }) => ({ step, plan })) },
    }
  }
}
