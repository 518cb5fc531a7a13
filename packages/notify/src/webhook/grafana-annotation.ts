import type { DueDelivery, JournalEvent } from '@firedrill/core'
import { eventLine } from './event-line.ts'
import type { Message } from './send-event.ts'

const MICROS_PER_MS = 1000

/**
 * The fault of a run as one region annotation, once its figures stand: from when it was confirmed to when everything was
 * back. World time, which is that of the metrics beside it. Undefined for every other event, and for a run without a fault.
 */
export function grafanaAnnotation(due: DueDelivery, link: string | undefined): Message | undefined {
  const { event, run, webhook } = due
  if (event.type !== 'measured') return undefined
  const { measurement } = (event as JournalEvent<'measured'>).data
  const { injected, restored } = measurement.points
  if (measurement.provisional || injected === undefined) return undefined
  const name = `Run ${run.number} of ${run.scenario} in ${run.environment}`
  return {
    headers: { 'content-type': 'application/json; charset=utf-8', authorization: `Bearer ${webhook.secret}` },
    body: JSON.stringify({
      time: Math.round(injected.lo / MICROS_PER_MS),
      ...(restored?.hi === undefined || restored.hi === null
        ? {}
        : { timeEnd: Math.round(restored.hi / MICROS_PER_MS) }),
      tags: ['firedrill', `drill:${run.drillId}`, `scenario:${run.scenario}`, `env:${run.environment}`],
      text: [`${name}: ${eventLine(event)}`, ...(link === undefined ? [] : [link])].join('\n'),
    }),
  }
}
