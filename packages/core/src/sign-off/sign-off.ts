import type { CompiledEnvironment } from '../environment/environment.ts'
import { isSandbox } from '../environment/sandbox.ts'
import type { RunId } from '../ids/ids.ts'
import { canonicalJson } from '../journal/canonical-json.ts'
import { GENESIS, type Actor, type Sha256 } from '../journal/envelope.ts'
import { isEnd, type Status } from '../run/status.ts'
import type { PlatformInstant } from '../time/instant.ts'

/** What people put their names to, in the order in which they do. */
export const SIGN_OFF_ROLES = ['prepared', 'reviewed', 'accepted'] as const
export type SignOffRole = (typeof SIGN_OFF_ROLES)[number]

/**
 * What an act is about. `report` is the hash of the report that was looked at; `data` that of the journal and evidence it was
 * made from, so that the same data written by another version of the program are still what was signed.
 */
export type SignedMatter = Readonly<{ report: string; data: string }>

/** One person's act. Its `hash` covers all other members, `prev` is the act before: a chain of its own beside the journal. */
export type SignOff = SignedMatter &
  Readonly<{
    runId: RunId
    seq: number
    role: SignOffRole
    by: Actor
    note: string
    /** The same person has signed before, which only a sandbox lets them do. */
    own: boolean
    at: PlatformInstant
    prev: string
    hash: string
  }>

/** The hash an act must carry. */
export function signOffHash(act: Omit<SignOff, 'hash'>, sha256: Sha256): string {
  return sha256(canonicalJson({ ...act, hash: undefined }))
}

/** The first thing wrong with the acts of a run, or undefined when sequence, links and hashes hold. */
export function signOffProblem(acts: readonly SignOff[], sha256: Sha256): string | undefined {
  let prev = GENESIS
  for (const [index, act] of acts.entries()) {
    if (act.seq !== index + 1) return `act ${index + 1} carries seq ${act.seq}`
    if (act.prev !== prev) return `act ${act.seq} does not follow the one before it`
    if (act.hash !== signOffHash(act, sha256)) return `act ${act.seq} was changed after it was written`
    prev = act.hash
  }
  return undefined
}

/** The acts that stand, by role: those about exactly these data. All others are void. */
export function standingSignOffs(
  acts: readonly SignOff[],
  data: string,
): Readonly<Partial<Record<SignOffRole, SignOff>>> {
  return Object.fromEntries(acts.filter((act) => act.data === data).map((act) => [act.role, act]))
}

/** What it takes to sign. */
export type SignOffContext = Readonly<{
  run: Readonly<{ id: RunId; status: Status; provisional: boolean }>
  acts: readonly SignOff[]
  /** The report as it is now. */
  matter: SignedMatter
  environment: Pick<CompiledEnvironment, 'environmentKind' | 'aws'>
  now: PlatformInstant
  sha256: Sha256
}>

/** What a person asks. `report` is the hash of what they looked at. */
export type SignOffAsked = Readonly<{ role: SignOffRole; report: string; by: Actor; note: string }>

/** The act that follows from what a person asks, or why there is none. */
export function decideSignOff(
  { role, report, by, note }: SignOffAsked,
  { run, acts, matter, environment, now, sha256 }: SignOffContext,
): Readonly<{ act: SignOff } | { refused: string }> {
  if (!isEnd(run.status)) return { refused: `the run is not over, it is ${run.status}` }
  if (run.provisional) return { refused: 'its figures are provisional' }
  if (report !== matter.report)
    return {
      refused: `what you looked at is report ${report.slice(0, 12)}, and it is ${matter.report.slice(0, 12)} now; look again`,
    }
  if (by.kind !== 'person') return { refused: 'only people sign' }
  const standing = standingSignOffs(acts, matter.data)
  const already = standing[role]
  if (already !== undefined) return { refused: `${already.by.name} has ${role} it already` }
  const missing = SIGN_OFF_ROLES.slice(0, SIGN_OFF_ROLES.indexOf(role)).find(
    (before) => standing[before] === undefined,
  )
  if (missing !== undefined) return { refused: `nobody has ${missing} it yet` }
  const own = Object.values(standing).some((act) => act.by.id === by.id)
  if (own && !isSandbox(environment))
    return { refused: 'you have signed it already, and the others have to be other people' }
  const last = acts.at(-1)
  const act = {
    ...matter,
    runId: run.id,
    seq: acts.length + 1,
    role,
    by,
    note,
    own,
    at: now,
    prev: last?.hash ?? GENESIS,
  }
  return { act: { ...act, hash: signOffHash(act, sha256) } }
}
