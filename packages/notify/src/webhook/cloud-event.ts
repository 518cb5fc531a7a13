import { createHmac } from 'node:crypto'
import { formatInstant, type DueDelivery } from '@firedrill/core'
import type { Message } from './send-event.ts'

const KEY_PREFIX = 'whsec_'
const MICROS_PER_S = 1_000_000

/**
 * An event as a CloudEvent 1.0 in structured mode, signed as Standard Webhooks are: HMAC-SHA256 over id, time and body. The id
 * is the same however often it is sent; `sequence` counts within the run, with gaps where types are left out.
 */
export function cloudEvent({ webhook, event, run, now }: DueDelivery, link: string | undefined): Message {
  const id = `${event.runId}/${event.seq}`
  const body = JSON.stringify({
    specversion: '1.0',
    id,
    source: `/firedrill/runs/${event.runId}`,
    type: `io.firedrill.run.${event.type}.v${event.v}`,
    subject: event.runId,
    time: formatInstant(event.at),
    sequence: String(event.seq).padStart(10, '0'),
    datacontenttype: 'application/json',
    data: {
      run: { id: event.runId, number: run.number, drill: run.drillId, link: link ?? null },
      scenario: run.scenario,
      environment: run.environment,
      worldTime: formatInstant(event.worldAt),
      by: { kind: event.actor.kind, name: event.actor.name },
      event: event.data,
    },
  })
  const timestamp = String(Math.floor(now / MICROS_PER_S))
  return {
    headers: {
      'content-type': 'application/cloudevents+json; charset=utf-8',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature(webhook.secret, `${id}.${timestamp}.${body}`)}`,
    },
    body,
  }
}

function signature(secret: string, text: string): string {
  const key = Buffer.from(secret.startsWith(KEY_PREFIX) ? secret.slice(KEY_PREFIX.length) : secret, 'base64')
  return createHmac('sha256', key).update(text).digest('base64')
}
