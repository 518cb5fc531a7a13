import { EASY, MIXED } from './measured.ts'
import { abortedEnd, abortLines, UNTIL_CLOSED, UNTIL_INJECTED } from './script.ts'
import type { Told } from './tell.ts'

const LIVE_ID = 'run_01k2m6a7d3e9f4g5h6j7k8m9n0'
const CLOSED_ID = 'run_01k2m6a7d3e9f4g5h6j7k8m9n1'
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
