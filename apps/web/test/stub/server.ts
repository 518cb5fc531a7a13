import { createServer, type ServerResponse } from 'node:http'
import { readFile } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { extname, join, normalize } from 'node:path'
import { plannedDay } from '../story/game-day.ts'
import { answerApi, type StubState } from './api.ts'

/** The policy under which the API serves the page; a page that needs more would not work there either. */
const PAGE_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
}

/** The built page with recorded answers behind it, on a port of its own. */
export type StubServer = Readonly<{ url: string; state: StubState; close: () => Promise<void> }>

/** A state with nothing in it. */
export function emptyState(): StubState {
  return {
    runs: [],
    halt: { set: false, reason: '', by: null, at: null },
    isSignedIn: true,
    isPlanAllowed: true,
    signed: [],
    findings: [],
    gameDay: plannedDay(),
    isSilent: false,
    writes: [],
  }
}

/** Serves a built page from a folder on loopback. */
export async function startStub(dist: string, port = 0): Promise<StubServer> {
  const state = emptyState()
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://stub').pathname
    const answer = path.startsWith('/v1/')
      ? answerApi(state, request, response)
      : answerFile(dist, path, response)
    answer.catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const { port: bound } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${bound}`,
    state,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

async function answerFile(dist: string, path: string, response: ServerResponse): Promise<void> {
  const name = extname(path) === '' ? 'index.html' : normalize(path).replace(/^(\.\.[/\\])+/, '')
  try {
    const bytes = await readFile(join(dist, name))
    response.writeHead(200, {
      'content-type': TYPES[extname(name)] ?? 'application/octet-stream',
      'content-security-policy': PAGE_POLICY,
    })
    response.end(bytes)
  } catch {
    response.writeHead(404).end()
  }
}
