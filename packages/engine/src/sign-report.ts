import {
  AppError,
  decideSignOff,
  type Actor,
  type RunRow,
  type Sha256,
  type SignedMatter,
  type SignOff,
  type SignOffRole,
  type SignOffStore,
} from '@firedrill/core'
import { loadDefinitions } from './definitions.ts'
import type { EnginePorts } from './ports.ts'

type Ports = Pick<EnginePorts, 'runs' | 'definitions'> & Readonly<{ signOffs: SignOffStore; sha256: Sha256 }>

/** Others may sign at the same moment; more than once is somebody in a hurry. */
const ATTEMPTS = 3

/** Somebody's wish to sign. `looked` is the hash of the report that they looked at, `matter` the report as it is now. */
export type AskToSign = Readonly<{
  run: RunRow
  actor: Actor
  role: SignOffRole
  looked: string
  note: string
  matter: SignedMatter
}>

/** Puts a person's name to a report. @throws AppError state-conflict with the reason when that may not be. */
export function createSignReport(ports: Ports) {
  return async function signReport({
    run,
    actor: by,
    role,
    looked,
    note,
    matter,
  }: AskToSign): Promise<SignOff> {
    const { environment } = await loadDefinitions(run, ports.definitions)
    const { status, measurement } = run.state
    const about = { id: run.id, status, provisional: measurement?.provisional === true }
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const acts = await ports.signOffs.ofRun(run.id)
      const now = await ports.runs.now()
      const decided = decideSignOff(
        { role, report: looked, by, note },
        { run: about, acts, matter, environment, now, sha256: ports.sha256 },
      )
      if ('refused' in decided) throw new AppError('state-conflict', `Not signed: ${decided.refused}.`)
      if (await ports.signOffs.append(run.teamId, decided.act)) return decided.act
    }
    throw new AppError('state-conflict', 'Not signed: others signed at the same moment; look again.')
  }
}
