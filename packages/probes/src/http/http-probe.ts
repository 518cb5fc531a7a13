import { request, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { attemptOfError, succeed, ended, proven, type Attempt, type StepResult } from '../attempt.ts'
import type { AttemptContext, ProbeOf } from '../probe-context.ts'
import { openUrl } from './open-url.ts'

/** So much of a body is looked through; a service that answers more than this need not be read to its end. */
const BODY_MAX_BYTES = 1_048_576

/**
 * One request as a fresh client would make it: its own name resolution, its own connection (through the proxy when there is
 * one), one request, no reuse. Good when the status is accepted and the body holds what it should.
 */
export async function attemptHttp(probe: ProbeOf<'http'>, context: AttemptContext): Promise<Attempt> {
  const url = new URL(probe.url)
  const opened = await openUrl(url, context)
  if (!opened.ok) return opened.attempt
  const { socket, addresses, close } = opened.value
  try {
    const answer = await ask(probe, url, socket, context.signal)
    return answer.ok ? { end: 'good', answers: [...addresses].sort().join(',') } : answer.attempt
  } finally {
    close()
  }
}

function ask(
  probe: ProbeOf<'http'>,
  url: URL,
  socket: Socket,
  signal: AbortSignal,
): Promise<StepResult<null>> {
  const { promise, resolve } = Promise.withResolvers<StepResult<null>>()
  const fail = (error: unknown) => resolve(ended(attemptOfError(error, 'http', signal)))
  const asking = request({
    method: probe.method,
    path: `${url.pathname}${url.search}`,
    headers: { host: url.host, 'user-agent': 'firedrill-probe', accept: '*/*', connection: 'close' },
    // With an agent, even `agent: false`, Node would open a connection of its own beside this one.
    createConnection: () => socket,
    signal,
  })
  asking.on('error', fail)
  asking.on('response', (response) => void read(probe, response).then(resolve, fail))
  asking.end()
  return promise
}

/** Reads to the end, so that an answer that breaks off in the middle is no good answer. */
async function read(probe: ProbeOf<'http'>, response: IncomingMessage): Promise<StepResult<null>> {
  const status = response.statusCode ?? 0
  if (!probe.status.includes(status)) {
    response.resume()
    return ended(proven(`status ${status}`))
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= BODY_MAX_BYTES) break
  }
  const body = Buffer.concat(chunks).subarray(0, BODY_MAX_BYTES).toString('utf8')
  return probe.bodyIncludes !== undefined && !body.includes(probe.bodyIncludes)
    ? ended(proven('body mismatch'))
    : succeed(null)
}
