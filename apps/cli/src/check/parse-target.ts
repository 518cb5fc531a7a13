import { EXIT } from '@firedrill/contracts'
import type { Endpoint } from '@firedrill/core'
import { CliError } from '../cli.ts'

const HOST_PORT = /^(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9_.-]+))(?::(\d{1,5}))?$/

/** Reads `HOST`, `HOST:PORT` or a URL. Without a port it is 443; what other ports speak is found out. @throws CliError */
export function parseTarget(text: string): Endpoint {
  if (/^https?:\/\//.test(text) && URL.canParse(text)) {
    const url = new URL(text)
    const scheme = url.protocol === 'https:' ? 'https' : 'http'
    const port = url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port)
    return { host: plain(url.hostname), port, scheme, path: `${url.pathname}${url.search}` }
  }
  const [, bracketed, host = bracketed, digits] = HOST_PORT.exec(text) ?? []
  const port = Number(digits ?? 443)
  if (host === undefined || host.startsWith('-') || port < 1 || port > 65_535)
    throw new CliError(EXIT.usage, `"${text}" is no HOST, HOST:PORT or http(s) URL.`)
  return { host: plain(host), port, scheme: SCHEMES[port] ?? 'auto', path: '/' }
}

const SCHEMES: Readonly<Record<number, 'http' | 'https'>> = { 80: 'http', 443: 'https' }

function plain(host: string): string {
  return host.toLowerCase().replace(/\.$/, '').replaceAll(/[[\]]/g, '')
}
