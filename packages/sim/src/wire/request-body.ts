import type { IncomingMessage } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { AwsFault } from './aws-fault.ts'

/** No API here takes more; CloudWatch's own limit is 1 MB after decompression. */
export const MAX_BODY_BYTES = 8 * 1024 * 1024

/** Reads a whole request body. @throws AwsFault `RequestEntityTooLarge` beyond `MAX_BODY_BYTES`. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length <= MAX_BODY_BYTES) chunks.push(chunk)
  }
  if (length > MAX_BODY_BYTES) {
    throw new AwsFault({
      code: 'RequestEntityTooLarge',
      message: 'The request body is too large.',
      status: 413,
    })
  }
  return Buffer.concat(chunks)
}

/** Undoes `content-encoding: gzip`, which the SDK uses for large `PutMetricData` calls, and decodes UTF-8. */
export function decodeBody(body: Buffer, contentEncoding: string | undefined): string {
  if (contentEncoding === undefined || contentEncoding === 'identity') return body.toString('utf8')
  if (contentEncoding !== 'gzip') {
    throw new AwsFault({
      code: 'SerializationException',
      message: `Unsupported content encoding ${contentEncoding}.`,
    })
  }
  try {
    return gunzipSync(body, { maxOutputLength: MAX_BODY_BYTES }).toString('utf8')
  } catch {
    throw new AwsFault({ code: 'SerializationException', message: 'The body is not valid gzip.' })
  }
}
