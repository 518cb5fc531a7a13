import { isRecovery } from '@firedrill/core'
import type { EnginePorts } from './ports.ts'

/** Most due runs one round nudges. */
const DUE_MAX = 200

/** Sends a hint for every run that is due and that nobody holds. Run every 0.5–1 s in every worker. */
export function createReconcile(
  ports: Readonly<{ runs: Pick<EnginePorts['runs'], 'due'> }> & Pick<EnginePorts, 'hints'>,
) {
  return async function reconcile(): Promise<number> {
    const due = await ports.runs.due(DUE_MAX)
    for (const run of due) await ports.hints.send(isRecovery(run.status) ? 'recover' : 'advance', run.id)
    return due.length
  }
}
