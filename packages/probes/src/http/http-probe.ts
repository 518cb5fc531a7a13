import { request, type Agent, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { attemptOfError, succeed, ended, proven, type Attempt, type StepResult } from '../attempt.ts'
import type { AttemptContext, ProbeOf } from '../probe-context.ts'
import type { KeptConnection } from './kept-connection.ts'
import { openUrl } from './open-url.ts'

/** So much of a body is looked through; a service that answers more than this need not be read to its end. */
const BODY_MAX_BYTES = 1_048_576

/**
 * One request, good when the status is accepted and the body holds what it should. As a fresh client would make it: its own
 * name resolution, its own connection (through the proxy when there is one), no reuse; or, with `connection: kept`, over the
 * connection of the last one as long as it works.
 */
export async function attemptHttp(probe: ProbeOf<'http'>, context: AttemptContext): Promise<Attempt> {
  return probe.connection === 'kept' && context.kept !== undefined
    ? attemptOverKept(probe, context, context.kept)
    : attemptFresh(probe, context)
}

async function attemptFresh(probe: ProbeOf<'http'>, context: AttemptContext): Promise<Attempt> {
  const opened = await openUrl(new URL(probe.url), context)
  if (!opened.ok) return opened.attempt
  const { socket, addresses, close } = opened.value
  try {
    return attemptOf(await ask(probe, { socket }, context.signal), addresses)
  } finally {
    close()
  }
}

/**
 * What a client with a pool sees: it holds on to the address it once got, and to a connection into nowhere until its timeout;
 * then it opens another one, with a name resolution of its own. A server may close an idle connection just when a request is
 * on its way; clients send such a request again over a new one, and so does this.
 */
async function attemptOverKept(
  probe: ProbeOf<'http'>,
  context: AttemptContext,
  kept: KeptConnection,
): Promise<Attempt> {
  const idle = kept.idle()
  if (idle !== undefined) {
    const answer = await ask(probe, { agent: kept.agent }, context.signal)
    if (answer !== 'closed while idle') return attemptOf(answer, idle)
  }
  const opened = await openUrl(new URL(probe.url), context)
  if (!opened.ok) return opened.attempt
  kept.offer(opened.value.socket, opened.value.addresses)
  return attemptOf(await ask(probe, { agent: kept.agent }, context.signal), opened.value.addresses)
}

type Answer = StepResult<null> | 'closed while idle'

function attemptOf(answer: Answer, addresses: readonly string[]): Attempt {
  if (answer === 'closed while idle') return proven('reset')
  return answer.ok ? { end: 'good', answers: [...addresses].sort().join(',') } : answer.attempt
}

function ask(
  probe: ProbeOf<'http'>,
  over: Readonly<{ socket: Socket } | { agent: Agent }>,
  signal: AbortSignal,
): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>()
  const url = new URL(probe.url)
  const fail = (error: unknown) => resolve(ended(attemptOfError(error, 'http', signal)))
  const isKept = 'agent' in over
  const asking = request({
    method: probe.method,
    path: `${url.pathname}${url.search}`,
    headers: {
      host: url.host,
      'user-agent': 'firedrill-probe',
      accept: '*/*',
      connection: isKept ? 'keep-alive' : 'close',
    },
    // With an agent of its own, even `agent: false`, Node would open a connection of its own beside this one.
    ...(isKept ? { agent: over.agent } : { createConnection: () => over.socket }),
    signal,
  })
  let isAnswered = false
  asking.on('error', (error: NodeJS.ErrnoException) => {
    const isClosed = error.code === 'ECONNRESET' || error.code === 'EPIPE'
    if (isClosed && asking.reusedSocket && !isAnswered && !signal.aborted) resolve('closed while idle')
    else fail(error)
  })
  asking.on('response', (response) => {
    isAnswered = true
    void read(probe, response).then(resolve, fail)
  })
  asking.end()
  return promise
}

/** Reads to the end, so that an answer that breaks off in the middle is no good answer. Rejects when it does. */
function read(probe: ProbeOf<'http'>, response: IncomingMessage): Promise<StepResult<null>> {
  const status = response.statusCode ?? 0
  if (!probe.status.includes(status)) {
    response.resume()
    return Promise.resolve(ended(proven(`status ${status}${byBalancer(response)}`)))
  }
  const { promise, resolve, reject } = Promise.withResolvers<StepResult<null>>()
  const { bodyIncludes } = probe
  const chunks: Buffer[] = []
  let size = 0
  const judge = () => {
    if (bodyIncludes === undefined) return resolve(succeed(null))
    const body = Buffer.concat(chunks).subarray(0, BODY_MAX_BYTES).toString('utf8')
    resolve(body.includes(bodyIncludes) ? succeed(null) : ended(proven('body mismatch')))
  }
  // Events, and not iteration, which costs as much as the rest of a small answer.
  response.on('data', (chunk: Buffer) => {
    if (bodyIncludes !== undefined) chunks.push(chunk)
    size += chunk.length
    if (size < BODY_MAX_BYTES) return
    judge()
    response.destroy()
  })
  response.on('end', judge)
  response.on('error', reject)
  return promise
}

/** An AWS balancer names itself where it answers in a server's stead. Whether it or a server failed bounds how sudden that was. */
function byBalancer({ headers }: IncomingMessage): string {
  return String(headers['server'] ?? '').startsWith('awselb/') ? ' by awselb' : ''
}
