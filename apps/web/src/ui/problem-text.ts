import { ApiError, type ErrorCode } from '@firedrill/contracts'

/** An error for a person: what happened, and what to do now. */
export type ProblemText = Readonly<{
  title: string
  says: string
  todo: string
  /** A command that helps. */
  command?: string
  code?: ErrorCode
  /** Single places that are wrong, one line each. */
  problems: readonly string[]
}>

/** Words for any error that a page can meet. */
export function problemText(error: unknown): ProblemText {
  if (!(error instanceof ApiError)) {
    const says = error instanceof Error ? error.message : String(error)
    return { title: 'This page failed', says, todo: 'Reload it. Runs go on without it.', problems: [] }
  }
  switch (error.kind) {
    case 'unreachable':
      return {
        title: 'The platform does not answer',
        says: 'This page cannot reach the API it came from.',
        todo: 'See whether it still runs. Faults that are in expire by themselves or are undone by the reaper, with or without this page.',
        command: 'npm start',
        problems: [],
      }
    case 'unreadable':
      return {
        title: 'The answer makes no sense',
        says: error.message,
        todo: 'Something between this page and the API answered in its place, such as a proxy.',
        problems: [],
      }
    case 'problem':
      return refusalText(error)
  }
}

function refusalText(error: ApiError): ProblemText {
  const { problem } = error
  if (problem === undefined) return { title: 'Refused', says: error.message, todo: '', problems: [] }
  const problems = problem.problems.map(
    ({ path, message, line, suggestion }) =>
      `${line === undefined ? path : `line ${line}`}: ${message}${suggestion === undefined ? '' : `; ${suggestion}`}`,
  )
  const common = { says: problem.detail, code: problem.code, problems }
  switch (problem.code) {
    case 'not-signed-in':
      return {
        ...common,
        title: 'This browser has no session',
        says: 'Runs can be started and stopped from here, so the page opens only for people who hold the token.',
        todo: 'npm start prints a one-time link to this page. Open that link; it signs this browser in.',
        command: 'npm start',
      }
    case 'not-permitted':
      return {
        ...common,
        title: 'You may not do this',
        todo: 'Whoever gave out your token can give one that may.',
      }
    case 'origin-refused':
      return {
        ...common,
        title: 'This address may not call the API',
        todo: 'Open the dashboard by the link that npm start prints.',
      }
    case 'not-found':
      return { ...common, title: 'Nothing is here', todo: 'The link may be old, or of another installation.' }
    case 'halted':
      return {
        ...common,
        title: 'The halt is set',
        todo: 'Nothing starts until it is lifted, in the top bar.',
      }
    case 'plan-drifted':
      return {
        ...common,
        title: 'The world has changed since the plan',
        todo: 'Plan again and look at what differs.',
      }
    case 'sandbox-only':
      return {
        ...common,
        title: 'Only sandbox environments can be started',
        todo: 'A plan can be made for any environment.',
      }
    case 'queue-away':
      return {
        ...common,
        title: 'The queue is away',
        todo: 'Runs that are under way go on. Start again when it is back.',
      }
    case 'state-conflict':
    case 'idempotency-mismatch':
    case 'request-running':
      return { ...common, title: 'Not in this state', todo: 'The page shows the newest state in a moment.' }
    case 'changed-meanwhile':
      return {
        ...common,
        title: 'Somebody else was faster',
        todo: 'The page shows the newest state in a moment; look at it, then change it again.',
      }
    case 'version-missing':
    case 'request-invalid':
    case 'definition-invalid':
      return { ...common, title: 'The request has problems', todo: '' }
    case 'too-many-requests':
      return { ...common, title: 'Too many requests', todo: 'Wait a minute, then try again.' }
    case 'upstream-failed':
    case 'config-invalid':
    case 'unexpected':
      return { ...common, title: 'The platform failed', todo: 'Try again; its log says more.' }
  }
}
