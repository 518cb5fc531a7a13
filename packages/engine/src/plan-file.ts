import { canonicalJson, type EvidenceStore, type RunId, type StepPlan } from '@firedrill/core'

/** The frozen plan of a run as it is kept in evidence: every step's targets, capture, calls and permissions. */
export type PlanFile = Readonly<{ steps: readonly Readonly<{ step: string; plan: StepPlan }>[] }>

/** Stores a plan and answers its hash, to which approvals and preflight bind. */
export async function storePlan(evidence: EvidenceStore, runId: RunId, plan: PlanFile): Promise<string> {
  return evidence.put(runId, 'plan', new TextEncoder().encode(canonicalJson(plan)))
}

/** Reads a run's frozen plan; undefined when the evidence is gone, and then nothing may be done that needs it. */
export async function findPlan(evidence: EvidenceStore, hash: string): Promise<PlanFile | undefined> {
  const bytes = await evidence.get(hash)
  return bytes === undefined ? undefined : (JSON.parse(new TextDecoder().decode(bytes)) as PlanFile)
}
