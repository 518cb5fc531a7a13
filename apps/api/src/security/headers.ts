import type { FastifyReply } from 'fastify'

/** What the dashboard may load: itself, and nothing from elsewhere. */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** The page that draws the OpenAPI document; it styles itself in the page. */
export const DOCS_POLICY = PAGE_POLICY.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")

/** A report is one self-contained page: it runs in a box of its own and can reach neither network nor session. */
export const REPORT_POLICY = [
  "default-src 'none'",
  "script-src 'unsafe-inline'",
  "style-src 'unsafe-inline'",
  'img-src data:',
  'font-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  'sandbox allow-scripts allow-downloads allow-popups',
].join('; ')

/** For everything that is data: nothing in it may run. */
export const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"

const HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
}

/** Sets what every answer carries; a route may have set a policy of its own. */
export function setSecurityHeaders(reply: FastifyReply): void {
  void reply.headers(HEADERS)
  if (!reply.hasHeader('content-security-policy')) void reply.header('content-security-policy', DATA_POLICY)
  if (!reply.hasHeader('cache-control')) void reply.header('cache-control', 'no-store')
}
