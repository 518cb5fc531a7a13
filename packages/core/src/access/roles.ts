import type { Permission } from './permissions.ts'

/** What people of a team are to each other. A role is held in a team, and may be limited to environments. */
export const ROLES = ['viewer', 'responder', 'operator', 'approver', 'auditor', 'admin'] as const
export type Role = (typeof ROLES)[number]

const VIEWER = [
  'scenarios:read',
  'environments:read',
  'runbooks:read',
  'drills:read',
  'schedules:read',
  'runs:read',
  'halt:read',
  'health:read',
  'session:read',
  'session:create',
] as const satisfies readonly Permission[]

/** On call: may stop everything and put it back, but starts nothing. */
const RESPONDER = [
  ...VIEWER,
  'runs:abort',
  'runs:note',
  'runs:hold',
  'runs:steps',
  'runs:resolve',
  'runs:runbook',
  'halt:set',
] as const satisfies readonly Permission[]

const OPERATOR = [
  ...RESPONDER,
  'scenarios:write',
  'runbooks:write',
  'drills:write',
  'schedules:write',
  'calendars:write',
  'plans:make',
  'runs:start',
  'runs:sign-off',
  'findings:write',
  'samples:write',
] as const satisfies readonly Permission[]

/**
 * What each role may do; what is not named is denied. Who writes scenarios and starts runs does not approve them, and who approves
 * them does not start them: whoever has to do both holds both roles, and still no run of their own is approved by them.
 */
export const ROLE_PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: VIEWER,
  responder: RESPONDER,
  operator: OPERATOR,
  approver: [...VIEWER, 'plans:make', 'runs:approve', 'runs:abort', 'runs:note', 'runs:sign-off', 'halt:set'],
  auditor: [...VIEWER, 'audit:read'],
  admin: [
    ...OPERATOR,
    'environments:write',
    'runs:approve',
    'halt:lift',
    'tokens:read',
    'tokens:write',
    'webhooks:read',
    'webhooks:write',
    'audit:read',
  ],
}
