import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto'
import { HttpRequest } from '@smithy/core/protocols'
import type { NodeHttpHandler } from '@smithy/node-http-handler'
import { SignatureV4 } from '@smithy/signature-v4'
import { z } from 'zod'
import type { CredentialProvider } from '../credentials.ts'

/** Where and as whom a service is called for which the registry has no SDK client. */
export type SignedJsonSettings = Readonly<{
  service: string
  region: string
  endpoint: string
  credentials: CredentialProvider
  requestHandler: NodeHttpHandler
  userAgent: string
}>

/** One call of a rest-json operation. */
export type JsonCall = Readonly<{
  method: 'GET' | 'POST' | 'DELETE'
  path: string
  query?: Readonly<Record<string, string>>
  body?: Readonly<Record<string, string>>
}>

/** Sends one call, once. Rejects as SDK clients do: with the service's code as name, or the socket's own error. */
export type SignedJson = (
  call: JsonCall,
  options: Readonly<{ abortSignal: AbortSignal }>,
) => Promise<Readonly<{ body: unknown; $metadata: Readonly<{ requestId?: string }> }>>

/** What signing hashes with: Node's own SHA-256, with a secret or without. */
class Sha256 {
  readonly #secret: Uint8Array | string | undefined
  #hash: Hash | Hmac

  constructor(secret?: Uint8Array | string | ArrayBuffer | ArrayBufferView) {
    this.#secret = secret instanceof Uint8Array || typeof secret === 'string' ? secret : undefined
    this.#hash = this.#begun()
  }

  update(data: Uint8Array | string): void {
    this.#hash.update(data)
  }

  async digest(): Promise<Uint8Array> {
    return new Uint8Array(this.#hash.digest())
  }

  reset(): void {
    this.#hash = this.#begun()
  }

  #begun(): Hash | Hmac {
    return this.#secret === undefined ? createHash('sha256') : createHmac('sha256', this.#secret)
  }
}

const errorBody = z.object({ message: z.string().optional(), Message: z.string().optional() })

/** A client of a rest-json service, signed as the SDK signs. Endpoint and credentials come from its settings alone. */
export function createSignedJson(settings: SignedJsonSettings): SignedJson {
  const { service, region, credentials, requestHandler, userAgent } = settings
  const endpoint = new URL(settings.endpoint)
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256 })
  return async ({ method, path, query = {}, body }, { abortSignal }) => {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const signed = await signer.sign({
      method,
      protocol: endpoint.protocol,
      hostname: endpoint.hostname,
      ...(endpoint.port === '' ? {} : { port: Number(endpoint.port) }),
      path,
      query: { ...query },
      headers: {
        host: endpoint.host,
        'user-agent': userAgent,
        ...(text === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
      },
      ...(text === undefined ? {} : { body: text }),
    })
    const { response } = await requestHandler.handle(new HttpRequest(signed), { abortSignal })
    const parsed = parse(await textOf(response.body as AsyncIterable<Uint8Array>))
    const requestId = response.headers['x-amzn-requestid']
    const $metadata = requestId === undefined ? {} : { requestId }
    if (response.statusCode < 300) return { body: parsed, $metadata }
    const about = errorBody.safeParse(parsed)
    const message = about.success ? (about.data.message ?? about.data.Message) : undefined
    const code = (response.headers['x-amzn-errortype'] ?? 'UnknownError').replace(/[:#].*$/, '')
    throw Object.assign(new Error(message ?? code), {
      name: code,
      $metadata: { ...$metadata, httpStatusCode: response.statusCode },
    })
  }
}

async function textOf(body: AsyncIterable<Uint8Array>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/** What a service sends that is no JSON, such as a proxy's page, is an empty answer; its status tells the rest. */
function parse(text: string): unknown {
  try {
    return text === '' ? {} : JSON.parse(text)
  } catch {
    return {}
  }
}
