import { spawn, type ChildProcess } from 'node:child_process'
import type { Page, PageOutcome, Pager } from '@firedrill/core'
import { pageDocument } from './page-document.ts'

/** Most of a command's output that is kept for the log. */
const OUTPUT_MAX = 4000

/** What of the platform's own variables a command gets: where things are, and no secret. */
const PASSED_ON = ['PATH', 'HOME', 'LANG', 'TZ', 'TMPDIR'] as const

/** A command for the shell, the variables it may see some of, and who hears its output. */
export type CommandPagerOptions = Readonly<{
  command: string
  env: NodeJS.ProcessEnv
  log: (what: string, details: Readonly<Record<string, unknown>>) => void
}>

/**
 * Calls people by a command: the page as JSON on its standard input, its parts as variables. Exit code 0 means that
 * somebody was called. When the signal ends the command is killed with everything it started.
 */
export function createCommandPager({ command, env, log }: CommandPagerOptions): Pager {
  return {
    via: 'command',
    page: (page, signal) =>
      new Promise<PageOutcome>((resolve) => {
        const child = spawn('/bin/sh', ['-c', command], {
          env: variablesOf(page, env),
          stdio: ['pipe', 'pipe', 'pipe'],
          detached: true,
        })
        const output = outputOf(child)
        const kill = () => killGroup(child)
        const settle = (outcome: PageOutcome) => {
          signal.removeEventListener('abort', kill)
          log('the page command ended', { page: page.id, came: outcome, output: output() })
          resolve(outcome)
        }
        signal.addEventListener('abort', kill, { once: true })
        if (signal.aborted) kill()
        child.once('error', () => settle({ ok: false, why: 'the page command could not be started' }))
        child.once('close', (code, by) => settle(outcomeOf(code, by, signal)))
        // A command that does not read its input is no failure.
        child.stdin.once('error', () => undefined)
        child.stdin.end(pageDocument(page))
      }),
  }
}

function outcomeOf(code: number | null, by: string | null, signal: AbortSignal): PageOutcome {
  if (code === 0) return { ok: true, seen: 'the page command ended with 0' }
  if (signal.aborted) return { ok: false, why: 'the page command did not end in time and was killed' }
  return { ok: false, why: `the page command ended with ${code ?? by ?? 'nothing'}` }
}

function variablesOf(page: Page, env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const passed = PASSED_ON.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]]))
  return {
    ...(Object.fromEntries(passed) as NodeJS.ProcessEnv),
    FIREDRILL_PAGE_ID: page.id,
    FIREDRILL_PAGE_NUMBER: String(page.page),
    FIREDRILL_RUN_ID: page.runId,
    FIREDRILL_RUN_NUMBER: page.run === undefined ? '' : String(page.run),
    FIREDRILL_SCENARIO: page.scenario ?? '',
    FIREDRILL_ENVIRONMENT: page.environment,
    FIREDRILL_REASON: page.reason,
    FIREDRILL_LINK: page.link ?? '',
  }
}

function outputOf(child: ChildProcess): () => string {
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8')
    stream?.on('data', (chunk: string) => {
      text = (text + chunk).slice(0, OUTPUT_MAX)
    })
  }
  return () => text.trim()
}

/** The command leads a group of its own, so that what it started goes with it. */
function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It has ended by itself in the meantime.
    child.kill('SIGKILL')
  }
}
