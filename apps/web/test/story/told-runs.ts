import { EASY, MIXED } from './measured.ts'
import { abortedEnd, abortLines, UNTIL_CLOSED, UNTIL_INJECTED } from './script.ts'
import type { RunDetail } from '@firedrill/contracts'
import type { Told } from './tell.ts'

const LIVE_ID = 'run_01k2m6a7d3e9f4g5h6j7k8m9n0'
const CLOSED_ID = 'run_01k2m6a7d3e9f4g5h6j7k8m9n1'
const NEEDY_ID = 'run_01k2m6a7d3e9f4g5h6j7k8m9n3'
const HELD_ID = 'run_01k2m6a7d3e9f4g5h6j7k8m9n4'
const WAITING_ID = 'run_01k2m6a7d3e9f4g5h6j7k8m9n5'
const ABORTED_ID = 'run_01k2m6a7d3e9f4g5h6j7k8m9n2'

/** A run in its outage: the fault is in, nothing is decided. */
export function liveRun(): Told {
  const lines = [...UNTIL_INJECTED, ...UNTIL_CLOSED.filter(({ s }) => s < 130)]
  return { id: LIVE_ID, number: 214, lines, nowSeconds: 141.3, limits: EASY }
}

/** A run that is over: one objective held, one undecided, one deviated. */
export function closedRun(): Told {
  return {
    id: CLOSED_ID,
    number: 213,
    lines: [...UNTIL_INJECTED, ...UNTIL_CLOSED],
    nowSeconds: 415,
    limits: MIXED,
  }
}

/** A run that somebody stopped, and that is put back. */
export function abortedRun(): Told {
  const lines = [...UNTIL_INJECTED, ...abortLines(120, 'it was enough'), ...abortedEnd(161)]
  return { id: ABORTED_ID, number: 212, lines, nowSeconds: 161.2, limits: EASY }
}

/** A run whose undo waits for people: one target was changed by somebody else, one cannot be put back. */
export function needyRun(): Told {
  const why =
    'somebody else changed web-1 (now terminated); it is not overwritten: keep theirs, or restore ours?'
  const lines: Told['lines'] = [
    ...UNTIL_INJECTED,
    ...abortLines(120, 'it was enough'),
    {
      s: 140,
      type: 'status-changed',
      tone: 'bad',
      summary: `aborting → needs-person: ${why}`,
      data: { from: 'aborting', to: 'needs-person', why },
    },
    {
      s: 141,
      type: 'paged',
      tone: 'warning',
      summary: 'A person was called (call 1, by command): the page command ended with 0',
      data: { page: 1, via: 'command', seen: 'the page command ended with 0' },
    },
  ]
  return { id: NEEDY_ID, number: 215, lines, nowSeconds: 150, limits: EASY, change: withQuestions }
}

function withQuestions(run: RunDetail): RunDetail {
  const [first] = run.steps
  if (first === undefined) return run
  const targets = first.targets.map((target, index) =>
    index === 0
      ? {
          ...target,
          injection: 'unknown' as const,
          seen: 'terminated, and no target group tells whether it was replaced',
          isQuestion: true,
          foreign: { captured: 'running', ours: 'stopped', now: 'terminated' },
        }
      : index === 1
        ? { ...target, injection: 'injected' as const, seen: 'stopped, and nothing is starting it' }
        : { ...target, injection: 'restored' as const, seen: 'running again', isClean: true },
  )
  return {
    ...run,
    steps: [{ ...first, targets }],
    mayTakeOver: true,
    mayPause: false,
    pages: { sent: 1, lastAt: run.now.at, failures: 0 },
  }
}

/** A run that somebody holds, with a step that did not take effect. */
export function heldRun(): Told {
  const lines: Told['lines'] = [
    ...UNTIL_INJECTED.slice(0, 6),
    {
      s: 66,
      type: 'status-changed',
      tone: 'warning',
      by: 'P. Novák',
      summary: 'baseline → paused: a deploy is under way',
      data: { from: 'baseline', to: 'paused', why: 'a deploy is under way' },
    },
  ]
  return {
    id: HELD_ID,
    number: 216,
    lines,
    nowSeconds: 80,
    limits: EASY,
    change: (run) => ({ ...run, mayPause: false, resumesTo: 'baseline' }),
  }
}

/** A run that waits for two people, of whom one has approved; another approval has expired. */
export function waitingRun(): Told {
  const why = '2 approvals are needed'
  const lines: Told['lines'] = [
    ...UNTIL_INJECTED.slice(0, 3),
    {
      s: 2.2,
      type: 'status-changed',
      tone: 'neutral',
      summary: `planning → awaiting-approval: ${why}`,
      data: { from: 'planning', to: 'awaiting-approval', why },
    },
    {
      s: 40,
      type: 'approved',
      tone: 'person',
      by: 'P. Novák',
      summary: 'Plan 1 approved: capacity is there',
      data: { reason: 'capacity is there' },
    },
  ]
  return { id: WAITING_ID, number: 217, lines, nowSeconds: 60, limits: EASY, change: withApprovals }
}

function withApprovals(run: RunDetail): RunDetail {
  const { at } = run.now
  const given = { at, expiresAt: at + 80_000_000_000, own: false, flaw: null }
  return {
    ...run,
    approval: {
      needed: 2,
      standing: 1,
      isAsked: true,
      author: { id: 'tok_1', name: 'M. Okafor' },
      mayBeOwn: false,
      given: [
        { ...given, by: 'L. Haas', reason: 'looked at it', expiresAt: at - 1, flaw: 'expired' },
        { ...given, by: 'P. Novák', reason: 'capacity is there' },
      ],
      declined: null,
      ceiling: { targetsMax: 6, percentMax: 100 },
    },
  }
}
