import { parseArgs } from 'node:util'

/** What one worker process does. Each role is a process of its own, so that each can be killed alone. */
export const ROLES = ['advance', 'recover', 'reap', 'probe'] as const
export type Role = (typeof ROLES)[number]

/** Reads `--role`. @throws Error that lists the roles. */
export function parseRole(args: readonly string[]): Role {
  const { values } = parseArgs({ args: [...args], options: { role: { type: 'string' } } })
  const role = ROLES.find((known) => known === values.role)
  if (role === undefined)
    throw new Error(
      `--role takes one of ${ROLES.join(', ')}${values.role === undefined ? '' : `, not "${values.role}"`}`,
    )
  return role
}
