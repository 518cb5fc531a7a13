import { z } from 'zod'
import { defineRoom, type Room } from './room.ts'

/** `FIREDRILL_LOCAL_ADMIN_HASH`: the hash of the local administrator's password; undefined: there is no local administrator. */
export const localAdminRoom: Room<string | undefined> = defineRoom(
  {
    FIREDRILL_LOCAL_ADMIN_HASH: {
      schema: z
        .string()
        .regex(/^scrypt\$[\w-]{22}\$[\w-]{43}$/, 'is no hash of a password')
        .optional(),
      remedy: 'Set it to what `firedrill hash-password` prints, or leave it out',
    },
  },
  ({ FIREDRILL_LOCAL_ADMIN_HASH: hash }) => hash,
)
