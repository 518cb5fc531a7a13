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
  'webhooks:read',
  'webhooks:write',
  'health:read',
  'session:read',
  'session:create',
  'tokens:read',
  'tokens:write',
  'audit:read',
] as const
export type Permission = (typeof PERMISSIONS)[number]

/** A grant of this allows everything, including what later versions add. */
export const EVERYTHING = '*'

/** True for a permission that changes nothing, so that it holds in the whole team whatever environments a grant is limited to. */
export function isReading(permission: Permission): boolean {
  return permission.endsWith(':read') || permission === 'session:create'
}
