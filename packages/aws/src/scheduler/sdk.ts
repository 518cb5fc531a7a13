import { createRequire } from 'node:module'
import type * as Scheduler from '@aws-sdk/client-scheduler'

const require = createRequire(import.meta.url)
let loaded: typeof Scheduler | undefined

/** Scheduler's part of the SDK, read when it is first needed: only environments with a dead man of their own use it. */
export function schedulerSdk(): typeof Scheduler {
  loaded ??= require('@aws-sdk/client-scheduler') as typeof Scheduler
  return loaded
}
