import type { IncomingMessage, ServerResponse } from 'node:http'
import type {
  FindingView,
  GameDayTermsView,
  GameDayView,
  HaltView,
  LiveEvent,
  ProblemAnswer,
} from '@firedrill/contracts'
import { environments, otherScenario, plan, scenario } from '../story/catalogue.ts'
import { calendar, calendars, schedules, upcoming } from '../story/calendar.ts'
import { platform, world } from '../story/clock.ts'
import { finding } from '../story/found.ts'
import { dayOf, scribeLine } from '../story/game-day.ts'
import { emptyOverview, overview } from '../story/overview.ts'
import { lanesUntil } from '../story/lanes.ts'
import { abortLines } from '../story/script.ts'
import { signOffSheet, type SignedRole } from '../story/signed.ts'
import { detailOf, eventsOf, summaryOf, type Told } from '../story/tell.ts'

const HEARTBEAT_MS = 400

/** What the recorded answers are made from; a test changes it as the story goes on. */
export type StubState = {
  runs: Told[]
  halt: HaltView
  isSignedIn: boolean
  isPlanAllowed: boolean
  /** What the reports of all runs were signed as. */
  signed: readonly SignedRole[]
  /** Findings of every run. */
  findings: readonly FindingView[]
  gameDay: GameDayView
  /** Streams say nothing any more, as when the platform is gone. */
  isSilent: boolean
  /** Every request that changed something: method, path, body. */
  readonly writes: { method: string; path: string; body: unknown }[]
}

/** Answers one request under /v1 from the state. */
export async function answerApi(
  state: StubState,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://stub')
  const method = request.method ?? 'GET'
  const body: unknown = method === 'GET' ? undefined : JSON.parse((await textOf(request)) || '{}')
  if (method !== 'GET') state.writes.push({ method, path: url.pathname, body })
  if (!state.isSignedIn)
    return problem(
      response,
      'not-signed-in',
      401,
      'Send a bearer token, or open a one-time link to get a session.',
    )
  const [, , resource = '', id = '', part = ''] = url.pathname.split('/')
  switch (`${method} ${resource}`) {
    case 'GET scenarios':
      return id === ''
        ? json(response, { scenarios: [scenario(), otherScenario()] })
        : json(response, id === 'instance-kill' ? scenario() : otherScenario())
    case 'GET overview':
      return json(response, state.runs.length === 0 ? emptyOverview() : overview())
    case 'GET environments':
      return json(response, { environments: environments() })
    case 'POST plan':
      return json(response, plan(state.isPlanAllowed))
    case 'GET calendar':
      return json(
        response,
        calendar(Number(url.searchParams.get('from')), Number(url.searchParams.get('to'))),
      )
    case 'GET calendars':
      return json(response, { calendars: calendars() })
    case 'GET schedules':
      return json(response, { schedules: schedules() })
    case 'PUT schedules':
      return json(response, schedules()[0])
    case 'POST schedules':
      return id === 'preview'
        ? json(response, { occurrences: upcoming() })
        : json(response, schedules()[0], id === '' ? 201 : 200)
    case 'GET drills':
      return json(response, { drills: [] })
    case 'POST drills':
      return json(
        response,
        {
          id: 'drl_1',
          title: 'booked',
          scenario: 'instance-kill',
          environment: 'sandbox',
          createdAt: platform(0),
          createdBy: { kind: 'person', id: 'tok_1', name: 'M. Okafor' },
        },
        201,
      )
    case 'GET game-days':
      return id === ''
        ? json(response, { gameDays: [] })
        : json(response, seenBy(state.gameDay, url.searchParams.get('as')))
    case 'POST game-days':
      if (part === 'log')
        state.gameDay = {
          ...state.gameDay,
          log: [...state.gameDay.log, scribeLine(String((body as { text?: unknown }).text), 30)],
        }
      return json(response, state.gameDay, 201)
    case 'PUT game-days':
      state.gameDay = dayOf(body as GameDayTermsView, state.gameDay.version + 1, state.gameDay.log)
      return json(response, state.gameDay)
    case 'GET halt':
      return json(response, state.halt)
    case 'POST halt':
      state.halt = {
        set: id !== 'lift',
        reason: reasonOf(body),
        by: { kind: 'person', id: 'tok_1', name: 'M. Okafor' },
        at: platform(100),
      }
      return json(response, state.halt)
    case 'PUT runs':
    case 'POST runs':
    case 'GET runs':
      return answerRuns(state, { method, id, part, body, request }, response)
    default:
      return problem(response, 'not-found', 404, `There is nothing at ${method} ${url.pathname}.`)
  }
}

function seenBy({ terms, version, log }: GameDayView, eyes: string | null): GameDayView {
  return dayOf(terms, version, log, eyes === 'room')
}

type RunRequest = Readonly<{
  method: string
  id: string
  part: string
  body: unknown
  request: IncomingMessage
}>

function answerRuns(
  state: StubState,
  { method, id, part, body, request }: RunRequest,
  response: ServerResponse,
): void {
  if (id === '' && method === 'GET') return json(response, { runs: state.runs.map(summaryOf) })
  const told = id === '' ? state.runs[0] : state.runs.find((run) => run.id === id)
  if (told === undefined) return problem(response, 'not-found', 404, 'There is no run of that id.')
  if (id === '') return json(response, summaryOf(told), 201)
  switch (`${method} ${part}`) {
    case 'GET ':
      return json(response, detailOf(told))
    case 'GET timeline':
      return json(response, { events: eventsOf(told), nextAfter: null })
    case 'GET samples':
      return json(response, { lanes: lanesUntil(told.nowSeconds) })
    case 'GET evidence':
      return json(response, {
        evidence: [{ hash: 'a'.repeat(64), kind: 'samples', size: 48_213, at: platform(415) }],
      })
    case 'GET findings':
      return json(response, { findings: state.findings })
    case 'POST findings':
      state.findings = [...state.findings, finding(state.findings.length + 1, body as FindingView)]
      return json(response, state.findings.at(-1), 201)
    case 'PUT findings': {
      const changed = { ...state.findings[0], ...(body as FindingView), version: 2 }
      state.findings = [changed, ...state.findings.slice(1)]
      return json(response, changed)
    }
    case 'GET sign-off':
      return json(response, signOffSheet(state.signed))
    case 'POST sign-off':
      state.signed = [...state.signed, (body as { role: SignedRole }).role]
      return json(response, signOffSheet(state.signed), 201)
    case 'GET events':
      return stream(state, id, Number(request.headers['last-event-id'] ?? 0), response)
    case 'POST abort': {
      const lines = [...told.lines, ...abortLines(told.nowSeconds, reasonOf(body))]
      replace(state, { ...told, lines, nowSeconds: told.nowSeconds + 2 })
      return json(response, summaryOf(told), 202)
    }
    case 'POST approve':
    case 'POST decline':
    case 'POST pause':
    case 'POST resume':
    case 'POST take-over':
    case 'POST resolve':
    case 'POST steps':
      return json(response, summaryOf(told), 202)
    case 'POST notes': {
      const text = String((body as { text?: unknown }).text)
      const line = {
        s: told.nowSeconds,
        type: 'note-added',
        tone: 'person',
        by: 'M. Okafor',
        summary: text,
        data: { text },
      } as const
      const next = { ...told, lines: [...told.lines, line] }
      replace(state, next)
      return json(response, eventsOf(next).at(-1), 201)
    }
    default:
      return problem(response, 'not-found', 404, 'There is no such part of a run.')
  }
}

/** Puts a told run in the place of the one with its id. */
export function replace(state: StubState, told: Told): void {
  state.runs = state.runs.map((run) => (run.id === told.id ? told : run))
}

function stream(state: StubState, id: string, after: number, response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  let seq = after
  const send = (event: LiveEvent) =>
    response.write(
      `${event.kind === 'journal' ? `id: ${event.seq}\n` : ''}event: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`,
    )
  const beat = () => {
    const told = state.runs.find((run) => run.id === id)
    if (told === undefined || state.isSilent) return
    for (const event of eventsOf(told).slice(seq)) {
      seq = event.seq
      send({ kind: 'journal', seq, event })
    }
    const { isOver, status, verdict } = detailOf(told)
    if (isOver) {
      send({ kind: 'end', seq, status, verdict })
      response.end()
      return
    }
    // World time stands still between lines, so that pictures are the same every time.
    send({ kind: 'heartbeat', seq, at: platform(told.nowSeconds), worldAt: world(told.nowSeconds), rate: 0 })
  }
  const timer = setInterval(beat, HEARTBEAT_MS)
  response.on('close', () => clearInterval(timer))
  beat()
}

function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function problem(
  response: ServerResponse,
  code: ProblemAnswer['code'],
  status: number,
  detail: string,
): void {
  const body: ProblemAnswer = { type: `/errors/${code}`, title: code, status, detail, code, problems: [] }
  response.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(body))
}

function reasonOf(body: unknown): string {
  return typeof body === 'object' && body !== null && 'reason' in body ? String(body.reason) : ''
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}
