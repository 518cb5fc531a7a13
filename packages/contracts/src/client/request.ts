import { PROBLEM_MEDIA_TYPE } from '../closed-sets.ts'
import type { ProblemAnswer } from '../http/problem.ts'
import { ApiError } from './api-error.ts'

/** Where the API is and who asks. A browser page leaves `token` and `cookie` out: its session cookie goes along by itself. */
export type Connection = Readonly<{
  /** `http://127.0.0.1:4600`, or the empty string for the page's own origin. */
  baseUrl: string
  token?: string
  /** The whole `Cookie` header, for callers that are no browser. */
  cookie?: string
  fetch?: typeof fetch
}>

/** One request. `body` is sent as JSON. */
export type Request = Readonly<{
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  path: string
  query?: Readonly<Record<string, string | number | undefined>>
  body?: unknown
  headers?: Readonly<Record<string, string>>
  signal?: AbortSignal
}>

/** Sends a request and answers the response when it is a success. @throws ApiError otherwise. */
export async function send(connection: Connection, request: Request): Promise<Response> {
  const { method = 'GET', path, body, signal } = request
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(request.query ?? {}))
    if (value !== undefined) query.set(key, String(value))
  const url = `${connection.baseUrl.replace(/\/$/, '')}${path}${query.size === 0 ? '' : `?${query.toString()}`}`
  let response: Response
  try {
    response = await (connection.fetch ?? fetch)(url, {
      method,
      headers: headersOf(connection, request),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    })
  } catch (cause) {
    if (signal?.aborted === true) throw cause
    const where = connection.baseUrl === '' ? 'The API' : `The API at ${connection.baseUrl}`
    throw new ApiError('unreachable', `${where} does not answer`, { cause })
  }
  if (response.ok) return response
  throw await problemOf(response)
}

/** Sends a request and reads its JSON. The API validates its own answers before it sends them; they are not checked again. */
export async function sendForJson<T>(connection: Connection, request: Request): Promise<T> {
  const response = await send(connection, request)
  try {
    return (await response.json()) as T
  } catch (cause) {
    throw new ApiError('unreadable', `The answer to ${request.path} is no JSON`, { cause })
  }
}

function headersOf(connection: Connection, request: Request): Record<string, string> {
  return {
    accept: 'application/json',
    ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(connection.token === undefined ? {} : { authorization: `Bearer ${connection.token}` }),
    ...(connection.cookie === undefined ? {} : { cookie: connection.cookie }),
    ...request.headers,
  }
}

async function problemOf(response: Response): Promise<ApiError> {
  if (response.headers.get('content-type')?.startsWith(PROBLEM_MEDIA_TYPE) !== true)
    return new ApiError(
      'unreadable',
      `The answer has status ${response.status} and does not come from this API`,
    )
  const problem = (await response.json()) as ProblemAnswer
  return new ApiError('problem', problem.detail, { problem })
}
