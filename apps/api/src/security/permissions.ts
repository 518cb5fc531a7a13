/** Everything a principal may be allowed to do. Every route declares one, or `public`. */
export const PERMISSIONS = [
  'scenarios:read',
  'scenarios:write',
  'environments:read',
  'environments:write',
  'runbooks:read',
  'runbooks:write',
  'drills:read',
  'drills:write',
  'schedules:read',
  'schedules:write',
  'calendars:write',
  'runs:read',
  'runs:start',
  'runs:abort',
  'runs:approve',
  'runs:note',
  'runs:sign-off',
  'findings:write',
  'runs:hold',
  'runs:steps',
  'runs:resolve',
  'runs:runbook',
  'samples:write',
  'plans:make',
  'halt:read',
  'halt:set',
  'halt:lift',
  'health:read',
  'session:read',
  'session:create',
] as const
export type Permission = (typeof PERMISSIONS)[number]

/** What a route asks for. `public` is for what a page needs before it has a session: health, documents, the page itself. */
export type RoutePermission = Permission | 'public'

/** A token that holds this may do everything, including what later versions add. */
export const EVERYTHING = '*'

/** True when a list of granted permissions covers one. */
export function isGranted(granted: readonly string[], permission: Permission): boolean {
  return granted.includes(EVERYTHING) || granted.includes(permission)
}
