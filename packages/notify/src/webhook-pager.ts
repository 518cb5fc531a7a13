import type { Pager } from '@firedrill/core'
import { pageDocument } from './page-document.ts'

/**
 * Calls people by a POST of JSON. One attempt a call: repeating is the engine's. The address may hold a secret, so that
 * neither it nor the answer's body is ever repeated; redirects are not followed.
 */
export function createWebhookPager({ url }: Readonly<{ url: string }>): Pager {
  return {
    via: 'webhook',
    page: async (page, signal) => {
      try {
        const answer = await fetch(url, {
          method: 'POST',
          redirect: 'manual',
          headers: { 'content-type': 'application/json', 'idempotency-key': page.id },
          body: pageDocument(page),
          signal,
        })
        await answer.body?.cancel()
        return answer.ok
          ? { ok: true, seen: `the webhook answered ${answer.status}` }
          : {
              ok: false,
              why: `the webhook answered ${answer.status === 0 ? 'with a redirect' : answer.status}`,
            }
      } catch (error) {
        return { ok: false, why: signal.aborted ? 'the webhook did not answer in time' : whyOf(error) }
      }
    },
  }
}

function whyOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : undefined
  const code =
    cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : 'it failed'
  return `the webhook could not be reached: ${code}`
}
