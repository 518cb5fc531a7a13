import { AppError, parseId, type Id, type Schedule } from '@firedrill/core'
import { z } from 'zod'
import type { ApiDependencies } from '../../dependencies.ts'

/** The address of one schedule. */
export const scheduleParams = z.object({ id: z.string() })

/** Headers of a change: the version that was read, as `If-Match` has it. */
export const changeHeaders = z.looseObject({
  'if-match': z.string().optional().describe('The ETag of the version that is changed'),
})

/** Reads the id of an address. @throws AppError `not-found`, because what is no id names nothing. */
export function scheduleIdOf(text: string): Id<'schedule'> {
  const id = parseId('schedule', text)
  if (id === undefined) throw new AppError('not-found', 'There is no schedule of that id.')
  return id
}

/** The schedule of an address, of the caller's team. @throws AppError `not-found`. */
export async function findSchedule(
  schedules: ApiDependencies['schedules'],
  teamId: string,
  text: string,
): Promise<Schedule> {
  const found = await schedules.get(teamId, scheduleIdOf(text))
  if (found === undefined) throw new AppError('not-found', 'There is no schedule of that id.')
  return found
}

/** The ETag of a version. */
export function etagOf({ version }: Readonly<{ version: number }>): string {
  return `"${version}"`
}

/** The version that a change is made of. @throws AppError `version-missing`, `changed-meanwhile`. */
export function versionOf(header: string | undefined): number {
  if (header === undefined)
    throw new AppError(
      'version-missing',
      'Send the ETag of the schedule as If-Match, so that no change is lost.',
    )
  const [, version] = /^(?:W\/)?"(\d{1,9})"$/.exec(header.trim()) ?? []
  // Anything else is no version of a schedule, so it is not the newest one either.
  if (version === undefined)
    throw new AppError('changed-meanwhile', `${header} is no version of this schedule; read it again.`)
  return Number(version)
}
