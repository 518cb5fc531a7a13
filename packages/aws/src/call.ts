import type { Failure, FailureKind, Outcome } from '@firedrill/core'
import { toFailure, type CallSite } from './errors.ts'

/** A value as an outcome. */
export function success<T>(value: T): Outcome<T> {
  return { ok: true, value }
}

/** A failure that this room found itself, not a service: `code` is then one of ours. */
export function failed(
  kind: FailureKind,
  operation: string,
  code: string,
  message: string,
): Readonly<{ ok: false; failure: Failure }> {
  return { ok: false, failure: { kind, operation, code, message } }
}

/** A call that only describes: trouble on the way is `transient`. */
export async function read<T>(
  operation: string,
  signal: AbortSignal,
  send: (options: Readonly<{ abortSignal: AbortSignal }>) => Promise<T>,
): Promise<Outcome<T>> {
  return attempt({ operation, mutates: false }, signal, send)
}

/** A call that changes something: trouble after sending is `ambiguous`. */
export async function mutate<T>(
  operation: string,
  signal: AbortSignal,
  send: (options: Readonly<{ abortSignal: AbortSignal }>) => Promise<T>,
): Promise<Outcome<T>> {
  return attempt({ operation, mutates: true }, signal, send)
}

/** One attempt; retry is the engine's. A signal that has already ended keeps the request from leaving at all. */
async function attempt<T>(
  site: CallSite,
  signal: AbortSignal,
  send: (options: Readonly<{ abortSignal: AbortSignal }>) => Promise<T>,
): Promise<Outcome<T>> {
  if (signal.aborted)
    return failed('transient', site.operation, 'NotSent', 'given up before the request was sent')
  try {
    return success(await send({ abortSignal: signal }))
  } catch (error) {
    return { ok: false, failure: toFailure(error, site) }
  }
}

/**
 * Reads a paged list to its end. Any page that fails fails the whole: half a list is never answered. A token that does not
 * move is an error of the service, not the end.
 */
export async function readPages<Page, Item>(
  load: (token: string | undefined) => Promise<Outcome<Page>>,
  itemsOf: (page: Page) => readonly Item[] | undefined,
  nextOf: (page: Page) => string | undefined,
  operation: string,
): Promise<Outcome<readonly Item[]>> {
  const items: Item[] = []
  const tokens = new Set<string>()
  let token: string | undefined
  for (;;) {
    const page = await load(token)
    if (!page.ok) return page
    items.push(...(itemsOf(page.value) ?? []))
    token = nextOf(page.value)
    if (token === undefined || token === '') return success(items)
    if (tokens.has(token))
      return failed('unexpected', operation, 'PagingLoop', 'the service repeats a page token')
    tokens.add(token)
  }
}
