import { parseArgs } from 'node:util'

/**
 * What one worker process does. Each role is a process of its own, so that each can be killed alone; but `rehearse` is all of
 * them in one, for a simulated world in lockstep, where nobody's death is part of the play and every hand-over costs time.
 */
export const ROLES = ['advance', 'recover', 'reap', 'probe', 'rehearse'] as const
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
