import {
  isEnd,
  worldAt,
  type Delivery,
  type PlatformStanding,
  type ReadStanding,
  type Status,
  type WebhookStore,
} from '@firedrill/core'
import { clockOf, type MemoryData } from './memory-data.ts'

const MICROS_PER_MS = 1000

/** In-memory `ReadStanding`. */
export function memoryStanding(data: MemoryData, webhooks: WebhookStore): ReadStanding {
  return async (): Promise<PlatformStanding> => {
    const now = data.now()
    const runs: Partial<Record<Status, number>> = {}
    for (const { state } of data.runs.values())
      if (!isEnd(state.status)) runs[state.status] = (runs[state.status] ?? 0) + 1
    const overdueMs = [...data.undo.values()].flatMap(({ status, runId, expiresAt }) => {
      const run = data.runs.get(runId)
      if (status !== 'live' || run === undefined) return []
      return [(worldAt(clockOf(data, run), now) - expiresAt) / MICROS_PER_MS]
    })
    const sent = await allDeliveries(data, webhooks)
    const waiting = sent.filter(({ state }) => state === 'waiting')
    return {
      runs,
      faults: {
        live: overdueMs.length,
        overdue: overdueMs.filter((ms) => ms > 0).length,
        longestOverdueMs: Math.max(0, ...overdueMs),
      },
      events: {
        waiting: waiting.length,
        dead: sent.filter(({ state }) => state === 'dead').length,
        longestWaitingMs: Math.max(0, ...waiting.map(({ at }) => (now - at) / MICROS_PER_MS)),
      },
      isHalted: data.halt.set,
    }
  }
}

async function allDeliveries(data: MemoryData, webhooks: WebhookStore): Promise<readonly Delivery[]> {
  const teams = [...new Set([...data.runs.values()].map(({ teamId }) => teamId))]
  const found = await Promise.all(
    teams.map(async (teamId) => {
      const query = { limit: Number.MAX_SAFE_INTEGER }
      const hooks = await webhooks.list(teamId)
      return Promise.all(hooks.map(({ id }) => webhooks.deliveries(teamId, id, query)))
    }),
  )
  return found.flat(2)
}
