import { AppError, canonicalJson, type EvidenceStore, type RunId, type StepPlan } from '@firedrill/core'

/** The frozen plan of a run as it is kept in evidence: every step's targets, capture, calls and permissions. */
export type PlanFile = Readonly<{ steps: readonly Readonly<{ step: string; plan: StepPlan }>[] }>

/** Stores a plan and answers its hash, to which approvals and preflight bind. */
export async function storePlan(evidence: EvidenceStore, runId: RunId, plan: PlanFile): Promise<string> {
  return evidence.put(runId, 'plan', new TextEncoder().encode(canonicalJson(plan)))
}

/** Reads a run's frozen plan. @throws AppError when the evidence is gone, since nothing may be done without it. */
export async function loadPlan(evidence: EvidenceStore, hash: string): Promise<PlanFile> {
  const bytes = await evidence.get(hash)
  if (bytes === undefined) {
    throw new AppError('unexpected', 'The frozen plan of this run is missing from the evidence store.', {
      internal: `plan ${hash}`,
    })
  }
  return JSON.parse(new TextDecoder().decode(bytes)) as PlanFile
}

/** One step of a plan. @throws AppError when the plan has no such step. */
export function stepPlan(file: PlanFile, step: string): StepPlan {
  const found = file.steps.find((entry) => entry.step === step)
  if (found === undefined)
    throw new AppError('unexpected', `The frozen plan of this run has no step ${step}.`)
  return found.plan
}
