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
}>

/** The digest of an empty journal. */
export const EMPTY_DIGEST: JournalDigest = {
  seq: 0,
  phases: [],
  guardrails: null,
  steadyState: null,
  verifiedAt: {},
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
    case 'restoration-observed': {
      const isVerified = body.data.observations.every(({ injection }) => isClean(injection))
      return isVerified ? { ...next, verifiedAt: { ...digest.verifiedAt, [body.data.step]: at } } : next
    }
    case 'planned':
    case 'undo-prepared':
    case 'kit-acknowledged':
    case 'injection-requested':
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
      return next
  }
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
