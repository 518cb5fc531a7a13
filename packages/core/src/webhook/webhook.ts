import type { Id } from '../ids/ids.ts'
import type { Actor, JournalEvent } from '../journal/envelope.ts'
import type { RunEventType } from '../run/events.ts'
import type { PlatformInstant } from '../time/instant.ts'

/** What a receiver is spoken to in. */
export const WEBHOOK_KINDS = ['cloudevents', 'slack', 'grafana'] as const
export type WebhookKind = (typeof WEBHOOK_KINDS)[number]

/** What has become of an event for a receiver. `dead`: given up on, until somebody replays it. */
export const DELIVERY_STATES = ['waiting', 'delivered', 'dead'] as const
export type DeliveryState = (typeof DELIVERY_STATES)[number]

/** Who gets which events of a team's runs. */
export type Webhook = Readonly<{
  id: Id<'webhook'>
  teamId: string
  name: string
  kind: WebhookKind
  /** May hold a secret (Slack), so that it is shown to nobody but who may read webhooks, and logged never. */
  url: string
  /** `cloudevents`: the key of the signature, `whsec_…`; `grafana`: a token; `slack`: nothing. Never shown again. */
  secret: string
  types: readonly RunEventType[]
  createdAt: PlatformInstant
  createdBy: Actor
}>

/** One event for one receiver. */
export type Delivery = Readonly<{
  run: string
  runNumber: number
  seq: number
  type: RunEventType
  state: DeliveryState
  attempts: number
  /** When it happened, and when it is tried next; platform time. */
  at: PlatformInstant
  nextAt: PlatformInstant
  /** What the last attempt met; null while there was none, or it was taken. */
  problem: string | null
}>

/** An event that a worker has taken on to send, once. */
export type DueDelivery = Readonly<{
  webhook: Webhook
  event: JournalEvent
  run: Readonly<{ number: number; scenario: string; environment: string; drillId: string }>
  /** Counts from 1, since it was made or replayed. */
  attempt: number
  /** When it was taken on. Platform time. */
  now: PlatformInstant
}>

/** What one attempt came to. `gone`: the receiver wants nothing any more. `afterMs`: as the receiver asked. */
export type SendOutcome = Readonly<
  { ok: true } | { ok: false; why: string; gone?: boolean; afterMs?: number }
>

/** Events that say how a run goes; every step of the machinery behind it is in the journal. */
export const WEBHOOK_TYPES_BY_DEFAULT = [
  'run-created',
  'status-changed',
  'approved',
  'approval-declined',
  'injection-observed',
  'stop-condition-breached',
  'response-seen',
  'recovery-requested',
  'restoration-observed',
  'abort-requested',
  'measured',
  'person-needed',
  'taken-over',
  'target-resolved',
] as const satisfies readonly RunEventType[]

const SECOND_MS = 1000
const LONGEST_MS = 600_000
/** Given up on after so many attempts: a day and a half, since most of them are ten minutes apart. */
const ATTEMPTS_MAX = 220

/** When an attempt that failed is followed by the next, from its number; undefined: it is given up on. At most an hour is waited because a receiver asks. */
export function retryAfterMs(attempt: number, askedMs = 0): number | undefined {
  if (attempt >= ATTEMPTS_MAX) return undefined
  const own = Math.min(LONGEST_MS, 2 * SECOND_MS * 2 ** Math.min(attempt - 1, 20))
  return Math.max(own, Math.min(askedMs, 6 * LONGEST_MS))
}
