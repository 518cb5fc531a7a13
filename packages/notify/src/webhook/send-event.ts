import type { DueDelivery, SendEvent, SendOutcome } from '@firedrill/core'
import { cloudEvent } from './cloud-event.ts'
import { grafanaAnnotation } from './grafana-annotation.ts'
import { slackMessage } from './slack-message.ts'

/** What is posted. */
export type Message = Readonly<{ headers: Readonly<Record<string, string>>; body: string }>

/** Posts to an address that somebody chose, and follows no redirect. Fails with `AddressRefused` where it may not go. */
export type Post = (
  url: string,
  message: Message & Readonly<{ signal: AbortSignal }>,
) => Promise<Readonly<{ status: number; retryAfter: string | undefined }>>

/** How events reach their receivers, and where people see a run. */
export type SendEventOptions = Readonly<{ post: Post; dashboard: string | undefined }>

/**
 * Sends an event in what its receiver understands. Only an answer of 200 to 299 is a yes; 410 says that the receiver is gone.
 * Addresses and secrets are in no outcome.
 */
export function createSendEvent({ post, dashboard }: SendEventOptions): SendEvent {
  return async (due, signal) => {
    const link = dashboard === undefined ? undefined : new URL(`/runs/${due.event.runId}`, dashboard).href
    const message = messageOf(due, link)
    // Nothing to say to this kind of receiver.
    if (message === undefined) return { ok: true }
    try {
      const { status, retryAfter } = await post(addressOf(due), { ...message, signal })
      return outcomeOf(status, retryAfter)
    } catch (error) {
      return { ok: false, why: signal.aborted ? 'the receiver did not answer in time' : whyOf(error) }
    }
  }
}

function messageOf(due: DueDelivery, link: string | undefined): Message | undefined {
  switch (due.webhook.kind) {
    case 'cloudevents':
      return cloudEvent(due, link)
    case 'slack':
      return slackMessage(due, link)
    case 'grafana':
      return grafanaAnnotation(due, link)
  }
}

/** A webhook of Grafana names the instance, whatever path it is served below. */
function addressOf({ webhook: { kind, url } }: DueDelivery): string {
  return kind === 'grafana' ? `${url.replace(/\/+$/, '')}/api/annotations` : url
}

function outcomeOf(status: number, retryAfter: string | undefined): SendOutcome {
  if (status >= 200 && status < 300) return { ok: true }
  const why = `the receiver answered ${status}`
  if (status === 410) return { ok: false, why, gone: true }
  const seconds = Number(retryAfter)
  return { ok: false, why, ...(Number.isFinite(seconds) && seconds > 0 ? { afterMs: seconds * 1000 } : {}) }
}

function whyOf(error: unknown): string {
  if (error instanceof Error && error.name === 'AddressRefused') return `not sent: ${error.message}`
  const code =
    error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'it failed'
  return `the receiver could not be reached: ${code}`
}
