import type { Id } from '../ids/ids.ts'
import type { Delivery, DeliveryState, DueDelivery, SendOutcome, Webhook } from '../webhook/webhook.ts'

/** Which deliveries of a webhook: the newest `limit` of a state. */
export type DeliveryQuery = Readonly<{ state?: DeliveryState; limit: number }>

/**
 * Webhooks and what is to be sent to them. An event is to be sent from the moment it is in a journal, in the same
 * transaction, and stays so until it was taken or given up on.
 */
export type WebhookStore = Readonly<{
  /** Events from now on are for it. */
  create(webhook: Omit<Webhook, 'createdAt'>): Promise<Webhook>
  /** By name. */
  list(teamId: string): Promise<readonly Webhook[]>
  /** Answers whether there was one. Nothing is sent to it any more. */
  remove(teamId: string, id: Id<'webhook'>): Promise<boolean>
  /** The newest first. */
  deliveries(teamId: string, id: Id<'webhook'>, query: DeliveryQuery): Promise<readonly Delivery[]>
  /** Everything that was given up on waits again, from the first attempt; answers how many. */
  replay(teamId: string, id: Id<'webhook'>): Promise<number>
  /**
   * Takes on what is due: of each run, for each webhook, the first event that waits, and no other before it is settled.
   * Nobody else gets it for `leaseMs`.
   */
  claim(limit: number, leaseMs: number): Promise<readonly DueDelivery[]>
  /** Records what an attempt came to. A failure of an attempt that somebody has followed up since changes nothing. */
  settle(due: DueDelivery, outcome: SendOutcome): Promise<void>
}>

/** Sends one event to its receiver, once. What goes wrong is an answer; it never holds address or secret. */
export type SendEvent = (due: DueDelivery, signal: AbortSignal) => Promise<SendOutcome>
