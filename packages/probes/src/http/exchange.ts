import { request, type IncomingMessage } from 'node:http'
import { attemptOfError, ended, succeed, unproven, type StepResult } from '../attempt.ts'
import type { AttemptContext } from '../probe-context.ts'
import { openUrl } from './open-url.ts'

/** One request. */
export type Exchange = Readonly<{
  method: string
  url: string
  headers: Readonly<Record<string, string>>
  body?: string | undefined
}>

/** Its answer, read to the end. */
export type ExchangeAnswer = Readonly<{ status: number; body: string }>

/** A longer answer is none: what was cut off would look like what is missing. */
const BODY_MAX_BYTES = 8_388_608

/** One request over a connection of its own, with its whole answer, whatever its status. */
export async function exchange(
  asked: Exchange,
  context: AttemptContext,
): Promise<StepResult<ExchangeAnswer>> {
  const url = new URL(asked.url)
  const opened = await openUrl(url, context)
  if (!opened.ok) return opened
  const { socket, close } = opened.value
  const { promise, resolve } = Promise.withResolvers<StepResult<ExchangeAnswer>>()
  const fail = (error: unknown) => resolve(ended(attemptOfError(error, 'http', context.signal)))
  const asking = request({
    method: asked.method,
    path: `${url.pathname}${url.search}`,
    headers: {
      'user-agent': 'firedrill-probe',
      accept: '*/*',
      ...asked.headers,
      host: url.host,
      connection: 'close',
      'content-length': Buffer.byteLength(asked.body ?? ''),
    },
    createConnection: () => socket,
    signal: context.signal,
  })
  asking.on('error', fail)
  asking.on('response', (response) => void read(response).then(resolve, fail))
  asking.end(asked.body)
  try {
    return await promise
  } finally {
    close()
  }
}

async function read(response: IncomingMessage): Promise<StepResult<ExchangeAnswer>> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size > BODY_MAX_BYTES) return ended(unproven('answer too long'))
  }
  return succeed({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString('utf8') })
}
