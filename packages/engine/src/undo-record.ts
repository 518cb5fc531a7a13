import {
  canonicalJson,
  type RunId,
  type Sha256,
  type UndoPlan,
  type UndoRecord,
  type WorldInstant,
} from '@firedrill/core'

/** The identity of an undo plan: everything in it but the handles, which are only known after the acts, and what people decided since. */
export function undoHash(plan: UndoPlan, sha256: Sha256): string {
  return sha256(canonicalJson({ ...plan, handle: undefined, undoHandle: undefined, decided: undefined }))
}

/** The row that is written in one transaction with the events about an undo plan. */
export function undoRecord(
  input: Readonly<{
    teamId: string
    runId: RunId
    step: string
    plan: UndoPlan
    expiresAt: WorldInstant
    environmentHash: string
    status: UndoRecord['status']
  }>,
  sha256: Sha256,
): UndoRecord {
  return { ...input, hash: undoHash(input.plan, sha256) }
}
