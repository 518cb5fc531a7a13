import type { PageWay } from '../run/events.ts'

/** A call for a person. `id` is the same for every repeat of one call, so that a receiver can tell. */
export type Page = Readonly<{
  id: string
  runId: string
  /** The run's number and its scenario; absent when the database that knows them is away. */
  run?: number
  scenario?: string
  environment: string
  /** Why a person is needed, in words. */
  reason: string
  /** How many calls of this run there have been, this one included. */
  page: number
  /** Where the run can be seen; absent when the installation does not know its own address. */
  link?: string
}>

/** What came of a call, in words fit for the journal: never a secret. */
export type PageOutcome = Readonly<{ ok: true; seen: string } | { ok: false; why: string }>

/** Calls people. */
export type Pager = Readonly<{
  via: PageWay
  /** One attempt, bounded in time; answers, and does not throw. `signal` ends it. */
  page(page: Page, signal: AbortSignal): Promise<PageOutcome>
}>
