import {
  isClean,
  type JournalEvent,
  type RunEventBody,
  type RunId,
  type RunRow,
  type RunStore,
} from '@firedrill/core'
import type { PhaseView, RunDetail } from '@firedrill/contracts'

/** What a page wants to know of a journal and the folded state does not hold: moments on both clocks, and answers. */
export type JournalDigest = Readonly<{
  /** The last sequence that is in it. */
  seq: number
  phases: readonly PhaseView[]
  guardrails: RunDetail['guardrails']
  steadyState: RunDetail['steadyState']
  /** Step → platform time at which its last target was seen clean. */
  verifiedAt: Readonly<Record<string, number>>
  /** Of the plan's steps, each target and whether it was seen clean since it was broken. */
  open: Readonly<{ planHash: string; steps: Readonly<Record<string, Readonly<Record<string, boolean>>>> }>
}>

/** The digest of an empty journal. */
export const EMPTY_DIGEST: JournalDigest = {
  seq: 0,
  phases: [],
  guardrails: null,
  steadyState: null,
  verifiedAt: {},
  open: { planHash: '', steps: {} },
}

/** Folds one event into a digest. Pure. */
export function digestEvent(digest: JournalDigest, event: JournalEvent): JournalDigest {
  const next = { ...digest, seq: event.seq }
  const body = { type: event.type, data: event.data } as RunEventBody
  const { at, worldAt } = event
  switch (body.type) {
    case 'run-created':
      return { ...next, phases: [phase('booked', 'the run was created', at, worldAt)] }
    case 'status-changed': {
      const left = digest.phases.map((entry) =>
        entry.leftAt === null ? { ...entry, leftAt: at, leftWorldAt: worldAt } : entry,
      )
      return { ...next, phases: [...left, phase(body.data.to, body.data.why, at, worldAt)] }
    }
    case 'guardrails-checked':
      return { ...next, guardrails: { at, allowed: body.data.allowed, answers: body.data.answers } }
    case 'steady-state-checked':
      return { ...next, steadyState: { at, holds: body.data.holds, seen: body.data.seen } }
    case 'planned':
      return { ...next, open: openTargets(digest, body.data) }
    case 'injection-requested':
      return reopened(next, body.data.step)
    case 'restoration-observed':
      return restorationSeen(next, body.data, at)
    case 'undo-prepared':
    case 'kit-acknowledged':
    case 'dead-man-asked':
    case 'dead-man-armed':
    case 'dead-man-released':
    case 'injection-accepted':
    case 'injection-observed':
    case 'step-waited':
    case 'call-failed':
    case 'stop-condition-breached':
    case 'response-seen':
    case 'recovery-requested':
    case 'recovery-accepted':
    case 'abort-requested':
    case 'note-added':
    case 'measured':
    case 'person-needed':
    case 'approved':
    case 'approval-declined':
    case 'paged':
    case 'page-failed':
    case 'taken-over':
    case 'target-resolved':
    case 'step-skipped':
    case 'step-retry-asked':
    case 'step-cleared':
    case 'runbook-step-started':
    case 'runbook-step-done':
    case 'runbook-step-skipped':
      return next
  }
}

type Data<T extends RunEventBody['type']> = Extract<RunEventBody, { type: T }>['data']

/** Targets by step, none of them seen clean. Parts of one plan add up; another plan takes its place. */
function openTargets(digest: JournalDigest, { planHash, steps }: Data<'planned'>): JournalDigest['open'] {
  const known = digest.open.planHash === planHash ? digest.open.steps : {}
  const all: Record<string, Readonly<Record<string, boolean>>> = { ...known }
  for (const { step, targets } of steps)
    all[step] = { ...all[step], ...Object.fromEntries(targets.map(({ id }) => [id, false])) }
  return { planHash, steps: all }
}

/** What was clean before it was broken says nothing. */
function reopened(digest: JournalDigest, step: string): JournalDigest {
  const targets = Object.keys(digest.open.steps[step] ?? {})
  const steps = { ...digest.open.steps, [step]: Object.fromEntries(targets.map((id) => [id, false])) }
  return { ...digest, open: { ...digest.open, steps } }
}

/** A step is verified when the last of its targets is, however many events its observations are spread over. */
function restorationSeen(
  digest: JournalDigest,
  { step, observations }: Data<'restoration-observed'>,
  at: number,
): JournalDigest {
  const seen = Object.fromEntries(observations.map(({ target, injection }) => [target, isClean(injection)]))
  const targets = { ...digest.open.steps[step], ...seen }
  const open = { ...digest.open, steps: { ...digest.open.steps, [step]: targets } }
  const { [step]: verified, ...others } = digest.verifiedAt
  const isVerified = Object.values(targets).every(Boolean)
  return { ...digest, open, verifiedAt: isVerified ? { ...others, [step]: verified ?? at } : others }
}

function phase(status: PhaseView['status'], why: string, at: number, worldAt: number): PhaseView {
  return { status, why, at, worldAt, leftAt: null, leftWorldAt: null }
}

/** Digests of runs, kept up to date. */
export type JournalDigests = Readonly<{ of(run: Pick<RunRow, 'id' | 'foldedSeq'>): Promise<JournalDigest> }>

const PAGE = 500
const KEPT_MAX = 100

/**
 * Reads a journal once and then only what is new: a journal is only ever added to, so a digest never becomes wrong, at most
 * short. The hundred most recently used runs are kept.
 */
export function createJournalDigests(runs: Pick<RunStore, 'events'>): JournalDigests {
  const kept = new Map<RunId, JournalDigest>()
  return {
    of: async ({ id, foldedSeq }) => {
      let digest = kept.get(id) ?? EMPTY_DIGEST
      while (digest.seq < foldedSeq) {
        const events = await runs.events(id, digest.seq, PAGE)
        if (events.length === 0) break
        for (const event of events) digest = digestEvent(digest, event)
      }
      kept.delete(id)
      kept.set(id, digest)
      const [oldest] = kept.keys()
      if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest)
      return digest
    },
  }
}
