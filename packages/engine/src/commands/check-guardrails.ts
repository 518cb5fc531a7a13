import {
  canonicalJson,
  checkGuardrails,
  type GuardrailAnswer,
  type GuardrailFacts,
  type Outcome,
  type RunEventBody,
  type RunState,
  type StepPlan,
} from '@firedrill/core'
import { gatherFacts, type FactsPorts } from '../gather-facts.ts'
import { findPlan } from '../plan-file.ts'
import type { EnginePorts } from '../ports.ts'
import type { Tenure } from '../tenure.ts'

type Ports = FactsPorts & Pick<EnginePorts, 'evidence'>

/** Asks every guardrail about the frozen plan, resolving the targets once more. Answers what each said. */
export async function askGuardrails(
  tenure: Tenure,
  ports: Ports,
  signal: AbortSignal,
  steadyState: GuardrailFacts['steadyState'] = 'later',
): Promise<readonly GuardrailAnswer[]> {
  return askAbout(
    await findPlan(ports.evidence, tenure.state.planHash ?? ''),
    tenure,
    ports,
    signal,
    steadyState,
  )
}

async function askAbout(
  file: Awaited<ReturnType<typeof findPlan>>,
  tenure: Tenure,
  ports: Ports,
  signal: AbortSignal,
  steadyState: GuardrailFacts['steadyState'],
): Promise<readonly GuardrailAnswer[]> {
  if (file === undefined) {
    const reason =
      'the frozen plan of this run is missing from the evidence store, so nothing can be compared with it'
    return [{ guardrail: 'drift', allow: false, reason }]
  }
  const approved = new Map<string, Outcome<StepPlan>>(
    file.steps.map(({ step, plan }) => [step, { ok: true, value: plan }]),
  )
  const facts = await gatherFacts(
    {
      teamId: tenure.state.teamId,
      scenario: tenure.scenario,
      environment: tenure.environment,
      rate: tenure.clock.rate,
      now: tenure.now(),
      seed: tenure.state.seed,
      runId: tenure.id,
      approved,
      again: true,
      steadyState,
      approvals: {
        given: tenure.state.approvals ?? [],
        author: tenure.state.author,
        plan: ports.sha256(canonicalJson(file)),
      },
    },
    ports,
    signal,
  )
  return checkGuardrails(facts)
}

/** Preflight: guardrails, then the locks on all targets and what undo is judged by beside them, in one transaction with the step into the baseline. */
export async function checkPreflight(tenure: Tenure, ports: Ports, signal: AbortSignal): Promise<void> {
  const file = await findPlan(ports.evidence, tenure.state.planHash ?? '')
  const answers = await askAbout(file, tenure, ports, signal, 'later')
  // Questions that were called off were not answered: whoever takes the run over asks again.
  if (signal.aborted) return
  const isPreflight = (state: RunState) => state.status === 'preflight'
  if (answers.some((answer) => !answer.allow)) {
    await tenure.recordIf(isPreflight, () => refusal('preflight', answers))
    return
  }
  const held = file?.steps.flatMap(({ plan: { targets, surroundings = [] } }) => [
    ...targets.map(({ id }) => id),
    ...surroundings,
  ])
  const locks = [...new Set(held)]
  const { lockedBy } = await tenure.recordIf(
    isPreflight,
    () => [
      { type: 'guardrails-checked', data: { answers: [...answers], allowed: true } },
      {
        type: 'status-changed',
        data: { from: 'preflight', to: 'baseline', why: `${answers.length} guardrails allow` },
      },
    ],
    { locks },
  )
  // Another run took a target between the question and the transaction, which has the last word.
  if (lockedBy !== undefined) {
    await tenure.recordIf(isPreflight, () =>
      refusal(
        'preflight',
        answers.map((answer) =>
          answer.guardrail === 'lock' ? { ...answer, allow: false, reason: lockedBy } : answer,
        ),
      ),
    )
  }
}

/** The events of a refusal: all answers, and the end of the run with the reasons. */
export function refusal(
  from: RunState['status'],
  answers: readonly GuardrailAnswer[],
): readonly RunEventBody[] {
  const why = answers
    .flatMap((answer) => (answer.allow ? [] : [`${answer.guardrail}: ${answer.reason}`]))
    .join('; ')
  return [
    { type: 'guardrails-checked', data: { answers: [...answers], allowed: false } },
    { type: 'status-changed', data: { from, to: 'refused', why } },
  ]
}
