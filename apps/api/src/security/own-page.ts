import { AppError } from '@firedrill/core'
import { isLoopbackAddress } from '@firedrill/runtime'
import type { FastifyRequest } from 'fastify'

const SAFE_METHODS: readonly string[] = ['GET', 'HEAD', 'OPTIONS']

/** The host name of a `Host` header or authority without its port; undefined when it cannot be read. */
function hostNameOf(authority: string): string | undefined {
  if (!URL.canParse(`http://${authority}`)) return undefined
  const url = new URL(`http://${authority}`)
  // Anything besides a host and a port (user, path, query) is no authority.
  if (url.pathname !== '/' || url.search !== '' || url.username !== '' || url.password !== '')
    return undefined
  return url.hostname.replace(/^\[|\]$/g, '')
}

/** True when a `Host` header names this machine's loopback. */
export function isOwnHost(host: string | undefined): boolean {
  const name = host === undefined ? undefined : hostNameOf(host)
  return name !== undefined && (name === 'localhost' || isLoopbackAddress(name))
}

/**
 * Refuses requests that a foreign page made a browser send. A rebound DNS name shows in `Host`, another page in `Origin`; a
 * session cookie only counts for changes when the browser says that our own page asked.
 * @throws AppError `origin-refused`.
 */
export function refuseForeignPages(request: FastifyRequest, publicUrl: string | undefined): void {
  const { host, origin } = request.headers
  const isPublic = publicUrl !== undefined && host?.toLowerCase() === new URL(publicUrl).host
  if (!isPublic && !isOwnHost(host))
    throw new AppError('origin-refused', 'This API answers on 127.0.0.1, [::1] and localhost only.')
  const own = isPublic ? publicUrl : `http://${host?.toLowerCase() ?? ''}`
  if (origin !== undefined && origin.toLowerCase() !== own)
    throw new AppError('origin-refused', 'A page of another origin may not call this API.')
}

/** For changes made with a cookie. @throws AppError `origin-refused`. */
export function refuseForgedChanges(request: FastifyRequest): void {
  if (request.principal.kind !== 'session' || SAFE_METHODS.includes(request.method)) return
  const { origin } = request.headers
  if (origin === undefined && request.headers['sec-fetch-site'] !== 'same-origin')
    throw new AppError('origin-refused', 'A change made with a session must come from this page itself.')
}
