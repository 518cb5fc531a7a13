import {
  plusMs,
  retryAfterMs,
  type Delivery,
  type JournalEvent,
  type Webhook,
  type WebhookStore,
} from '@firedrill/core'
import type { MemoryData } from './memory-data.ts'

type Row = Pick<Delivery, 'state' | 'attempts' | 'nextAt' | 'problem'> &
  Readonly<{ webhook: Webhook; event: JournalEvent }>

/** In-memory `WebhookStore`: what is to be sent is read from the journals whenever somebody asks. */
export function memoryWebhooks(data: MemoryData): WebhookStore {
  const webhooks: Webhook[] = []
  const removed = new Set<string>()
  const changed = new Map<string, Pick<Row, 'state' | 'attempts' | 'nextAt' | 'problem'>>()
  const keyOf = ({ webhook, event }: Pick<Row, 'webhook' | 'event'>) =>
    `${webhook.id} ${event.runId} ${event.seq}`
  const rows = (): readonly Row[] =>
    [...data.runs.values()].flatMap(({ teamId, events }) =>
      webhooks
        .filter((webhook) => webhook.teamId === teamId)
        .flatMap((webhook) =>
          events
            .filter(({ at, type }) => at >= webhook.createdAt && webhook.types.includes(type))
            .map((event): Row => {
              const fresh = { state: 'waiting', attempts: 0, nextAt: event.at, problem: null } as const
              return { webhook, event, ...(changed.get(keyOf({ webhook, event })) ?? fresh) }
            }),
        ),
    )
  const isBehind = (row: Row, all: readonly Row[]) =>
    all.some(
      ({ webhook, event, state }) =>
        webhook.id === row.webhook.id &&
        event.runId === row.event.runId &&
        state === 'waiting' &&
        event.seq < row.event.seq,
    )
  return {
    create: async (webhook) => {
      const made = structuredClone({ ...webhook, createdAt: data.now() })
      webhooks.push(made)
      return made
    },
    list: async (teamId) =>
      webhooks
        .filter((one) => one.teamId === teamId && !removed.has(one.id))
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    remove: async (teamId, id) => {
      const isThere = webhooks.some((one) => one.teamId === teamId && one.id === id) && !removed.has(id)
      if (isThere) removed.add(id)
      return isThere
    },
    deliveries: async (teamId, id, { state, limit }) =>
      rows()
        .filter(({ webhook }) => webhook.teamId === teamId && webhook.id === id)
        .filter((row) => state === undefined || row.state === state)
        .toSorted((a, b) => b.event.at - a.event.at || b.event.seq - a.event.seq)
        .slice(0, limit)
        .map(({ event, state, attempts, nextAt, problem }) => ({
          run: event.runId,
          runNumber: data.runs.get(event.runId)?.number ?? 0,
          seq: event.seq,
          type: event.type,
          at: event.at,
          state,
          attempts,
          nextAt,
          problem,
        })),
    replay: async (teamId, id) => {
      const dead = rows().filter(
        (row) => row.webhook.id === id && row.webhook.teamId === teamId && row.state === 'dead',
      )
      for (const row of dead)
        changed.set(keyOf(row), { state: 'waiting', attempts: 0, nextAt: data.now(), problem: null })
      return dead.length
    },
    claim: async (limit, leaseMs) => {
      const [all, now] = [rows(), data.now()]
      return all
        .filter(
          ({ webhook, state, nextAt }) => state === 'waiting' && nextAt <= now && !removed.has(webhook.id),
        )
        .filter((row) => !isBehind(row, all))
        .slice(0, limit)
        .flatMap((row) => {
          const run = data.runs.get(row.event.runId)
          if (run === undefined) return []
          const attempt = row.attempts + 1
          changed.set(keyOf(row), { ...row, attempts: attempt, nextAt: plusMs(now, leaseMs) })
          const { number, drillId, state } = run
          const [scenario, environment] = [state.scenario.name, state.environment.name]
          const about = { number, environment, drillId, scenario }
          return [{ webhook: row.webhook, event: row.event, run: about, attempt, now }]
        })
    },
    settle: async (due, outcome) => {
      const row = rows().find((one) => keyOf(one) === keyOf(due))
      if (row === undefined) return
      const { attempts } = row
      if (outcome.ok) {
        changed.set(keyOf(due), { state: 'delivered', attempts, nextAt: row.nextAt, problem: null })
      } else if (row.state === 'waiting' && attempts === due.attempt) {
        const afterMs = outcome.gone === true ? undefined : retryAfterMs(due.attempt, outcome.afterMs)
        const state = afterMs === undefined ? 'dead' : 'waiting'
        const nextAt = plusMs(data.now(), afterMs ?? 0)
        changed.set(keyOf(due), { state, attempts, nextAt, problem: outcome.why })
      }
    },
  }
}
